"""Six kinds of people, and one of each thing that an address can name; all of it belongs to Dana, the trainer."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from tests.application import NOW, TODAY
from tests.core.job_bench import bounce_file, queue_bounces
from tests.core.papers import picture
from tests.factories import Factory
from tests.page_client import PageClient
from trainers.core import contact, drafts, evidence, heartbeats, moderation
from trainers.core.accounts import give_consent
from trainers.core.credentials import visible_credentials
from trainers.core.education import dated_items, ledger, papers
from trainers.core.long_work import imports
from trainers.core.long_work.job_kinds import EDUCATION
from trainers.core.mail import calendars, following, recipients, stop_links
from trainers.core.models import Account, Evidence, JobRow, Review, Trainer
from trainers.core.review import outages, queue

WHO = ("anonymous", "member", "trainer", "other", "reviewer", "admin")
PRINTED = drafts.Printed(
    number="NC-0042", name="Dana Fitzgerald", issued_on=date(2025, 12, 1), expires_on=date(2027, 11, 30)
)


ENTRY = ledger.Entry(title="Hips of runners", completed_on=date(2026, 3, 12), minutes=120, approved_by="both")


@dataclass(frozen=True)
class World:
    app: Flask
    made: Factory
    people: dict[str, int]
    names: dict[str, dict[str, Any]]  # what stands in the addresses of an endpoint, or of a page module

    def browser(self, who: str) -> PageClient:
        client = PageClient(self.app, self.app.response_class)
        if who != "anonymous":
            client.sign_in(self.made.session.get_one(Account, self.people[who]))
            self.made.session.rollback()
        return client

    def address(self, rule: Rule, method: str) -> str:
        known = self.names.get(rule.endpoint.split(".")[0], {}) | self.names.get(rule.endpoint, {})
        values = {name: known[name] for name in rule.arguments - set(rule.defaults or ())}
        return self.app.url_map.bind("localhost").build(rule.endpoint, values, method=method)


def build(app: Flask, made: Factory) -> World:
    dana = made.listed("Dana Fitzgerald")
    people = {
        "member": made.account(),
        "trainer": dana.account,
        "other": made.listed("Olga Other").account,
        "reviewer": made.reviewer(),
        "admin": made.account(roles=("admin",)),
    }
    for account in people.values():
        for purpose in ("listing", "adult"):
            give_consent(made.session, account, purpose, now=NOW)
    names = things_of(app, made, dana)
    ids = {who: account.id for who, account in people.items()}
    made.commit()
    return World(app, made, ids, names)


def things_of(app: Flask, made: Factory, dana: Trainer) -> dict[str, dict[str, Any]]:
    session, slug = made.session, made.slug(dana)
    for name in heartbeats.LONGEST:  # a worker that is well
        heartbeats.beat(session, name, now=NOW)
    files = evidence.open_files(app.extensions["settings"].uploads_url)
    term = made.term(made.credential(dana, "ACSM/ACSM-CPT"))
    credential = term.credential
    check = made.check(term, outcome="unavailable")
    attached = attach(made, files, dana, term.id)
    draft = drafts.start_claim(session, dana, made.type("ACSM/ACSM-EP"), PRINTED, now=NOW, today=TODAY)
    pending = evidence.keep_upload(session, files, draft, picture(), now=NOW)
    work = queue.open_review(session, kind="new", trainer=dana, credential=credential, now=NOW, today=TODAY)
    told = {"name": "Robin", "email": "robin@example.org", "body": "Are you free on Fridays?"}
    held = contact.hold_message(session, dana, slug=slug, now=NOW, **told)
    followed = following.ask(session, dana, email="robin@example.org", slug=slug, now=NOW)
    profile = portrayed(made, files, dana)
    outages.begin(session, "ACSM", by="1", now=NOW)
    learned = learn(made, files, dana)
    screened = screen(made, dana)
    to_dana = recipients.recipient_for(session, dana.account.email)
    of_draft = {"uuid": draft.uuid, "file": pending.uuid}
    of_a_draft = ("change", "check", "photo", "discard", "remove_photo")
    return {
        "directory": {"slug": slug},
        "bundles": {"name": "site.css"},
        "crawlers": {"part": 1},
        "badges": {"slug": slug, "kind": "svg", "code": f"t{dana.id}"},
        "contact": {"slug": slug, "key": held.key},
        "follow": {"slug": slug, "key": followed.key},
        "reports": {"slug": slug},
        "guidance": {"slug": "hip-pain-from-running"},
        "credentials": {"uuid": credential.uuid},
        **{f"credentials.{each}": of_draft for each in of_a_draft},
        **learned,
        **screened,
        "evidence": {"uuid": pending.uuid},
        "portraits": {"slug": slug, "state": "shown", "uuid": profile.uuid},
        "moderation": {"uuid": profile.uuid},
        "admin": {"account_id": dana.account_id},
        "outages": {"issuer": "NASM"},
        "outages.end": {"issuer": "ACSM"},
        "review": {"uuid": work.uuid, "file": attached.uuid},
        "cases": {"uuid": work.uuid, "credential": credential.uuid},
        "corrections": {"check_id": check.id, "file": attached.uuid},
        "jobs": {"uuid": queue_bounces(session, files, bounce_file(1)).uuid},
        "unsubscribe": {"token": stop_links.token_for(to_dana, "expiry")},
        "reminders": {"item": "cpr_aed", "token": calendars.make_link(session, dana.account, now=NOW)},
        "development": {"name": "none.eml"},
        "security": {"token": "no-such-token"},
    }


def learn(made: Factory, files: evidence.Files, dana: Trainer) -> dict[str, dict[str, Any]]:
    """Something that Dana has learned, with its photo, a card, and a list that is being imported."""
    session = made.session
    record = ledger.add(session, dana, ENTRY, now=NOW, today=TODAY, by="1")
    card = dated_items.ItemEntry(kind="cpr_aed", expires_on=date(2027, 1, 1))
    item = dated_items.add(session, dana, card, now=NOW, today=TODAY, by="1")
    found = evidence.clean(picture())
    paper = papers.attach(session, files, record, found, key=papers.store(files, found), now=NOW)
    stored = EDUCATION.start(files, b"title,date,hours\nHips,2026-03-12,2\n")
    job = imports.enqueue(session, EDUCATION, stored, account_id=dana.account_id, now=NOW)
    made.add(JobRow(job_id=job.id, line=3, problem="Enter the title of the course.", value=""))
    held = {"uuid": visible_credentials(session, dana)[0].uuid}
    of_card, of_paper = {"uuid": item.uuid}, {"uuid": paper.uuid}
    return {
        "education": {"uuid": record.uuid},
        "education.show": held,
        **{f"education.{each}": of_card for each in ("change_card", "remove_card")},
        **{f"education.{each}": of_paper for each in ("show_paper", "remove_paper")},
        "education_files": {"uuid": job.uuid},
        **{f"education_files.{each}": held for each in ("audit_csv", "audit_pdf")},
    }


def screen(made: Factory, dana: Trainer) -> dict[str, dict[str, Any]]:
    """A sheet that Dana keeps as a runner, a trainer whom she has invited, and a runner who has invited her."""
    sheet = made.sheet(dana.account)
    given = made.share(dana.account, made.listed("Tara Trainer"))
    received = made.share(made.account(), dana, "Robin")
    return {
        "kept_sheets": {"uuid": sheet.uuid},
        "sheet_shares": {"uuid": given.uuid, "slug": made.slug(made.listed("Ines Invited"))},
        "runners": {"uuid": received.uuid},
    }


def portrayed(made: Factory, files: evidence.Files, dana: Trainer) -> Review:
    """A picture that everybody sees, and the work of looking at Dana's words and picture."""
    found = moderation.square(picture())
    kept = moderation.send_in(
        made.session, files, dana, found, key=moderation.store(files, found), now=NOW, today=TODAY
    )
    kept.state, kept.decided_at, kept.decided_by = "shown", NOW, "1"
    return moderation.ask_for_look(made.session, dana, now=NOW, today=TODAY)


def attach(made: Factory, files: evidence.Files, trainer: Trainer, term_id: int) -> Evidence:
    """A photo that was sent in with a certification."""
    files.write("ab/attached.jpeg", picture())
    return made.add(
        Evidence(
            trainer_id=trainer.id,
            term_id=term_id,
            state="attached",
            sha256="0" * 64,
            storage_key="ab/attached.jpeg",
            content_type="image/jpeg",
            size=1,
            slip_code="K7-429",
            uploaded_at=NOW,
        )
    )
