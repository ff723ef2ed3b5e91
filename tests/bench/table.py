"""The lines of `make bench`: what was measured, the anchor of the same run beside it, and whether it is enough."""

from dataclasses import dataclass

WIDTHS = (58, 22, 26, 9, 12)
HEADINGS = ("measure", "ours", "anchor, same run", "ratio", "to reach")
TOLD = "-"


@dataclass(frozen=True)
class Line:
    """`most` is how often ours may cost the anchor at most, `least` how often it must reach it; without both the
    line is only told."""

    what: str
    ours: str
    anchor: str
    ratio: float
    most: float | None = None
    least: float | None = None

    @property
    def is_short(self) -> bool:
        """Whether it is not what it has to be; the last digit that is shown does not decide alone."""
        shown = round(self.ratio, 2)
        return (self.most is not None and shown > self.most) or (self.least is not None and shown < self.least)

    @property
    def to_reach(self) -> str:
        if self.most is not None:
            return f"<= {self.most:g}"
        return f">= {self.least:g}" if self.least is not None else TOLD


def headings() -> None:
    show(HEADINGS, "")


def tell(line: Line) -> None:
    """At once, since the whole table takes a while."""
    cells = (line.what, line.ours, line.anchor, f"{line.ratio:.2f}", line.to_reach)
    show(cells, "  FALLS SHORT" if line.is_short else "")


def show(cells: tuple[str, ...], after: str) -> None:
    first, *others = zip(cells, WIDTHS, strict=True)
    print(f"{first[0]:<{first[1]}}" + "".join(f"{cell:>{width}}" for cell, width in others) + after, flush=True)


def ms(seconds: float) -> str:
    return f"{seconds * 1000:.3g} ms"
