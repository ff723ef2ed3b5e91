"""Twelve controls are taken out of a copy of the site, one at a time, and each time a test fails.

`make prove` does so with all of them; by day it is done with the first alone.
"""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.full import FULL
from trainers.config import ROOT

HEADERS = "tests/web/test_headers.py"
POLICY = f"{HEADERS}::test_each_answer_says_what_a_page_may_load_and_that_it_stands_in_no_frame"
FILES = "tests/core/test_evidence.py::TestWhatAFileMayBe"


@dataclass(frozen=True)
class Control:
    """What is taken out: a text of a file, and what stands there without it; the test that has to fail."""

    file: str
    text: str
    without: str
    test: str


CONTROLS = (
    Control("trainers/web/headers.py", """.script_src("'self'")""", """.script_src("'unsafe-inline'")""", POLICY),
    Control("trainers/web/headers.py", """        .frame_ancestors("'none'")\n""", "", POLICY),
    Control(
        "trainers/factory.py",
        '"SESSION_COOKIE_HTTPONLY": True',
        '"SESSION_COOKIE_HTTPONLY": False',
        f"{HEADERS}::test_cookies_are_for_https_and_for_no_script",
    ),
    Control(
        "trainers/core/long_work/spreadsheets.py",
        "cell.startswith(RUNS_AS_FORMULA)",
        "False",
        "tests/core/long_work/test_spreadsheets.py::test_nothing_that_is_written_runs_as_a_formula",
    ),
    Control(
        "trainers/core/evidence.py",
        "if picture.width * picture.height > LARGEST_PICTURE:",
        "if False:",
        f"{FILES}::test_a_picture_just_over_the_limit_is_refused_too",
    ),
    Control(
        "trainers/core/evidence.py",
        "return as_jpeg(ImageOps.exif_transpose(picture))",
        "return data",
        "tests/core/test_malformed_files.py::test_a_thousand_malformed_files_are_refused_or_drawn_anew",
    ),
    Control(
        "trainers/web/accounts.py",
        "    if not existing_email or user.confirmed_at:\n        hash_password",
        "    if False:\n        hash_password",
        "tests/web/test_known_or_not.py::test_each_address_costs_the_same_work",
    ),
    Control(
        "trainers/web/directory.py",
        "@limiter.limit(SEARCH_LIMIT, exempt_when=site.is_tried_out)\n",
        "",
        "tests/web/test_limits.py::test_a_hundred_and_twenty_searches_a_minute",
    ),
    Control(
        "trainers/web/access.py",
        "    if not current_user.has_role(role):\n        abort(403)\n",
        "",
        "tests/test_access.py::test_each_page_answers_each_person_as_the_table_says_and_writes_nothing",
    ),
    Control(
        "trainers/web/__init__.py",
        "    csrf.init_app(app)\n",
        "",
        "tests/test_access.py::test_no_form_is_taken_without_its_token",
    ),
    Control(
        "templates/directory/show.html",
        "{{ trainer.headline }}",
        "{{ trainer.headline|safe }}",
        "tests/web/test_attacks.py::test_nothing_that_somebody_wrote_runs_on_a_page_or_in_a_template",
    ),
    Control(
        "trainers/core/takeout.py",
        '"account": {"password", ',
        '"account": {',
        "tests/core/test_takeout.py::test_nothing_in_it_opens_a_door_or_names_who_of_us_did_something",
    ),
)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The files of the site as they are now."""
    folder = tmp_path_factory.mktemp("site")
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    yield folder
    shutil.rmtree(folder)


def ends_with(folder: Path, test: str) -> int:
    """0 where the test passes, 1 where it fails; others say that it was not run."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "--engine", "sqlite", test]
    return subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode


@pytest.mark.parametrize("control", CONTROLS if FULL else CONTROLS[:1], ids=lambda each: each.test.split("::")[-1])
def test_without_its_control_a_test_fails(copy: Path, control: Control) -> None:
    path = copy / control.file
    whole = path.read_text()
    assert whole.count(control.text) == 1, control
    assert ends_with(copy, control.test) == 0
    path.write_text(whole.replace(control.text, control.without))
    try:
        assert ends_with(copy, control.test) == 1, f"nothing failed without {control.text!r} in {control.file}"
    finally:
        path.write_text(whole)


def test_each_control_is_where_it_is_looked_for() -> None:
    assert len({(each.file, each.text) for each in CONTROLS}) >= 10
    for each in CONTROLS:
        assert (ROOT / each.file).read_text().count(each.text) == 1, each
