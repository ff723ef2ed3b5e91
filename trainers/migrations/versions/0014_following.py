"""Visitors follow a trainer's certifications by mail; a trainer may say no.

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

UTC = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "follow",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("recipient_id", sa.Integer(), nullable=False),
        sa.Column("trainer_id", sa.Integer(), nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.Column("confirmed_at", UTC, nullable=True),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["recipient_id"], ["recipient.id"], name=op.f("fk_follow_recipient_id_recipient")),
        sa.ForeignKeyConstraint(["trainer_id"], ["trainer.id"], name=op.f("fk_follow_trainer_id_trainer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow")),
        sa.UniqueConstraint("key", name=op.f("uq_follow_key")),
        sa.UniqueConstraint("recipient_id", "trainer_id", name=op.f("uq_follow_recipient_id_trainer_id")),
    )
    op.create_index(op.f("ix_follow_recipient_id"), "follow", ["recipient_id"])
    op.create_index(op.f("ix_follow_trainer_id"), "follow", ["trainer_id"])
    op.add_column(
        "trainer", sa.Column("may_be_followed", sa.Boolean(), nullable=False, server_default=sa.true())
    )


def downgrade() -> None:
    op.drop_column("trainer", "may_be_followed")
    op.drop_table("follow")
