"""On PostgreSQL the key of the words of names holds what puts their trainers in order, as on SQLite the table does.

Revision ID: 0015
Revises: 0014
"""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

KEY = "ALTER TABLE name_word DROP CONSTRAINT pk_name_word, ADD CONSTRAINT pk_name_word PRIMARY KEY (word, trainer_id)"


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"{KEY} INCLUDE (qualifying, shuffle)")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(KEY)
