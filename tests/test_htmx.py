"""The look that tests take at htmx attributes: each fault is found, and what the site does is none."""

import pytest

from tests.page_client import examine_htmx, parse

GOOD = (
    '<form method="get" action="/trainers" hx-get="/trainers" hx-target="#results"><button>Search</button></form>',
    '<div hx-target="#results"><a href="/trainers?page=2" hx-get="/trainers?page=2">More</a></div>',
    '<form method="post" action="/decide" hx-post="/compare" hx-target="#c">'
    '<button formaction="/compare#c">Compare</button></form>',
)
FAULTS = {
    "on div, which no key reaches": '<div hx-get="/trainers" hx-target="#results">More</div>',
    "without hx-target": '<a href="/trainers" hx-get="/trainers">More</a>',
    "a link elsewhere": '<a href="#" hx-get="/trainers" hx-target="#results">More</a>',
    "outside of a form": '<button type="button" hx-post="/take" hx-target="#results">Take</button>',
    "in a form of another method": '<form method="get" action="/take" hx-post="/take" hx-target="#r"></form>',
    "no button leads to /compare": '<form method="post" action="/decide" hx-post="/compare" hx-target="#"></form>',
    r"\['hx-delete'\] on a": '<a href="/trainers" hx-delete="/trainers" hx-target="#results">Away</a>',
    r"\['hx-on:click'\] on button": '<button hx-on:click="go()">Go</button>',
    r"\['hx-taget'\] on p": '<p hx-taget="#results">Oh</p>',
}


def look(html: str) -> None:
    examine_htmx(list(parse(html, full_page=False).iter()), "/page")


@pytest.mark.parametrize("html", GOOD)
def test_a_form_or_link_that_works_without_htmx_is_fine(html: str) -> None:
    look(html)


@pytest.mark.parametrize("says", FAULTS)
def test_each_fault_is_found(says: str) -> None:
    with pytest.raises(AssertionError, match=says):
        look(FAULTS[says])
