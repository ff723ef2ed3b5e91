"""What this machine does not have is skipped by a developer and never in CI."""

import re

import pytest

from tests.missing import missing
from trainers.config import ROOT


def test_a_developer_goes_on_without_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match=r"No browser here\."):
        missing("No browser here.")


def test_in_ci_it_is_a_failure_that_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match=r"No browser here\. CI skips no test\."):
        missing("No browser here.")


def test_nothing_is_skipped_in_another_way() -> None:
    other_way = re.compile(r"pytest\.(skip|importorskip)\(|mark\.skip|collect_ignore")
    files = [path for path in (ROOT / "tests").rglob("*.py") if path.name not in ("missing.py", "test_missing.py")]
    assert len(files) > 50
    assert [path.name for path in files if other_way.search(path.read_text())] == []
