"""Words of a trainer that the site questioned and a reviewer has not looked at yet.

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("trainer", sa.Column("waiting_headline", sa.String(120), nullable=True))
    op.add_column("trainer", sa.Column("waiting_bio", sa.Text(), nullable=True))


def downgrade() -> None:
    for name in ("waiting_bio", "waiting_headline"):
        op.drop_column("trainer", name)
