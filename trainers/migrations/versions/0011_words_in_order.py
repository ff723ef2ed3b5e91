"""Words of names say what puts their trainers in order.

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

FROM_LISTING = (
    "INSERT INTO name_word (word, trainer_id, qualifying, shuffle) "
    "SELECT old_word.word, old_word.trainer_id, listing.qualifying, listing.shuffle "
    "FROM old_word JOIN listing ON listing.trainer_id = old_word.trainer_id"
)


def upgrade() -> None:
    replace(keyed=True)


def downgrade() -> None:
    replace(keyed=False)


def replace(*, keyed: bool) -> None:
    """A new table: on SQLite one whose rows lie in the order of its key cannot be had by altering."""
    op.execute("CREATE TABLE old_word AS SELECT word, trainer_id FROM name_word")
    op.drop_table("name_word")
    keys = [sa.Column("qualifying", sa.Integer(), nullable=False), sa.Column("shuffle", sa.BigInteger(), nullable=False)]
    op.create_table(
        "name_word",
        sa.Column("word", sa.String(120).with_variant(sa.String(120, collation="C"), "postgresql"), nullable=False),
        sa.Column("trainer_id", sa.Integer(), nullable=False),
        *(keys if keyed else ()),
        sa.ForeignKeyConstraint(
            ["trainer_id"], ["listing.trainer_id"], name="fk_name_word_trainer_id_listing", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("word", "trainer_id", name="pk_name_word"),
        sqlite_with_rowid=not keyed,
    )
    if keyed:
        op.execute(FROM_LISTING)
    else:
        op.execute("INSERT INTO name_word (word, trainer_id) SELECT word, trainer_id FROM old_word")
    op.create_index("ix_name_word_trainer_id", "name_word", ["trainer_id", "word"])
    op.drop_table("old_word")
