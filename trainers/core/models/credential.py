from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import uuid4

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .base import APPEND_ONLY, Base, UtcDateTime, one_of
from .trainer import Trainer

if TYPE_CHECKING:
    from .evidence import Evidence

SOURCES = ("holder", "source")
METHODS = ("issuer_lookup", "issuer_roster", "badge_page", "document_seen")
OUTCOMES = ("matched", "mismatch", "no_match", "inactive", "unavailable", "second_look")
FIELD_RESULTS = ("exact", "folded", "different", "not_shown")
DRAFT_KINDS = ("new", "renewal", "correction")


class CredentialType(Base):
    """Issuer and code; the code alone is ambiguous. Synced from issuers.toml, never deleted."""

    __tablename__ = "credential_type"
    __table_args__ = (UniqueConstraint("issuer", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    issuer: Mapped[str] = mapped_column(String(20))
    code: Mapped[str] = mapped_column(String(30))


class Credential(Base):
    """One trainer's claim to a credential type. Only one that is not withdrawn for each type."""

    __tablename__ = "credential"
    __table_args__ = (
        Index(
            "uq_credential_trainer_id_type_id",
            "trainer_id",
            "type_id",
            unique=True,
            sqlite_where=text("withdrawn_at IS NULL"),
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[str] = mapped_column(String(36), unique=True, default=lambda: str(uuid4()))
    trainer_id: Mapped[int] = mapped_column(ForeignKey("trainer.id"), index=True)
    type_id: Mapped[int] = mapped_column(ForeignKey("credential_type.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    trainer: Mapped[Trainer] = relationship()
    type: Mapped[CredentialType] = relationship(lazy="joined")
    terms: Mapped[list["Term"]] = relationship(order_by="Term.id", back_populates="credential")

    @property
    def checks(self) -> list["Check"]:
        return sorted((check for term in self.terms for check in term.checks), key=lambda check: check.id)


class Term(Base):
    """One period from `issued_on` to the end of `expires_on`; append-only.

    A renewal is a new term; an edit is a term that corrects another. `number` is as typed, `number_key` folded
    (names.number_key) and not unique, because two people may claim one number. `link` is the public page that the
    holder gives for it: a digital badge, a state's page about a licence.
    """

    __tablename__ = "term"
    __table_args__ = (
        one_of("source", SOURCES),
        CheckConstraint("expires_on IS NULL OR issued_on IS NULL OR issued_on <= expires_on", name="order"),
        Index("ix_term_number_key", "number_key"),
        APPEND_ONLY,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    credential_id: Mapped[int] = mapped_column(ForeignKey("credential.id"), index=True)
    number: Mapped[str] = mapped_column(String(60))
    number_key: Mapped[str] = mapped_column(String(60))
    name_on_certificate: Mapped[str] = mapped_column(String(120))
    issued_on: Mapped[date | None] = mapped_column(Date)
    expires_on: Mapped[date | None] = mapped_column(Date)
    source: Mapped[str] = mapped_column(String(10))
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("term.id"), unique=True)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    link: Mapped[str | None] = mapped_column(String(500))

    credential: Mapped[Credential] = relationship(back_populates="terms")
    checks: Mapped[list["Check"]] = relationship(order_by="Check.id", back_populates="term")


class Check(Base):
    """One dated look at a source; append-only. A wrong one is corrected by a check that supersedes it.

    `second_look` is a first miss: its field results say what was found, and it answers nothing until another
    person has looked. No field results and no shown name mean that no record was found. `batch` is the uuid of the
    job that made it together with others, from a list of holders.
    """

    __tablename__ = "check"
    __table_args__ = (
        one_of("method", METHODS),
        one_of("outcome", OUTCOMES),
        one_of("name_result", FIELD_RESULTS),
        one_of("number_result", FIELD_RESULTS),
        one_of("expiry_result", FIELD_RESULTS),
        CheckConstraint(
            "outcome <> 'matched' OR (name_result IN ('exact', 'folded')"
            " AND number_result IN ('exact', 'folded', 'not_shown')"
            " AND expiry_result IN ('exact', 'not_shown'))",
            name="matched_results",
        ),
        APPEND_ONLY,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    term_id: Mapped[int] = mapped_column(ForeignKey("term.id"), index=True)
    method: Mapped[str] = mapped_column(String(20))
    outcome: Mapped[str] = mapped_column(String(20))
    shown_name: Mapped[str | None] = mapped_column(String(120))
    shown_number: Mapped[str | None] = mapped_column(String(60))
    shown_expires_on: Mapped[date | None] = mapped_column(Date)
    shown_status: Mapped[str | None] = mapped_column(String(60))
    name_result: Mapped[str | None] = mapped_column(String(10))
    number_result: Mapped[str | None] = mapped_column(String(10))
    expiry_result: Mapped[str | None] = mapped_column(String(10))
    source_url: Mapped[str] = mapped_column(String(500))
    looked_on: Mapped[date] = mapped_column(Date)
    by: Mapped[str] = mapped_column(String(40))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("check.id"), unique=True)
    batch: Mapped[str | None] = mapped_column(String(36))

    term: Mapped[Term] = relationship(back_populates="checks")

    @property
    def found_renewal(self) -> bool:
        """Whether this look is the one that saw a later end date than the holder had told us."""
        return self.term.source == "source" and self.term.checks[0] is self


class ClaimDraft(Base):
    """A claim while it is being written: nothing here is public or checked.

    Sent in, it becomes a term (of a new credential, a renewal, or a correction of `corrects_id`) and goes away.
    `slip_code` is written on a slip of paper and photographed beside the certificate.
    """

    __tablename__ = "claim_draft"
    __table_args__ = (one_of("kind", DRAFT_KINDS),)

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[str] = mapped_column(String(36), unique=True, default=lambda: str(uuid4()))
    trainer_id: Mapped[int] = mapped_column(ForeignKey("trainer.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    type_id: Mapped[int] = mapped_column(ForeignKey("credential_type.id"), index=True)
    credential_id: Mapped[int | None] = mapped_column(ForeignKey("credential.id"), index=True)
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("term.id"), index=True)
    number: Mapped[str] = mapped_column(String(60))
    name_on_certificate: Mapped[str] = mapped_column(String(120))
    issued_on: Mapped[date | None] = mapped_column(Date)
    expires_on: Mapped[date | None] = mapped_column(Date)
    link: Mapped[str | None] = mapped_column(String(500))
    slip_code: Mapped[str] = mapped_column(String(8))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)

    trainer: Mapped[Trainer] = relationship()
    type: Mapped[CredentialType] = relationship(lazy="joined")
    credential: Mapped[Credential | None] = relationship()
    evidence: Mapped[list["Evidence"]] = relationship(order_by="Evidence.id", back_populates="draft")
