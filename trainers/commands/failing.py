"""Refusals of core and of the database as a sentence on the terminal and an exit status of 1."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import click
from sqlalchemy.exc import OperationalError, ProgrammingError

from trainers.core.errors import DomainError
from trainers.core.evidence import StoreTrouble

P = ParamSpec("P")
T = TypeVar("T")


def fails_loudly(command: Callable[P, T]) -> Callable[P, T]:
    @wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return command(*args, **kwargs)
        except DomainError as error:
            raise click.ClickException(error.sentence) from error
        except StoreTrouble as error:
            raise click.ClickException(f"{error}. Nothing is lost; try again when it answers.") from error
        except (OperationalError, ProgrammingError) as error:
            refusal = str(error.orig).strip()
            raise click.ClickException(
                f"The database refused: {refusal}. Is it there and up to date? (flask --app app prepare)"
            ) from error

    return wrapped
