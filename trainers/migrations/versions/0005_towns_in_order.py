"""Towns are looked for by ranges of their key: by code point, whatever the server's language.

Revision ID: 0005
Revises: 0004
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute('ALTER TABLE place ALTER COLUMN town_key TYPE VARCHAR(80) COLLATE "C"')


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute('ALTER TABLE place ALTER COLUMN town_key TYPE VARCHAR(80) COLLATE "default"')
