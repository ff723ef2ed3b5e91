"""What people type, tidied before it is kept. Pure."""

import re
import unicodedata

_JOINERS = "\u200c\u200d"  # letters' own parts in some scripts


def one_line(text: str) -> str:
    """Single spaces, no line breaks, no signs that cannot be seen (they turn text round or hide it)."""
    spaced = " ".join(unicodedata.normalize("NFC", text).split())
    return "".join(sign for sign in spaced if sign in _JOINERS or unicodedata.category(sign) not in ("Cc", "Cf"))


def paragraphs(text: str) -> str:
    """The same for longer text, whose line breaks stay; more than one empty line is one."""
    lines = "\n".join(one_line(line) for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines).strip()
