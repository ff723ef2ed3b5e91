"""Somebody without a mouse: goes from control to control with the Tab key, and must see where that is."""

from dataclasses import dataclass
from itertools import cycle

from playwright.sync_api import FilePayload, Locator, expect

from tests.browser.people import Person

LONGEST_WAY = 300
LOOK = """() => {
  const LOOKS = ["outlineStyle", "outlineWidth", "boxShadow"];
  const ring = each => LOOKS.map(name => getComputedStyle(each)[name]).join();
  const e = document.activeElement, last = window.lastLook;
  const left = last && last.e.isConnected && last.e !== e;
  const unmarked = left && ring(last.e) === last.ring ? last.html : "";
  window.lastLook = null;
  if (!e || e === document.body) return {unmarked, outside: true};
  const parts = [...e.getClientRects()].sort((a, b) => b.width * b.height - a.width * a.height);
  const r = parts[0] || new DOMRect(), html = e.outerHTML.slice(0, 150);
  const [top, bottom] = [Math.max(r.top, 0), Math.min(r.bottom, innerHeight)];
  const inSight = r.width > 0 && r.left >= -1 && r.right <= innerWidth + 1 && bottom > top
    && (r.height > 60 ? bottom - top > 40 : r.top >= 3 && r.bottom + 3 <= innerHeight);
  const on_it = document.elementFromPoint((r.left + r.right) / 2, (top + bottom) / 2);
  const covered = !on_it || !(e.contains(on_it) || [...(e.labels || [])].some(label => label.contains(on_it)));
  window.lastLook = {e, html, ring: ring(e)};
  return {unmarked, outside: false, stuck: Boolean(last && last.e === e), html, inSight, covered,
    number: [...document.querySelectorAll("*")].indexOf(e),
    box: [r.left + scrollX, r.top + scrollY, r.right + scrollX, r.bottom + scrollY]};
}"""
"""What there is to see of the control with the focus, and whether the one before looks otherwise without it."""
HAS_FOCUS = "found => found.includes(document.activeElement)"


@dataclass(frozen=True)
class Seen:
    html: str
    number: int
    """Its place in the page's text."""
    box: tuple[float, float, float, float]
    """Left, top, right, bottom on the whole page."""


@dataclass
class KeyboardPerson(Person):
    def __post_init__(self) -> None:
        super().__post_init__()
        self.pressing = cycle(("Enter", "Space"))

    def steps(self, key: str = "Tab") -> Seen | None:
        """One control on; None where the page ends and the browser's own controls begin."""
        self.page.keyboard.press(key)
        seen = self.page.evaluate(LOOK)
        assert not seen["unmarked"], f"Nothing shows where the focus is: {seen['unmarked']}"
        if seen["outside"]:
            return None
        assert not seen["stuck"], f"The focus cannot leave {seen['html']}"
        assert seen["inSight"], f"Has the focus outside of the window: {seen['html']}"
        assert not seen["covered"], f"Has the focus, and something lies over it: {seen['html']}"
        return Seen(seen["html"], seen["number"], tuple(seen["box"]))

    def goes_to(self, target: Locator) -> None:
        steps = 0
        while not target.evaluate_all(HAS_FOCUS):
            self.steps()
            steps += 1
            assert steps < LONGEST_WAY, f"The Tab key does not lead to {target}."

    # How they do it

    def write(self, field: Locator, answer: str) -> None:
        self.goes_to(field)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(answer)

    def choose(self, field: Locator, answer: str) -> None:
        self.goes_to(field)
        words = field.locator("option").all_inner_texts()
        way = words.index(answer) - int(field.evaluate("select => select.selectedIndex"))
        for _step in range(abs(way)):
            self.page.keyboard.press("ArrowDown" if way > 0 else "ArrowUp")

    def tick(self, box: Locator) -> None:
        """Of round buttons the Tab key leads to one; from there it goes with the arrows."""
        if box.get_attribute("type") == "radio":
            group = self.page.locator(f'input[name="{box.get_attribute("name")}"]')
            self.goes_to(group)
            while not box.evaluate_all(HAS_FOCUS):
                self.page.keyboard.press("ArrowDown")
        self.goes_to(box)
        if not box.is_checked():
            self.page.keyboard.press("Space")
        expect(box).to_be_checked()

    def shows_file(self, label: str, file: FilePayload) -> None:
        """The window to choose a file in is the browser's own."""
        self.goes_to(self.page.get_by_label(label))
        super().shows_file(label, file)

    def press(self, thing: Locator) -> None:
        self.goes_to(thing)
        is_link = thing.evaluate("e => e.tagName") == "A"
        self.page.keyboard.press("Enter" if is_link else next(self.pressing))
