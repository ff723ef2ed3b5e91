"""What the pages for operators say can be typed: each command, option, unit and port is real."""

import re
from collections.abc import Iterator

import click
import pytest
from flask import Flask
from granian.cli import cli as granian

from trainers.config import ROOT

MAIN = (ROOT / "README.md").read_text()
SERVER = (ROOT / "trainers" / "commands" / "README.md").read_text()
SITE = "/srv/sound-stride/site"
FILES = {
    re.findall(r"`(/etc/[^`]+)`", words)[0]: text
    for words, text in re.findall(r"(.*?)```(?:sh|ini|nginx)\n(.*?)```", SERVER, re.DOTALL)
}
"""What is to be copied, by the path that the words before it name."""
UNITS = {path.rsplit("/", 1)[1]: text for path, text in FILES.items() if path.endswith((".service", ".timer"))}


def commands(text: str) -> Iterator[list[str]]:
    """The words after each `flask --app app`; of several that stand between dots, each."""
    for line in re.findall(r"flask --app app ([^`\n]+)", text):
        for command in line.split(" · "):
            yield command.split()


def find(known: dict[str, click.Command], words: list[str]) -> Iterator[click.Command]:
    """The commands of `listing rebuild|lift`, `jobs import bounces` or `worker`; fails for what is not there."""
    for name in words[0].split("|"):
        command = known[name]
        if isinstance(command, click.Group):
            yield from find(command.commands, words[1:])
        else:
            yield command


@pytest.mark.parametrize("text", [MAIN, SERVER], ids=["README.md", "trainers/commands/README.md"])
def test_every_flask_command_that_is_told_is_there(app: Flask, text: str) -> None:
    told = list(commands(text))
    assert len(told) > 4
    for words in told:
        options = {re.sub(r"[^-\w]", "", word) for word in words if word.strip("[").startswith("-")}
        for command in find(app.cli.commands, words):
            known = {option for parameter in command.params for option in parameter.opts}
            assert options <= known | {"-m"}, words


@pytest.mark.parametrize("text", [MAIN, SERVER], ids=["README.md", "trainers/commands/README.md"])
def test_every_option_of_the_server_is_one(text: str) -> None:
    known = {option for parameter in granian.params for option in (*parameter.opts, *parameter.secondary_opts)}
    lines = re.findall(r"granian (--interface .*)", text)
    assert lines
    for line in lines:
        assert {word for word in line.split() if word.startswith("--")} <= known


def test_units_run_programs_of_the_site_and_write_where_it_keeps_its_files() -> None:
    assert len(UNITS) == 6
    started = [line for text in UNITS.values() for line in re.findall(r"^Exec\w+=(.*)$", text, re.MULTILINE)]
    assert len(started) == 7
    for line in started:
        program = line.split()[0].removeprefix(f"{SITE}/.venv/bin/")
        assert program in ("granian", "flask", "python", "/bin/kill"), line
    shared = FILES["/etc/systemd/system/sound-stride-.service.d/shared.conf"]
    assert f"WorkingDirectory={SITE}\n" in shared
    assert f"ReadWritePaths={SITE}/instance\n" in shared
    assert "EnvironmentFile=/etc/sound-stride.env\n" in shared


def test_a_reload_tries_the_new_version_before_it_hands_it_to_the_workers() -> None:
    reload = re.findall(r"^ExecReload=(.*)$", UNITS["sound-stride-web.service"], re.MULTILINE)
    assert reload == [f'{SITE}/.venv/bin/python -c "import app"', "/bin/kill -HUP $MAINPID"]


def test_each_unit_that_is_enabled_or_reloaded_is_told() -> None:
    lines = re.findall(r"systemctl (?:enable --now|reload|restart) (.*)", SERVER)
    named = {name for line in lines for name in line.split() if name != "nginx"}
    assert named == {"sound-stride-web", "sound-stride-worker"}
    assert {f"{name}.service" for name in named} <= UNITS.keys()


def test_the_settings_in_the_example_are_settings() -> None:
    given = set(re.findall(r"^([A-Z_]+)=", FILES["/etc/sound-stride.env"], re.MULTILINE))
    assert given <= set(re.findall(r"^\| `([A-Z_]+)` \|", MAIN, re.MULTILINE))


def test_the_proxy_hands_on_the_visitors_address_and_all_that_may_be_sent(app: Flask) -> None:
    nginx = FILES["/etc/nginx/sites-enabled/sound-stride"]
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in nginx
    assert "underscores_in_headers off;" in nginx
    port = re.search(r"proxy_pass http://127\.0\.0\.1:(\d+);", nginx)
    assert port
    assert f"--host 127.0.0.1 --port {port[1]} " in UNITS["sound-stride-web.service"]
    largest = re.search(r"client_max_body_size (\d+)m;", nginx)
    assert largest
    assert int(largest[1]) * 1024 * 1024 > app.config["MAX_CONTENT_LENGTH"]  # so that our own page says it
