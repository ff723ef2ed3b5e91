"""Reminders for cards too, a ladder for each item, mail that came back, a pause, private calendars.

Revision ID: 0010
Revises: 0009
"""

from datetime import timedelta

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

UTC = sa.DateTime(timezone=True)
USUAL = "90,30,7,1,-1"
OLD_REASONS = ("stopped", "bounced")
NEW_REASONS = (*OLD_REASONS, "renewed", "withdrawn", "unconfirmed")


def upgrade() -> None:
    widen_watch()
    allow_reasons(NEW_REASONS)
    op.create_table(
        "bounce",
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.Column("hard", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_bounce_message_id_message")),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_bounce")),
    )
    op.create_table(
        "ladder_choice",
        sa.Column("trainer_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(length=40), nullable=False),
        sa.Column("steps", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(["trainer_id"], ["trainer.id"], name=op.f("fk_ladder_choice_trainer_id_trainer")),
        sa.PrimaryKeyConstraint("trainer_id", "item", name=op.f("pk_ladder_choice")),
    )
    op.create_table(
        "mail_pause",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("since", UTC, nullable=False),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_mail_pause")),
    )
    op.create_table(
        "calendar_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.Column("revoked_at", UTC, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_calendar_token_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_token")),
        sa.UniqueConstraint("hash", name=op.f("uq_calendar_token_hash")),
    )
    op.create_index(op.f("ix_calendar_token_account_id"), "calendar_token", ["account_id"])


def downgrade() -> None:
    for table in ("calendar_token", "mail_pause", "ladder_choice", "bounce"):
        op.drop_table(table)
    lost = ", ".join(repr(reason) for reason in NEW_REASONS if reason not in OLD_REASONS)
    op.execute(f"UPDATE message SET drop_reason = 'stopped' WHERE drop_reason IN ({lost})")
    allow_reasons(OLD_REASONS)
    op.execute("DELETE FROM alert WHERE subject_kind <> 'credential'")
    op.execute("DELETE FROM watch WHERE subject_kind <> 'credential'")
    with op.batch_alter_table("watch") as watch:
        watch.drop_index(op.f("ix_watch_trainer_id"))
        watch.drop_constraint(op.f("fk_watch_trainer_id_trainer"), type_="foreignkey")
        for name in ("paused_until", "steps", "item", "trainer_id"):
            watch.drop_column(name)


def widen_watch() -> None:
    """Cards that are there already are watched by `prepare`."""
    op.add_column("watch", sa.Column("trainer_id", sa.Integer(), nullable=True))
    op.add_column("watch", sa.Column("item", sa.String(length=40), nullable=False, server_default=""))
    op.add_column("watch", sa.Column("steps", sa.String(length=60), nullable=False, server_default=USUAL))
    op.add_column("watch", sa.Column("paused_until", sa.Date(), nullable=True))
    for column, source in (("trainer_id", "trainer_id"), ("item", "uuid")):
        op.execute(
            f"UPDATE watch SET {column} = (SELECT {source} FROM credential WHERE credential.id = watch.subject_id)"
        )
    with op.batch_alter_table("watch") as watch:
        watch.alter_column("trainer_id", existing_type=sa.Integer(), nullable=False)
        watch.alter_column("item", server_default=None)
        watch.alter_column("steps", server_default=None)
        watch.create_foreign_key(op.f("fk_watch_trainer_id_trainer"), "trainer", ["trainer_id"], ["id"])
        watch.create_index(op.f("ix_watch_trainer_id"), ["trainer_id"])
    pause_for_open_reports()


def pause_for_open_reports() -> None:
    """Reports of a renewal that wait for an answer."""
    connection = op.get_bind()
    review = sa.table("review", *(sa.column(name) for name in ("kind", "closed_at", "credential_id")),
                      sa.column("opened_at", UTC))
    watch = sa.table("watch", *(sa.column(name) for name in ("subject_kind", "subject_id")),
                     *(sa.column(name, sa.Date()) for name in ("next_on", "paused_until")))
    waiting = sa.select(review.c.credential_id, review.c.opened_at).where(
        review.c.kind == "renewal", review.c.closed_at.is_(None)
    )
    for credential_id, opened_at in connection.execute(waiting).all():
        until = opened_at.date() + timedelta(days=14)
        this = (watch.c.subject_kind == "credential", watch.c.subject_id == credential_id, watch.c.next_on.is_not(None))
        connection.execute(sa.update(watch).where(*this).values(paused_until=until))
        connection.execute(sa.update(watch).where(*this, watch.c.next_on < until).values(next_on=until))


def allow_reasons(reasons: tuple[str, ...]) -> None:
    """SQLite rebuilds the table; while it is gone, a trigger of `attempt` names a table that is not there."""
    listed = ", ".join(repr(reason) for reason in reasons)
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    if is_sqlite:
        op.execute("PRAGMA legacy_alter_table=ON")
    with op.batch_alter_table("message") as message:
        message.drop_constraint(op.f("ck_message_drop_reason"), type_="check")
        message.create_check_constraint(op.f("ck_message_drop_reason"), f"drop_reason IN ({listed})")
    if is_sqlite:
        op.execute("PRAGMA legacy_alter_table=OFF")
