"""For admins: how the site is doing, who has which role, who is shut out, and who did what."""

from collections.abc import Callable
from functools import partial

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue

from trainers.core import accounts, heartbeats, rules, takedown
from trainers.core.care import figures
from trainers.core.errors import DomainError
from trainers.core.models import Account, Trainer
from trainers.core.models.account import ROLES
from trainers.core.trainers import trainer_of
from trainers.web import access, metering, site
from trainers.web.forms.admin import AccountForm
from trainers.web.htmx import see_other

blueprint = Blueprint("admin", __name__, url_prefix="/admin")

Acts = dict[str, tuple[str, Callable[..., object]]]

GRANT = {role: f"Make this account {role}" for role in ROLES}
REVOKE = {role: f"Take the role of {role} away" for role in ROLES}


@blueprint.get("")
@access.admin_only
def index() -> ResponseReturnValue:
    session, now = site.session(), site.now()
    return render_template(
        "admin/index.html",
        told=figures.figures(session, now=now),
        signs=heartbeats.signs_of_life(session, now=now),
        slowest=metering.slowest(),
        days=figures.LATELY.days,
    )


@blueprint.get("/audit")
@access.admin_only
def audit() -> ResponseReturnValue:
    words = request.args.get("about", "").strip()[:200]
    return render_template("admin/audit.html", words=words, events=figures.search_audit(site.session(), words))


@blueprint.get("/rules")
@access.admin_only
def rules_in_force() -> ResponseReturnValue:
    return render_template("admin/rules.html", rules=rules.rule_book().rules_on(site.today()))


@blueprint.route("/accounts", methods=["GET", "POST"])
@access.admin_only
def people() -> ResponseReturnValue:
    """Who has a role or is shut out, and whoever is asked for by the whole address, which stands in no log."""
    email = request.form.get("email", "").strip()[:254]
    found = accounts.known_as(site.session(), email) if email else None
    return render_template(
        "admin/accounts.html", email=email, found=found, special=accounts.special_accounts(site.session())
    )


@blueprint.route("/accounts/<int:account_id>", methods=["GET", "POST"])
@access.admin_only
def person(account_id: int) -> ResponseReturnValue:
    account = accounts.account_of(site.session(), account_id)
    trainer = trainer_of(site.session(), account.id)
    form = AccountForm()
    acts = acts_on(account, trainer)
    form.act.choices = [(name, label) for name, (label, _) in acts.items()]
    status = 200
    if form.is_submitted():
        status = sent_in(form, acts)
        if status == 303:
            flash("Done, and on record.", "success")
            return see_other(f"/admin/accounts/{account_id}")
    own = account.id == access.account().id
    return render_template("admin/account.html", account=account, trainer=trainer, form=form, own=own), status


def sent_in(form: AccountForm, acts: Acts) -> int:
    if not form.validate():
        return 422
    try:
        acts[form.act.data][1](why=form.why.data)
    except DomainError as error:
        site.session().rollback()
        form.refuse(error)
        return 422
    site.commit()
    return 303


def acts_on(account: Account, trainer: Trainer | None) -> Acts:
    """What can be done now: its name in the form, its words, and the function of core that does it."""
    session, by = site.session(), access.actor()
    acts: Acts = {}
    for role in ROLES:
        if account.has_role(role):
            acts[f"revoke-{role}"] = REVOKE[role], partial(accounts.revoke, session, account, role, by=by)
        else:
            acts[f"grant-{role}"] = GRANT[role], partial(accounts.grant, session, account.email, role, by=by)
    if account.active:
        acts["ban"] = "Shut this account out", partial(accounts.ban, session, account, by=by)
    else:
        acts["lift-ban"] = "Let this account in again", partial(accounts.lift_ban, session, account, by=by)
    if trainer is not None and trainer.taken_down_at:
        acts["lift"] = "Let the listing be listed again", partial(takedown.lift, session, trainer, by=by)
    elif trainer is not None and trainer.state in ("listed", "paused"):
        down = partial(takedown.take_down, session, trainer, by=by, now=site.now(), today=site.today())
        acts["take-down"] = "Take the listing down", down
    return acts
