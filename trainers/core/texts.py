"""What people type, tidied before it is kept. Pure."""

import re
import unicodedata

_JOINERS = "\u200c\u200d"  # letters' own parts in some scripts


def one_line(text: str) -> str:
    """Single spaces, no line breaks, no signs that cannot be seen (they turn text round or hide it)."""
    return " ".join("".join(map(_seen, unicodedata.normalize("NFC", text))).split())


def paragraphs(text: str) -> str:
    """The same for longer text, whose line breaks stay; more than one empty line is one."""
    lines = "\n".join(one_line(line) for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines).strip()


def _seen(sign: str) -> str:
    kind = unicodedata.category(sign)
    if kind == "Cc":
        return " "
    return "" if kind == "Cf" and sign not in _JOINERS else sign
