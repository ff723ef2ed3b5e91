"""What a trainer does with claims at the site, in short words."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import NOW, TODAY, ZONE
from tests.core.papers import PDF
from tests.factories import Factory
from trainers.core import accounts, claims, drafts, evidence, outlook, trainers
from trainers.core.drafts import Printed
from trainers.core.models import (
    ClaimDraft,
    Credential,
    CredentialType,
    Review,
    Trainer,
)
from trainers.core.review import queue

PRINTED = Printed("NC-0042", "Dana Fitzgerald", date(2025, 12, 1), date(2027, 11, 30))
CPT = CredentialType(issuer="NASM", code="NASM-CPT")
FMS = CredentialType(issuer="FMS", code="FMS-L1")


class Desk:
    """What a trainer does at the site, in short words."""

    def __init__(self, session: Session, make: Factory, files: evidence.Files) -> None:
        self.session, self.make, self.files = session, make, files

    def draft(
        self, trainer: Trainer, printed: Printed = PRINTED, key: str = "NASM/NASM-CPT", photo: bool = True
    ) -> ClaimDraft:
        draft = drafts.start_claim(self.session, trainer, self.make.type(key), printed, now=NOW, today=TODAY)
        if photo:
            self.photo(draft)
        return draft

    def photo(self, draft: ClaimDraft) -> evidence.Evidence:
        return evidence.keep_upload(self.session, self.files, draft, PDF, now=NOW)

    def submit(self, draft: ClaimDraft) -> Review:
        return claims.submit_claim(self.session, draft, by="1", now=NOW, today=TODAY)

    def agreed(self, **more: object) -> Trainer:
        """A draft trainer who has ticked both boxes."""
        trainer = self.make.trainer(state="draft", **more)  # type: ignore[arg-type]
        for purpose in trainers.CONSENTS:
            accounts.give_consent(self.session, trainer.account, purpose, now=NOW)
        return trainer

    def sent(self, trainer: Trainer | None = None) -> Credential:
        """A claim that was sent in and waits."""
        work = self.submit(self.draft(trainer or self.agreed()))
        return self.session.get_one(Credential, work.credential_id)

    def confirmed(self) -> Credential:
        """A claim that a reviewer has confirmed, with nothing left to do."""
        credential = self.sent()
        self.make.check(credential.terms[-1])
        self.close("confirmed")
        return credential

    def close(self, outcome: str, reason: str | None = None) -> None:
        for work in self.session.scalars(select(Review).where(Review.closed_at.is_(None))):
            queue.close(work, outcome=outcome, by="2", now=NOW, reason=reason)
        self.session.flush()

    def look(self, credential: Credential) -> outlook.Outlook:
        self.session.flush()
        self.session.expire_all()
        return outlook.outlook(self.session, credential, today=TODAY, zone=ZONE)
