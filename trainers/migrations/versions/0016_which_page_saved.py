"""A kept sheet knows the open page that saved it last, so that a page whose answer was lost does not meet itself.

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sheet", sa.Column("saved_from", sa.String(length=32), nullable=True))


def downgrade() -> None:
    op.drop_column("sheet", "saved_from")
