"""Write to a trainer: the form, then the link in the sender's mail, then the button that sends it."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from trainers.core import contact, trainers
from trainers.core.errors import DomainError
from trainers.core.models import Trainer
from trainers.extensions import limiter
from trainers.web import access, site
from trainers.web.forms.contact import ContactForm, EmptyForm
from trainers.web.htmx import see_other

blueprint = Blueprint("contact", __name__)


@blueprint.route("/trainers/<slug>/contact", methods=["GET", "POST"])
@limiter.limit("10 per hour; 30 per day", methods=["POST"])
@access.linked
def write(slug: str) -> ResponseReturnValue:
    trainer, current_slug = trainers.find_by_slug(site.session(), slug)
    contact.refuse_unlisted(trainer)
    form = ContactForm()
    if form.validate_on_submit() and held(form, trainer, current_slug):
        return see_other(f"/trainers/{current_slug}/contact/sent")
    status = 422 if form.rejected else 200
    return render_template("contact/write.html", form=form, trainer=trainer, slug=current_slug), status


def held(form: ContactForm, trainer: Trainer, slug: str) -> bool:
    try:
        contact.hold_message(
            site.session(),
            trainer,
            name=form.name.data or "",
            email=form.email.data or "",
            body=form.body.data or "",
            slug=slug,
            now=site.now(),
        )
    except DomainError as error:
        form.refuse(error)
        return False
    site.commit()
    return True


@blueprint.get("/trainers/<slug>/contact/sent")
@access.linked
def sent(slug: str) -> ResponseReturnValue:
    trainer, current_slug = trainers.find_by_slug(site.session(), slug)
    return render_template("contact/sent.html", trainer=trainer, slug=current_slug)


@blueprint.route("/trainers/<slug>/contact/<key>", methods=["GET", "POST"])
@access.linked
def confirm(slug: str, key: str) -> ResponseReturnValue:
    message = contact.find_held(site.session(), key, now=site.now())
    trainer = message.trainer
    form = EmptyForm()
    if form.validate_on_submit():
        contact.send_held(site.session(), message, now=site.now())
        site.commit()
        return see_other(f"/trainers/{slug}/contact/delivered")
    return render_template("contact/confirm.html", form=form, message=message, trainer=trainer, slug=slug, key=key)


@blueprint.get("/trainers/<slug>/contact/delivered")
@access.linked
def delivered(slug: str) -> ResponseReturnValue:
    trainer, current_slug = trainers.find_by_slug(site.session(), slug)
    return render_template("contact/delivered.html", trainer=trainer, slug=current_slug)
