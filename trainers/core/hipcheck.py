"""The hip check: which screen comes next, and who should look at a hip. It stores nothing and knows no person.

The most urgent rule that holds decides, whatever else was answered: an answer more can only make the outcome more
urgent. It ends as soon as nothing that is still to be asked could be more urgent. Questions and rules are data:
hipcheck_file.py reads them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from .articles import Source

NONE = "none"
"""The answer "None of these". It counts only where nothing else was ticked."""
TICK_SOMETHING = "Tick what is true, or “{none}”."
CHOOSE_ONE = "{question} Choose the answer that fits best."

SELF_CARE = timedelta(weeks=2)
"""Then somebody has to look, if it is no better."""

Answers = Mapping[str, frozenset[str]]
"""What was answered, by the slug of the question."""
Condition = tuple[tuple[str, frozenset[str]], ...]
"""Questions with answers of which one is enough; all of them have to hold."""


@dataclass(frozen=True)
class Choice:
    slug: str
    text: str
    hint: str = ""


@dataclass(frozen=True)
class Question:
    """`many`: several may be ticked, or `none`. Where `free_when` holds, it may be left out."""

    slug: str
    text: str
    hint: str
    many: bool
    none: str
    choices: tuple[Choice, ...]
    free_when: Condition

    @cached_property
    def known(self) -> frozenset[str]:
        """All answers that it takes."""
        return frozenset(choice.slug for choice in self.choices) | ({NONE} if self.none else frozenset())


@dataclass(frozen=True)
class Screen:
    number: int
    slug: str
    title: str
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class Outcome:
    """`rank` 0 is the most urgent one."""

    rank: int
    slug: str
    title: str
    lead: str
    do: tuple[str, ...]
    articles: tuple[str, ...]


@dataclass(frozen=True)
class Rule:
    """`sign`: what stands in a list of signs, where that is not what is ticked. `sources` carry it; `ours`: what
    of it is our own caution, which no source that we read says."""

    when: Condition
    outcome: Outcome
    says: str
    sign: str
    sources: tuple[Source, ...]
    ours: str


@dataclass(frozen=True)
class Advice:
    """What to leave out or do, shown with some outcomes; it decides nothing."""

    title: str
    when: Condition
    outcomes: frozenset[str]
    points: tuple[str, ...]
    sources: tuple[Source, ...]
    ours: str


@dataclass(frozen=True)
class HipCheck:
    """`changed_on`: a clinician's review from before that day is one of other questions. `mark`: of what
    stood in the file on that day."""

    changed_on: date
    mark: str
    outcomes: tuple[Outcome, ...]
    screens: tuple[Screen, ...]
    rules: tuple[Rule, ...]
    advice: tuple[Advice, ...]

    @cached_property
    def questions(self) -> dict[str, Question]:
        return {question.slug: question for screen in self.screens for question in screen.questions}

    @cached_property
    def screen_of(self) -> dict[str, Screen]:
        """By the slug of a question."""
        return {question.slug: screen for screen in self.screens for question in screen.questions}

    @cached_property
    def most_urgent_after(self) -> dict[int, int]:
        """The rank of the most urgent outcome that the screens after this number can still lead to."""
        return {
            screen.number: min(
                (rule.outcome.rank for rule in self.rules if self.last_screen(rule) > screen.number),
                default=len(self.outcomes),
            )
            for screen in self.screens
        }

    def last_screen(self, rule: Rule) -> int:
        """The number of the screen from which on it can hold."""
        return max(self.screen_of[question].number for question, _answers in rule.when)

    def signs_of(self, outcome: Outcome) -> list[str]:
        """What leads there, as a list to read."""
        return [sign for rule in self.rules if rule.outcome is outcome for sign in self._signs(rule)]

    def _signs(self, rule: Rule) -> list[str]:
        if rule.sign:
            return [rule.sign]
        ticked = [(self.questions[slug].choices, answers) for slug, answers in rule.when]
        return [choice.text for choices, answers in ticked for choice in choices if choice.slug in answers]


@dataclass(frozen=True)
class Reason:
    """Why: the answers that were given, in their words, and what is to be said of them."""

    rule: Rule
    told: tuple[str, ...]


@dataclass(frozen=True)
class Ask:
    """`problems`: what is missing, by the slug of its question."""

    screen: Screen
    problems: dict[str, str]


@dataclass(frozen=True)
class Result:
    """`reasons`: the most urgent first; none for the mildest outcome. `unplaced`: the place of the pain was
    never asked, so `advice` holds what is to be left out for each place."""

    outcome: Outcome
    reasons: tuple[Reason, ...]
    advice: tuple[Advice, ...]
    unplaced: bool


def is_reviewed(check: HipCheck, reviewed_on: date | None) -> bool:
    """Whether a clinician has read the questions as they are now."""
    return reviewed_on is not None and reviewed_on >= check.changed_on


def may_be_asked(check: HipCheck, *, reviewed_on: date | None, production: bool) -> bool:
    """The public is asked nothing that no clinician has read."""
    return is_reviewed(check, reviewed_on) or not production


def read_answers(check: HipCheck, typed: Mapping[str, Iterable[str]]) -> Answers:
    """What is known of what was sent. "None of these" beside a sign is taken for a slip: the sign counts."""
    found: dict[str, frozenset[str]] = {}
    for slug, question in check.questions.items():
        given = question.known & frozenset(typed.get(slug, ()))
        if kept := given - {NONE} or given:
            found[slug] = kept
    return found


def holds(when: Condition, answers: Answers) -> bool:
    return all(wanted & answers.get(question, frozenset()) for question, wanted in when)


def problems_of(screen: Screen, answers: Answers) -> dict[str, str]:
    """What this screen still needs, by the slug of its question."""
    return {
        question.slug: TICK_SOMETHING.format(none=question.none)
        if question.many
        else CHOOSE_ONE.format(question=question.text)
        for question in screen.questions
        if not answers.get(question.slug) and not (question.free_when and holds(question.free_when, answers))
    }


def next_step(check: HipCheck, answers: Answers) -> Ask | Result:
    """The first screen that lacks an answer, or the result once nothing more urgent can come."""
    ranks = [rule.outcome.rank for rule in check.rules if holds(rule.when, answers)]
    worst = min(ranks, default=len(check.outcomes))
    for screen in check.screens:
        problems = problems_of(screen, answers)
        if problems:
            return Ask(screen, problems)
        if worst <= check.most_urgent_after[screen.number]:
            break
    return result(check, answers)


def result(check: HipCheck, answers: Answers) -> Result:
    fired = sorted((rule for rule in check.rules if holds(rule.when, answers)), key=lambda rule: rule.outcome.rank)
    outcome = fired[0].outcome if fired else check.outcomes[-1]
    fitting = [each for each in check.advice if outcome.slug in each.outcomes and may_hold(each.when, answers)]
    return Result(
        outcome=outcome,
        reasons=tuple(Reason(rule, told(check, rule, answers)) for rule in fired),
        advice=tuple(fitting),
        unplaced=any(not holds(each.when, answers) for each in fitting),
    )


def may_hold(when: Condition, answers: Answers) -> bool:
    """With what was not asked left open: the check can end before it knows where it hurts."""
    return all(wanted & answers.get(question, wanted) for question, wanted in when)


def told(check: HipCheck, rule: Rule, answers: Answers) -> tuple[str, ...]:
    """The answers that made a rule hold, in the words of the form; questions of yes and no with the question."""
    found = []
    for slug, wanted in rule.when:
        question = check.questions[slug]
        for choice in question.choices:
            if choice.slug in wanted & answers[slug]:
                found.append(choice.text if question.many else f"{question.text} {choice.text}")
    return tuple(found)
