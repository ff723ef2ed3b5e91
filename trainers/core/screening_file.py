"""Reads content/data/screens.toml. A mistake in it is named by file, row and field."""

from functools import lru_cache
from pathlib import Path

from .articles import articles, read_sources
from .content import CONTENT, ROOT, SLUG, ContentError, Row, read_tables, refuse_repeats, rows_of
from .screens import HIGHEST, Clearing, Idea, Screen, Screens

TABLES = ("score", "screen", "clearing", "idea", "sources")
COUNT, TWO_SIDED, CLEARINGS = 7, 5, 3


@lru_cache(maxsize=1)
def the_screens() -> Screens:
    """The screens of this checkout, read once."""
    return load_screens(CONTENT / "data" / "screens.toml")


def load_screens(path: Path) -> Screens:
    """Raises ContentError at the first mistake."""
    tables = read_tables(path, TABLES)
    clearings = [read_clearing(row) for row in rows_of(path, tables, "clearing", ("slug",))]
    ideas = [read_idea(row) for row in rows_of(path, tables, "idea", ("text",))]
    rows = rows_of(path, tables, "screen", ("slug",))
    found = tuple(read_screen(number, row, clearings, ideas) for number, row in enumerate(rows, 1))
    slugs = [screen.slug for screen in found]
    refuse_repeats(path, "screen", "slug", slugs)
    refuse_repeats(path, "clearing", "slug", [*slugs, *(each.slug for each in clearings)])
    for clearing in clearings:
        demand_screen(path, slugs, clearing.screen, f"clearing {clearing.slug}")
    for wanted, idea in ideas:
        for slug in wanted:
            demand_screen(path, slugs, slug, f"idea {idea.text!r}")
    screens = Screens(found, read_points(path, tables), tuple(read_sources(Row(path, "the file", tables))))
    demand_shape(path, screens, clearings)
    return screens


def read_screen(number: int, row: Row, clearings: list[Clearing], ideas: list[tuple[list[str], Idea]]) -> Screen:
    slug, two_sided = slug_of(row), row.flag("two_sided")
    picture = row.text("picture")
    if not (ROOT / "static" / "img" / picture).is_file():
        raise row.error("picture", "must be a file of static/img")
    screen = Screen(
        number=number,
        slug=slug,
        title=row.text("title"),
        watch=row.text("watch"),
        shows=row.text("shows"),
        two_sided=two_sided,
        side_is=row.text("side_is") if two_sided else "",
        picture=picture,
        alt=row.text("alt"),
        clearing=next((each for each in clearings if each.screen == slug), None),
        ideas=tuple(idea for screens, idea in ideas if slug in screens),
    )
    row.finish()
    return screen


def read_clearing(row: Row) -> Clearing:
    clearing = Clearing(slug_of(row), row.text("screen"), row.text("title"), row.text("watch"))
    row.finish()
    return clearing


def read_idea(row: Row) -> tuple[list[str], Idea]:
    """An idea, and the screens that it is for. It leads to a heading that is there."""
    screens = row.listed("screens", str)
    idea = Idea(row.text("text"), row.text("article"), row.text_or_none("heading") or "")
    article = articles().get(idea.article)
    if article is None:
        raise row.error("article", f"{idea.article} is not an article")
    if idea.heading and idea.heading not in {heading.id for heading in article.contents}:
        raise row.error("heading", f"{idea.article} has no heading {idea.heading}")
    row.finish()
    return screens, idea


def read_points(path: Path, tables: dict[str, object]) -> dict[int, str]:
    found: dict[int, str] = {}
    for row in rows_of(path, tables, "score", ("points",)):
        points = row.fields.pop("points", None)
        if type(points) is not int or not 0 <= points <= HIGHEST or points in found:
            raise row.error("points", f"must be a whole number from 0 to {HIGHEST}, each once")
        found[points] = row.text("text")
        row.finish()
    if len(found) != HIGHEST + 1:
        raise ContentError(f"{path.name}: each score from 0 to {HIGHEST} needs its [[score]]")
    return found


def slug_of(row: Row) -> str:
    slug = row.text("slug")
    if not SLUG.fullmatch(slug):
        raise row.error("slug", "must be small letters, digits and hyphens")
    return slug


def demand_screen(path: Path, slugs: list[str], slug: str, where: str) -> None:
    if slug not in slugs:
        raise ContentError(f"{path.name}, {where}: {slug} is not a screen")


def demand_shape(path: Path, screens: Screens, clearings: list[Clearing]) -> None:
    """Seven screens, five of them with sides, three with a clearing test: what sheets out there hold."""
    two_sided = sum(screen.two_sided for screen in screens.screens)
    if (len(screens.screens), two_sided, len(screens.clearings)) != (COUNT, TWO_SIDED, CLEARINGS):
        raise ContentError(
            f"{path.name}: {COUNT} screens are wanted, {TWO_SIDED} of them two_sided,"
            f" {CLEARINGS} with a clearing test"
        )
    if len(screens.clearings) != len(clearings):
        raise ContentError(f"{path.name}: a screen has one clearing test at most")
