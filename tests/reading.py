"""How hard a text is to read: the grade of Flesch and Kincaid, with syllables counted by their vowels."""

import re

import html5lib

WORD = re.compile(r"[A-Za-z][A-Za-z'’]*")
BLOCKS = {"p", "li", "h2", "h3", "td", "th"}
SHORTEST = 5
"""Words: what is shorter, such as a heading, is no sentence and would make a text look easier than it is."""
SILENT = re.compile(r"(?:[^aeiouylszxgc]es|[^aeiouydt]ed|[^aeiouyl]e|[aeiouy]le)$")
"""An e at the end that is written and not said, as in hope, hopes, hoped; not in table, bridges, wanted."""


def syllables(word: str) -> int:
    word = re.sub(r"['’]", "", word.lower())
    found = len(re.findall(r"[aeiouy]+", word))
    return found - 1 if found > 1 and SILENT.search(word) else max(1, found)


def grade(sentences: list[str]) -> float:
    """The school year in the US in which such a text is read with ease: 7 is an age of 12 to 13."""
    words = [word for sentence in sentences for word in WORD.findall(sentence)]
    spoken = sum(map(syllables, words))
    return 0.39 * len(words) / len(sentences) + 11.8 * spoken / len(words) - 15.59


def sentences_of(markup: str) -> list[str]:
    """A paragraph, a line of a list and a cell each end a sentence, also without a full stop."""
    found: list[str] = []
    for block in html5lib.parseFragment(markup, namespaceHTMLElements=False).iter():
        if block.tag in BLOCKS and not any(child.tag in BLOCKS for child in block.iter() if child is not block):
            text = re.sub(r"\[\d+\]", "", "".join(block.itertext()))
            found += [part for part in re.split(r"[.!?:]+(?:\s|$)", text) if len(WORD.findall(part)) >= SHORTEST]
    return found
