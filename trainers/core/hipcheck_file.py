"""Reads content/data/hip_check.toml. A mistake in it is named by file, row and field."""

import json
from functools import lru_cache
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any

from .articles import Source, read_sources
from .content import CONTENT, ContentError, Row, read_tables, refuse_repeats, rows_of
from .hipcheck import NONE, Advice, Choice, Condition, HipCheck, Outcome, Question, Rule, Screen

TABLES = ("changed_on", "mark", "outcome", "screen", "question", "rule", "advice", "sources")


@lru_cache(maxsize=1)
def hip_check() -> HipCheck:
    """The questions of this checkout, read once."""
    return load_hip_check(CONTENT / "data" / "hip_check.toml")


def load_hip_check(path: Path) -> HipCheck:
    """Raises ContentError at the first mistake."""
    tables = read_tables(path, TABLES)
    whole = Row(path, "the file", tables)
    sources = {source.key: source for source in read_sources(whole)}
    outcomes = tuple(
        read_outcome(rank, row) for rank, row in enumerate(rows_of(path, tables, "outcome", ("slug",)))
    )
    screens = read_screens(path, tables)
    reader = _Reader({outcome.slug: outcome for outcome in outcomes}, screens, sources)
    check = HipCheck(
        changed_on=whole.day("changed_on"),
        mark=whole.text("mark"),
        outcomes=outcomes,
        screens=screens,
        rules=tuple(reader.rule(row) for row in rows_of(path, tables, "rule", ("when",))),
        advice=tuple(reader.advice(row) for row in rows_of(path, tables, "advice", ("title",))),
    )
    refuse_repeats(path, "outcome", "slug", [outcome.slug for outcome in outcomes])
    demand_order(path, check)
    demand_use(path, check, sources)
    return check


def mark_of(path: Path) -> str:
    """Of all that is asked and told, and of the day on which that was changed last; comments do not matter."""
    told = {name: rows for name, rows in read_tables(path, TABLES).items() if name != "mark"}
    return sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()[:16]


def read_outcome(rank: int, row: Row) -> Outcome:
    outcome = Outcome(
        rank=rank,
        slug=row.text("slug"),
        title=row.text("title"),
        lead=row.text("lead"),
        do=tuple(row.listed("do", str)),
        articles=tuple(row.listed("articles", str)),
    )
    row.finish()
    return outcome


def read_screens(path: Path, tables: dict[str, object]) -> tuple[Screen, ...]:
    rows = rows_of(path, tables, "question", ("slug",))
    asked = [(row.text("screen"), row) for row in rows]
    screens = []
    for number, row in enumerate(rows_of(path, tables, "screen", ("slug",)), 1):
        slug, title = row.text("slug"), row.text("title")
        row.finish()
        questions = tuple(read_question(question) for screen, question in asked if screen == slug)
        if not questions:
            raise row.error("slug", "no question stands on this screen")
        screens.append(Screen(number, slug, title, questions))
    known = {screen.slug for screen in screens}
    for screen, question in asked:
        if screen not in known:
            raise question.error("screen", f"must be one of {', '.join(sorted(known))}, not {screen!r}")
    refuse_repeats(path, "question", "slug", [each.slug for screen in screens for each in screen.questions])
    refuse_repeats(path, "screen", "slug", [screen.slug for screen in screens])
    return tuple(screens)


def read_question(row: Row) -> Question:
    many = row.flag("many")
    question = Question(
        slug=row.text("slug"),
        text=row.text("text"),
        hint=row.text_or_none("hint") or "",
        many=many,
        none=row.text("none") if many else "",
        choices=tuple(read_choice(row, fields) for fields in row.listed("choices", dict)),
        free_when=read_condition(row, "free_when"),
    )
    row.finish()
    slugs = [choice.slug for choice in question.choices]
    if len(slugs) < 2 or len(set(slugs)) < len(slugs) or NONE in slugs:
        raise row.error("choices", f"must be two or more with slugs of their own, and none of them {NONE!r}")
    return question


def read_choice(question: Row, fields: dict[str, object]) -> Choice:
    row = Row(question.path, f"{question.name}, choice {fields.get('slug', '?')}", fields)
    choice = Choice(row.text("slug"), row.text("text"), row.text_or_none("hint") or "")
    row.finish()
    return choice


def read_condition(row: Row, field: str) -> Condition:
    """Written as "question=answer|answer"."""
    found = []
    for written in row.listed(field, str):
        question, _, answers = written.partition("=")
        if not question or not answers:
            raise row.error(field, f'must hold conditions such as "where=groin", not {written!r}')
        found.append((question, frozenset(answers.split("|"))))
    return tuple(found)


class _Reader:
    """Reads what refers to outcomes, questions and sources."""

    def __init__(
        self, outcomes: dict[str, Outcome], screens: tuple[Screen, ...], sources: dict[str, Source]
    ) -> None:
        self.outcomes, self.sources = outcomes, sources
        self.questions = {question.slug: question for screen in screens for question in screen.questions}

    def rule(self, row: Row) -> Rule:
        rule = Rule(
            when=self.condition(row),
            outcome=self.outcomes[row.choice("outcome", self.outcomes)],
            says=row.text("says"),
            sign=row.text_or_none("sign") or "",
            **self.grounds(row),
        )
        row.finish()
        return rule

    def advice(self, row: Row) -> Advice:
        outcomes = frozenset(row.listed("outcomes", str))
        if not outcomes or not outcomes <= self.outcomes.keys():
            raise row.error("outcomes", f"must be some of {', '.join(self.outcomes)}")
        advice = Advice(
            title=row.text("title"),
            when=self.condition(row),
            outcomes=outcomes,
            points=tuple(row.listed("points", str)),
            **self.grounds(row),
        )
        row.finish()
        return advice

    def condition(self, row: Row) -> Condition:
        condition = read_condition(row, "when")
        if not condition:
            raise row.error("when", "is missing")
        for slug, answers in condition:
            known = self.questions[slug].known - {NONE} if slug in self.questions else frozenset()
            if not answers <= known:
                raise row.error("when", f"no question takes {slug}={'|'.join(sorted(answers))}")
        return condition

    def grounds(self, row: Row) -> dict[str, Any]:
        """What carries it: sources, our own caution, or both."""
        keys, ours = row.listed("sources", str), row.text_or_none("ours") or ""
        if not (keys or ours) or not set(keys) <= self.sources.keys():
            raise row.error("sources", "must name sources of this file, or ours say what is our own caution")
        return {"sources": tuple(self.sources[key] for key in keys), "ours": ours}


def demand_order(path: Path, check: HipCheck) -> None:
    """No screen is more urgent than the one before: a lesser sign never hides a greater one."""
    most_urgent = [
        min((rule.outcome.rank for rule in check.rules if check.last_screen(rule) == screen.number), default=None)
        for screen in check.screens
    ]
    ranks = [rank for rank in most_urgent if rank is not None]
    if any(later < earlier for earlier, later in pairwise(ranks)):
        raise ContentError(f"{path.name}, the screens: a later one leads to a more urgent outcome")


def demand_use(path: Path, check: HipCheck, sources: dict[str, Source]) -> None:
    """Each sign that can be ticked leads somewhere, none to the mildest outcome; each source bears something."""
    led = {(slug, answer) for rule in check.rules for slug, answers in rule.when for answer in answers}
    for slug, question in check.questions.items():
        for choice in question.choices:
            if question.many and (slug, choice.slug) not in led:
                raise ContentError(f"{path.name}, question {slug}: no rule knows {choice.slug}")
    if any(rule.outcome is check.outcomes[-1] for rule in check.rules):
        raise ContentError(f"{path.name}: a rule leads to the mildest outcome, which is for who has no sign")
    named = [rule.sources for rule in check.rules] + [advice.sources for advice in check.advice]
    used = {source.key for each in named for source in each}
    for key in sorted(sources.keys() - used):
        raise ContentError(f"{path.name}, sources: {key} is not used")
