"""My listing: what happens next, the words about oneself, and whether the public sees it."""

from collections.abc import Collection

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_security import logout_user

from trainers.core import accounts, cards, drafts, erasure, labels, outlook, trainers
from trainers.core.credentials import rule_for
from trainers.core.education import progress
from trainers.core.errors import DomainError
from trainers.core.models import Account, ClaimDraft, Trainer
from trainers.core.review.reports import open_reports
from trainers.core.rules import load_specialties
from trainers.core.search.languages import language_name
from trainers.core.sheets import kept
from trainers.core.slugs import slug_of
from trainers.web import access, site
from trainers.web.forms.credentials import ConsentForm
from trainers.web.forms.profile import MODES, AboutForm, EraseForm, ProfileForm
from trainers.web.htmx import see_other

blueprint = Blueprint("profile", __name__)

WAITING = "A reviewer looks at your words first. Until then your page does not show them."


@blueprint.get("/dashboard")
@access.signed_in
def dashboard() -> ResponseReturnValue:
    trainer, session = access.find_trainer(), site.session()
    if trainer is None:
        return redirect(url_for(first_page(access.account())))
    held = outlook.outlooks(session, trainer, today=site.today(), zone=site.zone())
    standings = {each.credential: each.standing for each in held}
    return render_template(
        "profile/dashboard.html",
        trainer=trainer,
        slug=slug_of(session, trainer),
        held=held,
        progresses=progress.of_held(session, trainer, standings, today=site.today()),
        is_found=outlook.is_found(held),
        drafts=[begun(draft) for draft in drafts.own_drafts(session, trainer)],
        cards=cards.cards_of(session, trainer, list(standings), today=site.today(), zone=site.zone()),
        reports=open_reports(session, trainer),
        asked=trainers.missing_consents(session, trainer),
        **words_of(trainer),
    )


def first_page(account: Account) -> str:
    """Of somebody who is no trainer: the queue, sheets that are kept here, or else becoming one."""
    if account.has_role("reviewer"):
        return "review.index"
    return "my_sheets.index" if kept.keeps(site.session(), account.id) else "profile.about_you"


def begun(draft: ClaimDraft) -> dict[str, str]:
    """What was begun, and where it goes on."""
    path = f"/dashboard/certifications/drafts/{draft.uuid}"
    renewal = f"/dashboard/certifications/{draft.credential.uuid}/renew" if draft.credential else path
    return {
        "title": rule_for(draft.type).full_name,
        "kind": draft.kind,
        "go_on": renewal if draft.kind == "renewal" else path,
        "discard": f"{path}/discard",
    }


def words_of(trainer: Trainer) -> dict[str, object]:
    """What the trainer says, in words."""
    chosen = trainers.specialties_of(trainer)
    return {
        "mode": MODES[trainer.mode],
        "words": trainers.written(trainer),
        "experience": [each.name for each in load_specialties() if each.slug in chosen],
        "languages": sorted(language_name(code) for code in trainers.languages_of(trainer)),
    }


# Words


@blueprint.route("/dashboard/about-you", methods=["GET", "POST"])
@access.signed_in
def about_you() -> ResponseReturnValue:
    trainer = access.find_trainer()
    form = AboutForm(data=about_of(trainer))
    if form.validate_on_submit() and told_about(form, trainer):
        return see_other("/dashboard" if trainer else "/dashboard/certifications/new")
    status = 422 if form.rejected else 200
    return render_template("profile/about_you.html", form=form, trainer=trainer), status


def about_of(trainer: Trainer | None) -> dict[str, str]:
    if trainer is None:
        return {}
    return {"name": trainer.name, "place": f"{trainer.place.label} {trainer.zip}", "mode": trainer.mode}


def told_about(form: AboutForm, trainer: Trainer | None) -> bool:
    session, zip_code = site.session(), form.find_zip(site.session())
    if zip_code is None:
        return False
    told = {"name": form.name.data or "", "zip": zip_code, "mode": form.mode.data, "by": access.actor()}
    try:
        if trainer is None:
            trainers.create_profile(session, access.account(), now=site.now(), **told)
        else:
            trainers.update_about(session, trainer, now=site.now(), today=site.today(), **told)
    except DomainError as error:
        form.refuse(error)
        return False
    site.commit()
    return True


@blueprint.route("/dashboard/profile", methods=["GET", "POST"])
@access.trainer_only
def edit() -> ResponseReturnValue:
    trainer = access.own_trainer()
    form = ProfileForm(data=profile_of(trainer))
    questioned, proven = False, may_say(trainer)
    if form.validate_on_submit():
        questioned = form.question(proven)
    if form.is_submitted() and not form.rejected:
        trainers.update_profile(
            site.session(),
            trainer,
            headline=form.headline.data or "",
            bio=form.bio.data or "",
            proven=proven,
            specialties=form.specialties.data or [],
            languages=form.languages.data or [],
            accepting=bool(form.accepting.data),
            by=access.actor(),
            now=site.now(),
            today=site.today(),
        )
        site.commit()
        flash(f"Saved. {WAITING}" if waits(trainer) else "Saved.", "success")
        return see_other("/dashboard")
    hints = {each.slug: each.hint for each in load_specialties()}
    told = {"form": form, "hints": hints, "questioned": questioned, "waiting": WAITING if waits(trainer) else ""}
    html = render_template("profile/edit.html", **told)
    return html, 422 if form.rejected else 200


def may_say(trainer: Trainer) -> Collection[str]:
    """What only proof may say, and a card of this trainer shows."""
    return labels.proven(cards.cards_for(site.session(), trainer, today=site.today(), zone=site.zone()))


def waits(trainer: Trainer) -> bool:
    """Whether some of the words are not public before a reviewer has looked."""
    return trainer.waiting_headline is not None or trainer.waiting_bio is not None


def profile_of(trainer: Trainer) -> dict[str, object]:
    return {
        **trainers.written(trainer)._asdict(),
        "specialties": list(trainers.specialties_of(trainer)),
        "languages": list(trainers.languages_of(trainer)),
        "accepting": trainer.accepting,
    }


# Public or not


@blueprint.post("/dashboard/pause")
@access.trainer_only
def pause() -> ResponseReturnValue:
    trainers.pause(site.session(), access.own_trainer(), by=access.actor(), today=site.today())
    site.commit()
    flash("Your listing is paused. Nobody finds it until you go on.", "success")
    return see_other("/dashboard")


@blueprint.post("/dashboard/resume")
@access.trainer_only
def resume() -> ResponseReturnValue:
    trainers.resume(site.session(), access.own_trainer(), by=access.actor(), today=site.today())
    site.commit()
    flash("Your listing is public again.", "success")
    return see_other("/dashboard")


@blueprint.route("/dashboard/withdraw", methods=["GET"])
@access.trainer_only
def ask_withdraw() -> ResponseReturnValue:
    return render_template("profile/withdraw.html", trainer=access.own_trainer())


@blueprint.post("/dashboard/withdraw")
@access.trainer_only
def withdraw() -> ResponseReturnValue:
    trainers.withdraw(site.session(), access.own_trainer(), by=access.actor(), now=site.now(), today=site.today())
    site.commit()
    flash("Your listing is down. Its address says that it was withdrawn.", "success")
    return see_other("/dashboard")


@blueprint.route("/dashboard/list-again", methods=["GET", "POST"])
@access.trainer_only
def list_again() -> ResponseReturnValue:
    session, trainer, form = site.session(), access.own_trainer(), ConsentForm()
    form.ask_only(trainers.missing_consents(session, trainer))
    if not form.validate_on_submit():
        status = 422 if form.rejected else 200
        return render_template("profile/list_again.html", form=form), status
    for purpose in form.given:
        accounts.give_consent(session, trainer.account, purpose, now=site.now())
    trainers.list_publicly(session, trainer, by=access.actor(), now=site.now(), today=site.today())
    site.commit()
    flash("Your listing is public again.", "success")
    return see_other("/dashboard")


@blueprint.route("/dashboard/account/delete", methods=["GET", "POST"])
@access.signed_in
def erase() -> ResponseReturnValue:
    form, trainer, account = EraseForm(), access.find_trainer(), access.account()
    if not form.validate_on_submit():
        status = 422 if form.rejected else 200
        return render_template("accounts/delete.html", form=form, trainer=trainer, account=account), status
    by = access.actor()
    logout_user()
    if trainer is None:
        erasure.forget_account(site.session(), site.files(), account)
    else:
        erasure.erase_trainer(site.session(), site.files(), trainer, by=by, now=site.now())
    site.commit()
    flash("Everything we kept of you is deleted.", "success")
    return see_other("/login")
