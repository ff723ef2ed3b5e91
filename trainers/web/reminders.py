"""On which days we remind, item by item, and the private calendar of the same days."""

from flask import Blueprint, Response, flash, render_template, request
from flask.typing import ResponseReturnValue

from trainers.core.errors import NotFound
from trainers.core.mail import calendars, ladders
from trainers.core.mail.watches import OFFERED
from trainers.extensions import limiter
from trainers.web import access, site
from trainers.web.htmx import see_other

blueprint = Blueprint("reminders", __name__)

KEPT_FOR = 60 * 60
"""Seconds for which a calendar program need not ask again."""


@blueprint.get("/dashboard/reminders")
@access.trainer_only
def index() -> ResponseReturnValue:
    return page()


def page(link: str | None = None) -> str:
    session, account = site.session(), access.account()
    items = ladders.reminded_of(session, access.own_trainer(), today=site.today())
    return render_template(
        "reminders/index.html",
        items=items,
        offered=[(step, ladders.WORDS[step]) for step in OFFERED],
        since=calendars.link_since(session, account),
        link=link,
    )


@blueprint.post("/dashboard/reminders/days/<item>")
@access.trainer_only
def choose(item: str) -> ResponseReturnValue:
    steps = [int(each) for each in request.form.getlist("days") if each in map(str, OFFERED)]
    chosen = ladders.choose(site.session(), access.own_trainer(), item, steps, today=site.today())
    site.commit()
    flash(f"Saved. We remind you of your {chosen.label} on the days that you ticked.", "success")
    return see_other("/dashboard/reminders")


@blueprint.post("/dashboard/reminders/calendar")
@limiter.limit("20 per hour")
@access.trainer_only
def make_link() -> ResponseReturnValue:
    """Shown in the answer itself: the link is kept nowhere, so there is no page that could show it later."""
    token = calendars.make_link(site.session(), access.account(), now=site.now())
    site.commit()
    return page(site.url(f"/calendar/{token}.ics"))


@blueprint.post("/dashboard/reminders/calendar/take-back")
@access.trainer_only
def take_back() -> ResponseReturnValue:
    calendars.take_back(site.session(), access.account(), now=site.now())
    site.commit()
    flash("The link does not work any more.", "success")
    return see_other("/dashboard/reminders")


@blueprint.get("/calendar/<token>.ics")
@access.linked
def feed(token: str) -> ResponseReturnValue:
    """For calendar programs, which do not sign in: the link is the permission."""
    session = site.session()
    trainer, since = calendars.trainer_of(session, token)
    if trainer.state == "withdrawn":
        raise NotFound("There is no such calendar.")
    items = ladders.reminded_of(session, trainer, today=site.today())
    url = site.url("/dashboard/reminders")
    ics = calendars.as_ics(calendars.events_of(items), host=site.settings().host, made_at=since, url=url)
    response = Response(ics, mimetype="text/calendar")
    response.cache_control.private = True
    response.cache_control.max_age = KEPT_FOR
    response.headers["Content-Disposition"] = 'inline; filename="end-dates.ics"'
    response.headers["X-Robots-Tag"] = "noindex"
    response.add_etag()
    return response.make_conditional(request)
