"""A movement sheet as a form, its fields made from content/data/screens.toml; and files of sheets."""

from datetime import date
from typing import Any

from flask_wtf.file import MultipleFileField
from werkzeug.datastructures import FileStorage, MultiDict
from wtforms import BooleanField, RadioField, SelectChoice, StringField, TextAreaField

from trainers.core.errors import DomainError
from trainers.core.screening import assess, read_points
from trainers.core.screening_file import the_screens
from trainers.core.screens import HIGHEST, Place, Scores, Screen, field_of
from trainers.core.sheets import files
from trainers.core.sheets.progress import refuse_twins, without_copies
from trainers.core.sheets.sheet import LONGEST_LABEL, LONGEST_NOTES, Sheet, gaps_of, problems_of, tidied

from .base import DateField, Form, no_line_breaks

HURT = {"no": "No pain", "yes": "It hurt"}
PLACES: dict[str, Place] = {field_of(*place): place for screen in the_screens().screens for place in screen.places}
CONSENT = (
    "Keep my movement sheets in my account. They say how I move and where it hurt: that is health data. Only I and"
    " trainers whom I invite can see them"
)


class SheetForm(Form):
    """One sheet. Fields for scores are named as in PLACES, those of clearing tests by their slug.

    `latest` is the last day that it may bear. A whole one has no gaps, unless it stopped where something hurt; one
    that is saved meanwhile may have some.
    """

    screened_on = DateField(
        "Day of the screening", missing="Enter the day of the screening.", description="For example 11 / 23 / 2026"
    )
    label = StringField(
        "Label", [no_line_breaks], description=f"A name or an occasion. Up to {LONGEST_LABEL} characters"
    )
    notes = TextAreaField(
        "Notes", description=f"Such as which side felt stiff. Plain text, up to {LONGEST_NOTES:,} characters"
    )

    def read(self, latest: date, *, whole: bool) -> Sheet | None:
        """What was filled in; None with a sentence at each field that has a mistake."""
        sound = self.validate()
        points = {place: self.points_at(name) for name, place in PLACES.items()}
        day = self.screened_on.date_value
        if not sound or day is None:
            self.mark_mistakes(Sheet(latest, self.scores(points)), latest, whole=whole)
            return None
        sheet = tidied(Sheet(day, self.scores(points), self.label.data or "", self.notes.data or ""))
        self.mark_mistakes(sheet, latest, whole=whole)
        return None if self.rejected else sheet

    def mark_mistakes(self, sheet: Sheet, latest: date, *, whole: bool) -> None:
        for name, sentence in problems_of(sheet, latest=latest):
            self.refuse(DomainError(sentence, field=name))
        for each in the_screens().clearings:
            if self[each.slug].data and self[each.slug].data not in HURT:
                self.refuse(DomainError(f"{each.title}: say whether it hurts.", field=each.slug))
        for name, sentence in gaps_of(sheet) if whole and not sheet.result.refers else ():
            if not self[name].errors:
                self.refuse(DomainError(sentence, field=name))

    def points_at(self, name: str) -> int | None:
        """The points that were chosen; a sentence at the field for what is no score."""
        typed = self[name].data
        if typed is None:
            return None
        try:
            return read_points(typed)
        except ValueError as error:
            screen = next(each for each in the_screens().screens if each.slug == PLACES[name][0])
            self.refuse(DomainError(f"{screen.title}: {error}", field=name))
            return None

    def scores(self, points: dict[Place, int | None]) -> Scores:
        hurts = {each.slug: self[each.slug].data for each in the_screens().clearings}
        return Scores(
            {place: found for place, found in points.items() if found is not None},
            {slug: said == "yes" for slug, said in hurts.items() if said in HURT},
        )

    @property
    def refers(self) -> bool:
        """Something hurts, whatever else is missing or wrong."""
        known = {str(points): points for points in range(HIGHEST + 1)}
        return assess(the_screens(), self.scores({p: known.get(self[n].data) for n, p in PLACES.items()})).refers

    @property
    def carried(self) -> list[tuple[str, str]]:
        """What was typed, to be sent along with a button."""
        day = self.screened_on
        dated = [(f"screened_on-{part}", day[part].data or "") for part in ("month", "day", "year")]
        names = [*PLACES, *(each.slug for each in the_screens().clearings), "label", "notes"]
        return dated + [(name, str(self[name].data)) for name in names if self[name].data]


def score_field(screen: Screen, side: str) -> RadioField:
    told = the_screens().points
    choices = [SelectChoice(str(points), str(points)) for points in range(HIGHEST + 1) if points in told]
    name = screen.title if len(screen.sides) == 1 else side.capitalize()
    return RadioField(name, choices=choices, validate_choice=False)


for _screen in the_screens().screens:
    for _slug, _side in _screen.places:
        setattr(SheetForm, field_of(_slug, _side), score_field(_screen, _side))
for _clearing in the_screens().clearings:
    _choices = [SelectChoice(value, text) for value, text in HURT.items()]
    setattr(SheetForm, _clearing.slug, RadioField(_clearing.title, choices=_choices, validate_choice=False))


def filled_from(sheet: Sheet) -> dict[str, Any]:
    """A sheet's values by the names of the form's fields."""
    points, hurts = sheet.scores.points, sheet.scores.hurts
    return {
        "screened_on": sheet.screened_on,
        "label": sheet.label,
        "notes": sheet.notes,
        **{name: str(points[place]) for name, place in PLACES.items() if place in points},
        **{slug: "yes" if hurt else "no" for slug, hurt in hurts.items()},
    }


class FilesForm(Form):
    """Files of sheets. `sheet` are those that were read before: they come back in the page, so that one file that
    cannot be read loses no other."""

    file = MultipleFileField("Files", description="Files that you downloaded here. You can choose several at once")

    def read(self, kept: MultiDict[str, str], latest: date) -> list[Sheet]:
        """All sheets of all files, those that were read before first. What cannot be read is told at the field."""
        found: list[Sheet] = []
        for text in kept.getlist("sheet"):
            found += self.read_one("", text.encode(), latest)
        for sent in self.file.data or []:
            if isinstance(sent, FileStorage) and sent.filename:
                found += self.read_one(sent.filename, sent.stream.read(files.LARGEST + 1), latest)
        return self.sensible(without_copies(found))

    def read_one(self, name: str, data: bytes, latest: date) -> list[Sheet]:
        try:
            return files.read(data, latest=latest)
        except DomainError as error:
            self.tell(f"{name[:60]}: {error.sentence}" if name else error.sentence)
            return []

    def sensible(self, sheets: list[Sheet]) -> list[Sheet]:
        if len(sheets) > files.MOST_SHEETS:
            self.tell(f"These are {len(sheets)} sheets. Up to {files.MOST_SHEETS} can be opened at once.")
            return sheets[: files.MOST_SHEETS]
        try:
            refuse_twins(sheets)
        except DomainError as error:
            self.tell(error.sentence)
        return sheets

    def tell(self, sentence: str) -> None:
        self.refuse(DomainError(sentence, field="file"))


class ConsentForm(Form):
    """Before the first sheet is kept, and where none is left."""

    keep = BooleanField(CONSENT)
    adult = BooleanField("I am 18 or over")

    def demand_consent(self) -> None:
        for field, sentence in (
            (self.keep, "Tick this box, or fill in a sheet without an account: then nothing is kept."),
            (self.adult, "Sheets are kept for adults only. Tick this box if you are 18 or over."),
        ):
            if not field.data:
                self.refuse(DomainError(sentence, field=field.name))

    def drop_consent(self) -> None:
        """It was given before."""
        del self.keep, self.adult


class BeginForm(ConsentForm):
    """A sheet of a day, still empty."""

    screened_on = DateField(
        "Day of the screening", missing="Enter the day of the screening.", description="For example 11 / 23 / 2026"
    )
    label = StringField("Label", [no_line_breaks], description="A name or an occasion")

    def read(self, latest: date, *, asks_consent: bool) -> Sheet | None:
        sound = self.validate()
        if asks_consent:
            self.demand_consent()
        if not sound or self.screened_on.date_value is None:
            return None
        sheet = tidied(Sheet(self.screened_on.date_value, label=self.label.data or ""))
        for name, sentence in problems_of(sheet, latest=latest):
            self.refuse(DomainError(sentence, field=name))
        return None if self.rejected else sheet


class BringForm(FilesForm, ConsentForm):
    """Files whose sheets are to be kept."""


class InviteForm(ConsentForm):
    runner_name = StringField(
        "Your name for this trainer",
        [no_line_breaks],
        description="So that the trainer knows whose sheets these are",
    )
