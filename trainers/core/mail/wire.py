"""A mail as it goes over the wire, put together by hand: the standard library's own way takes longer than all else
that is done for a mail, the conversation with the server included.
"""

from binascii import b2a_qp
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.headerregistry import Address
from email.utils import format_datetime

CRLF = "\r\n"


@dataclass(frozen=True)
class Mail:
    """`data` is the whole of it; the rest is what the envelope, the log and the outbox need of it."""

    sender: str
    to: str
    subject: str
    message_id: str
    text: str
    data: bytes

    @property
    def is_international(self) -> bool:
        """Whether an address in it can only be written with letters beyond ASCII."""
        return not (self.sender + self.to).isascii()


def write_mail(
    *,
    sender: Address,
    to: Address,
    subject: str,
    message_id: str,
    date: datetime,
    text: str,
    html: str,
    headers: Mapping[str, str],
) -> Mail:
    """A mail with a plain text and the same as HTML. Raises ValueError for a header that would end early."""
    boundary = f"=_{message_id.strip('<>').partition('@')[0]}"  # quoted-printable never holds "=_"
    lines = {
        "From": str(sender),
        "To": str(to),
        "Subject": encoded(subject, "Subject"),
        "Date": format_datetime(date),
        "Message-ID": message_id,
        **headers,
        "MIME-Version": "1.0",
        "Content-Type": f'multipart/alternative; boundary="{boundary}"',
    }
    head = CRLF.join(f"{name}: {in_one_piece(value)}" for name, value in lines.items())
    parts = "".join(
        f"{CRLF}--{boundary}{CRLF}Content-Type: text/{kind}; charset=utf-8{CRLF}"
        f"Content-Transfer-Encoding: quoted-printable{CRLF}{CRLF}{quoted(body)}"
        for kind, body in (("plain", text), ("html", html))
    )
    data = f"{head}{CRLF}{parts}{CRLF}--{boundary}--{CRLF}".encode()
    return Mail(sender.addr_spec, to.addr_spec, subject, message_id, text, data)


def encoded(value: str, name: str) -> str:
    """Letters beyond ASCII become encoded words, folded where they are long."""
    return value if value.isascii() else Header(value, "utf-8", header_name=name).encode(linesep=CRLF)


def in_one_piece(value: str) -> str:
    """Raises ValueError for a line break that does not go on with a space: it would begin another header."""
    if "\n" in value.replace(f"{CRLF} ", "") or "\r" in value.replace(f"{CRLF} ", ""):
        raise ValueError("A header cannot hold a line break.")
    return value


def quoted(body: str) -> str:
    lines = body if body.endswith("\n") else f"{body}\n"
    return b2a_qp(lines.replace("\n", CRLF).encode(), istext=True).decode("ascii")
