"""What the search reads from the address, and the addresses of searches that differ by one choice."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from math import inf
from typing import Any
from urllib.parse import urlencode

from flask import request
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, SelectChoice, SelectField, SelectMultipleField, StringField
from wtforms import Form as PlainForm
from wtforms.validators import AnyOf, Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from trainers.core.errors import NotFound
from trainers.core.rules import load_specialties, rule_book
from trainers.core.search import places
from trainers.core.search.facets import Counts
from trainers.core.search.languages import LANGUAGES
from trainers.core.search.query import MOST_MILES, RADII, RADIUS, SORTS, STATUSES, Query
from trainers.core.texts import one_line

from .base import SearchForm

LONGEST_NAME = 120
LONGEST_PLACE = 80
UNKNOWN_CHOICE = "Choose from the list; we do not know that one."
DIGITS_ALONE = re.compile(r"[\d\s-]*\d[\d\s-]*", re.ASCII)
PAGE = re.compile(r"[1-9][0-9]{0,8}")
DEFAULTS = {"radius": str(RADIUS), "sort": SORTS[0]}
PARAMETERS = {
    "credentials": "credential",
    "issuers": "issuer",
    "fms": "fms",
    "specialties": "specialty",
    "modes": "mode",
    "languages": "language",
    "accepting": "accepting",
    "place": "place",
}
"""Where each field of a query that can be left out stands in the address."""


def readable(typed: str | None) -> str:
    """Without signs that cannot be seen, which no name or place has and no page may repeat."""
    return one_line(typed or "")


def one_alone(_form: PlainForm, field: StringField) -> None:
    """An address made by hand may name two places; to take one of them would hide the other."""
    if len({readable(typed).casefold() for typed in field.raw_data or ()} - {""}) > 1:
        raise ValidationError("Give one place; this address names several.")


@cache
def made(choices: tuple[tuple[str, str], ...]) -> list[SelectChoice]:
    """The same for each form: making them takes as long as the rest of it."""
    return [SelectChoice(value, text) for value, text in choices]


class Ticked(SelectMultipleField):
    """Boxes to tick; a parameter given twice means either."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def __init__(self, label: str, choices: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(
            label, choices=made(tuple(choices.items())), invalid_choice_message=UNKNOWN_CHOICE, **kwargs
        )

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        super().process_formdata(list(dict.fromkeys(filter(None, valuelist))))


class TrainerSearch(SearchForm):
    path = "/trainers"
    """The page that answers, in all addresses that lead from one search to another."""

    name = StringField(
        "Name, or whole certificate number",
        [Length(max=LONGEST_NAME, message=f"Shorten this to {LONGEST_NAME} characters.")],
        filters=[readable],
    )
    place = StringField(
        "Where?",
        [Length(max=LONGEST_PLACE, message=f"Shorten this to {LONGEST_PLACE} characters."), one_alone],
        description="ZIP code, town, county or state, such as 97005 or Portland, OR",
        filters=[readable],
    )
    radius = SelectField(
        "How far?",
        default=DEFAULTS["radius"],
        description="Straight-line distance from the middle of the ZIP area",
        filters=[readable],
        validate_choice=False,
    )
    credential = Ticked("Certification", {rule.key: rule.full_name for rule in rule_book().rules})
    issuer = Ticked("Issuer", {issuer.code: issuer.name for issuer in rule_book().issuers})
    fms = Ticked(
        "Movement screen",
        {rule.code: rule.full_name for rule in rule_book().rules if rule.issuer == "FMS"},
        description="Asked for besides a certification",
    )
    specialty = Ticked(
        "Experience",
        {each.slug: each.name for each in load_specialties()},
        description="Experience is what trainers say about themselves",
    )
    mode = Ticked("In person or online", {"in_person": "In person", "online": "Online"})
    language = Ticked("Language", LANGUAGES)
    accepting = BooleanField("Only trainers who take new clients")
    status = StringField(
        "Also show people with nothing current",
        [Optional(), AnyOf(STATUSES, "Choose current or all.")],
        id="show-all",
    )
    sort = SelectField(
        "Order",
        choices=[SelectChoice("distance", "Nearest first"), SelectChoice("name", "By name")],
        default=DEFAULTS["sort"],
        invalid_choice_message="Choose the order from the list.",
    )

    def __init__(self, given: MultiDict[str, str] | None = None) -> None:
        """What was asked for: by the address, unless it is `given`."""
        super().__init__(request.args if given is None else given)
        self.radius.data = self.radius.data or DEFAULTS["radius"]
        self.sort.data = self.sort.data or DEFAULTS["sort"]
        offered = sorted({*map(str, RADII), self.radius.data}, key=by_size)
        self.radius.choices = [SelectChoice(miles, f"{miles} miles") for miles in offered]

    def validate_radius(self, field: SelectField) -> None:
        if not re.fullmatch(r"[0-9]{1,3}", field.data) or not 1 <= int(field.data) <= MOST_MILES:
            raise ValidationError(f"Give the distance as a whole number of miles from 1 to {MOST_MILES}.")

    def locate(self, session: Session) -> places.Found | None:
        """The place that was typed, if distance is asked. A ZIP that does not exist becomes an error here.

        To be called once the form has been validated.
        """
        if not self.place.data or self.place.errors or self.mode.data == ["online"]:
            return None
        found = places.find(session, self.place.data)
        if isinstance(found, places.Unknown) and DIGITS_ALONE.fullmatch(self.place.data):
            sentence = (
                f"We do not know the ZIP code {self.place.data}. Check its five digits, or type a town and state."
            )
            self.place.errors = [*self.place.errors, sentence]
        return found

    def query(self, place: places.Spot | places.Area | None) -> Query:
        """Raises NotFound for a page that is no number."""
        return Query(
            name=self.name.data or "",
            place=place,
            radius=int(self.radius.data),
            credentials=tuple(self.credential.data or ()),
            issuers=tuple(self.issuer.data or ()),
            fms=tuple(f"FMS/{code}" for code in self.fms.data or ()),
            specialties=tuple(self.specialty.data or ()),
            modes=tuple(self.mode.data or ()),
            languages=tuple(self.language.data or ()),
            accepting=self.accepting.data,
            status=self.status.data or None,
            sort=self.sort.data,
            page=page_number(),
        )

    def counts(self, facets: Counts) -> dict[str, dict[str, int]]:
        """How many each choice would leave, by parameter and by the value that it has there."""
        counts = {PARAMETERS[group]: dict(each) for group, each in facets.items()}
        return counts | {"fms": {key.removeprefix("FMS/"): n for key, n in counts.get("fms", {}).items()}}

    # Addresses

    def asked(self) -> dict[str, list[str]]:
        """What differs from an empty search, by parameter."""
        found: dict[str, list[str]] = {}
        for field in self:
            given = field.data if isinstance(field, Ticked) else [field.data]
            if isinstance(field, BooleanField):
                given = ["y"] if field.data else []
            if kept := [value for value in given or () if value and value != DEFAULTS.get(field.name)]:
                found[field.name] = kept
        return found

    def address(self, **changes: Any) -> str:
        """This search with other values for some parameters: a list, one value, or None to leave it out."""
        return self.path + self.parameters(**changes)

    def parameters(self, **changes: Any) -> str:
        """The same without the path, for another page about the same search."""
        parts = self.asked()
        for parameter, value in changes.items():
            parts[parameter] = [] if value is None else value if isinstance(value, list) else [value]
        pairs = [(parameter, value) for parameter, values in parts.items() for value in values]
        return "?" + urlencode(pairs, safe="/,") if pairs else ""

    def page_address(self, page: int) -> str:
        return self.address(page=page if page > 1 else None)

    def chosen(self) -> list[tuple[str, str]]:
        """Each choice beyond name and place, with the address of the search without it."""
        links = [
            (label, self.address(**{field.name: [other for other in field.data if other != value]}))
            for field in self
            if isinstance(field, Ticked)
            for value, label in labels_of(field)
        ]
        if self.accepting.data:
            links.append(("Takes new clients", self.address(accepting=None)))
        if self.status.data == "all":
            links.append(("With nothing current too", self.address(status=None)))
        return links

    def without(self, part: str) -> tuple[str, str]:
        """What stands in one field of the query, in words, and the address of the search without it."""
        field = self[PARAMETERS[part]]
        if isinstance(field, Ticked):
            words = " or ".join(label for _, label in labels_of(field))
        else:
            words = field.label.text if isinstance(field, BooleanField) else field.data
        return words, self.address(**{field.name: None})


def by_size(miles: str) -> tuple[float, str]:
    """Among the distances that are offered, the one that was typed stands where it belongs; nonsense last."""
    return (float(miles) if re.fullmatch(r"[0-9]{1,9}", miles) else inf, miles)


def labels_of(field: Ticked) -> list[tuple[str, str]]:
    return [(choice.value, choice.label) for choice in field.iter_choices() if choice.selected]


def page_number() -> int:
    """Raises NotFound."""
    typed = request.args.get("page", "1")
    if not PAGE.fullmatch(typed):
        raise NotFound("There is no such page of results.")
    return int(typed)
