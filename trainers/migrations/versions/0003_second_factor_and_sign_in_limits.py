"""A second step of signing in (what an authenticator app, passkeys and recovery codes need), and limits on tries.

Columns are added as they are, without a batch: rebuilding a table on SQLite would drop its triggers.

Revision ID: 0003
Revises: 0002
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

COLUMNS: dict[str, sa.types.TypeEngine[Any]] = {
    "tf_primary_method": sa.String(20),
    "tf_totp_secret": sa.Text(),
    "tf_last_counter": sa.BigInteger(),
    "mf_recovery_codes": sa.JSON(),
    "fs_webauthn_user_handle": sa.String(64),
}
HANDLE = "ix_account_fs_webauthn_user_handle"


def upgrade() -> None:
    for name, kind in COLUMNS.items():
        op.add_column("account", sa.Column(name, kind, nullable=True))
    op.create_index(HANDLE, "account", ["fs_webauthn_user_handle"], unique=True)
    op.create_table(
        "passkey",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(1024), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("transports", sa.JSON(), nullable=True),
        sa.Column("backup_state", sa.Boolean(), nullable=False),
        sa.Column("device_type", sa.String(64), nullable=False),
        sa.Column("extensions", sa.Text(), nullable=True),
        sa.Column("usage", sa.String(64), nullable=False),
        sa.Column("lastuse_datetime", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_passkey_account_id_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey")),
        sa.UniqueConstraint("account_id", "name", name=op.f("uq_passkey_account_id_name")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkey_credential_id")),
    )
    op.create_index(op.f("ix_passkey_account_id"), "passkey", ["account_id"])
    op.create_table(
        "sign_in_count",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("newest_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("failures >= 0", name=op.f("ck_sign_in_count_failures")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_count")),
        sa.UniqueConstraint("key", name=op.f("uq_sign_in_count_key")),
    )
    op.create_index(op.f("ix_sign_in_count_newest_at"), "sign_in_count", ["newest_at"])


def downgrade() -> None:
    op.drop_table("sign_in_count")
    op.drop_table("passkey")
    op.drop_index(HANDLE, "account")
    for name in reversed(COLUMNS):
        op.drop_column("account", name)
