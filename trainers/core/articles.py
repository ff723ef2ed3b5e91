"""Guidance articles and the site's own pages: Markdown with front matter in, safe HTML out.

Both stand under content/. A mistake in the front matter, an unknown source or a missing picture is a
ContentError that names file and field.
"""

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import nh3
import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token

from .content import CONTENT, ROOT, SLUG, ContentError, Row
from .errors import NotFound

WAYS = {
    "hurts": "It hurts now",
    "well": "I want to stay well",
    "choosing": "I am choosing a trainer",
}
"""How people come to the articles, in the order of urgency."""
SOURCE_KINDS = ("trial", "review", "guideline", "observational", "expert opinion", "issuer's page")
WORDS_A_MINUTE = 200
NO_ENDORSEMENT = "A listing is no endorsement. Check the credential yourself."
MEDICAL_NOTICE = (
    "This page is for learning. It is not a diagnosis and not a treatment. Talk to a doctor or a physical"
    " therapist before you start to train if you have pain or an illness. If a warning sign fits you, stop and get"
    f" help: in an emergency call 911. Trainers do not diagnose or treat. {NO_ENDORSEMENT}"
)

FRONT_MATTER = re.compile(r"\A---\n(.*?\n)---\n(.*)\Z", re.DOTALL)
CITATION = re.compile(r" ?\[\^([a-z0-9-]+)\]")
HEADING_ID = re.compile(r"\s*\{#([a-z0-9-]+)\}$")
PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
WORD = re.compile(r"[^\W\d_][\w'’-]*")

TABLES = {"table", "thead", "tbody", "tr", "th", "td"}
TAGS = TABLES | {"p", "h2", "h3", "ul", "ol", "li", "strong", "em", "a", "img", "blockquote", "hr", "br", "code"}
ATTRIBUTES = {
    "a": {"href", "title", "rel", "class", "aria-label"},
    "h2": {"id"},
    "h3": {"id"},
    "ol": {"start"},
    "img": {"src", "alt", "width", "height"},
}

markdown = MarkdownIt("commonmark", {"html": False}).enable("table")


@dataclass(frozen=True)
class Source:
    """What an article rests on; the text refers to it by `number`, and `kind` says how much weight it bears. Where
    it bears no date itself `year` is None, and `read_in` is the year in which we read it."""

    number: int
    key: str
    title: str
    year: int | None
    read_in: int | None
    kind: str
    url: str

    @property
    def dated(self) -> str:
        """Its year; ours is never shown as if it were the source's."""
        return str(self.year) if self.year else f"undated, read {self.read_in}"


@dataclass(frozen=True)
class Heading:
    """One line of a contents list: a heading of the second level."""

    id: str
    text: str


@dataclass(frozen=True)
class Page:
    """A page of the site's own text. `html` is safe to put on a page as it is."""

    slug: str
    title: str
    summary: str
    reviewed_on: date
    html: str
    contents: tuple[Heading, ...]


@dataclass(frozen=True)
class Article(Page):
    """A guidance article. The page shows its sources as a list whose items have the ids source-1, source-2 …

    `related` are slugs of others. `search_for` is the experience that its search for a trainer begins with;
    without one it ends with no trainer, because whoever reads it may have to see a doctor first.
    """

    way: str
    related: tuple[str, ...]
    search_for: str | None
    in_short: tuple[str, ...]
    sources: tuple[Source, ...]
    medical_notice: bool
    words: int
    order: int

    @property
    def minutes(self) -> int:
        """Reading time, never 0."""
        return max(1, round(self.words / WORDS_A_MINUTE))


def list_articles() -> list[Article]:
    """All articles in the order of their front matter; read once."""
    return sorted(articles().values(), key=lambda article: (article.order, article.title))


def list_ways() -> list[tuple[str, str, list[Article]]]:
    """Each way in: its slug, its words and its articles in order."""
    return [(way, words, [each for each in list_articles() if each.way == way]) for way, words in WAYS.items()]


def related_to(article: Article) -> list[Article]:
    return [articles()[slug] for slug in article.related]


def get_article(slug: str) -> Article:
    """Raises NotFound."""
    article = articles().get(slug)
    if article is None:
        raise NotFound("There is no such article.")
    return article


def get_page(slug: str, values: Mapping[str, str] | None = None) -> Page:
    """One of the site's own pages with its {placeholders} filled; a blank value is said to be missing.

    Raises NotFound, and ContentError when a placeholder has no value.
    """
    page = pages().get(slug)
    if page is None:
        raise NotFound("There is no such page.")
    return replace(page, html=fill(page, values or {}))


@lru_cache(maxsize=1)
def articles() -> dict[str, Article]:
    return load_articles(CONTENT / "articles")


@lru_cache(maxsize=1)
def pages() -> dict[str, Page]:
    return load_pages(CONTENT / "pages")


def load_articles(folder: Path) -> dict[str, Article]:
    """Raises ContentError at the first mistake."""
    found = {path.stem: read_article(path) for path in sorted(folder.glob("*.md"))}
    for slug, article in found.items():
        for other in article.related:
            if other not in found or other == slug:
                raise ContentError(f"{slug}.md, front matter, related: {other} is not another article")
    return found


def load_pages(folder: Path) -> dict[str, Page]:
    """Raises ContentError at the first mistake."""
    return {path.stem: read_page(path) for path in sorted(folder.glob("*.md"))}


def read_page(path: Path) -> Page:
    row, text = split(path)
    page = page_of(row, path, text)
    row.finish()
    return page


def read_article(path: Path) -> Article:
    row, text = split(path)
    sources = tuple(read_sources(row))
    page = page_of(row, path, cite(path, text, sources))
    in_short = tuple(row.listed("in_short", str))
    article = Article(
        **vars(page),
        way=row.choice("way", WAYS),
        related=tuple(row.listed("related", str)),
        search_for=row.text_or_none("search_for"),
        in_short=in_short,
        sources=sources,
        medical_notice=row.flag("medical_notice"),
        words=count_words([*in_short, nh3.clean(page.html, tags=set())]),
        order=row.count("order"),
    )
    row.finish()
    return article


def split(path: Path) -> tuple[Row, str]:
    """Front matter and body."""
    if not SLUG.fullmatch(path.stem):
        raise ContentError(f"{path.name}: the name must be small letters, digits and hyphens")
    match = FRONT_MATTER.match(path.read_text(encoding="utf-8"))
    if match is None:
        raise ContentError(f"{path.name}: must begin with front matter between two lines of ---")
    try:
        fields = yaml.safe_load(match[1])
    except yaml.YAMLError as error:
        raise ContentError(f"{path.name}, front matter: {error}") from error
    if not isinstance(fields, dict):
        raise ContentError(f"{path.name}, front matter: must be fields such as title: Hip pain")
    return Row(path, "front matter", fields), match[2]


def read_sources(row: Row) -> Iterator[Source]:
    for number, fields in enumerate(row.listed("sources", dict), 1):
        source = Row(row.path, f"source {number}", fields)
        read_in = source.count_or_none("read_in")
        yield Source(
            number=number,
            key=source.text("key"),
            title=source.text("title"),
            year=source.count("year") if read_in is None else None,
            read_in=read_in,
            kind=source.choice("kind", SOURCE_KINDS),
            url=source.url("url"),
        )
        source.finish()


def cite(path: Path, text: str, sources: tuple[Source, ...]) -> str:
    """Each [^key] becomes a link to that source; a source that no sentence rests on is a mistake."""
    by_key = {source.key: source for source in sources}
    used = set(CITATION.findall(text))
    for key in sorted(used ^ by_key.keys()):
        raise ContentError(f"{path.name}, sources: {key} is {'not listed' if key in used else 'not used'}")

    def link(match: re.Match[str]) -> str:
        source = by_key[match[1]]
        return rf' [\[{source.number}\]](#source-{source.number} "{source.kind.capitalize()}, {source.dated}")'

    return CITATION.sub(link, text)


def page_of(row: Row, path: Path, text: str) -> Page:
    tokens = markdown.parse(text)
    contents = tuple(name_headings(path, tokens))
    for token in inside(tokens):
        if token.type == "link_open":
            mark_link(token)
        elif token.type == "image":
            measure(path, token)
    return Page(
        slug=path.stem,
        title=row.text("title"),
        summary=row.text("summary"),
        reviewed_on=row.day("reviewed_on"),
        html=clean(markdown.renderer.render(tokens, markdown.options, {})),
        contents=contents,
    )


def clean(text: str) -> str:
    return nh3.clean(
        text,
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes={"https", "http", "mailto", "tel"},
        link_rel=None,  # mark_link has set it, on links that lead out only
    )


def inside(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield from token.children or ()


def name_headings(path: Path, tokens: list[Token]) -> Iterator[Heading]:
    """Give each heading an id, its own {#id} or one made of its words, and yield those of the second level."""
    taken: set[str] = set()
    for token, inline in pairwise(tokens):
        if token.type != "heading_open":
            continue
        if token.tag not in ("h2", "h3"):
            raise ContentError(f"{path.name}, heading {inline.content!r}: must be ## or ###")
        heading = name_heading(inline, taken)
        token.attrSet("id", heading.id)
        if token.tag == "h2":
            yield heading


def name_heading(inline: Token, taken: set[str]) -> Heading:
    given = HEADING_ID.search(inline.content)
    children = inline.children or []
    if given is not None and children:
        children[-1].content = HEADING_ID.sub("", children[-1].content)
    text = "".join(child.content for child in children)
    base = given[1] if given is not None else "-".join(re.findall(r"[a-z0-9]+", text.lower())) or "section"
    ids = [base, *(f"{base}-{number}" for number in range(2, len(taken) + 3))]
    chosen = next(name for name in ids if name not in taken)
    taken.add(chosen)
    return Heading(chosen, text)


def mark_link(token: Token) -> None:
    target = str(token.attrGet("href"))
    if target.startswith(("http:", "https:")):
        token.attrSet("rel", "nofollow noopener")
    elif target.startswith("#source-"):
        token.attrSet("class", "cite")
        token.attrSet("aria-label", f"Source [{target.removeprefix('#source-')}]")


def measure(path: Path, token: Token) -> None:
    """Only own drawings with an alt text are shown, and with their size, so that nothing jumps while they load."""
    target = str(token.attrGet("src"))
    if not token.content.strip():
        raise ContentError(f"{path.name}, picture {target}: needs a text for people who cannot see it")
    file = ROOT / target.lstrip("/")
    if not re.fullmatch(r"/static/img/[a-z0-9-]+\.svg", target) or not file.is_file():
        raise ContentError(f"{path.name}, picture {target}: must be an SVG file of static/img")
    drawing = ElementTree.parse(file).getroot()  # noqa: S314 - our own file
    for side in ("width", "height"):
        if not drawing.get(side, "").isdigit():
            raise ContentError(f"{file.name}, {side}: must be a whole number")
        token.attrSet(side, drawing.attrib[side])


def count_words(texts: list[str]) -> int:
    return sum(len(WORD.findall(html.unescape(text))) for text in texts)


def fill(page: Page, values: Mapping[str, str]) -> str:
    def value(match: re.Match[str]) -> str:
        name = match[1]
        if name not in values:
            raise ContentError(f"{page.slug}.md, {{{name}}}: no value was given")
        text = html.escape(values[name].strip())
        if not text:
            return "(not set on this copy of the site)"
        return f'<a href="mailto:{text}">{text}</a>' if name.endswith("_email") else text

    return PLACEHOLDER.sub(value, page.html)
