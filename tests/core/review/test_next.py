"""The next piece of work is one press away, and what one reviewer knows the next one reads."""

import pytest
from sqlalchemy.orm import Session

from tests.application import NOW, TODAY
from tests.factories import Factory
from trainers.core.errors import DomainError
from trainers.core.review import notes, queue


def waiting(session: Session, make: Factory, name: str, kind: str = "new") -> queue.Review:
    credential = make.credential(make.trainer(name))
    make.term(credential)
    return queue.open_review(
        session, kind=kind, trainer=credential.trainer, credential=credential, now=NOW, today=TODAY
    )


def test_the_next_one_is_the_most_useful_that_nobody_has_and_that_one_may_take(
    session: Session, make: Factory
) -> None:
    rita, ruth = str(make.reviewer().id), str(make.reviewer().id)
    new, renewal = waiting(session, make, "New"), waiting(session, make, "Renewed", "renewal")
    missed = waiting(session, make, "Missed")
    assert missed.credential
    make.check(missed.credential.terms[-1], outcome="second_look", by=rita)
    moment = {"now": NOW, "today": TODAY}
    assert queue.take_next(session, by=rita, **moment) is renewal
    assert queue.take_next(session, by=ruth, **moment) is new
    assert queue.take_next(session, by=rita, **moment) is None  # the first look was hers
    assert queue.take_next(session, by=ruth, **moment) is missed


def test_notes_stay_with_the_certification(session: Session, make: Factory) -> None:
    first = waiting(session, make, "Dana")
    notes.add(session, first, " Called NASM.\n\n\nThey look.  ", by="1", now=NOW)
    queue.close(first, outcome="returned", by="1", now=NOW)
    session.flush()
    again = queue.open_review(
        session, kind="renewal", trainer=first.trainer, credential=first.credential, now=NOW, today=TODAY
    )
    assert [(each.by, each.body) for each in notes.notes_on(session, again)] == [
        ("1", "Called NASM.\n\nThey look.")
    ]
    assert notes.notes_on(session, waiting(session, make, "Olga")) == []


@pytest.mark.parametrize("body", ["", " \n ", "x" * 2001])
def test_an_empty_or_endless_note_is_refused(session: Session, make: Factory, body: str) -> None:
    with pytest.raises(DomainError):
        notes.add(session, waiting(session, make, "Dana"), body, by="1", now=NOW)
