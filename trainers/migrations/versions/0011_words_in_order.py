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

KEYS = {"qualifying": sa.Integer(), "shuffle": sa.BigInteger()}


def upgrade() -> None:
    for name, kind in KEYS.items():
        op.add_column("name_word", sa.Column(name, kind, nullable=True))
    op.execute(
        "UPDATE name_word SET (qualifying, shuffle) = (SELECT qualifying, shuffle FROM listing "
        "WHERE listing.trainer_id = name_word.trainer_id)"
    )
    with op.batch_alter_table("name_word") as table:
        for name, kind in KEYS.items():
            table.alter_column(name, existing_type=kind, nullable=False)


def downgrade() -> None:
    with op.batch_alter_table("name_word") as table:
        for name in KEYS:
            table.drop_column(name)
