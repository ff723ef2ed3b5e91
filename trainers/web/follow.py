"""Follow a trainer: the form, the link in the mail, the button that begins it, and the one that ends it."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from trainers.core import slugs, trainers
from trainers.core.errors import DomainError
from trainers.core.mail import following, stop_links
from trainers.core.mail.stops import FOLLOWING
from trainers.core.models import Follow, Trainer
from trainers.extensions import limiter
from trainers.web import access, site
from trainers.web.forms.contact import EmptyForm
from trainers.web.forms.follow import FollowForm
from trainers.web.htmx import see_other

blueprint = Blueprint("follow", __name__)


@blueprint.route("/trainers/<slug>/follow", methods=["GET", "POST"])
@limiter.limit("10 per hour; 30 per day", methods=["POST"])
@access.linked
def ask(slug: str) -> ResponseReturnValue:
    trainer, current_slug = trainers.find_by_slug(site.session(), slug)
    following.refuse_closed(trainer)
    form = FollowForm()
    if form.validate_on_submit() and asked(form, trainer, current_slug):
        return see_other(f"/trainers/{current_slug}/follow/sent")
    status = 422 if form.rejected else 200
    return render_template("follow/ask.html", form=form, trainer=trainer, slug=current_slug), status


def asked(form: FollowForm, trainer: Trainer, slug: str) -> bool:
    try:
        following.ask(site.session(), trainer, email=form.email.data or "", slug=slug, now=site.now())
    except DomainError as error:
        form.refuse(error)
        return False
    site.commit()
    return True


@blueprint.get("/trainers/<slug>/follow/sent")
@access.linked
def sent(slug: str) -> ResponseReturnValue:
    trainer, current_slug = trainers.find_by_slug(site.session(), slug)
    return render_template("follow/sent.html", trainer=trainer, slug=current_slug)


@blueprint.route("/follow/<key>", methods=["GET", "POST"])
@access.linked
def confirm(key: str) -> ResponseReturnValue:
    """A followed link only asks, since mail scanners follow links; a button acts."""
    follow = following.find(site.session(), key, now=site.now())
    form = EmptyForm()
    if not form.validate_on_submit():
        return page(follow, form)
    try:
        following.confirm(site.session(), follow, today=site.today(), now=site.now())
    except DomainError as error:
        form.refuse(error)
        return page(follow, form), 422
    site.commit()
    return see_other(f"/follow/{key}")


@blueprint.post("/follow/<key>/end")
@access.linked
def end(key: str) -> ResponseReturnValue:
    """Pressed twice it says the same; the second time nobody knows any more who it was."""
    trainer = following.end_by_key(site.session(), key)
    slug = slugs.slug_of(site.session(), trainer) if trainer else None
    site.commit()
    return render_template("follow/ended.html", name=trainer.name if trainer else "this trainer", slug=slug)


def page(follow: Follow, form: EmptyForm) -> str:
    slug = slugs.slug_of(site.session(), follow.trainer)
    stop_path = f"/unsubscribe/{stop_links.token_for(follow.recipient, FOLLOWING)}"
    return render_template("follow/show.html", follow=follow, form=form, slug=slug, stop_path=stop_path)
