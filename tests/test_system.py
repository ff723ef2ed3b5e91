"""tests/system.sh on machines that we do not have: as root, with sudo, with neither, without apt."""

import shutil
import subprocess
from pathlib import Path

import pytest

from trainers.config import ROOT

PROGRAMS = ("env", "ls", "cat")
APT = '#!/bin/sh\necho "$*" >>"$(dirname "$0")/asked"\ncase "$*" in *refused*) exit 100;; esac\n'
NPM = '#!/bin/sh\necho "$*" >>"$(dirname "$0")/asked-of-npm"\n'


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A folder that is the whole PATH: nothing is installed, and apt-get writes down what it is asked for."""
    for name in (*PROGRAMS, "dirname"):
        (tmp_path / name).symlink_to(str(shutil.which(name)))
    give(tmp_path, "apt-get", APT)
    return tmp_path


def give(machine: Path, name: str, script: str) -> None:
    (machine / name).write_text(script)
    (machine / name).chmod(0o755)


def run(machine: Path) -> str:
    command = [str(shutil.which("bash")), str(ROOT / "tests" / "system.sh")]
    done = subprocess.run(
        command, cwd=machine, env={"PATH": str(machine)}, capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    return done.stdout


def asked(machine: Path, *, of: str = "apt") -> str:
    """What apt-get or npm was told, a line for each time."""
    path = machine / ("asked" if of == "apt" else f"asked-of-{of}")
    return path.read_text() if path.exists() else ""


def test_root_installs(machine: Path) -> None:
    give(machine, "id", "#!/bin/sh\necho 0\n")
    assert "Installing for the tests: chromium" in run(machine)
    for package in ("chromium", "default-jre-headless", "npm"):
        assert f" {package}\n" in asked(machine)


def test_sudo_installs_without_asking_for_a_password(machine: Path) -> None:
    give(machine, "id", "#!/bin/sh\necho 1000\n")
    give(machine, "sudo", '#!/bin/sh\n[ "$1" = -n ] || exit 1\nshift\n[ "$1" = true ] || exec "$@"\n')
    assert "Installing for the tests" in run(machine)
    assert " chromium\n" in asked(machine)
    assert " npm\n" in asked(machine)


def test_somebody_else_is_told_in_one_line_what_to_install(machine: Path) -> None:
    give(machine, "id", "#!/bin/sh\necho 1000\n")
    said = run(machine)
    assert said.startswith("Some tests are skipped; to run them: sudo apt-get install chromium")
    assert said.count("\n") == 1
    assert asked(machine) == ""


def test_one_package_that_cannot_be_had_does_not_keep_the_others_back(machine: Path) -> None:
    give(machine, "id", "#!/bin/sh\necho 0\n")
    give(machine, "apt-get", APT.replace("*refused*", "*chromium*"))
    assert "apt could not install chromium" in run(machine)
    assert "default-jre-headless\n" in asked(machine)


def test_without_apt_there_is_a_line_too(machine: Path) -> None:
    (machine / "apt-get").unlink()
    assert "Some tests are skipped: install chromium" in run(machine)


# The HTML checker, which apt does not have


def test_npm_that_apt_just_brought_fetches_the_html_checker(machine: Path) -> None:
    give(machine, "id", "#!/bin/sh\necho 0\n")
    (machine / "ln").symlink_to(str(shutil.which("ln")))
    give(machine, "npm-of-debian", NPM)
    brings = (
        'cd "$(dirname "$0")"\ncase "$*" in *" npm") ln -s npm-of-debian npm;; *-jre-*) ln -s env java;; esac\n'
    )
    give(machine, "apt-get", APT + brings)
    run(machine)
    assert "install" in asked(machine, of="npm")
    assert "vnu-jar@" in asked(machine, of="npm")


def test_a_checker_that_cannot_be_fetched_is_said(machine: Path) -> None:
    give(machine, "id", "#!/bin/sh\necho 1000\n")
    give(machine, "java", "#!/bin/sh\n")
    give(machine, "npm", "#!/bin/sh\nexit 1\n")
    assert "The HTML checker is skipped: npm could not fetch vnu-jar." in run(machine)


def test_a_machine_with_the_checker_needs_no_npm(machine: Path) -> None:
    give(machine, "id", "#!/bin/sh\necho 0\n")
    jar = machine / ".cache/vnu/node_modules/vnu-jar/build/dist/vnu.jar"
    jar.parent.mkdir(parents=True)
    jar.touch()
    run(machine)
    assert "npm" not in asked(machine)
