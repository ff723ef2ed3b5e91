"""Certifications on the trainer's side: told, photographed, read over, sent in, corrected, renewed."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, render_template
from flask.typing import ResponseReturnValue

from trainers.core import accounts, cards, claims, credentials, drafts, evidence, outlook, trainers
from trainers.core.dates import add_working_days, long_date
from trainers.core.errors import DomainError, Refused
from trainers.core.models import ClaimDraft, Credential
from trainers.core.review.objections import ANSWERED_WITHIN
from trainers.core.review.queue import WORKING_DAYS
from trainers.core.standing.lengths import longer_than_cycle
from trainers.extensions import limiter
from trainers.web import access, site
from trainers.web.forms.credentials import (
    ClaimForm,
    ConsentForm,
    CorrectionForm,
    PhotoForm,
    RenewalForm,
    filled_from,
)
from trainers.web.forms.objections import ObjectionForm
from trainers.web.htmx import see_other

blueprint = Blueprint("credentials", __name__, url_prefix="/dashboard/certifications")

UPLOAD_LIMIT = "30 per hour; 100 per day"


# The claim


@blueprint.route("/new", methods=["GET", "POST"])
@access.trainer_only
def new() -> ResponseReturnValue:
    form = ClaimForm(today=site.today())
    draft = written(form, None) if form.validate_on_submit() else None
    return see_other(draft_path(draft, "photo")) if draft else claim_page(form, None)


@blueprint.route("/drafts/<uuid:uuid>", methods=["GET", "POST"])
@access.trainer_only
def change(uuid: UUID) -> ResponseReturnValue:
    draft = own_draft(uuid)
    form = form_for(draft)
    if form.validate_on_submit() and written(form, draft):
        return see_other(draft_path(draft, "photo"))
    return claim_page(form, draft)


def form_for(draft: ClaimDraft) -> ClaimForm:
    form = ClaimForm if draft.kind == "new" else CorrectionForm
    return form(today=site.today(), data=filled_from(draft))


def claim_page(form: ClaimForm, draft: ClaimDraft | None) -> ResponseReturnValue:
    rule = credentials.rule_for(draft.type, site.today()) if draft else None
    trainer = access.own_trainer()
    same = same_title(form, credentials.visible_credentials(site.session(), trainer))
    html = render_template("credentials/claim.html", form=form, trainer=trainer, draft=draft, rule=rule, same=same)
    return html, 422 if form.rejected else 200


def same_title(form: ClaimForm, held: list[Credential]) -> Credential | None:
    """The credential here that has the title which was chosen again."""
    return next((each for each in held if form.fits(each.type)), None)


def written(form: ClaimForm, draft: ClaimDraft | None) -> ClaimDraft | None:
    """The draft with the answers on it; None with sentences at the fields."""
    session, day = site.session(), moment()
    try:
        if draft is None:
            type = credentials.find_type(session, form.type.data)
            draft = drafts.start_claim(session, access.own_trainer(), type, form.printed, **day)
        else:
            type = credentials.find_type(session, form.type.data) if form.type else draft.type
            drafts.edit_claim(session, draft, type, form.printed, **day)
    except DomainError as error:
        form.refuse(error)
        return None
    site.commit()
    return draft


# Its photo


@blueprint.route("/drafts/<uuid:uuid>/photo", methods=["GET", "POST"])
@limiter.limit(UPLOAD_LIMIT, methods=["POST"])
@access.trainer_only
def photo(uuid: UUID) -> ResponseReturnValue:
    draft, form = own_draft(uuid), PhotoForm()
    if form.validate_on_submit() and kept(form, draft):
        flash("The file is here.", "success")
        return see_other(draft_path(draft, "photo"))
    html = render_template("credentials/photo.html", form=form, draft=draft, **of_draft(draft))
    return html, 422 if form.rejected else 200


def kept(form: PhotoForm, draft: ClaimDraft) -> bool:
    """Keep the file that was sent. No transaction is open while it is drawn anew and stored."""
    session, files, uuid = site.session(), site.files(), UUID(draft.uuid)
    session.rollback()
    try:
        found = evidence.clean(form.read(), form.file_name)
        key = evidence.store(files, found)
        evidence.record(session, files, own_draft(uuid), found, key=key, now=site.now())
    except DomainError as error:
        form.refuse(error)
        return False
    site.commit()
    return True


@blueprint.post("/drafts/<uuid:uuid>/photo/<uuid:file>/remove")
@access.trainer_only
def remove_photo(uuid: UUID, file: UUID) -> ResponseReturnValue:
    draft = own_draft(uuid)
    for each in evidence.pending_on(draft):
        if each.uuid == str(file):
            evidence.erase(site.session(), site.files(), each, site.now())
    site.commit()
    flash("The file is erased.", "success")
    return see_other(draft_path(draft, "photo"))


# Check and send


@blueprint.route("/drafts/<uuid:uuid>/check", methods=["GET", "POST"])
@access.trainer_only
def check(uuid: UUID) -> ResponseReturnValue:
    draft, trainer, form = own_draft(uuid), access.own_trainer(), ConsentForm()
    form.ask_only(trainers.missing_consents(site.session(), trainer))
    if form.validate_on_submit():
        credential = sent_in(form, draft)
        if credential is not None:
            return see_other(path_of(credential, "sent"))
    html = render_template("credentials/check.html", form=form, trainer=trainer, draft=draft, **of_draft(draft))
    return html, 422 if form.rejected else 200


def sent_in(form: ConsentForm, draft: ClaimDraft) -> Credential | None:
    session = site.session()
    for purpose in form.given:
        accounts.give_consent(session, draft.trainer.account, purpose, now=site.now())
    try:
        work = claims.submit_claim(session, draft, by=access.actor(), **moment())
    except DomainError as error:
        session.rollback()
        form.refuse(error)
        return None
    site.commit()
    return work.credential


@blueprint.get("/<uuid:uuid>/sent")
@access.trainer_only
def sent(uuid: UUID) -> ResponseReturnValue:
    return render_template("credentials/sent.html", seen=seen(own(uuid)))


@blueprint.post("/drafts/<uuid:uuid>/discard")
@access.trainer_only
def discard(uuid: UUID) -> ResponseReturnValue:
    drafts.discard_draft(site.session(), site.files(), own_draft(uuid), now=site.now())
    site.commit()
    flash("The draft and its files are erased.", "success")
    return see_other("/dashboard")


# What was sent in


@blueprint.get("/<uuid:uuid>")
@access.trainer_only
def show(uuid: UUID) -> ResponseReturnValue:
    credential, trainer = own(uuid), access.own_trainer()
    [card] = cards.cards_of(site.session(), trainer, [credential], today=site.today(), zone=site.zone())
    return render_template(
        "credentials/show.html",
        seen=seen(credential),
        card=card,
        files=evidence.evidence_for(site.session(), credential),
        trainer=trainer,
    )


@blueprint.post("/<uuid:uuid>/correct")
@access.trainer_only
def correct(uuid: UUID) -> ResponseReturnValue:
    draft = claims.start_correction(site.session(), own(uuid), now=site.now())
    site.commit()
    return see_other(draft_path(draft))


@blueprint.route("/<uuid:uuid>/object", methods=["GET", "POST"])
@access.trainer_only
def object_to(uuid: UUID) -> ResponseReturnValue:
    credential, form = own(uuid), ObjectionForm()
    if form.validate_on_submit() and objected(form, credential):
        return see_other(path_of(credential))
    html = render_template("credentials/object.html", form=form, seen=seen(own(uuid)), within=ANSWERED_WITHIN.days)
    return html, 422 if form.rejected else 200


def objected(form: ObjectionForm, credential: Credential) -> bool:
    session, told = site.session(), {"reason": form.reason.data, "body": form.body.data or ""}
    try:
        work = claims.object_to(session, credential, **told, by=access.actor(), **moment())
    except Refused:
        raise
    except DomainError as error:
        session.rollback()
        form.refuse(error)
        return False
    due_on = work.due_on
    site.commit()
    flash(f"Thank you. A person looks at it again, and answers by {long_date(due_on)}.", "success")
    return True


@blueprint.route("/<uuid:uuid>/renew", methods=["GET", "POST"])
@limiter.limit(UPLOAD_LIMIT, methods=["POST"])
@access.trainer_only
def renew(uuid: UUID) -> ResponseReturnValue:
    credential = own(uuid)
    draft = drafts.begun(site.session(), credential.trainer, credential.type, "renewal")
    files = evidence.pending_on(draft) if draft else []
    told = {"issued_on": draft.issued_on, "expires_on": draft.expires_on} if draft else None
    form = RenewalForm(data=told, begins_anew=seen(credential).begins_anew(site.today()))
    form.photo_needed = not files
    if form.validate_on_submit() and renewed(form, credential):
        return see_other(path_of(own(uuid), "sent"))
    code = claims.renewal_code(credential)
    html = render_template("credentials/renew.html", form=form, seen=seen(own(uuid)), files=files, code=code)
    return html, 422 if form.rejected else 200


def renewed(form: RenewalForm, credential: Credential) -> bool:
    """Keep the dates, then the photo, then send all in. A photo that cannot be kept leaves the dates kept."""
    session, day = site.session(), moment()
    try:
        draft = claims.start_renewal(session, credential, form.new_end, issued_on=form.new_start, **day)
        site.commit()
        if form.sent and not kept(form, draft):
            return False
        claims.submit_claim(session, draft, by=access.actor(), **day)
    except DomainError as error:
        session.rollback()
        form.refuse(error)
        return False
    site.commit()
    return True


@blueprint.get("/<uuid:uuid>/withdraw")
@access.trainer_only
def ask_withdraw(uuid: UUID) -> ResponseReturnValue:
    others = len(credentials.visible_credentials(site.session(), access.own_trainer())) - 1
    return render_template(
        "credentials/withdraw.html", seen=seen(own(uuid)), others=others, trainer=access.own_trainer()
    )


@blueprint.post("/<uuid:uuid>/withdraw")
@access.trainer_only
def withdraw(uuid: UUID) -> ResponseReturnValue:
    claims.withdraw_credential(site.session(), own(uuid), by=access.actor(), **moment())
    site.commit()
    flash("The certification is off your listing.", "success")
    return see_other("/dashboard")


# Finding and leading on


def moment() -> dict[str, Any]:
    """The moment and its day, as core asks for them."""
    return {"now": site.now(), "today": site.today()}


def own(uuid: UUID) -> Credential:
    return credentials.find_own(site.session(), access.own_trainer(), str(uuid))


def own_draft(uuid: UUID) -> ClaimDraft:
    return drafts.own_draft(site.session(), access.own_trainer(), str(uuid))


def seen(credential: Credential) -> outlook.Outlook:
    return outlook.outlook(site.session(), credential, today=site.today(), zone=site.zone())


def of_draft(draft: ClaimDraft) -> dict[str, Any]:
    rule = credentials.rule_for(draft.type, site.today())
    return {
        "rule": rule,
        "too_long": longer_than_cycle(rule, draft.issued_on, draft.expires_on),
        "files": evidence.pending_on(draft),
        "enough": claims.has_photo(site.session(), draft),
        "due_on": add_working_days(site.today(), WORKING_DAYS),
    }


def draft_path(draft: ClaimDraft, page: str = "") -> str:
    return f"/dashboard/certifications/drafts/{draft.uuid}/{page}".rstrip("/")


def path_of(credential: Credential, page: str = "") -> str:
    return f"/dashboard/certifications/{credential.uuid}/{page}".rstrip("/")
