"""A typed name against the vocabulary: what each of its words may be, and who has all of them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import TextualSelect
from sqlalchemy.orm import Session

from ..names import spellings
from .one_slip import LONGEST, SHORTEST, is_one_slip, rests
from .query import Query
from .statements import told

MOST_WORDS = 12
AFTER_ALL_LETTERS = "\U0010ffff"
PREFIX, SLIP = 1, 100
"""What a word costs that is only begun, or has a slip; a whole one costs nothing. The best come first."""

KEYS = "its_qualifying, its_shuffle"
READ = "qualifying AS its_qualifying, shuffle AS its_shuffle"
"""What puts those in order who match equally well; named apart from the same columns of the listing."""

Binds = dict[str, Any]


@dataclass(frozen=True)
class SoughtWord:
    """A typed word: `spellings` of it, whether what they begin counts too, and the words that a slip away.

    `names` is how many names may have it: the rarest word leads the search.
    """

    spellings: tuple[str, ...]
    is_start: bool
    slips: tuple[str, ...] = ()
    names: int = 0


@dataclass(frozen=True)
class Sought:
    """`numbers`: trainers who hold a certificate of the number that was typed, with the keys of its types.

    `corrected`: for a typed word that nobody has, the most common one that is a slip away.
    """

    words: tuple[SoughtWord, ...]
    numbers: Mapping[int, frozenset[str]]
    corrected: Mapping[str, str]

    @property
    def is_hopeless(self) -> bool:
        """Whether nobody can be found: a word that is in no name, and no number."""
        return not self.numbers and not (self.words and all(word.names for word in self.words))


class Entry(NamedTuple):
    """A row of the vocabulary's answer about one typed word."""

    at: int
    kind: str
    word: str
    n: int


def look_up(session: Session, query: Query) -> Sought | None:
    """None where no name is asked for. One statement."""
    if not query.name:
        return None
    typed = list(dict.fromkeys(spellings(query.name)))
    if len(typed) > MOST_WORDS:
        typed = []
    words = [SoughtWord(each, len(each[0]) > 1 or len(typed) > 1) for each in typed]
    parts, binds = _questions(words, query.number)
    rows = session.execute(_statement(" UNION ALL ".join(parts)), binds).all() if parts else []
    return _read(words, [Entry(*row) for row in rows])


def found(sought: Sought) -> tuple[str, Binds]:
    """The text of tables of which the last is `found`, and its values: each trainer, how well, and KEYS."""
    binds: Binds = {}
    tables = []
    hits = []
    if sought.numbers:
        ids = ", ".join(str(int(trainer_id)) for trainer_id in sorted(sought.numbers))
        hits.append(f"SELECT trainer_id, 0 AS quality, {READ} FROM listing WHERE trainer_id IN ({ids})")
    if sought.words and all(word.names for word in sought.words):
        first, *others = sorted(sought.words, key=lambda word: word.names)
        if not others and not hits:
            return f"found AS MATERIALIZED ({_best(_having(first, binds))})", binds
        tables.append(f"led AS ({_best(_having(first, binds))})")
        hits.append(_scored(others, binds))
    tables.append(f"found AS MATERIALIZED ({_best(hits)})")
    return ", ".join(tables), binds


# What is asked of the vocabulary


@lru_cache(maxsize=500)
def _statement(written: str) -> TextualSelect:
    return told(written, Entry._fields)


def _questions(words: Iterable[SoughtWord], number: str) -> tuple[list[str], Binds]:
    parts: list[str] = []
    binds: Binds = {}
    for at, word in enumerate(words):
        for way, spelling in enumerate(word.spellings):
            name = f"w{at}_{way}"
            binds |= {name: spelling, f"{name}_end": spelling + AFTER_ALL_LETTERS}
            parts.append(f"SELECT {at} AS at, 'exact' AS kind, word, n FROM word WHERE word = :{name}")
            if word.is_start:
                begun = f"word > :{name} AND word < :{name}_end"
                parts.append(
                    f"SELECT {at}, 'start', '', CAST(COALESCE(SUM(n), 0) AS INTEGER) FROM word WHERE {begun}"
                )
            if SHORTEST - 1 <= len(spelling) <= LONGEST + 1:
                left = {f"{name}_{place}": rest for place, rest in enumerate(sorted(rests(spelling)))}
                binds |= left
                listed = ", ".join(f":{each}" for each in left)
                parts.append(
                    f"SELECT DISTINCT {at}, 'slip', word.word, word.n FROM word_delete "
                    f"JOIN word ON word.word = word_delete.word WHERE word_delete.deleted IN ({listed})"
                )
    if number:
        binds["number"] = number
        parts.append(
            "SELECT -1 AS at, 'number' AS kind, credential_type.issuer || '/' || credential_type.code AS word, "
            "credential.trainer_id AS n FROM term JOIN credential ON credential.id = term.credential_id "
            "JOIN credential_type ON credential_type.id = credential.type_id "
            "WHERE term.number_key = :number AND credential.withdrawn_at IS NULL"
        )
    return parts, binds


def _read(words: list[SoughtWord], rows: Iterable[Entry]) -> Sought:
    entries: dict[int, list[Entry]] = defaultdict(list)
    numbers: dict[int, set[str]] = defaultdict(set)
    for row in rows:
        if row.kind == "number":
            numbers[row.n].add(row.word)
        else:
            entries[row.at].append(row)
    read, corrected = [], {}
    for at, word in enumerate(words):
        slips = sorted(set(_slips(word, entries[at])), key=lambda entry: (-entry.n, entry.word))
        whole = sum(entry.n for entry in entries[at] if entry.kind != "slip")
        if slips and not whole:
            corrected[word.spellings[0]] = slips[0].word
        names = whole + sum(entry.n for entry in slips)
        read.append(SoughtWord(word.spellings, word.is_start, tuple(entry.word for entry in slips), names))
    return Sought(tuple(read), {id: frozenset(keys) for id, keys in numbers.items()}, corrected)


def _slips(word: SoughtWord, entries: Iterable[Entry]) -> Iterator[Entry]:
    """Of the words with a common rest those that are a slip away and not what was typed, or begins with it."""
    for entry in entries:
        begun = word.is_start and any(entry.word.startswith(each) for each in word.spellings)
        if entry.kind == "slip" and not begun and any(is_one_slip(each, entry.word) for each in word.spellings):
            yield entry


# Who has these words


def _best(hits: Iterable[str]) -> str:
    every = " UNION ALL ".join(hits)
    keys = "MIN(its_qualifying) AS its_qualifying, MIN(its_shuffle) AS its_shuffle"
    return f"SELECT trainer_id, MIN(quality) AS quality, {keys} FROM ({every}) AS hits GROUP BY trainer_id"


def _named(word: SoughtWord, binds: Binds) -> tuple[list[str], list[str]]:
    """The names under which the spellings and the slips of a word are bound."""
    start = len(binds)
    ways = [f"n{start}_{at}" for at in range(len(word.spellings))]
    slips = [f"s{start}_{at}" for at in range(len(word.slips))]
    binds |= dict(zip(ways, word.spellings, strict=True))
    binds |= {f"{way}_end": each + AFTER_ALL_LETTERS for way, each in zip(ways, word.spellings, strict=True)}
    binds |= dict(zip(slips, word.slips, strict=True))
    return ways, slips


def _having(word: SoughtWord, binds: Binds) -> Iterator[str]:
    """Each way to have the word, as a statement of its own that the index by word answers."""
    ways, slips = _named(word, binds)
    for way in ways:
        yield f"SELECT trainer_id, 0 AS quality, {READ} FROM name_word WHERE word = :{way}"
        if word.is_start:
            begun = f"word > :{way} AND word < :{way}_end"
            yield f"SELECT trainer_id, {PREFIX} AS quality, {READ} FROM name_word WHERE {begun}"
    if slips:
        listed = ", ".join(f":{slip}" for slip in slips)
        yield f"SELECT trainer_id, {SLIP} AS quality, {READ} FROM name_word WHERE word IN ({listed})"


def _scored(others: list[SoughtWord], binds: Binds) -> str:
    """Of those who have the first word the ones who have the others too; the index by trainer answers that."""
    costs = [f"({_cost(word, binds)}) AS cost_{at}" for at, word in enumerate(others)]
    if not costs:
        return f"SELECT trainer_id, quality, {KEYS} FROM led"
    scored = f"SELECT trainer_id, quality, {KEYS}, {', '.join(costs)} FROM led"
    names = [f"cost_{at}" for at in range(len(others))]
    every = " AND ".join(f"{name} IS NOT NULL" for name in names)
    quality = f"quality + {' + '.join(names)} AS quality"
    return f"SELECT trainer_id, {quality}, {KEYS} FROM ({scored}) AS scored WHERE {every}"


def _cost(word: SoughtWord, binds: Binds) -> str:
    ways, slips = _named(word, binds)
    whole = " OR ".join(f"word = :{way}" for way in ways)
    begun = " OR ".join(f"(word > :{way} AND word < :{way}_end)" for way in ways) if word.is_start else ""
    listed = f"word IN ({', '.join(f':{slip}' for slip in slips)})" if slips else ""
    cases = [f"WHEN {whole} THEN 0", f"WHEN {begun} THEN {PREFIX}" if begun else "", f"ELSE {SLIP}"]
    any_way = " OR ".join(filter(None, (whole, begun, listed)))
    chosen = " ".join(filter(None, cases))
    return (
        f"SELECT MIN(CASE {chosen} END) FROM name_word WHERE name_word.trainer_id = led.trainer_id AND ({any_way})"
    )
