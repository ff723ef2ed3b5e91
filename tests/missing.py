"""What a test uses and this machine does not have: a developer goes on without it, CI may not."""

import os
from typing import NoReturn

import pytest


def missing(what: str) -> NoReturn:
    """Skips the test, or fails it where CI is "true": a run that must prove everything skips nothing."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} CI skips no test.", pytrace=False)
    pytest.skip(what)
