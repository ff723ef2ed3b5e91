"""For admins: does mail go out, when did it last, and the switch that holds it back."""

from flask import Blueprint, flash, render_template
from flask.typing import ResponseReturnValue

from trainers.core import heartbeats
from trainers.core.mail import overview, pauses
from trainers.web import access, site
from trainers.web.htmx import see_other

blueprint = Blueprint("mail_desk", __name__, url_prefix="/admin/mail")


@blueprint.get("")
@access.admin_only
def index() -> ResponseReturnValue:
    session = site.session()
    return render_template(
        "mail_desk/index.html",
        signs=heartbeats.signs_of_life(session, now=site.now()),
        pause=pauses.current(session),
        counts=overview.count_states(session, since=site.now() - overview.LATELY),
        days=overview.LATELY.days,
        marked=overview.count_marked(session),
        troubles=overview.last_troubles(session),
    )


@blueprint.post("/pause")
@access.admin_only
def pause() -> ResponseReturnValue:
    pauses.begin(site.session(), by=access.actor(), now=site.now())
    site.commit()
    flash("Mail is paused. Only what somebody has just asked for goes out.", "success")
    return see_other("/admin/mail")


@blueprint.post("/resume")
@access.admin_only
def resume() -> ResponseReturnValue:
    pauses.end(site.session(), by=access.actor())
    site.commit()
    flash("Mail goes out again.", "success")
    return see_other("/admin/mail")
