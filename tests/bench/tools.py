"""Programs that only `make bench` uses, and installs itself: wrk by apt, Datasette into a folder of its own."""

import json
import os
import re
import shutil
import subprocess
import venv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from trainers.config import ROOT

DATASETTE = "datasette==0.65.5"
DATASETTE_HOME = ROOT / ".cache" / "datasette"


@cache
def wrk() -> str:
    """Its path; ends with a sentence where it is missing and we may not install it."""
    if not shutil.which("wrk"):
        as_root = [] if os.geteuid() == 0 else ["sudo", "-n"]
        quiet = {"DEBIAN_FRONTEND": "noninteractive"}
        command = [*as_root, "apt-get", "install", "-y", "-qq", "--no-install-recommends", "wrk"]
        subprocess.run(command, env=os.environ | quiet, stdout=subprocess.DEVNULL, check=False)
    found = shutil.which("wrk")
    if not found:
        raise SystemExit("wrk is not installed: apt-get install wrk.")
    return found


@cache
def datasette() -> str:
    program = DATASETTE_HOME / "bin" / "datasette"
    stamp = DATASETTE_HOME / "installed"
    if not (stamp.exists() and stamp.read_text() == DATASETTE):
        venv.create(DATASETTE_HOME, with_pip=True, clear=True)
        pip = [str(DATASETTE_HOME / "bin" / "python"), "-m", "pip", "install", "-q"]
        # its `pkg_resources` left setuptools with version 81
        told = subprocess.run(
            [*pip, "--disable-pip-version-check", DATASETTE, "setuptools<81"], check=False, capture_output=True
        )
        if told.returncode:
            raise SystemExit(f"Datasette could not be installed: {told.stderr.decode()}")
        stamp.write_text(DATASETTE)
    return str(program)


@dataclass(frozen=True)
class Load:
    """What a server answered under load: requests a second, seconds of the 50th and 99th in a hundred, errors."""

    rate: float
    p50: float
    p99: float
    errors: int


def load(url: str, *, connections: int, seconds: int = 4, script: Path | None = None) -> Load:
    """The server asked by so many connections at once for a few seconds."""
    command = [
        wrk(),
        f"-t{min(2, connections)}",
        f"-c{connections}",
        f"-d{seconds}s",
        "--latency",
        "--timeout",
        "20s",
    ]
    command += ["-s", str(script)] if script else []
    told = subprocess.run([*command, url], check=True, capture_output=True, text=True).stdout
    bad = [int(number) for number in re.findall(r"Non-2xx or 3xx responses: (\d+)", told)]
    for counts in re.findall(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", told):
        bad += map(int, counts)
    found = re.search(r"Requests/sec:\s+([\d.]+)", told)
    assert found, told
    return Load(float(found[1]), percentile(told, "50%"), percentile(told, "99%"), sum(bad))


def percentile(told: str, which: str) -> float:
    found = re.search(rf"{which}\s+([\d.]+)(us|ms|s)\b", told)
    assert found, told
    return float(found[1]) * {"us": 1e-6, "ms": 1e-3, "s": 1.0}[found[2]]


def in_turn(paths: list[str], script: Path) -> Path:
    """A script for wrk that asks one path after the other."""
    listed = ", ".join(json.dumps(path) for path in paths)
    script.write_text(
        f"local paths = {{{listed}}}\nlocal at = 0\n"
        "request = function() at = at % #paths + 1 return wrk.format('GET', paths[at]) end\n"
    )
    return script
