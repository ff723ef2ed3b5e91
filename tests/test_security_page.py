"""The list of what is asked of a safe site names each requirement once, and tests that are there."""

import re
from pathlib import Path

from trainers.config import ROOT

PAGE = (ROOT / "trainers/web/SECURITY.md").read_text()
ASKED = (Path(__file__).parent / "asvs_5_levels_1_and_2.txt").read_text().split()
TEST = re.compile(r"`(tests/[\w/]+\.py)::([\w:]+)`")


def test_each_requirement_stands_there_once() -> None:
    said = re.findall(r"V\d+\.\d+\.\d+\b", re.sub(r"As V[\d.]+\.", "", PAGE))
    assert len(ASKED) == 253
    assert sorted(said) == sorted(ASKED)


def test_each_row_names_a_test_that_is_there() -> None:
    rows = PAGE.split("## Held, with a test")[1].split("\n## ")[0].splitlines()[4:]
    assert len(rows) > 70
    for row in filter(None, rows):
        found = TEST.search(row)
        assert found, row
        path, *names = found[1], *found[2].split("::")
        text = (ROOT / path).read_text()
        assert all(re.search(rf"(def|class) {name}\b", text) for name in names), row
