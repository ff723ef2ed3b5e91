"""What a profile tells machines is sound by schema.org's own vocabulary (tests/web/schema_org.json)."""

import json
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.conftest import TODAY
from tests.factories import Factory
from trainers.core.standing.status import CHECK_FRESH_DAYS

VOCABULARY = json.loads((Path(__file__).parent / "schema_org.json").read_text())
ENTITIES = "https://schema.org/"


def problems(node: dict[str, Any], where: str = "it") -> list[str]:
    """What the vocabulary does not know of a node and all in it."""
    above = VOCABULARY["types"].get(node.get("@type"))
    if above is None:
        return [f"{where}: no type {node.get('@type')}"]
    found = []
    for name, value in node.items():
        if name.startswith("@"):
            continue
        domains, ranges = VOCABULARY["properties"].get(name, ([], []))
        if not set(domains) & set(above):
            found.append(f"{where}: {node['@type']} has no {name}")
        for each in value if isinstance(value, list) else [value]:
            found += [] if fits(each, ranges) else [f"{where}: {name} cannot be {each!r:.60}"]
            found += problems(each, f"{where}.{name}") if isinstance(each, dict) else []
    return found


def fits(value: object, ranges: list[str]) -> bool:
    if isinstance(value, dict):
        return bool(set(VOCABULARY["types"].get(value.get("@type"), [])) & set(ranges))
    members = {f"{ENTITIES}{one}" for name in ranges for one in VOCABULARY["members"].get(name, [])}
    return (
        value in members
        or ("Text" in ranges and not str(value).startswith(ENTITIES))
        or ("URL" in ranges and bool(re.match(r"https?://\S+$", str(value))))
        or ("Date" in ranges and bool(re.fullmatch(r"\d{4}-\d\d-\d\d", str(value))))
    )


def data_of(client: FlaskClient, slug: str) -> dict[str, Any]:
    (text,) = re.findall(
        r'<script type="application/ld\+json">(.*?)</script>', client.get(f"/trainers/{slug}").text
    )
    found: dict[str, Any] = json.loads(text)
    assert found["@context"] == "https://schema.org"
    return found


@pytest.mark.parametrize(
    ("node", "says"),
    [
        ({"@type": "Trainer"}, "no type Trainer"),
        ({"@type": "Person", "auditDate": "2026-01-01"}, "Person has no auditDate"),
        ({"@type": "Certification", "expires": "next year"}, "expires cannot be"),
        ({"@type": "Certification", "certificationStatus": ENTITIES + "Fine"}, "certificationStatus cannot be"),
        ({"@type": "Certification", "issuedBy": {"@type": "Person"}}, "issuedBy cannot be"),
    ],
)
def test_the_validator_finds_what_is_wrong(node: dict[str, Any], says: str) -> None:
    assert any(says in each for each in problems(node))


def test_what_is_current_says_until_when_by_whom_and_when_we_looked(client: FlaskClient, made: Factory) -> None:
    dana = made.listed("Dana Reyes", expires_on=date(2027, 3, 12), looked_on=date(2026, 11, 12))
    made.commit()
    found = data_of(client, made.slug(dana))
    assert problems(found) == []
    (held,) = found["mainEntity"]["hasCertification"]
    assert held["certificationStatus"] == f"{ENTITIES}CertificationActive"
    assert (held["expires"], held["auditDate"]) == ("2027-03-12", "2026-11-12")
    assert held["issuedBy"]["name"] == "National Academy of Sports Medicine"


def test_what_is_over_is_inactive_and_what_is_in_doubt_is_not_told(client: FlaskClient, made: Factory) -> None:
    lapsed = made.listed("Robin", expires_on=TODAY - timedelta(days=1))
    old = made.listed("Sam", looked_on=TODAY - timedelta(days=CHECK_FRESH_DAYS + 1))
    made.term(made.credential(old, "ACSM/ACSM-CPT"))
    made.commit()
    over = data_of(client, made.slug(lapsed))
    assert problems(over) == []
    assert [each["certificationStatus"] for each in over["mainEntity"]["hasCertification"]] == [
        f"{ENTITIES}CertificationInactive"
    ]
    assert "hasCertification" not in data_of(client, made.slug(old))["mainEntity"]
