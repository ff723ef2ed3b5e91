"""Outside production: the mails that were written to files instead of being sent, the sample reviewers' codes."""

from datetime import timedelta
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from flask import Blueprint, Response, abort, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from trainers.core.models import Account
from trainers.core.sample_directory import samples
from trainers.core.sign_in import second_factor
from trainers.web import access, site

blueprint = Blueprint("development", __name__)

SHOWN = 100
PERIOD = timedelta(seconds=30)
HEADERS = ("From", "To", "Reply-To", "Subject", "Date", "Message-ID", "List-Unsubscribe", "List-Unsubscribe-Post")
MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


class Written(NamedTuple):
    name: str
    mail: EmailMessage


class MailPage(Response):
    """A mail as a mail program shows it: with its inline styles, which our own pages may not have."""

    def get_wsgi_headers(self, environ: Any) -> Any:
        headers = super().get_wsgi_headers(environ)
        headers["Content-Security-Policy"] = MAIL_POLICY
        return headers


@blueprint.get("/dev/mail")
@access.linked
def index() -> ResponseReturnValue:
    folder = mail_folder()
    names = sorted((path.name for path in folder.glob("*.eml")), reverse=True) if folder else []
    written = [Written(name, read(name)) for name in names[:SHOWN]]
    return render_template("development/index.html", written=written, folder=folder, total=len(names))


@blueprint.get("/dev/mail/<name>")
@access.linked
def show(name: str) -> ResponseReturnValue:
    mail = read(name)
    headers = [(header, str(mail[header])) for header in HEADERS if mail[header]]
    text = content(mail, "plain")
    return render_template("development/show.html", name=name, mail=mail, headers=headers, text=text)


@blueprint.get("/dev/mail/<name>/html")
@access.linked
def html(name: str) -> ResponseReturnValue:
    return MailPage(content(read(name), "html"), mimetype="text/html")


@blueprint.get("/dev/code")
@access.linked
def code() -> ResponseReturnValue:
    """What the invented reviewers' phones would show: they have none."""
    invented = select(Account).where(Account.email_key.like(f"%@{samples.DOMAIN}")).order_by(Account.id)
    accounts = site.session().scalars(invented.where(Account.tf_totp_secret.is_not(None))).all()
    codes = [(account.email, next_code(account)) for account in accounts]
    return render_template("development/code.html", codes=codes)


def next_code(account: Account) -> str:
    """The code of this moment, or the one after it when this one was used."""
    totp = second_factor.totp_type(second_factor.totp_secrets(site.settings().secret_keys))
    phone = totp.from_source(account.tf_totp_secret)
    now = site.now()
    code = phone.generate(now)
    return str((phone.generate(now + PERIOD) if code.counter == account.tf_last_counter else code).token)


def mail_folder() -> Path | None:
    """Where mails are written; None when they go to a mail server."""
    url = urlsplit(site.settings().mail_url)
    return Path(unquote(url.netloc + url.path)) if url.scheme == "file" else None


def read(name: str) -> EmailMessage:
    folder = mail_folder()
    path = folder / name if folder else None
    if path is None or path.suffix != ".eml" or path.parent != folder or not path.is_file():
        abort(404)
    parsed: EmailMessage = BytesParser(EmailMessage, policy=policy.default).parsebytes(path.read_bytes())
    return parsed


def content(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body(preferencelist=(kind,))
    return str(part.get_content()) if part else ""
