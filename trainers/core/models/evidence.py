from datetime import datetime
from uuid import uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .base import Base, UtcDateTime, one_of
from .credential import ClaimDraft, Term

EVIDENCE_STATES = ("pending", "attached", "erased")


class Evidence(Base):
    """One private file: pending on a draft, attached to a term, or erased (the row stays as a trace).

    `slip_code` is the code that was to be on the slip of paper in the photo.
    """

    __tablename__ = "evidence"
    __table_args__ = (
        one_of("state", EVIDENCE_STATES),
        CheckConstraint("state <> 'pending' OR draft_id IS NOT NULL", name="pending_has_draft"),
        CheckConstraint("state <> 'attached' OR term_id IS NOT NULL", name="attached_has_term"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[str] = mapped_column(String(36), unique=True, default=lambda: str(uuid4()))
    trainer_id: Mapped[int] = mapped_column(ForeignKey("trainer.id"), index=True)
    draft_id: Mapped[int | None] = mapped_column(ForeignKey("claim_draft.id", ondelete="SET NULL"), index=True)
    term_id: Mapped[int | None] = mapped_column(ForeignKey("term.id"), index=True)
    state: Mapped[str] = mapped_column(String(10))
    sha256: Mapped[str] = mapped_column(String(64))
    storage_key: Mapped[str] = mapped_column(String(200), unique=True)
    content_type: Mapped[str] = mapped_column(String(40))
    size: Mapped[int] = mapped_column(Integer)
    slip_code: Mapped[str | None] = mapped_column(String(8))
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    draft: Mapped[ClaimDraft | None] = relationship(back_populates="evidence")
    term: Mapped[Term | None] = relationship()
