"""Words that differ by one slip: a letter missing, added, wrong, or two neighbours swapped. Pure.

Two such words have a common rest: what is left of either when at most one letter is taken out. So rests, kept in a
table, find the few words that may be meant (the idea is SymSpell's), and `is_one_slip` tells which of them are.
"""

SHORTEST = 5
LONGEST = 30
"""Of words of so many letters a slip is forgiven: shorter ones would all be alike."""


def is_forgiving(word: str) -> bool:
    """Whether the word may be found by one that differs by a slip."""
    return SHORTEST <= len(word) <= LONGEST


def rests(word: str) -> set[str]:
    """The word, and what it is with any one letter taken out."""
    return {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}


def is_one_slip(typed: str, meant: str) -> bool:
    """Whether exactly one slip lies between the two."""
    if abs(len(typed) - len(meant)) == 1:
        longer, shorter = sorted((typed, meant), key=len, reverse=True)
        return shorter in rests(longer) - {longer}
    if len(typed) != len(meant):
        return False
    differ = [at for at, (one, other) in enumerate(zip(typed, meant, strict=True)) if one != other]
    if len(differ) == 2:
        first, second = differ
        return second == first + 1 and typed[first] == meant[second] and typed[second] == meant[first]
    return len(differ) == 1
