"""The reviewers' page for a trainer's words and picture."""

from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, render_template
from flask.typing import ResponseReturnValue

from trainers.core import cards, labels, moderation, trainers, wording
from trainers.core.errors import DomainError, Refused
from trainers.core.models import Review
from trainers.core.review import queue
from trainers.core.review.looks import Sitting
from trainers.web import access, site
from trainers.web.forms.moderation import ModerationForm
from trainers.web.htmx import see_other

blueprint = Blueprint("moderation", __name__)


@blueprint.route("/review/<uuid:uuid>/profile", methods=["GET", "POST"])
@access.reviewer_only
def decide(uuid: UUID) -> ResponseReturnValue:
    work = queue.find(site.session(), str(uuid), by=access.actor())
    if work.kind != "profile":
        return see_other(f"/review/{uuid}")
    form = ModerationForm()
    status = sent_in(form, work) if form.is_submitted() else 200
    if status == 303:
        flash("Decided. The trainer reads it.", "success")
        return see_other("/review")
    return render_template("moderation/decide.html", form=form, **around(form, work)), status


def sent_in(form: ModerationForm, work: Review) -> int:
    """303 when it is decided, 422 for what cannot be, 409 for what was not on the page."""
    if not form.validate():
        return 422
    zone = ZoneInfo(site.settings().site_timezone)
    sitting = Sitting(by=access.actor(), now=site.now(), today=site.today(), zone=zone)
    told = {"picture": form.picture.data, "words": form.words.data, "answer": form.answer.data or ""}
    try:
        moderation.decide(site.session(), site.files(), work, sitting, **told, seen=form.seen)
    except Refused:
        raise
    except DomainError as error:
        site.session().rollback()
        form.refuse(error)
        return 409 if isinstance(error, moderation.Changed) else 422
    site.commit()
    return 303


def around(form: ModerationForm, work: Review) -> dict[str, object]:
    """The page of the work; its form names what is on it."""
    session, trainer = site.session(), work.trainer
    picture = moderation.to_judge(session, trainer)
    form.show(moderation.seen_of(trainer, picture))
    shown = cards.cards_for(session, trainer, today=site.today(), zone=site.zone())
    words = trainers.written(trainer)
    return {
        "work": work,
        "words": words,
        "picture": picture,
        "asked": wording.questions("\n".join(words), labels.proven(shown)),
        "held": queue.is_held(work, by=access.actor(), now=site.now()),
    }
