"""What holds for every page, template, mail, setting and file, so that nobody has to remember it."""

import ast
import re
import subprocess
from dataclasses import fields
from pathlib import Path

from flask import Flask

from trainers import cli
from trainers.config import ROOT, Settings
from trainers.core.mail.stops import ASKED_FOR, OPTIONAL

README = (ROOT / "README.md").read_text()
MAIL_PARTS = {"subject.txt", "body.txt", "body.html"}
REGISTRY = re.compile("py" + r"pi\.|npm" + r"js\.|--(extra-)?index" + "-url|--find" + "-links")
MACHINE_PATH = re.compile(r"(?<![\w./])/(" + "root|home|work|opt" + r")/\w")


# Templates and mails


def test_every_template_can_be_read(app: Flask) -> None:
    names = [name for name in app.jinja_env.list_templates() if (ROOT / "templates" / name).is_file()]
    assert len(names) > 50
    for name in names:
        app.jinja_env.get_template(name)


def test_every_template_that_a_page_names_is_there(app: Flask) -> None:
    pages = [ast.parse(path.read_text()) for path in (ROOT / "trainers" / "web").glob("*.py")]
    texts = [node.value for page in pages for node in ast.walk(page) if isinstance(node, ast.Constant)]
    named = {text for text in texts if isinstance(text, str) and re.fullmatch(r"\w+/\w+\.html", text)}
    assert len(named) > 20
    assert named - set(app.jinja_env.list_templates()) == set()


def test_every_mail_has_a_subject_a_text_and_a_page() -> None:
    folders = [each for each in (ROOT / "templates" / "email").iterdir() if each.is_dir()]
    assert folders
    for folder in folders:
        assert {each.name for each in folder.iterdir()} == MAIL_PARTS, folder.name
        assert [each.name for each in folder.iterdir() if not each.read_text().strip()] == [], folder.name


def test_mails_that_may_be_stopped_or_are_always_sent_exist() -> None:
    there = {each.name for each in (ROOT / "templates" / "email").iterdir() if each.is_dir()}
    assert {*OPTIONAL, *ASKED_FOR} - there == set()


# What the README says


def test_the_readme_names_every_setting_and_no_other() -> None:
    told = set(re.findall(r"^\| `([A-Z_]+)` \|", README, re.MULTILINE))
    assert told == {field.name.upper() for field in fields(Settings)}


def test_the_readme_names_every_command() -> None:
    commands = README.split("## Run it for real")[1].split("## Change it")[0]
    assert {noun for noun in cli.NOUNS if noun not in commands} == {"serve"}  # which is `make run`


def test_the_readme_names_no_other_make_target() -> None:
    made = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"`?make ([a-z]+)[` ]", README)) <= made


# What the repository may not hold


def tracked_files() -> list[Path]:
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return [path for name in listed.stdout.splitlines() if (path := ROOT / name).is_file()]


def test_no_file_names_a_registry_or_a_folder_of_somebodys_machine() -> None:
    found = []
    for path in tracked_files():
        text = path.read_bytes().decode("utf-8", "ignore")
        found += [f"{path.relative_to(ROOT)}: {each[0]}" for each in REGISTRY.finditer(text)]
        if path.name != "htmx.min.js":
            found += [f"{path.relative_to(ROOT)}: {each[0]}" for each in MACHINE_PATH.finditer(text)]
    assert found == []


def test_each_locked_package_has_its_hash() -> None:
    blocks = re.split(r"\n(?=[a-z0-9])", (ROOT / "requirements.lock").read_text())
    pinned = [block for block in blocks if "==" in block.split("\n")[0]]
    assert len(pinned) > 60
    assert [block.split("\n")[0] for block in pinned if "--hash=sha256:" not in block] == []


def test_what_is_private_is_not_tracked() -> None:
    tracked = [path.relative_to(ROOT).as_posix() for path in tracked_files()]
    assert [name for name in tracked if name.startswith("instance/")] == ["instance/.gitignore"]
