"""What one mail of reminders says: the facts of each date, in the order in which they come."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from .. import credentials
from ..models import Credential, Trainer
from ..standing import status


def digest_of(trainer: Trainer, items: Sequence[dict[str, Any]], *, today: date) -> dict[str, Any]:
    """The context of the mail. `planned_on` is the day that its words are counted from."""
    in_order = sorted(items, key=lambda item: (item["ends_on"], item["label"]))
    return {"name": trainer.name.split()[0], "planned_on": today, "items": in_order}


def item_of(credential: Credential, ends_on: date, education: str, *, last: bool) -> dict[str, Any]:
    """One date. `last`: no further reminder about it will come."""
    day_after = ends_on + timedelta(days=1)
    rule = credentials.rule_for(credential.type, day_after)
    return {
        "label": rule.label,
        "issuer": rule.issuer,
        "ends_on": ends_on,
        "education": education,
        "word_after": credentials.standing_of(credential, today=day_after).word,
        "late_line": status.late_renewal_line(rule, ends_on, day_after),
        "renew_path": f"/dashboard/certifications/{credential.uuid}/renew",
        "last": last,
    }
