"""One row for each listed trainer with all that the search reads, and the vocabulary of names.

The rows are made by `listing rebuild`, which runs after each update.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

HELD = [f"held_{slot:02}" for slot in range(1, 25)]
SPECIALTIES = [f"specialties_{number:02}" for number in range(1, 11)]
LANGUAGES = [f"languages_{number:02}" for number in range(1, 16)]
BY_ISSUER = [f"issuer_{slot}" for slot in range(1, 9)]
SEARCHED = ["qualifying", "specialties", "languages", "traits", "accepting_until", *BY_ISSUER, *HELD, *SPECIALTIES, *LANGUAGES]


def upgrade() -> None:
    for table in ("name_word", "listing_credential", "listing"):
        op.drop_table(table)
    make_listing()
    make_vocabulary()
    op.drop_index("ix_place_lat", "place")
    op.create_index("ix_place_circle", "place", ["lat", "lon", "x", "y", "z", "zip"])


def downgrade() -> None:
    op.drop_index("ix_place_circle", "place")
    op.create_index("ix_place_lat", "place", ["lat"])
    for table in ("name_word", "word_delete", "word", "listing"):
        op.drop_table(table)
    make_old_listing()


def sorted_text(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def number(name: str, kind: type = sa.Integer) -> sa.Column[int]:
    return sa.Column(name, kind(), nullable=False)


def make_listing() -> None:
    op.create_table(
        "listing",
        sa.Column("trainer_id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(140), nullable=False),
        sa.Column("zip", sa.String(5), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("name_key", sorted_text(140), nullable=False),
        number("qualifying"),
        *(number(name) for name in [*BY_ISSUER, *HELD]),
        number("specialties"),
        *(number(name, sa.BigInteger) for name in SPECIALTIES),
        number("languages", sa.BigInteger),
        *(number(name, sa.BigInteger) for name in LANGUAGES),
        number("traits", sa.SmallInteger),
        number("accepting_until", sa.SmallInteger),
        number("shuffle", sa.BigInteger),
        sa.Column("shown", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["trainer_id"], ["trainer.id"], name="fk_listing_trainer_id_trainer", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["zip"], ["place.zip"], name="fk_listing_zip_place"),
        sa.PrimaryKeyConstraint("trainer_id", name="pk_listing"),
    )
    if op.get_bind().dialect.name == "sqlite":
        op.create_index("ix_listing_by_zip", "listing", ["zip", *SEARCHED, "shuffle", "trainer_id"])
        op.create_index("ix_listing_by_shuffle", "listing", ["shuffle", *SEARCHED, "trainer_id"])
    else:
        op.create_index("ix_listing_zip", "listing", ["zip", "qualifying"])
        op.create_index("ix_listing_shuffle", "listing", ["shuffle", "qualifying"])
    op.create_index("ix_listing_name_key", "listing", ["name_key", "qualifying", "trainer_id"])


def make_vocabulary() -> None:
    op.create_table(
        "word",
        sa.Column("word", sorted_text(120), nullable=False),
        number("n"),
        sa.PrimaryKeyConstraint("word", name="pk_word"),
    )
    op.create_table(
        "word_delete",
        sa.Column("deleted", sorted_text(30), nullable=False),
        sa.Column("word", sorted_text(120), nullable=False),
        sa.ForeignKeyConstraint(["word"], ["word.word"], name="fk_word_delete_word_word", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("deleted", "word", name="pk_word_delete"),
    )
    op.create_index("ix_word_delete_word", "word_delete", ["word"])
    make_name_word()
    op.create_index("ix_name_word_trainer_id", "name_word", ["trainer_id", "word"])


def make_name_word() -> None:
    op.create_table(
        "name_word",
        sa.Column("word", sorted_text(120), nullable=False),
        sa.Column("trainer_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["trainer_id"], ["listing.trainer_id"], name="fk_name_word_trainer_id_listing", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("word", "trainer_id", name="pk_name_word"),
    )


def make_old_listing() -> None:
    op.create_table(
        "listing",
        sa.Column("trainer_id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(140), nullable=False),
        sa.Column("zip", sa.String(5), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("name_key", sorted_text(140), nullable=False),
        sa.Column("headline", sa.String(120), nullable=False),
        sa.Column("in_person", sa.Boolean(), nullable=False),
        sa.Column("online", sa.Boolean(), nullable=False),
        sa.Column("accepting", sa.Boolean(), nullable=False),
        sa.Column("current_until", sa.Date(), nullable=True),
        sa.Column("in_date_until", sa.Date(), nullable=True),
        number("shuffle"),
        sa.ForeignKeyConstraint(
            ["trainer_id"], ["trainer.id"], name="fk_listing_trainer_id_trainer", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["zip"], ["place.zip"], name="fk_listing_zip_place"),
        sa.PrimaryKeyConstraint("trainer_id", name="pk_listing"),
    )
    for name in ("in_date_until", "name_key", "zip"):
        op.create_index(f"ix_listing_{name}", "listing", [name])
    make_old_listing_credential()
    make_name_word()
    op.create_index("ix_name_word_trainer_id", "name_word", ["trainer_id"])


def make_old_listing_credential() -> None:
    op.create_table(
        "listing_credential",
        sa.Column("trainer_id", sa.Integer(), nullable=False),
        sa.Column("type_id", sa.Integer(), nullable=False),
        sa.Column("current_until", sa.Date(), nullable=True),
        sa.Column("in_date_until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["trainer_id"], ["listing.trainer_id"], name="fk_listing_credential_trainer_id_listing", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["type_id"], ["credential_type.id"], name="fk_listing_credential_type_id_credential_type"
        ),
        sa.PrimaryKeyConstraint("trainer_id", "type_id", name="pk_listing_credential"),
    )
    op.create_index(
        "ix_listing_credential_type_id_in_date_until", "listing_credential", ["type_id", "in_date_until"]
    )
