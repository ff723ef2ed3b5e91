"""Invented files and where they are kept: for tests of evidence, claims and erasure."""

import io
import struct
import zlib
from typing import Any

from PIL import Image

from tests.conftest import NOW
from tests.factories import Factory
from trainers.core.evidence import Files
from trainers.core.models import ClaimDraft, Trainer

PDF = (
    b"%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[]/Count 0>>\nendobj\n"
    b"xref\n0 3\n0000000000 65535 f \n0000000009 00000 n \n0000000052 00000 n \n"
    b"trailer\n<</Size 3/Root 1 0 R>>\nstartxref\n101\n%%EOF\n"
)


def picture(kind: str = "JPEG", size: tuple[int, int] = (60, 40), color: str = "red", **options: Any) -> bytes:
    out = io.BytesIO()
    mode = options.pop("mode", "RGB")
    Image.new(mode, size, color).save(out, kind, **options)
    return out.getvalue()


def reopened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def bomb() -> bytes:
    """A PNG of a few hundred kilobytes at most that claims 30,000 by 30,000 pixels."""
    header = struct.pack(">IIBBBBB", 30_000, 30_000, 1, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * 1_000_000)

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def draft_of(make: Factory, trainer: Trainer, **more: Any) -> ClaimDraft:
    draft: ClaimDraft = make.add(
        ClaimDraft(
            trainer_id=trainer.id,
            kind="new",
            type_id=make.type().id,
            number="N1",
            name_on_certificate="Dana",
            slip_code="K7-429",
            created_at=NOW,
            updated_at=NOW,
            **more,
        )
    )
    return draft


def stored(files: Files) -> list[str]:
    return sorted(path.removeprefix(f"{files.root}/") for path in files.system.find(files.root))


def cannot_be_deleted(files: Files, key: str) -> None:
    """Under this name the store has something now that it refuses to delete: a folder with a file in it."""
    files.delete(key)
    files.write(f"{key}/inside", b"")
