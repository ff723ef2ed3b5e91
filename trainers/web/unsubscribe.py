"""Leave from a link in a mail: looking asks, only pressing acts, and without a sign-in (RFC 8058)."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from trainers.core.errors import DomainError
from trainers.core.mail import recipients, stops
from trainers.core.models import Recipient
from trainers.extensions import csrf
from trainers.web import access, site
from trainers.web.forms.stops import StopForm

blueprint = Blueprint("unsubscribe", __name__)
csrf.exempt(blueprint)  # the link itself is the permission, and mail programs send no token


@blueprint.get("/unsubscribe/<key>")
@access.linked
def ask(key: str) -> ResponseReturnValue:
    recipient = recipients.find_by_key(site.session(), key)
    return page(recipient, StopForm())


@blueprint.post("/unsubscribe/<key>")
@access.linked
def act(key: str) -> ResponseReturnValue:
    recipient = recipients.find_by_key(site.session(), key)
    form = StopForm(request.form)
    try:
        done = carry_out(recipient, form)
    except DomainError as error:
        form.refuse(error)
        return page(recipient, form), 422
    site.commit()
    return page(recipient, StopForm(), done=done)


def carry_out(recipient: Recipient, form: StopForm) -> str:
    """What was pressed: one of our buttons, or the mail program's own, which sends none of our fields."""
    offered = stops.choices(site.session(), recipient)
    if form.resume.data:
        choice = stops.find_choice(offered, form.resume.data)
        stops.resume(site.session(), recipient, choice, now=site.now())
        return f"You get this again: {choice.label}."
    asked = form.asked.data
    choice = stops.find_choice(offered, form.stop.data or "") if asked else stops.all_reminders(offered)
    stops.stop(site.session(), recipient, choice, now=site.now())
    return f"Stopped: {choice.label}."


def page(recipient: Recipient, form: StopForm, *, done: str | None = None) -> str:
    offered = stops.choices(site.session(), recipient)
    form.offer([choice for choice in offered if not (choice.stopped or choice.covered)])
    stopped = [choice for choice in offered if choice.stopped]
    local, _, domain = recipient.email.rpartition("@")
    address = f"{local[:1]}…@{domain}"
    return render_template(
        "unsubscribe/show.html", form=form, stopped=stopped, done=done, address=address, key=recipient.key
    )
