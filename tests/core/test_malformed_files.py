"""Files that were made to break something: each is refused with a sentence, or drawn anew and harmless."""

import io
import random
import re
import zipfile
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tests.core.papers import PDF, draft_of, picture, stored
from tests.factories import Factory
from trainers.core import evidence
from trainers.core.errors import DomainError

FILES = 1000
OWN_KEY = re.compile(r"[0-9a-f]{2}/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.(jpeg|pdf)")
SCRIPT = b"<script>alert(1)</script><?php system('id'); ?>"
NAMES = (
    "../../../../etc/passwd",
    "..\\..\\windows\\system32.jpg",
    "/etc/cron.d/x.png",
    "a\0.php.jpg",
    "photo.jpg/../../app.py",
    "con.jpg",
    "x" * 5000 + ".jpg",
    "\u202egpj.exe",
    ".htaccess",
    "",
)


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("../../evil.html", SCRIPT)
    return out.getvalue()


def whole_files() -> list[bytes]:
    heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(60)
    svg = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"
    pictures = [picture(kind) for kind in ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")]
    return [*pictures, PDF, archive(), heic, svg, SCRIPT]


def malformed(draw: random.Random) -> bytes:
    """Bits turned, the end cut off, another kind's beginning, something hidden behind or inside."""
    one, other = draw.choice(whole_files()), draw.choice(whole_files())
    data = bytearray(one)
    at = draw.randrange(len(data))
    how = draw.randrange(6)
    if how == 0:
        for _ in range(draw.randrange(1, 30)):
            data[draw.randrange(len(data))] = draw.randrange(256)
    elif how == 1:
        del data[at:]
    elif how == 2:
        data[: min(12, len(data))] = other[:12]
    elif how == 3:
        data += other
    elif how == 4:
        data[at:at] = SCRIPT
    else:
        data[at : at + 8] = draw.choice([b"\xff" * 8, bytes(8), b"\x7f\xff\xff\xff" * 2])
    return bytes(data)


@pytest.mark.parametrize("part", range(4))
def test_a_thousand_malformed_files_are_refused_or_drawn_anew(part: int) -> None:
    draw, came = random.Random(part), Counter[str]()
    for _ in range(FILES // 4):
        data = malformed(draw)
        try:
            found = evidence.clean(data, draw.choice(NAMES))
        except DomainError:
            came["refused"] += 1
            continue
        came[found.content_type] += 1
        if found.content_type == "image/jpeg":
            assert found.data.startswith(b"\xff\xd8")
            assert found.data.endswith(b"\xff\xd9")
            assert not any(part in found.data for part in (b"<script", b"<?php", b"PK\x03\x04", b"onload"))
        else:
            assert found.content_type == "application/pdf"
    assert min(came["refused"], came["image/jpeg"]) > 10, came


def test_no_file_lands_under_a_name_that_somebody_chose(session: Session, make: Factory, tmp_path: Path) -> None:
    files, draft = evidence.open_files(f"file://{tmp_path / 'uploads'}"), draft_of(make, make.trainer())
    for number, name in enumerate(NAMES[: evidence.MOST_FILES]):
        found = evidence.clean(picture(size=(60 + number, 40)), name)
        evidence.record(session, files, draft, found, key=evidence.store(files, found), now=NOW)
    kept = stored(files)
    assert len(kept) == evidence.MOST_FILES
    assert all(OWN_KEY.fullmatch(str(key)) for key in kept), kept
    written = [each for each in tmp_path.rglob("*") if each.is_file()]
    assert {each.relative_to(tmp_path).parts[0] for each in written} == {"uploads"}
