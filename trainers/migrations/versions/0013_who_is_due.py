"""The index of due dates says whose they are.

Revision ID: 0013
Revises: 0012
"""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_watch_next_on", table_name="watch")
    op.create_index("ix_watch_next_on", "watch", ["next_on", "recipient_id"])


def downgrade() -> None:
    op.drop_index("ix_watch_next_on", table_name="watch")
    op.create_index("ix_watch_next_on", "watch", ["next_on"])
