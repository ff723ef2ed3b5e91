import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import html5lib
import nh3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainers.core.articles import (
    Article,
    Page,
    get_article,
    get_page,
    list_articles,
    load_articles,
    load_pages,
    pages,
)
from trainers.core.content import ContentError
from trainers.core.errors import NotFound
from trainers.core.rules import load_specialties

VALUES = {"site_email": "hello@example.org", "postal_address": "1 Test Street, Testville"}
PAGES = ("about", "accessibility", "for-programs", "for-trainers", "how-results-are-ordered", "privacy", "terms")
TEXTS: list[Page] = [*list_articles(), *(get_page(slug, VALUES) for slug in PAGES)]

# Where a text may send the reader, and what may be asked of the search.
PATHS = {
    "/", "/trainers", "/check", "/guidance", "/rules", "/for-trainers", "/for-programs", "/about", "/privacy",
    "/terms", "/accessibility", "/how-results-are-ordered", "/register", "/login", "/dashboard", "/hip-check",
    "/guidance/six-week-sheet", "/guidance/letter-to-your-doctor", "/sheets", "/sheets/fill-in", "/sheets/mine",
    "/dashboard/account",
    *(f"/guidance/{article.slug}" for article in list_articles()),
}  # fmt: skip
QUERIES = {
    "name", "place", "radius", "credential", "issuer", "specialty", "mode", "language", "fms", "accepting",
    "status", "sort", "page",
}  # fmt: skip
NEVER_SAID = re.compile(
    r"verified trainer|trainer[^.]*\bverified|\b(qualified|safe|safely|valid|guaranteed?)\b", re.I
)
FRONT_MATTER = """title: Hip
summary: About hips
reviewed_on: 2026-11-20
order: 1
way: hurts
medical_notice: true
in_short: [One]
sources:
  - {key: leap, title: LEAP, year: 2018, kind: trial, url: "https://www.bmj.com/"}
"""


def of_slug(page: Page) -> str:
    return page.slug


def plain(page: Page) -> str:
    return nh3.clean(page.html, tags=set())


def links(page: Page) -> list[tuple[str, str]]:
    """Each link as its address and its other attributes."""
    return re.findall(r'<a href="([^"]*)"([^>]*)>', page.html)


def ids(page: Page) -> list[str]:
    return re.findall(r' id="([^"]*)"', page.html)


def article(folder: Path, body: str = "A trial. [^leap]\n", front_matter: str = FRONT_MATTER) -> Article:
    (folder / "hip.md").write_text(f"---\n{front_matter}---\n{body}", encoding="utf-8")
    return load_articles(folder)["hip"]


# --- what stands in this checkout


def test_both_lookups_are_linked_where_they_are_explained() -> None:
    targets = {target for target, _ in links(get_article("choose-a-trainer"))}
    assert {"https://www.nasm.org/resources/validate-credentials", "https://usreps.org/"} <= targets


@pytest.mark.parametrize("one", TEXTS, ids=of_slug)
def test_links_lead_to_pages_that_exist(one: Page) -> None:
    own = set(ids(one)) | {f"source-{source.number}" for source in getattr(one, "sources", ())}
    slugs = {specialty.slug for specialty in load_specialties()}
    for target, _ in links(one):
        parts = urlsplit(target)
        if parts.scheme in ("http", "https", "mailto"):
            continue
        assert parts.path in PATHS or (not parts.path and parts.fragment in own), target
        query = parse_qs(parts.query, strict_parsing=True) if parts.query else {}
        assert query.keys() <= QUERIES, target
        assert set(query.get("specialty", [])) <= slugs, target


@pytest.mark.parametrize("one", TEXTS, ids=of_slug)
def test_links_that_lead_out_are_marked_and_others_are_not(one: Page) -> None:
    for target, attributes in links(one):
        outward = target.startswith(("http:", "https:"))
        assert ('rel="nofollow noopener"' in attributes) == outward, target


@pytest.mark.parametrize("one", TEXTS, ids=of_slug)
def test_nothing_is_claimed_that_nobody_can_promise(one: Page) -> None:
    said = [one.title, one.summary, plain(one), *getattr(one, "in_short", ())]
    assert [match[0] for text in said for match in NEVER_SAID.finditer(text)] == []


@pytest.mark.parametrize("one", TEXTS, ids=of_slug)
def test_a_text_is_good_html_with_one_id_each_and_a_contents_list_that_leads_somewhere(one: Page) -> None:
    html5lib.HTMLParser(strict=True).parseFragment(one.html)
    assert "<h1" not in one.html
    assert "style=" not in one.html
    assert len(ids(one)) == len(set(ids(one)))
    assert {heading.id for heading in one.contents} <= set(ids(one))
    assert set(ids(one)).isdisjoint({"main", "status", "menu"})  # ids of the page around the text


def test_every_page_is_there() -> None:
    assert sorted(pages()) == sorted(PAGES)


def test_footer_links_into_pages_find_their_place() -> None:
    assert "health-data" in ids(get_page("privacy", VALUES))
    assert {"report", "contact"} <= set(ids(get_page("about", VALUES)))


def test_about_is_independent_and_credits_the_places() -> None:
    text = plain(get_page("about", VALUES))
    assert "Not connected with NASM, ACSM or FMS" in text
    assert "ZIP code data © GeoNames (geonames.org), CC BY 4.0; US Census Bureau" in text


def test_the_ways_to_reach_us_are_filled_in() -> None:
    html = get_page("about", VALUES).html
    assert '<a href="mailto:hello@example.org">hello@example.org</a>' in html
    assert "1 Test Street, Testville" in html
    assert "{" not in html


# --- filling


def test_a_value_is_text_and_never_markup() -> None:
    html = get_page("about", {"site_email": "a@b.example", "postal_address": "<b>1 & 2</b> *Street*"}).html
    assert "&lt;b&gt;1 &amp; 2&lt;/b&gt; *Street*" in html


def test_a_blank_value_is_said_to_be_missing() -> None:
    html = get_page("about", {"site_email": " ", "postal_address": ""}).html
    assert html.count("(not set on this copy of the site)") == 2
    assert "mailto:" not in html


def test_a_placeholder_without_a_value_is_named() -> None:
    with pytest.raises(ContentError, match=r"about\.md, \{postal_address\}"):
        get_page("about", {"site_email": "a@b.example"})


@pytest.mark.parametrize(
    "slug", ["nothing", "", "../data/issuers", "hip-pain-from-running.md", "HIP-PAIN-FROM-RUNNING"]
)
def test_unknown_names_are_not_found(slug: str) -> None:
    with pytest.raises(NotFound):
        get_article(slug)
    with pytest.raises(NotFound):
        get_page(slug)


# --- rendering


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<style>p {}</style>",
        "[a](javascript:alert(1))",
        "[a](JaVaScRiPt&colon;alert(1))",
        "[a](data:text/html;base64,PHNjcmlwdD4=)",
        "[a](vbscript:x)",
        "<https://example.org/<script>>",
        '[a](https://example.org "x\\" onclick=\\"alert(1)")',
        "## <b onclick=alert(1)>Heading</b>",
        "[a][1]\n\n[1]: javascript:alert(1)",
    ],
)
def test_script_in_the_text_is_made_harmless(tmp_path: Path, attack: str) -> None:
    html = article(tmp_path, f"Before. [^leap]\n\n{attack}\n\nAfter.\n").html
    tree = html5lib.HTMLParser(strict=True).parseFragment(html)
    for element in tree.iter():
        assert element.tag.rpartition("}")[2] not in ("script", "style", "img")
        assert not [name for name in element.attrib if name.startswith("on")]
        assert urlsplit(element.get("href", "")).scheme in ("", "https")
    assert html.startswith("<p>Before.")
    assert html.rstrip().endswith("<p>After.</p>")


MARKDOWN = st.text(alphabet=st.sampled_from("<>\"'&;:()[]*_`\\/ \nabjscript"), max_size=80)
ELEMENTS = {"DOCUMENT_FRAGMENT", "p", "ul", "ol", "li", "strong", "em", "a", "blockquote", "hr", "br", "code"}


@given(text=MARKDOWN)
def test_no_text_whatever_makes_an_element_that_is_not_allowed(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    html = article(tmp_path_factory.getbasetemp(), f"A trial. [^leap]\n\n{text}\n").html
    found = {element.tag.rpartition("}")[2] for element in html5lib.parseFragment(html).iter()}
    assert found <= ELEMENTS


def test_a_source_is_cited_by_its_number_with_year_and_kind(tmp_path: Path) -> None:
    one = article(tmp_path, "It helped. [^leap]\n")
    assert 'href="#source-1"' in one.html
    assert 'title="Trial, 2018"' in one.html
    assert 'aria-label="Source [1]"' in one.html
    assert plain(one).strip() == "It helped. [1]"


def test_headings_get_ids_of_their_own(tmp_path: Path) -> None:
    body = "A. [^leap]\n\n## Same\n\n## Same\n\n### *Same* `too`\n\n## Given {#other}\n\n## Same 2\n\n## ???\n"
    one = article(tmp_path, body)
    assert [(heading.id, heading.text) for heading in one.contents] == [
        ("same", "Same"),
        ("same-2", "Same"),
        ("other", "Given"),
        ("same-2-2", "Same 2"),
        ("section", "???"),
    ]
    assert ids(one) == ["same", "same-2", "same-too", "other", "same-2-2", "section"]


def test_a_drawing_comes_with_its_words_and_its_size() -> None:
    html = get_article("hip-pain-from-running").html
    [drawing] = re.findall(r"<img [^>]*>", html)
    assert 'src="/static/img/hip-where.svg"' in drawing
    assert re.search(r'width="\d+"', drawing)
    assert re.search(r'height="\d+"', drawing)
    assert re.search(r'alt="[^"]{40,}"', drawing)


def test_words_are_counted_without_links_and_numbers(tmp_path: Path) -> None:
    one = article(tmp_path, "Runners don't [stop](/trainers?name=a) at 5,205 &amp; more. [^leap]\n")
    assert one.words == len(["One", "Runners", "don't", "stop", "at", "more"])
    assert one.minutes == 1


# --- mistakes


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("title:", r"front matter, title: is missing"),
        ("summary: 3", r"front matter, summary: must be text"),
        ("reviewed_on: soon", r"front matter, reviewed_on: must be a date"),
        ("way: sideways", r"front matter, way: must be one of hurts, well, choosing"),
        ("related: [other]", r"front matter, related: other is not another article"),
        ("related: [hip]", r"front matter, related: hip is not another article"),
        ("search_for: ''", r"front matter, search_for: must be text"),
        ("order: first", r"front matter, order: must be a whole number"),
        ("medical_notice: maybe", r"front matter, medical_notice: must be true or false"),
        ("in_short: One", r"front matter, in_short: must be a list of texts"),
        ("author: Somebody", r"front matter, author: is not a field that we know"),
        ("sources: [LEAP]", r"front matter, sources: must be a list of tables"),
        ("sources: [{key: leap, title: L, kind: trial, url: 'https://b.example'}]", r"source 1, year: is missing"),
        (
            "sources: [{key: leap, title: L, year: 2018, kind: rumour, url: 'https://b.example'}]",
            r"source 1, kind: ",
        ),
        ("sources: [{key: leap, title: L, year: 2018, kind: trial, url: bmj.com}]", r"source 1, url: must start"),
        ("sources: []", r"sources: leap is not listed"),
        ("title: [", r"front matter: "),
    ],
)
def test_a_mistake_in_the_front_matter_is_named_by_file_and_field(tmp_path: Path, line: str, problem: str) -> None:
    name = line.split(":")[0]
    kept = re.sub(rf"^{name}:.*\n(  .*\n)*", "", FRONT_MATTER, flags=re.M)
    with pytest.raises(ContentError, match=rf"^hip\.md, {problem}"):
        article(tmp_path, front_matter=f"{kept}{line}\n")


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ("No source at all.\n", "sources: leap is not used"),
        ("Two. [^leap] [^other]\n", "sources: other is not listed"),
        ("# Title\n\nA. [^leap]\n", "heading 'Title': must be ## or ###"),
        ("A. [^leap]\n\n![](/static/img/hip-where.svg)\n", "picture /static/img/hip-where.svg: needs a text"),
        ("A. [^leap]\n\n![Hip](/static/img/none.svg)\n", "picture /static/img/none.svg: must be an SVG file"),
        ("A. [^leap]\n\n![Hip](https://example.org/a.svg)\n", "picture https://example.org/a.svg: must be an SVG"),
        (
            "A. [^leap]\n\n![Hip](/static/img/../../pyproject.toml)\n",
            "picture /static/img/../../pyproject.toml: must",
        ),
    ],
)
def test_a_mistake_in_the_text_is_named(tmp_path: Path, body: str, problem: str) -> None:
    with pytest.raises(ContentError, match=re.escape(f"hip.md, {problem}")):
        article(tmp_path, body)


def test_a_file_without_front_matter_is_named(tmp_path: Path) -> None:
    (tmp_path / "terms.md").write_text("# Terms\n", encoding="utf-8")
    with pytest.raises(ContentError, match=r"^terms\.md: must begin with front matter"):
        load_pages(tmp_path)


def test_a_name_that_cannot_stand_in_an_address_is_refused(tmp_path: Path) -> None:
    (tmp_path / "Our Terms.md").write_text("---\ntitle: Terms\n---\n", encoding="utf-8")
    with pytest.raises(ContentError, match=r"^Our Terms\.md: the name must be"):
        load_pages(tmp_path)
