import re
from dataclasses import replace
from datetime import date, timedelta
from email import message_from_bytes, policy

import html5lib
import pytest

from tests.conftest import NOW, TODAY, ZONE, settings_for
from trainers.config import ROOT
from trainers.core.mail import alerts, outbox
from trainers.core.mail.transport import as_bytes
from trainers.core.models import Message
from trainers.web.emails import address, compose

DAY = timedelta(days=1)


@pytest.fixture
def write(app, store):
    """Queues a mail and composes it; answers it as a mail program would read it."""

    def write(template, context, *, to="dana@example.org", settings=None, today=TODAY):
        recipient = outbox.recipient_for(store, to)
        message = outbox.queue(
            store, to=recipient, template=template, context=context, dedupe_key=f"k{template}{to}{today}", now=NOW
        )
        store.refresh(message)
        app.config["NOW"] = lambda: NOW + (today - TODAY)
        with app.app_context():
            return read_back(compose(message, settings or app.extensions["settings"]))

    return write


@pytest.fixture
def digest(app, store, made):
    """The digest of a trainer whose credentials end on these days."""

    def digest(*ends, keys=("NASM/NASM-CPT", "ACSM/ACSM-CPT", "NASM/NASM-PTC"), sent_on=TODAY, name="Dana"):
        trainer = made.trainer(name)
        for key, ends_on in zip(keys, ends, strict=False):
            credential = made.credential(trainer, key)
            made.check(made.term(credential, expires_on=ends_on))
            alerts.watch_credential(store, credential, today=TODAY)
        alerts.plan(store, today=TODAY, now=NOW, zone=ZONE)
        message = store.query(Message).one()
        app.config["NOW"] = lambda: NOW + (sent_on - TODAY)
        with app.app_context():
            return read_back(compose(message, app.extensions["settings"]))

    return digest


def read_back(mail):
    return message_from_bytes(as_bytes(mail), policy=policy.default)


def text_of(mail):
    return mail.get_body(("plain",)).get_content()


def html_of(mail):
    return mail.get_body(("html",)).get_content()


def unfolded(text):
    return " ".join(text.split())


# --- the frame of every mail


def test_a_mail_says_who_it_is_from_and_for_and_that_a_machine_wrote_it(write):
    mail = write("claim_received", {"name": "Dana", "credential": "NASM-CPT", "due_on": date(2026, 12, 3)})
    assert mail["From"] == "Sound Stride <notices@localhost>"
    assert mail["To"] == "dana@example.org"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"].datetime == NOW
    assert mail["Subject"] == "We have your NASM-CPT"
    assert re.fullmatch(r"<[0-9a-f]{32}@127\.0\.0\.1>", mail["Message-ID"])


def test_a_mail_has_a_text_and_an_html_part_that_say_the_same(write):
    mail = write("claim_received", {"name": "Dana", "credential": "NASM-CPT", "due_on": date(2026, 12, 3)})
    assert mail.get_content_type() == "multipart/alternative"
    for part in (text_of(mail), html_of(mail)):
        assert "A person looks at it by Thursday 3 December." in part
        assert "1 Test Street, Testville" in part
        assert "/unsubscribe/" in part
        assert "You get this mail because" in part


def test_two_writings_of_a_message_carry_the_same_message_id(app, store):
    recipient = outbox.recipient_for(store, "dana@example.org")
    context = {"subject": "Confirm", "body": "Hello"}
    message = outbox.queue(store, to=recipient, template="account", context=context, dedupe_key="k", now=NOW)
    with app.app_context():
        first, second = (compose(message, app.extensions["settings"]) for _ in range(2))
    assert first["Message-ID"] == second["Message-ID"]


def test_account_mails_have_no_way_to_be_stopped(write):
    mail = write(
        "account", {"subject": "Choose a new password", "body": "Follow this link:\n\nhttp://127.0.0.1/x"}
    )
    assert mail["Subject"] == "Choose a new password"
    assert mail["List-Unsubscribe"] is None
    assert "/unsubscribe/" not in text_of(mail) + html_of(mail)
    assert '<a href="http://127.0.0.1/x"' in html_of(mail)


@pytest.mark.parametrize(
    ("body", "advised"),
    [("Follow this link.", True), ("It was changed.\n\nWas it not you? Act at once.", False)],
)
def test_a_warning_is_not_followed_by_the_advice_to_do_nothing(write, body, advised):
    mail = write("account", {"subject": "Your account", "body": body})
    for part in (text_of(mail), html_of(mail)):
        assert ("Then you need do nothing." in part) is advised


def test_html_is_escaped_and_text_is_not(write):
    context = {"name": "<b>Dana & Co</b>", "credential": "NASM-CPT", "due_on": date(2026, 12, 3)}
    mail = write("claim_received", context)
    assert "Hello <b>Dana & Co</b>," in text_of(mail)
    assert "Hello &lt;b&gt;Dana &amp; Co&lt;/b&gt;," in html_of(mail)


@pytest.mark.parametrize("break_", ["\r\n", "\n", "\r", "\u2028", "\x0b"])
def test_nothing_in_a_context_can_add_a_header(write, break_):
    mail = write("account", {"subject": f"Hello{break_}Bcc: all@example.org{break_}{break_}Body", "body": "x"})
    assert mail["Bcc"] is None
    assert mail["Subject"] == "Hello Bcc: all@example.org Body"
    assert text_of(mail).startswith("x")


def test_an_answer_goes_to_the_visitor_who_wrote(write):
    mail = write("account", {"subject": "s", "body": "b", "reply_to": "runner@example.org"})
    assert mail["Reply-To"] == "runner@example.org"
    two_headers = {"subject": "s", "body": "b", "reply_to": "a@b.example\r\nBcc: c@d.example"}
    with pytest.raises(ValueError, match="CR or LF"):
        write("account", two_headers, to="x@y.test")


def test_other_alphabets_arrive_whole(write):
    mail = write("account", {"subject": "Grüße, Łukasz", "body": "Zażółć gęślą jaźń"}, to="lukasz@müller.example")
    assert mail["To"] == "lukasz@xn--mller-kva.example"
    assert mail["Subject"] == "Grüße, Łukasz"
    assert text_of(mail).startswith("Zażółć gęślą jaźń")


def test_a_domain_that_cannot_exist_is_an_error():
    with pytest.raises(ValueError, match="no domain"):
        address(f"dana@{'ü' * 80}.example")


def test_every_line_of_a_mail_can_travel(write):
    mail = write("account", {"subject": "s" * 300, "body": "ä" * 3000})
    assert max(len(line) for line in as_bytes(mail).split(b"\r\n")) <= 998
    assert as_bytes(mail).isascii()


def mail_folders():
    return sorted(path.parent.name for path in (ROOT / "templates" / "email").glob("*/subject.txt"))


@pytest.mark.parametrize("name", mail_folders())
def test_each_mail_is_one_folder_of_three_files(name):
    folder = ROOT / "templates" / "email" / name
    assert {path.name for path in folder.iterdir()} == {"subject.txt", "body.txt", "body.html"}


# --- reminders


def test_a_reminder_before_the_end(digest):
    mail = digest(date(2026, 12, 23))
    assert mail["Subject"] == "Your NASM-CPT ends in 30 days, on 23 December 2026"
    for part in (unfolded(text_of(mail)), unfolded(html_of(mail))):
        assert "Hello Dana," in part
        assert "After that day your listing will say" in part
        assert "Expired: late renewal possible" in part
        assert "Only NASM decides what counts, so look in your NASM account too." in part
        assert "Renew with NASM first. Then give us the new date" in part
        assert "We pause reminders while we look at it." in part
        assert re.search(r"http://127\.0\.0\.1:8000/dashboard/certifications/[0-9a-f-]{36}/renew", part)
        assert "http://127.0.0.1:8000/dashboard/messages" in part
        assert "last reminder" not in part
        assert "CEU" not in part


def test_a_reminder_after_the_end(digest):
    mail = digest(date(2026, 11, 20))
    assert mail["Subject"] == "Our record shows that your NASM-CPT has expired"
    for part in (unfolded(text_of(mail)), unfolded(html_of(mail))):
        assert "The end date we hold for your NASM-CPT was" in part
        assert "Your listing now says" in part
        assert "it does not count as current in searches" in part
        assert "By the rule we read, NASM takes a late renewal until 20 November 2027" in part
        assert "This is the last reminder about this date." in part


def test_several_dates_are_one_mail_and_say_so_in_the_subject(digest):
    mail = digest(date(2026, 12, 20), date(2026, 11, 20), date(2026, 11, 24))
    assert mail["Subject"] == "3 dates on your listing need you"
    text = unfolded(text_of(mail))
    assert "1. ACSM-CPT The end date we hold" in text
    assert "2. NASM Personal Trainer Certificate Our record says" in text
    assert "ends tomorrow, on 24 November 2026" in text
    assert "3. NASM-CPT Our record says that your NASM-CPT ends in 27 days" in text
    assert "Only ACSM and NASM decide what counts, so look in your accounts there too." in text
    assert len(set(re.findall(r"/certifications/([0-9a-f-]{36})/renew", text))) == 3


@pytest.mark.parametrize(("ends_on", "words"), [(TODAY, "ends today"), (TODAY + DAY, "ends tomorrow")])
def test_the_last_days_have_words_of_their_own(digest, ends_on, words):
    assert words in digest(ends_on)["Subject"]


def test_a_mail_that_was_held_up_counts_from_the_day_on_which_it_leaves(digest):
    assert digest(TODAY + DAY, sent_on=TODAY + 2 * DAY)["Subject"].endswith("has expired")


def test_a_mail_planned_for_a_later_day_counts_from_that_day(digest):
    assert "in 30 days" in digest(TODAY + 30 * DAY, sent_on=TODAY - 5 * DAY)["Subject"]


def test_reminders_can_be_stopped_with_one_click(digest):
    mail = digest(date(2026, 12, 23))
    assert re.fullmatch(r"<http://127\.0\.0\.1:8000/unsubscribe/[\w-]{16,32}>", mail["List-Unsubscribe"])
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["List-Unsubscribe"].strip("<>") in text_of(mail)


@pytest.mark.parametrize("site_url", ["https://soundstride.example.org", f"https://{'long' * 15}.example.org"])
def test_the_one_click_address_is_never_encoded_however_long(app, store, site_url, tmp_path):
    recipient = outbox.recipient_for(store, "dana@example.org")
    item = {"label": "NASM-CPT", "issuer": "NASM", "ends_on": TODAY, "renew_path": "/x", "word_after": "Expired"}
    context = {"name": "Dana", "planned_on": TODAY, "items": [item]}
    message = outbox.queue(store, to=recipient, template="digest", context=context, dedupe_key="k", now=NOW)
    with app.app_context():
        mail = compose(message, replace(settings_for(tmp_path), site_url=site_url))
    assert f"\r\nList-Unsubscribe: <{site_url}/unsubscribe/{recipient.key}>\r\n".encode() in as_bytes(mail)
    if "soundstride" in site_url:
        assert len(f"<{site_url}/unsubscribe/{recipient.key}>") < 77


def test_the_html_of_a_reminder_is_sound_and_fetches_nothing(digest):
    html = html_of(digest(date(2026, 12, 23), date(2026, 11, 20)))
    html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(html)
    assert "<img" not in html
    assert "url(" not in html
    assert "<script" not in html
    assert "<style" not in html
    assert 'name="color-scheme" content="light dark"' in html
    assert not re.search(r"(?<!-)\bcolor:\s*#|background", html)
    assert all(href.startswith("http://127.0.0.1:8000") for href in re.findall(r'(?:href|src)="([^"]*)"', html))
