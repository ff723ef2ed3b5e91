"""The words of all listed names: kept in step with the listings, and the rests by which slips are found."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, delete, insert, select, text
from sqlalchemy.orm import Session

from ..models import NameWord, Word, WordDelete
from ..names import spellings
from .one_slip import is_forgiving, rests

WORD_LENGTH = 120
BATCH = 2_000

ORDER = text(
    "UPDATE name_word SET (qualifying, shuffle) = (SELECT qualifying, shuffle FROM listing "
    "WHERE listing.trainer_id = name_word.trainer_id) WHERE trainer_id BETWEEN :first AND :last AND NOT EXISTS "
    "(SELECT 1 FROM listing WHERE listing.trainer_id = name_word.trainer_id "
    "AND listing.qualifying = name_word.qualifying AND listing.shuffle = name_word.shuffle)"
)
ADD = text(
    "INSERT INTO word (word, n) VALUES (:word, :more) "
    "ON CONFLICT (word) DO UPDATE SET n = word.n + excluded.n RETURNING n"
)
TAKE = text("UPDATE word SET n = n - :fewer WHERE word = :word RETURNING n")
COUNT = text("INSERT INTO word (word, n) SELECT word, COUNT(*) FROM name_word GROUP BY word")


def words_of(name: str) -> set[str]:
    """Under which words a name is found: all spellings of each."""
    return {each[:WORD_LENGTH] for word in spellings(name) for each in word}


def replace_words(session: Session, names: Mapping[int, str]) -> None:
    """Write the words of the names, by trainer; an empty name takes all away.

    Words are added and taken in one order, so that two who do so at once wait for each other and never in a ring.
    """
    before, after = _kept(session, [*names]), {id: words_of(name) for id, name in names.items()}
    changed = [id for id in names if before[id] != after[id]]
    if not changed:
        return
    session.execute(delete(NameWord).where(NameWord.trainer_id.in_(changed)))
    insert_words(session, {id: after[id] for id in changed})
    change = Counter(word for id in changed for word in after[id])
    change.subtract(word for id in changed for word in before[id])
    for word, more in sorted(change.items()):
        if more > 0:
            _add(session, word, more)
        elif more < 0:
            _take(session, word, -more)


def has_words(session: Session, trainer_id: int, name: str) -> bool:
    """Whether exactly the words of this name are kept; of nobody's none."""
    return _kept(session, [trainer_id])[trainer_id] == words_of(name)


def insert_words(session: Session, words: Mapping[int, Iterable[str]]) -> None:
    """To be followed by `put_in_order`."""
    new = {"qualifying": 0, "shuffle": 0}
    rows = [{"word": word, "trainer_id": id} | new for id, found in words.items() for word in sorted(found)]
    if rows:
        session.execute(insert(NameWord), rows)


def put_in_order(session: Session, ids: Sequence[int]) -> None:
    """Bring the words of these trainers, and of those between them, in step with what their listings say."""
    if ids:
        session.execute(ORDER, {"first": min(ids), "last": max(ids)})


def recount(session: Session) -> None:
    """Make words and rests anew from the words of all listings."""
    connection = session.connection()
    if connection.dialect.name == "postgresql":  # SQLite lets nobody else write meanwhile anyway
        connection.execute(text("LOCK TABLE word IN EXCLUSIVE MODE"))
    connection.execute(delete(WordDelete))
    connection.execute(delete(Word))
    connection.execute(COUNT)
    words = connection.scalars(select(Word.word).order_by(Word.word)).all()
    for start in range(0, len(words), BATCH):
        _insert_rests(connection, words[start : start + BATCH])


def _kept(session: Session, ids: Sequence[int]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    query = select(NameWord.trainer_id, NameWord.word).where(NameWord.trainer_id.in_(ids))
    for trainer_id, word in session.execute(query):
        found[trainer_id].add(word)
    return found


def _add(session: Session, word: str, more: int) -> None:
    if session.execute(ADD, {"word": word, "more": more}).scalar_one() == more:
        _insert_rests(session.connection(), [word])


def _take(session: Session, word: str, fewer: int) -> None:
    left = session.execute(TAKE, {"word": word, "fewer": fewer}).scalar_one_or_none()
    if left is not None and left <= 0:
        session.execute(delete(WordDelete).where(WordDelete.word == word))
        session.execute(delete(Word).where(Word.word == word))


def _insert_rests(connection: Connection, words: Iterable[str]) -> None:
    rows = [
        {"deleted": rest, "word": word} for word in words if is_forgiving(word) for rest in sorted(rests(word))
    ]
    if rows:
        connection.execute(insert(WordDelete), rows)
