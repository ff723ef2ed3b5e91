"""Photos for the sample directory's open claims: a drawn paper with the slip beside it, marked as invented."""

from datetime import datetime
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont
from sqlalchemy.orm import Session

from .. import evidence
from ..dates import long_date
from ..models import Evidence, Term
from ..slips import slip_code

DESK, PAPER, SLIP, INK = "#7d8a86", "#fbf7ea", "#fff9b8", "#1c2a2d"


def photograph(session: Session, files: evidence.Files, term: Term, *, title: str, now: datetime) -> Evidence:
    """Draw, clean and keep the photo of one term, as if its trainer had sent it."""
    code = slip_code(f"sample:{term.id}")
    found = evidence.clean(drawing(term, title, code))
    kept = Evidence(
        trainer_id=term.credential.trainer_id,
        term_id=term.id,
        state="attached",
        sha256=found.sha256,
        storage_key=evidence.store(files, found),
        content_type=found.content_type,
        size=len(found.data),
        slip_code=code,
        uploaded_at=now,
    )
    session.add(kept)
    return kept


def drawing(term: Term, title: str, code: str) -> bytes:
    """A JPEG of a certificate that nobody could take for a real one."""
    picture = Image.new("RGB", (1200, 800), DESK)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((60, 60, 900, 740), fill=PAPER, outline=INK, width=4)
    draw.rectangle((84, 84, 876, 716), outline=INK, width=1)
    lines = (
        (34, "SAMPLE: NOT A REAL CERTIFICATE"),
        (40, title),
        (52, term.name_on_certificate),
        (30, f"Number {term.number}"),
        (30, f"From {long_date(term.issued_on)}" if term.issued_on else ""),
        (30, f"To {long_date(term.expires_on)}" if term.expires_on else ""),
    )
    for n, (size, text) in enumerate(lines):
        draw.text((480, 170 + 90 * n), text, INK, ImageFont.load_default(size), anchor="mm")
    draw.rectangle((860, 560, 1150, 720), fill=SLIP, outline=INK)
    draw.text((1005, 640), code, INK, ImageFont.load_default(56), anchor="mm")
    kept = BytesIO()
    picture.save(kept, "JPEG", quality=80)
    return kept.getvalue()
