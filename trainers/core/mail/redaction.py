"""What a mail server answers may repeat what we sent it: the links in a mail are nobody's to keep."""

import re

LINK = re.compile(r"https?://[^/\s]+/(\S*)")
WORD = re.compile(r"[\w.~%=-]+")
PIECE = 8
"""So many letters of a link in a row are recognised: a server may cut lines and links where it likes."""
STRUCK_OUT = "…"


def without_links(text: str, said: str) -> str:
    """`text` with everything struck out that stems from a link in the mail that said `said`."""
    if not any(len(word) >= PIECE for word in WORD.findall(text)):
        return text
    paths = "\n".join(LINK.findall(said))

    def strike_out(word: re.Match[str]) -> str:
        starts = range(len(word[0]) - PIECE + 1)
        return STRUCK_OUT if any(word[0][start : start + PIECE] in paths for start in starts) else word[0]

    return WORD.sub(strike_out, text)
