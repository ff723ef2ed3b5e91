"""How many follow a trainer, and the trainer's say in it."""

from flask import Blueprint, flash, render_template
from flask.typing import ResponseReturnValue

from trainers.core.mail import following
from trainers.web import access, site
from trainers.web.filters import plural
from trainers.web.htmx import see_other

blueprint = Blueprint("followers", __name__)


@blueprint.get("/dashboard/followers")
@access.trainer_only
def show() -> ResponseReturnValue:
    trainer = access.own_trainer()
    count = following.count_followers(site.session(), trainer)
    return render_template("followers/show.html", trainer=trainer, count=count)


@blueprint.post("/dashboard/followers/clear")
@access.trainer_only
def clear() -> ResponseReturnValue:
    count = following.clear(site.session(), access.own_trainer(), by=access.actor(), now=site.now())
    site.commit()
    told = "They get one mail that says that your listing can no longer be followed."
    flash(f"{plural(count, 'follower')} removed. {told if count else ''}".strip(), "success")
    return see_other("/dashboard/followers")


@blueprint.post("/dashboard/followers/off")
@access.trainer_only
def off() -> ResponseReturnValue:
    following.switch(site.session(), access.own_trainer(), on=False, by=access.actor())
    site.commit()
    flash("Nobody new can follow you. Those who do stay until you remove them.", "success")
    return see_other("/dashboard/followers")


@blueprint.post("/dashboard/followers/on")
@access.trainer_only
def on() -> ResponseReturnValue:
    following.switch(site.session(), access.own_trainer(), on=True, by=access.actor())
    site.commit()
    flash("Anybody can follow you again.", "success")
    return see_other("/dashboard/followers")
