"""What truth about credentials needs: objections, contests, outages, education, dated cards, portraits, short links.

Columns are added to append-only tables as they are, without a batch: rebuilding a table on SQLite would drop its
triggers. Only `review`, which has none, is rebuilt there.

Revision ID: 0006
Revises: 0005
"""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

UTC = sa.DateTime(timezone=True)
SIGNS = "23456789abcdefghjkmnpqrstuvwxyz"
OLD_KINDS = ("new", "renewal", "edit", "recheck", "dispute", "report", "contest")
OLD_OUTCOMES = ("confirmed", "returned", "refused", "corrected", "resolved", "withdrawn")
CAUSES = ("ended", "new_dates", "asked", "random", "old")
UNITS = ("nasm_ceu", "acsm_cec", "ace_cec", "afaa_ceu", "cme", "college_credit")
CATEGORIES = ("course", "cpr", "college", "committee", "teaching", "writing", "reading", "other")
ADDED = (
    ("term", "link", sa.String(500)),
    ("claim_draft", "link", sa.String(500)),
    ("check", "batch", sa.String(36)),
    ("job_row", "verdict", sa.Text()),
)


def upgrade() -> None:
    for table, name, kind in ADDED:
        op.add_column(table, sa.Column(name, kind, nullable=True))
    widen_review()
    add_review_tables()
    add_trainer_tables()
    add_education_tables()


def downgrade() -> None:
    for table in ("paper", "dated_item", "education_record", "portrait", "short_link"):
        op.drop_table(table)
    for table in ("outage", "review_note", "objection"):
        op.drop_table(table)
    narrow_review()
    for table, name, _ in reversed(ADDED):
        op.drop_column(table, name)


def one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


def widen_review() -> None:
    with op.batch_alter_table("review") as review:
        review.add_column(sa.Column("answer", sa.Text(), nullable=False, server_default=""))
        review.add_column(sa.Column("cause", sa.String(20), nullable=True))
        review.add_column(sa.Column("contested_id", sa.Integer(), nullable=True))
        for name in ("kind", "outcome"):
            review.drop_constraint(op.f(f"ck_review_{name}"), type_="check")
        review.create_check_constraint(op.f("ck_review_kind"), one_of("kind", (*OLD_KINDS, "profile")))
        review.create_check_constraint(
            op.f("ck_review_outcome"), one_of("outcome", (*OLD_OUTCOMES, "kept", "moved"))
        )
        review.create_check_constraint(op.f("ck_review_cause"), one_of("cause", CAUSES))
        review.create_foreign_key(
            op.f("fk_review_contested_id_credential"), "credential", ["contested_id"], ["id"]
        )
        review.create_index(op.f("ix_review_contested_id"), ["contested_id"])
    with op.batch_alter_table("review") as review:
        review.alter_column("answer", server_default=None)


def narrow_review() -> None:
    op.execute("DELETE FROM report WHERE review_id IN (SELECT id FROM review WHERE kind = 'profile')")
    op.execute("DELETE FROM review WHERE kind = 'profile'")
    op.execute("UPDATE review SET outcome = 'resolved' WHERE outcome IN ('kept', 'moved')")
    with op.batch_alter_table("review") as review:
        review.drop_index(op.f("ix_review_contested_id"))
        review.drop_constraint(op.f("fk_review_contested_id_credential"), type_="foreignkey")
        for name in ("kind", "outcome", "cause"):
            review.drop_constraint(op.f(f"ck_review_{name}"), type_="check")
        review.create_check_constraint(op.f("ck_review_kind"), one_of("kind", OLD_KINDS))
        review.create_check_constraint(op.f("ck_review_outcome"), one_of("outcome", OLD_OUTCOMES))
        for name in ("contested_id", "cause", "answer"):
            review.drop_column(name)


def add_review_tables() -> None:
    op.create_table(
        "objection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=10), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.CheckConstraint(one_of("reason", ("not_me", "number", "other")), name=op.f("ck_objection_reason")),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name=op.f("fk_objection_review_id_review"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection")),
    )
    op.create_index(op.f("ix_objection_review_id"), "objection", ["review_id"])
    op.create_table(
        "review_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name=op.f("fk_review_note_review_id_review"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_note")),
    )
    op.create_index(op.f("ix_review_note_review_id"), "review_note", ["review_id"])
    op.create_table(
        "outage",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("issuer", sa.String(length=20), nullable=False),
        sa.Column("started_at", UTC, nullable=False),
        sa.Column("started_by", sa.String(length=40), nullable=False),
        sa.Column("ended_at", UTC, nullable=True),
        sa.Column("ended_by", sa.String(length=40), nullable=True),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name=op.f("ck_outage_ended")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outage")),
    )
    still_open = sa.text("ended_at IS NULL")
    op.create_index(
        "uq_outage_issuer",
        "outage",
        ["issuer"],
        unique=True,
        sqlite_where=still_open,
        postgresql_where=still_open,
    )


def add_trainer_tables() -> None:
    op.create_table(
        "short_link",
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("trainer_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["trainer_id"], ["trainer.id"], name=op.f("fk_short_link_trainer_id_trainer"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_short_link")),
    )
    op.create_index(op.f("ix_short_link_trainer_id"), "short_link", ["trainer_id"])
    trainers = op.get_bind().execute(sa.text("SELECT id FROM trainer ORDER BY id")).scalars().all()
    codes: set[str] = set()
    while len(codes) < len(trainers):
        codes.add("".join(secrets.choice(SIGNS) for _ in range(6)))
    if trainers:
        link = sa.table("short_link", sa.column("code", sa.String), sa.column("trainer_id", sa.Integer))
        op.bulk_insert(
            link, [{"code": code, "trainer_id": id} for code, id in zip(codes, trainers, strict=True)]
        )
    op.create_table(
        "portrait",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("trainer_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("storage_key", sa.String(length=200), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("uploaded_at", UTC, nullable=False),
        sa.Column("decided_at", UTC, nullable=True),
        sa.Column("decided_by", sa.String(length=40), nullable=True),
        sa.CheckConstraint(
            one_of("state", ("waiting", "shown", "declined", "erased")), name=op.f("ck_portrait_state")
        ),
        sa.CheckConstraint("(decided_at IS NULL) = (decided_by IS NULL)", name=op.f("ck_portrait_decided")),
        sa.ForeignKeyConstraint(["trainer_id"], ["trainer.id"], name=op.f("fk_portrait_trainer_id_trainer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portrait")),
        sa.UniqueConstraint("storage_key", name=op.f("uq_portrait_storage_key")),
        sa.UniqueConstraint("uuid", name=op.f("uq_portrait_uuid")),
    )
    op.create_index(op.f("ix_portrait_trainer_id"), "portrait", ["trainer_id"])


def add_education_tables() -> None:
    op.create_table(
        "education_record",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("trainer_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("provider", sa.String(length=120), nullable=False),
        sa.Column("course_number", sa.String(length=60), nullable=False),
        sa.Column("completed_on", sa.Date(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("units", sa.Integer(), nullable=True),
        sa.Column("unit", sa.String(length=20), nullable=True),
        sa.Column("category", sa.String(length=20), nullable=False),
        sa.Column("approved_by", sa.String(length=10), nullable=False),
        sa.Column("batch", sa.String(length=36), nullable=True),
        sa.Column("created_at", UTC, nullable=False),
        sa.Column("updated_at", UTC, nullable=False),
        sa.CheckConstraint(one_of("unit", UNITS), name=op.f("ck_education_record_unit")),
        sa.CheckConstraint(one_of("category", CATEGORIES), name=op.f("ck_education_record_category")),
        sa.CheckConstraint(
            one_of("approved_by", ("nasm", "acsm", "both", "neither", "unknown")),
            name=op.f("ck_education_record_approved_by"),
        ),
        sa.CheckConstraint(
            "(units IS NULL) = (unit IS NULL)", name=op.f("ck_education_record_units_have_a_unit")
        ),
        sa.CheckConstraint("minutes IS NULL OR minutes > 0", name=op.f("ck_education_record_minutes")),
        sa.CheckConstraint("units IS NULL OR units > 0", name=op.f("ck_education_record_units")),
        sa.ForeignKeyConstraint(
            ["trainer_id"], ["trainer.id"], name=op.f("fk_education_record_trainer_id_trainer")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_education_record")),
        sa.UniqueConstraint("uuid", name=op.f("uq_education_record_uuid")),
    )
    op.create_index(op.f("ix_education_record_trainer_id"), "education_record", ["trainer_id"])
    op.create_table(
        "dated_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("trainer_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("provider", sa.String(length=120), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.Column("updated_at", UTC, nullable=False),
        sa.CheckConstraint(
            one_of("kind", ("cpr_aed", "first_aid", "insurance")), name=op.f("ck_dated_item_kind")
        ),
        sa.ForeignKeyConstraint(["trainer_id"], ["trainer.id"], name=op.f("fk_dated_item_trainer_id_trainer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dated_item")),
        sa.UniqueConstraint("uuid", name=op.f("uq_dated_item_uuid")),
    )
    op.create_index(op.f("ix_dated_item_trainer_id"), "dated_item", ["trainer_id"])
    op.create_table(
        "paper",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("trainer_id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=True),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("storage_key", sa.String(length=200), nullable=False),
        sa.Column("content_type", sa.String(length=40), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("uploaded_at", UTC, nullable=False),
        sa.Column("erased_at", UTC, nullable=True),
        sa.CheckConstraint(one_of("state", ("attached", "erased")), name=op.f("ck_paper_state")),
        sa.ForeignKeyConstraint(["trainer_id"], ["trainer.id"], name=op.f("fk_paper_trainer_id_trainer")),
        sa.ForeignKeyConstraint(
            ["record_id"],
            ["education_record.id"],
            name=op.f("fk_paper_record_id_education_record"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["dated_item.id"], name=op.f("fk_paper_item_id_dated_item"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper")),
        sa.UniqueConstraint("storage_key", name=op.f("uq_paper_storage_key")),
        sa.UniqueConstraint("uuid", name=op.f("uq_paper_uuid")),
    )
    for column in ("trainer_id", "record_id", "item_id"):
        op.create_index(op.f(f"ix_paper_{column}"), "paper", [column])
