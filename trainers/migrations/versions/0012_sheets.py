"""Movement sheets that runners keep, and the trainers whom they let see them.

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

UTC = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "sheet_consent",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("text_version", sa.String(length=20), nullable=False),
        sa.Column("given_at", UTC, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_sheet_consent_account_id_account")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_sheet_consent")),
    )
    op.create_table(
        "sheet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("by_trainer_id", sa.Integer(), nullable=True),
        sa.Column("screened_on", sa.Date(), nullable=False),
        sa.Column("label", sa.String(length=60), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.Column("changed_at", UTC, nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["account.id"], name=op.f("fk_sheet_owner_id_account")),
        sa.ForeignKeyConstraint(
            ["by_trainer_id"], ["trainer.id"], name=op.f("fk_sheet_by_trainer_id_trainer"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet")),
        sa.UniqueConstraint("uuid", name=op.f("uq_sheet_uuid")),
        sa.UniqueConstraint("owner_id", "screened_on", name=op.f("uq_sheet_owner_id_screened_on")),
    )
    op.create_index(op.f("ix_sheet_by_trainer_id"), "sheet", ["by_trainer_id"])
    op.create_table(
        "score",
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("screen", sa.String(length=40), nullable=False),
        sa.Column("side", sa.String(length=5), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.CheckConstraint("side IN ('left', 'right', 'both')", name=op.f("ck_score_side")),
        sa.CheckConstraint("points BETWEEN 0 AND 3", name=op.f("ck_score_points")),
        sa.ForeignKeyConstraint(["sheet_id"], ["sheet.id"], name=op.f("fk_score_sheet_id_sheet"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("sheet_id", "screen", "side", name=op.f("pk_score")),
    )
    op.create_table(
        "clearing",
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("test", sa.String(length=40), nullable=False),
        sa.Column("hurt", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sheet_id"], ["sheet.id"], name=op.f("fk_clearing_sheet_id_sheet"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("sheet_id", "test", name=op.f("pk_clearing")),
    )
    op.create_table(
        "share",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("trainer_id", sa.Integer(), nullable=False),
        sa.Column("runner_name", sa.String(length=60), nullable=False),
        sa.Column("given_at", UTC, nullable=False),
        sa.Column("withdrawn_at", UTC, nullable=True),
        sa.Column("withdrawn_by", sa.String(length=10), nullable=True),
        sa.CheckConstraint("withdrawn_by IN ('runner', 'trainer')", name=op.f("ck_share_withdrawn_by")),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by IS NULL)", name=op.f("ck_share_withdrawn")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["account.id"], name=op.f("fk_share_owner_id_account")),
        sa.ForeignKeyConstraint(["trainer_id"], ["trainer.id"], name=op.f("fk_share_trainer_id_trainer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_share")),
        sa.UniqueConstraint("uuid", name=op.f("uq_share_uuid")),
    )
    op.create_index(op.f("ix_share_owner_id"), "share", ["owner_id"])
    op.create_index(op.f("ix_share_trainer_id"), "share", ["trainer_id"])
    is_open = sa.text("withdrawn_at IS NULL")
    op.create_index(
        "uq_share_owner_id_trainer_id",
        "share",
        ["owner_id", "trainer_id"],
        unique=True,
        sqlite_where=is_open,
        postgresql_where=is_open,
    )


def downgrade() -> None:
    for table in ("share", "clearing", "score", "sheet", "sheet_consent"):
        op.drop_table(table)
