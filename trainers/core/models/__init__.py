"""Tables only, one file a noun."""

from .account import Account, Consent, Passkey, Role, account_role
from .audit import AuditEvent, Erasure
from .base import Base, UtcDateTime
from .contact import ContactMessage
from .credential import Check, ClaimDraft, Credential, CredentialType, Term
from .education import DatedItem, EducationRecord, Paper
from .evidence import Evidence
from .follow import Follow
from .heartbeat import Heartbeat
from .job import Job, JobFile, JobRow
from .listing import Listing, NameWord, Word, WordDelete
from .mail import (
    Alert,
    Attempt,
    Bounce,
    CalendarToken,
    LadderChoice,
    MailPause,
    Message,
    Recipient,
    Stop,
    Watch,
)
from .place import Place
from .review import Objection, Outage, Report, Review, ReviewNote
from .sheet import ClearingSeen, KeptSheet, Score, Share, SheetConsent
from .sign_in import SignInCount
from .trainer import Portrait, ShortLink, Slug, Trainer, TrainerLanguage, TrainerSpecialty

__all__ = [
    "Account",
    "Alert",
    "Attempt",
    "AuditEvent",
    "Base",
    "Bounce",
    "CalendarToken",
    "Check",
    "ClaimDraft",
    "ClearingSeen",
    "Consent",
    "ContactMessage",
    "Credential",
    "CredentialType",
    "DatedItem",
    "EducationRecord",
    "Erasure",
    "Evidence",
    "Follow",
    "Heartbeat",
    "Job",
    "JobFile",
    "JobRow",
    "KeptSheet",
    "LadderChoice",
    "Listing",
    "MailPause",
    "Message",
    "NameWord",
    "Objection",
    "Outage",
    "Paper",
    "Passkey",
    "Place",
    "Portrait",
    "Recipient",
    "Report",
    "Review",
    "ReviewNote",
    "Role",
    "Score",
    "Share",
    "SheetConsent",
    "ShortLink",
    "SignInCount",
    "Slug",
    "Stop",
    "Term",
    "Trainer",
    "TrainerLanguage",
    "TrainerSpecialty",
    "UtcDateTime",
    "Watch",
    "Word",
    "WordDelete",
    "account_role",
]
