"""Two invented runners who keep movement sheets and have invited the sample trainer."""

from datetime import timedelta

from ..models import Account, Trainer
from ..screening_file import the_screens
from ..screens import BOTH, LEFT, RIGHT, Scores
from ..sheets import kept, sharing
from ..sheets.sheet import Sheet
from .papers import Sampler

LOW = {"deep-squat": (1,), "hurdle-step": (2, 2), "inline-lunge": (2, 1), "shoulder-mobility": (2, 2),
       "leg-raise": (1, 3), "push-up": (1,), "rotary-stability": (2, 2)}  # fmt: skip
LATER = LOW | {"deep-squat": (2,), "leg-raise": (2, 3)}
NOW = LATER | {"inline-lunge": (2, 2), "leg-raise": (3, 3), "push-up": (3,)}
SORE = NOW | {"leg-raise": (0, 3)}
SHEETS = {
    "Robin (sample)": ((200, "before the season", LOW), (120, "", LATER), (10, "after the season", NOW)),
    "Ari (sample)": ((90, "", LATER), (5, "", SORE)),
}
"""By the name that the trainer reads: days ago, label, points by screen, left before right."""


def screen(sampler: Sampler, runner: Account, name: str, trainer: Trainer) -> None:
    session, moment = sampler.session, sampler.moment(sampler.days_ago(210))
    kept.agree(session, runner.id, now=moment)
    for days, label, points in SHEETS[name]:
        day = sampler.today - timedelta(days=days)
        sheet = Sheet(day, scores_of(points), label)
        kept.begin(session, runner.id, sheet, now=sampler.moment(day), by_trainer_id=trainer.id)
    sharing.invite(session, runner, trainer, runner_name=name, now=sampler.now, today=sampler.today)


def scores_of(points: dict[str, tuple[int, ...]]) -> Scores:
    """With clearing tests that did not hurt."""
    sides = {1: (BOTH,), 2: (LEFT, RIGHT)}
    seen = {
        (slug, side): score
        for slug, scored in points.items()
        for side, score in zip(sides[len(scored)], scored, strict=True)
    }
    return Scores(seen, {each.slug: False for each in the_screens().clearings})
