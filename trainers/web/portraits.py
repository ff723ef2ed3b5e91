"""A trainer's picture: sent in, shown once a reviewer has looked at it, taken away at any time."""

from uuid import UUID

from flask import Blueprint, Response, flash, render_template
from flask.typing import ResponseReturnValue

from trainers.core import moderation, trainers
from trainers.core.errors import DomainError
from trainers.core.models import Trainer
from trainers.core.review import queue
from trainers.extensions import limiter
from trainers.web import access, site
from trainers.web.forms.portraits import PortraitForm
from trainers.web.htmx import see_other

blueprint = Blueprint("portraits", __name__)

UPLOAD_LIMIT = "20 per hour; 60 per day"


@blueprint.route("/dashboard/portrait", methods=["GET", "POST"])
@limiter.limit(UPLOAD_LIMIT, methods=["POST"])
@access.trainer_only
def edit() -> ResponseReturnValue:
    form = PortraitForm()
    if form.validate_on_submit() and sent_in(form):
        flash("The picture is here. It is public once a reviewer has looked at it.", "success")
        return see_other("/dashboard/portrait")
    trainer, session = access.own_trainer(), site.session()
    html = render_template(
        "portraits/edit.html",
        form=form,
        waiting=moderation.newest(session, trainer, "waiting"),
        shown=moderation.newest(session, trainer, "shown"),
    )
    return html, 422 if form.rejected else 200


def sent_in(form: PortraitForm) -> bool:
    """No transaction is open while the picture is drawn anew and stored."""
    session, files, key = site.session(), site.files(), ""
    session.rollback()
    try:
        found = moderation.square(form.read(), form.file_name)
        key = moderation.store(files, found)
        moderation.send_in(
            session, files, access.own_trainer(), found, key=key, now=site.now(), today=site.today()
        )
    except DomainError as error:
        session.rollback()
        form.refuse(error)
        return False
    site.commit()
    return True


@blueprint.post("/dashboard/portrait/remove")
@access.trainer_only
def remove() -> ResponseReturnValue:
    moderation.take_away(site.session(), site.files(), access.own_trainer(), by=access.actor())
    site.commit()
    flash("The picture is erased.", "success")
    return see_other("/dashboard/portrait")


@blueprint.get("/dashboard/portrait/<any(waiting, shown):state>")
@access.trainer_only
def own(state: str) -> ResponseReturnValue:
    return picture(access.own_trainer(), state)


@blueprint.get("/trainers/<slug>/portrait")
@access.public
def show(slug: str) -> ResponseReturnValue:
    trainer, _ = trainers.find_by_slug(site.session(), slug)
    return picture(trainer, "shown")


@blueprint.get("/review/<uuid:uuid>/portrait")
@access.reviewer_only
def to_review(uuid: UUID) -> ResponseReturnValue:
    work = queue.find(site.session(), str(uuid), by=access.actor())
    found = moderation.to_judge(site.session(), work.trainer)
    return picture(work.trainer, found.state if found else "shown")


def picture(trainer: Trainer, state: str) -> Response:
    return Response(moderation.read(site.session(), site.files(), trainer, state), content_type="image/jpeg")
