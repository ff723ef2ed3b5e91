"""What the invented trainers have learned: logs that are enough, logs that are not, cards that end soon."""

from datetime import timedelta
from typing import Any

from .. import kept_cards
from ..education import ledger
from ..education.dated_items import ItemEntry
from ..models import Trainer
from .papers import Sampler

COURSES = (
    ("Hips and hamstrings of runners", "Northwest Movement College", 15, "both"),
    ("Coaching the hinge", "Harbor Coaches", 4, "nasm"),
    ("Load and rest", "Lake State University", 6, "both"),
    ("Balance in later life", "Harbor Coaches", 2, "unknown"),
    ("A day of lectures", "Lake State University", 7, "neither"),
)


def make_log(sampler: Sampler, trainer: Trainer) -> None:
    """One in three keeps a log here."""
    if sampler.random.random() > 0.34:
        return
    moment: dict[str, Any] = {"now": trainer.created_at, "today": sampler.today, "by": str(trainer.account_id)}
    for title, provider, hours, approved_by in sampler.random.sample(COURSES, k=sampler.random.randrange(1, 5)):
        entry = ledger.Entry(
            title=title,
            provider=provider,
            completed_on=sampler.days_ago(sampler.random.randrange(10, 300)),
            minutes=hours * 60,
            approved_by=approved_by,
        )
        ledger.add(sampler.session, trainer, entry, **moment)
    ends_on = sampler.today + timedelta(days=sampler.random.randrange(-40, 600))
    kept_cards.add(sampler.session, trainer, ItemEntry("cpr_aed", ends_on), **moment)
