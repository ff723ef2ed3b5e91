"""How a mail leaves: through a mail server, or as a file in a folder. Knows nothing of who gets it or why."""

import contextlib
import re
import smtplib
import ssl
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from typing import Protocol
from urllib.parse import SplitResult, unquote, urlsplit

from .wire import Mail

TIMEOUT = 20.0
STARTS_WITH_DOT = re.compile(rb"(?m)^\.")
UNKNOWN_ADDRESS = (550, 551, 553)


class Fate(StrEnum):
    DELIVERED = "delivered"
    LATER = "later"  # this mail may be accepted another time
    REFUSED = "refused"  # this mail never will be
    UNREACHABLE = "unreachable"  # says nothing about this mail: no mail can be handed over now


@dataclass(frozen=True)
class Reply:
    """What came of handing over one mail. `unknown_address`: the server says that nobody has this address."""

    fate: Fate
    text: str
    unknown_address: bool = False


Meanwhile = Callable[[], object]
"""Something to do while the server thinks about a mail."""


class Transport(Protocol):
    def send(self, mail: Mail, meanwhile: Meanwhile) -> Reply: ...


@contextlib.contextmanager
def open_transport(url: str, *, host: str, timeout: float = TIMEOUT) -> Iterator[Transport]:
    """The transport that MAIL_URL names: smtp://user:password@host:port, smtps://… or file://folder.

    `host` is the name by which we greet a mail server. One connection serves all mails sent before the end.
    """
    parts = urlsplit(url)
    if parts.scheme == "file":
        yield FileTransport(Path(unquote(parts.netloc + parts.path)))
        return
    transport = SmtpTransport(parts, host, timeout)
    try:
        yield transport
    finally:
        transport.close()


@dataclass(frozen=True)
class FileTransport:
    """Writes each mail as an .eml file: whole or not at all."""

    folder: Path

    def send(self, mail: Mail, meanwhile: Meanwhile) -> Reply:  # noqa: ARG002, nobody thinks here
        name = f"{time.time_ns():020d}-{safe_name(mail.message_id)}.eml"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            part = self.folder / f".{name}.part"
            part.write_bytes(mail.data)
            part.replace(self.folder / name)
        except OSError as error:
            return Reply(Fate.UNREACHABLE, f"The mail could not be written to {self.folder}: {error.strerror}")
        return Reply(Fate.DELIVERED, f"written to {name}")


class SmtpTransport:
    """One connection to a mail server, opened when first needed and opened again when it was lost."""

    def __init__(self, url: SplitResult, host: str, timeout: float) -> None:
        self.url, self.host, self.timeout = url, host, timeout
        self.server: smtplib.SMTP | None = None

    def send(self, mail: Mail, meanwhile: Meanwhile) -> Reply:
        """A connection that is kept open may have been closed meanwhile: then a new one is tried, once. That is
        safe, since of this mail nothing was said yet."""
        kept = self.server is not None
        try:
            return hand_over(self.connected(), mail, meanwhile)
        except Closed as error:
            self.close()
            return self.send(mail, meanwhile) if kept else Reply(Fate.UNREACHABLE, str(error))
        except (smtplib.SMTPNotSupportedError, ValueError) as error:
            return Reply(Fate.REFUSED, describe(error))
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            return Reply(Fate.UNREACHABLE, describe(error))

    def connected(self) -> smtplib.SMTP:
        if self.server is None:
            self.server = self.connect()
        return self.server

    def connect(self) -> smtplib.SMTP:
        """Raises SMTPException or OSError. A password never travels in the clear, except inside this machine."""
        name, implicit = self.url.hostname or "localhost", self.url.scheme == "smtps"
        server: smtplib.SMTP
        if implicit:
            secure = ssl.create_default_context()
            server = smtplib.SMTP_SSL(name, self.url.port or 465, self.host, timeout=self.timeout, context=secure)
        else:
            server = smtplib.SMTP(name, self.url.port or 25, self.host, timeout=self.timeout)
        try:
            server.ehlo_or_helo_if_needed()
            if not implicit and not is_loopback(name) and server.has_extn("starttls"):
                server.starttls(context=ssl.create_default_context())
                server.ehlo()
            self.sign_in(server)
        except BaseException:
            server.close()
            raise
        return server

    def sign_in(self, server: smtplib.SMTP) -> None:
        if self.url.username is None:
            return
        if not isinstance(server.sock, ssl.SSLSocket) and not is_loopback(self.url.hostname or "localhost"):
            raise smtplib.SMTPException("The mail server offers no encryption, so the password was not sent.")
        server.login(unquote(self.url.username), unquote(self.url.password or ""))

    def close(self) -> None:
        if self.server is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                self.server.quit()
            self.server.close()
            self.server = None


class Closed(Exception):
    """The server has closed the connection before anything was said about this mail."""


def hand_over(server: smtplib.SMTP, mail: Mail, meanwhile: Meanwhile) -> Reply:
    """The dialogue for one mail, step by step: smtplib's own sendmail throws the server's last word away.

    Raises Closed, SMTPException or OSError when the connection is of no more use.
    """
    code, text = announce(server, mail)
    for step in ("MAIL", "RCPT", "DATA"):
        if step == "RCPT":
            code, text = server.rcpt(mail.to)
        elif step == "DATA":
            code, text = give(server, mail.data, meanwhile)
        if code not in (250, 251):
            reply = refusal(step, code, text)
            with contextlib.suppress(smtplib.SMTPException, OSError):
                server.rset()
            return reply
    return Reply(Fate.DELIVERED, line_of(code, text))


def announce(server: smtplib.SMTP, mail: Mail) -> tuple[int, bytes]:
    """Who writes. Where the server can, what comes back is to name this mail and not repeat its text."""
    options = [f"size={len(mail.data)}"] if server.has_extn("size") else []
    if server.has_extn("dsn"):
        options += ["RET=HDRS", f"ENVID={mail.message_id.strip('<>')}"]
    if mail.is_international:
        options += ["BODY=8BITMIME", "SMTPUTF8"]
    try:
        code, text = server.mail(mail.sender, options)
    except smtplib.SMTPNotSupportedError:
        raise
    except OSError as error:
        raise Closed(describe(error)) from error
    if code in (-1, 421):
        raise Closed(line_of(code, text))
    return code, text


def give(server: smtplib.SMTP, data: bytes, meanwhile: Meanwhile) -> tuple[int, bytes]:
    """The text itself. It is written with whole lines, so only the dots at their beginnings have to be doubled."""
    code, text = server.docmd("DATA")
    if code != 354:
        return code, text
    server.send(STARTS_WITH_DOT.sub(b"..", data) + b".\r\n")
    meanwhile()
    return server.getreply()


def refusal(step: str, code: int, text: bytes) -> Reply:
    """Raises SMTPServerDisconnected when the server goes away, or wants a password before anything else."""
    line = line_of(code, text)
    if code in (-1, 421, 530, 534, 535, 538):
        raise smtplib.SMTPServerDisconnected(line)
    if code < 500:
        return Reply(Fate.LATER, line)
    if step == "MAIL" and code not in (552, 555):
        return Reply(Fate.UNREACHABLE, line)  # it refuses us as a sender, whatever the mail
    policy = any(mark in text for mark in (b"5.2.", b"5.7."))  # a full mailbox, a rule against us: a known address
    return Reply(Fate.REFUSED, line, unknown_address=step == "RCPT" and code in UNKNOWN_ADDRESS and not policy)


def line_of(code: int, text: bytes) -> str:
    return f"{code} {' '.join(text.decode('utf-8', 'replace').split())}"[:500]


def as_raw(text: bytes | str) -> bytes:
    return text if isinstance(text, bytes) else text.encode()


def describe(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return line_of(error.smtp_code, as_raw(error.smtp_error))
    return f"{type(error).__name__}: {error}"[:500]


def is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def safe_name(message_id: str) -> str:
    return "".join(sign for sign in message_id if sign.isalnum() or sign in "@.-")[:120]
