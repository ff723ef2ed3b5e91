"""Who may open what. Each route states it with one of these decorators; a route that does not stops the start."""

from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import Any, TypeVar

from flask import Flask, abort, current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_security import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from trainers.core.models import Account, Trainer
from trainers.core.trainers import trainer_of
from trainers.web import site
from trainers.web.htmx import see_other, wants_fragment

View = TypeVar("View", bound=Callable[..., Any])


class Access(StrEnum):
    PUBLIC = "public"  # the same bytes for everybody: no cookie, no token
    LINKED = "linked"  # open to all, carries a form token, never stored
    SIGNED_IN = "signed in"
    TRAINER = "trainer"  # has told about her or himself
    REVIEWER = "reviewer"
    ADMIN = "admin"


def public(view: View) -> View:
    """The same bytes for everybody, revalidated on each use so that a withdrawn listing is gone at once."""
    return mark(view, Access.PUBLIC)


def linked(view: View) -> View:
    """Open to all, with a form and its token; never kept by a cache."""
    return mark(view, Access.LINKED)


def signed_in(view: View) -> View:
    return guarded(view, Access.SIGNED_IN, lambda: None)


def trainer_only(view: View) -> View:
    """For accounts with a profile; others are led to making one."""
    return guarded(view, Access.TRAINER, lead_to_profile)


def reviewer_only(view: View) -> View:
    return guarded(view, Access.REVIEWER, lambda: refuse_without("reviewer"))


def admin_only(view: View) -> View:
    return guarded(view, Access.ADMIN, lambda: refuse_without("admin"))


def mark(view: View, access: Access) -> View:
    view.access = access  # type: ignore[attr-defined]
    return view


def guarded(view: View, access: Access, check: Callable[[], ResponseReturnValue | None]) -> View:
    @wraps(view)
    def checked(*args: Any, **kwargs: Any) -> Any:
        if not current_user.is_authenticated:
            return lead_to_sign_in()
        return check() or view(*args, **kwargs)

    return mark(checked, access)  # type: ignore[return-value]


def lead_to_sign_in() -> ResponseReturnValue:
    """And back to the page afterwards; what was sent signed out is not sent again."""
    back = request.full_path.rstrip("?") if request.method in ("GET", "HEAD") else "/dashboard"
    address = url_for("security.login", next=back)
    return see_other(address) if wants_fragment() else redirect(address)


def lead_to_profile() -> ResponseReturnValue | None:
    return None if find_trainer() else redirect(url_for("profile.about_you"))


def refuse_without(role: str) -> ResponseReturnValue | None:
    """Also leads to the second step whoever has none: a session may be older than the role or than this rule."""
    if not current_user.has_role(role):
        abort(403)
    if not account().second_factors:
        flash("Reviewers and admins sign in with a second step. Set it up first.", "warning")
        address = url_for("security.two_factor_setup")
        return see_other(address) if wants_fragment() else redirect(address)
    return None


def is_signed_in() -> bool:
    return bool(current_user.is_authenticated)


def find_account(uniquifier: str | None) -> Account | None:
    """Whom a session names that is not signed in yet: the password was right, the second step is missing."""
    query = select(Account).where(Account.fs_uniquifier == (uniquifier or ""))
    return site.session().scalar(query)


def account() -> Account:
    """The account that is signed in."""
    signed_in_account: Account = current_user._get_current_object()
    return signed_in_account


def actor() -> str:
    """The signed-in account as audit events and checks name it."""
    return str(account().id)


def find_trainer() -> Trainer | None:
    return trainer_of(site.session(), account().id)


def own_trainer() -> Trainer:
    """The trainer row of who is signed in; only inside @trainer_only views."""
    trainer = find_trainer()
    if trainer is None:
        abort(404)
    return trainer


def access_of(endpoint: str | None) -> Access | None:
    return getattr(current_app.view_functions.get(endpoint or ""), "access", None)


def demand_statements(app: Flask) -> None:
    """Each route says who may use it. Flask-Security's own routes guard themselves."""
    for endpoint, view in app.view_functions.items():
        if endpoint != "static" and not endpoint.startswith("security.") and not hasattr(view, "access"):
            raise RuntimeError(f"The route {endpoint} does not state who may use it (trainers/web/access.py).")


def no_store(response: BaseResponse) -> None:
    response.headers["Cache-Control"] = "private, no-store"
