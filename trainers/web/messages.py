"""Messages sent to me: what left, what came of it, and which reminders may come."""

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue

from trainers.core.mail import messages, recipients, stops
from trainers.core.models import Recipient
from trainers.web import access, site
from trainers.web.htmx import see_other

blueprint = Blueprint("messages", __name__)


@blueprint.get("/dashboard/messages")
@access.signed_in
def index() -> ResponseReturnValue:
    account = access.account()
    recipient = recipients.find_address(site.session(), account.email)
    return render_template(
        "messages/index.html",
        lines=messages.sent_to(site.session(), account),
        most=messages.SHOWN,
        choices=stops.choices(site.session(), recipient),
        came_back=recipient is not None and recipient.state != "ok",
        account=account,
    )


@blueprint.post("/dashboard/messages/stop")
@access.signed_in
def stop() -> ResponseReturnValue:
    recipient, choice = chosen()
    stops.stop(site.session(), recipient, choice, now=site.now())
    site.commit()
    flash(f"Stopped: {choice.label}.", "success")
    return see_other("/dashboard/messages")


@blueprint.post("/dashboard/messages/resume")
@access.signed_in
def resume() -> ResponseReturnValue:
    recipient, choice = chosen()
    stops.resume(site.session(), recipient, choice, now=site.now())
    site.commit()
    flash(f"You get this again: {choice.label}.", "success")
    return see_other("/dashboard/messages")


@blueprint.post("/dashboard/messages/try-again")
@access.signed_in
def try_again() -> ResponseReturnValue:
    recipients.try_again(own_recipient())
    site.commit()
    flash("Thank you. We send to your address again.", "success")
    return see_other("/dashboard/messages")


def chosen() -> tuple[Recipient, stops.Choice]:
    recipient = own_recipient()
    offered = stops.choices(site.session(), recipient)
    return recipient, stops.find_choice(offered, request.form.get("mails", ""))


def own_recipient() -> Recipient:
    account = access.account()
    return recipients.recipient_for(site.session(), account.email, account_id=account.id)
