"""`python -m tests.bench.writer URL A_SECOND SECONDS`: changes so many listings a second, as the site does it."""

import sys
import time
from datetime import timedelta

from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import Session

from tests.bench.people import TODAY
from trainers.core.models import Trainer
from trainers.core.search import listing
from trainers.extensions import prepare_engine


def main(url: str, a_second: int, seconds: int) -> None:
    engine = create_engine(url)
    prepare_engine(engine)
    with Session(engine) as session:
        last = session.scalar(select(func.max(Trainer.id))) or 0
        session.commit()
        print("writing", flush=True)
        start = time.monotonic()
        for number in range(a_second * seconds):
            time.sleep(max(0.0, start + number / a_second - time.monotonic()))
            change(session, 1 + number * 7919 % last)
        late = time.monotonic() - start - seconds
    print(f"changed {a_second * seconds}" if late < seconds / 4 else f"was {late:.1f} seconds late", flush=True)


def change(session: Session, id: int) -> None:
    """Who takes new clients today, and took none yesterday."""
    trainer = session.get_one(Trainer, id)
    trainer.accepting = not trainer.accepting
    trainer.accepting_said_on = TODAY - timedelta(days=id % 5)
    listing.refresh(session, trainer, today=TODAY)
    session.commit()
    session.expunge_all()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
