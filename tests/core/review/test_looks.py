"""What a look must be to be recorded, and what it comes to."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import NOW, TODAY, ZONE
from trainers.core.errors import DomainError
from trainers.core.models import Term
from trainers.core.review import looks
from trainers.core.review.looks import Look, Shown, Sitting
from trainers.core.rules import rule_book

RULE = rule_book().rule("NASM", "NASM-CPT")
TERM = Term(
    number="NC-123456",
    name_on_certificate="Dana Fitzgerald",
    expires_on=date(2027, 11, 30),
    recorded_at=NOW - timedelta(days=40),
)
LOOK = Look(
    "issuer_lookup",
    "https://www.nasm.org/lookup",
    TODAY,
    Shown("Dana Fitzgerald", "NC-123456", date(2027, 11, 30), "Active"),
)
SITTING = Sitting(by="1", now=NOW, today=TODAY, zone=ZONE)


def field_refused(look: Look, term: Term = TERM, sitting: Sitting = SITTING) -> str | None:
    try:
        looks.demand_sound(look, term, RULE, sitting)
    except DomainError as error:
        return error.field
    return None


def test_a_plain_look_is_sound() -> None:
    assert field_refused(LOOK) is None


@given(st.integers(min_value=-400, max_value=400))
def test_a_look_is_neither_in_the_future_nor_older_than_thirty_days(days: int) -> None:
    sound = field_refused(replace(LOOK, looked_on=TODAY + timedelta(days=days))) is None
    assert sound == (-30 <= days <= 0)


@given(st.integers(min_value=0, max_value=29), st.integers(min_value=0, max_value=29))
def test_a_look_is_not_older_than_the_claim(claimed_days_ago: int, looked_days_ago: int) -> None:
    term = Term(
        number="1", name_on_certificate="Dana", expires_on=None, recorded_at=NOW - timedelta(days=claimed_days_ago)
    )
    look = replace(LOOK, looked_on=TODAY - timedelta(days=looked_days_ago))
    assert (field_refused(look, term) is None) == (looked_days_ago <= claimed_days_ago)


def test_the_day_of_a_claim_is_the_day_in_the_sites_zone() -> None:
    evening = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)  # still the 23rd in Honolulu
    term = Term(number="1", name_on_certificate="Dana", expires_on=None, recorded_at=evening)
    sitting = replace(SITTING, now=evening)
    assert field_refused(replace(LOOK, looked_on=date(2026, 11, 23)), term, sitting) is None
    assert field_refused(replace(LOOK, looked_on=date(2026, 11, 22)), term, sitting) == "looked_on"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://www.nasm.org/lookup",
        "javascript:alert(1)",
        "https://",
        "https://localhost",
        "https://user:word@nasm.org/",
        "https://nasm.org/a b",
        "https://nasm.org/\n",
        "https://[nasm.org/",
        "https://nasm.org/" + "x" * 500,
        "www.nasm.org",
    ],
)
def test_the_address_of_the_page_is_a_secure_one(url: str) -> None:
    assert field_refused(replace(LOOK, source_url=url)) == "source_url"


def test_a_certificate_has_no_address() -> None:
    rule = rule_book().rule("UESCA", "UESCA-RUN")
    seen = replace(LOOK, method="document_seen")
    with pytest.raises(DomainError, match="Leave the address empty"):
        looks.demand_sound(seen, TERM, rule, SITTING)
    looks.demand_sound(replace(seen, source_url=""), TERM, rule, SITTING)


@pytest.mark.parametrize("method", ["document_seen", "hearsay", ""])
def test_a_method_fits_the_issuer(method: str) -> None:
    assert field_refused(replace(LOOK, method=method, source_url="")) == "method"


def test_an_empty_name_is_not_a_record() -> None:
    assert field_refused(replace(LOOK, shown=Shown("  ", "NC-123456", None, None))) == "shown_name"


def test_a_record_cannot_come_from_a_page_that_was_down() -> None:
    assert field_refused(replace(LOOK, available=False)) == "found"


def test_what_a_look_comes_to() -> None:
    assert looks.outcome_of(TERM, LOOK) == "matched"
    assert looks.outcome_of(TERM, replace(LOOK, shown=None)) == "no_match"
    assert looks.outcome_of(TERM, replace(LOOK, shown=None, available=False)) == "unavailable"
