"""The boxes of the search, each with how many trainers it would leave.

There are over a hundred, and a template takes longer for them than for all else on the page: so their HTML is put
together here, from pieces that are made once.
"""

from collections.abc import Collection, Mapping
from functools import cache, cached_property
from typing import NamedTuple

from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from wtforms import SelectChoice

from trainers.core.rules import rule_book

from .search import Ticked, TrainerSearch

Counts = Mapping[str, Mapping[str, int]]
"""By parameter and by the value that it has there."""


class Pieces(NamedTuple):
    """What stands before the mark of a box that is ticked, and between that and the count."""

    box: str
    label: str


CHECKED = " checked"
END = "</span></label>\n</div>\n"


class Boxes:
    """For one form; `counts` is empty where nothing was searched."""

    def __init__(self, form: TrainerSearch, counts: Counts, spoken: Collection[str] = ()) -> None:
        """`spoken`: the languages that somebody works in who would match."""
        self.form, self.counts, self.spoken = form, counts, spoken

    @cached_property
    def certifications(self) -> Markup:
        """Those that stand for training."""
        return self.drawn("credential", main_keys())

    @cached_property
    def others(self) -> Markup:
        """The other credentials. The movement screen has boxes of its own, but for what an address has chosen."""
        chosen = self.form.credential.data or ()
        return self.drawn("credential", [key for key in other_keys() if key in chosen or not is_screen(key)])

    def group(self, name: str) -> Markup:
        return self.drawn(name, None)

    @cached_property
    def languages(self) -> Markup:
        """Those that are spoken, and those asked for."""
        return self.drawn("language", {*self.spoken, *(self.form.language.data or ())})

    def count(self, name: str, value: str) -> Markup:
        """Its place, which site.js writes anew after each answer."""
        counted = told(self.counts.get(name, {}).get(value))
        return Markup(' <span class="choice__count" data-count="{}={}">{}</span>').format(name, value, counted)

    def drawn(self, name: str, only: Collection[str] | None) -> Markup:
        field: Ticked = self.form[name]
        ticked, counted = set(field.data or ()), self.counts.get(name, {})
        parts: list[str] = []
        for value, (box, label) in pieces(name).items():
            if only is None or value in only:
                parts += (box, CHECKED if value in ticked else "", label, told(counted.get(value)), END)
        return Markup("".join(parts))  # noqa: S704


def told(count: int | None) -> str:
    return "" if count is None else f"{count:,}"


@cache
def pieces(name: str) -> dict[str, Pieces]:
    """Of each value of a field, in their order; ids as WTForms makes them, which errors lead to."""
    field: Ticked = TrainerSearch(MultiDict())[name]
    return {choice.value: drawn_once(f"{field.id}-{at}", name, choice) for at, choice in enumerate(field.choices)}


def drawn_once(id: str, name: str, choice: SelectChoice) -> Pieces:
    value, text = choice.value, choice.label
    box = Markup('<div class="choice">\n<input class="choice__box" type="checkbox" id="{}" name="{}" value="{}"')
    label = Markup('>\n<label class="choice__label" for="{}">{} <span class="choice__count" data-count="{}={}">')
    return Pieces(str(box.format(id, name, value)), str(label.format(id, text, name, value)))


@cache
def main_keys() -> tuple[str, ...]:
    return tuple(rule.key for rule in rule_book().rules if rule.qualifies)


@cache
def other_keys() -> tuple[str, ...]:
    return tuple(rule.key for rule in rule_book().rules if not rule.qualifies)


def is_screen(key: str) -> bool:
    return key.startswith("FMS/")
