"""Leave from a link in a mail: looking asks, only pressing acts, and without a sign-in (RFC 8058)."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from trainers.core.errors import DomainError
from trainers.core.mail import stop_links, stops
from trainers.core.models import Recipient
from trainers.extensions import csrf
from trainers.web import access, site
from trainers.web.forms.stops import StopForm

blueprint = Blueprint("unsubscribe", __name__)
csrf.exempt(blueprint)  # the link itself is the permission, and mail programs send no token


@blueprint.get("/unsubscribe/<token>")
@access.linked
def ask(token: str) -> ResponseReturnValue:
    recipient, _ = stop_links.read(site.session(), token)
    return page(recipient, token, StopForm())


@blueprint.post("/unsubscribe/<token>")
@access.linked
def act(token: str) -> ResponseReturnValue:
    recipient, kind = stop_links.read(site.session(), token)
    form = StopForm(request.form)
    try:
        done = carry_out(recipient, form, kind)
    except DomainError as error:
        form.refuse(error)
        return page(recipient, token, form), 422
    site.commit()
    return page(recipient, token, StopForm(), done=done)


def carry_out(recipient: Recipient, form: StopForm, kind: str) -> str:
    """What was pressed: one of our buttons, or the mail program's own, which sends none of our fields."""
    offered = stops.choices(site.session(), recipient)
    if form.resume.data:
        choice = stops.find_choice(offered, form.resume.data)
        stops.resume(site.session(), recipient, choice, now=site.now())
        return f"You get this again: {choice.label}."
    asked = form.asked.data
    choice = stops.find_choice(offered, form.stop.data or "") if asked else stops.all_of_kind(offered, kind)
    stops.stop(site.session(), recipient, choice, now=site.now())
    return f"Stopped: {choice.label}."


def page(recipient: Recipient, token: str, form: StopForm, *, done: str | None = None) -> str:
    offered = stops.choices(site.session(), recipient)
    form.offer([choice for choice in offered if not (choice.stopped or choice.covered)])
    stopped = [choice for choice in offered if choice.stopped]
    local, _, domain = recipient.email.rpartition("@")
    address = f"{local[:1]}…@{domain}"
    return render_template(
        "unsubscribe/show.html", form=form, stopped=stopped, done=done, address=address, token=token
    )
