"""A picture for a trainer's own site: what our record says at this moment, with its dates in text. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from xml.sax.saxutils import escape

from .cards import Card
from .dates import long_date
from .standing.status_words import Status

MOST_LINES = 4
HEIGHT, HEAD, FOOT, PAD = 20, 30, 24, 14
ENDED = (Status.EXPIRED_RENEWAL_OPEN, Status.EXPIRED_REINSTATEMENT, Status.EXPIRED)
WIDE_SIGNS = "MWmw@%—"
ON, OFF = "#14613a", "#6b7578"
"""Green while something is current, grey as soon as nothing is: the words say it too."""


@dataclass(frozen=True)
class Line:
    text: str
    current: bool


def lines_of(cards: Sequence[Card]) -> list[Line]:
    """What is current first, in the order of the rules."""
    return [Line(f"{card.label}: {card.word}{ended(card)}", card.current) for card in drawn_of(cards)]


def ended(card: Card) -> str:
    """The end date, which the words for what is expired leave out."""
    return f" (ended {long_date(card.expires_on)})" if card.status in ENDED and card.expires_on else ""


def drawn_of(cards: Sequence[Card]) -> list[Card]:
    return sorted(cards, key=lambda card: not card.current)[:MOST_LINES]


def badge(name: str, cards: Sequence[Card], *, site: str, today: date) -> str:
    """The picture of a public listing."""
    lines = lines_of(cards)
    return drawn(name, lines, f"{looked_up(cards)}. As of {long_date(today)}", site=site)


def looked_up(cards: Sequence[Card]) -> str:
    """The day of our looks at what is drawn; where they differ, the first and the last."""
    days = sorted({card.record.on for card in drawn_of(cards) if card.record})
    if not days:
        return "Not looked up yet"
    if len(days) == 1:
        return f"Looked up on {long_date(days[0])}"
    return f"Looked up from {long_date(days[0])} to {long_date(days[-1])}"


def not_public(site: str) -> str:
    return drawn("This listing is not public", [], "Nothing is said about its trainer", site=site)


def drawn(name: str, lines: Sequence[Line], foot: str, *, site: str) -> str:
    """SVG without script, style or anything from elsewhere; it looks the same by day and by night."""
    color = ON if any(line.current for line in lines) else OFF
    texts = [name, *(line.text for line in lines), f"{foot} · {site}"]
    width = (
        max(240, *(round(width_of(text, 8.6 if n == 0 else 7.2)) for n, text in enumerate(texts))) + 2 * PAD + 8
    )
    height = HEAD + HEIGHT * len(lines) + FOOT + 6
    said = escape(". ".join(texts))
    rows = [text_at(PAD + 6, 22, name, size=15, bold=True)]
    for n, line in enumerate(lines):
        rows.append(text_at(PAD + 6, HEAD + HEIGHT * n + 14, line.text, color=ON if line.current else OFF))
    rows.append(text_at(PAD + 6, height - 12, f"{foot} · {site}", size=11, color="#4b5d63"))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
        f' role="img" aria-label="{said.replace(chr(34), "&quot;")}"><title>{said}</title>'
        f'<rect x=".5" y=".5" width="{width - 1}" height="{height - 1}" rx="6" fill="#ffffff" stroke="#74878b"/>'
        f'<rect width="8" height="{height}" rx="4" fill="{color}"/>{"".join(rows)}</svg>'
    )


def text_at(x: int, y: int, text: str, *, size: int = 13, bold: bool = False, color: str = "#14262c") -> str:
    weight = ' font-weight="700"' if bold else ""
    return (
        f'<text x="{x}" y="{y}" font-family="Verdana, DejaVu Sans, sans-serif" font-size="{size}"{weight}'
        f' fill="{color}">{escape(text)}</text>'
    )


def width_of(text: str, each: float) -> float:
    return sum(each * (1.45 if sign in WIDE_SIGNS or ord(sign) > 0x2E80 else 1) for sign in text)
