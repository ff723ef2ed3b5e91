"""My listing with a long log beside a short one."""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from statistics import median

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.application import NOW, TODAY, make_app
from tests.bench.table import Line, ms
from tests.databases import Databases, connect
from tests.factories import Factory
from trainers.core.models import Account, EducationRecord, Trainer

ROUNDS = 40
TO_REACH = 3.0
KEYS = (
    "NASM/NASM-CPT NASM/NASM-PTC NASM/NASM-CSNC NASM/NASM-CWC NASM/NASM-CNC "
    "ACSM/ACSM-CPT ACSM/ACSM-EP ACSM/ACSM-CEP ACSM/ACSM-GEI NASM/NASM-CES"
).split()


def lines(engine_name: str, databases: Databases, folder: Path) -> Iterator[Line]:
    """Ten credentials with five hundred records beside one with ten."""
    folder.mkdir()
    app = make_app(folder, database_url=databases.copy())
    app.test_client_class = FlaskClient  # without a close look at each page
    engine = connect(app.config["SQLALCHEMY_DATABASE_URI"])
    with Session(engine) as session:
        make = Factory(session, today=TODAY, now=NOW)
        short, long = (fill(make, *each) for each in ((KEYS[:1], 10), (KEYS, 500)))
        browsers = [signed_in(app.test_client(), trainer.account) for trainer in (short, long)]
        session.commit()
    engine.dispose()
    for path in ("/dashboard", "/dashboard/education"):
        small, large = timed(*(visit(browser, path) for browser in browsers))
        yield Line(
            f"{engine_name}: {path}, 10 and 500", ms(large), f"{ms(small)} with 1 and 10", large / small, TO_REACH
        )


def fill(make: Factory, keys: list[str], records: int) -> Trainer:
    trainer = make.trainer(f"With {records} records")
    for key in keys:
        make.check(make.term(make.credential(trainer, key)))
    for number in range(records):
        make.add(
            EducationRecord(
                trainer_id=trainer.id,
                title=f"Course {number}",
                provider="Northwest College",
                completed_on=TODAY - timedelta(days=number % 300),
                minutes=60,
                approved_by="both",
                created_at=NOW,
                updated_at=NOW,
            )
        )
    return trainer


def signed_in(browser: FlaskClient, account: Account) -> FlaskClient:
    with browser.session_transaction("/login") as session:
        session["_user_id"], session["_fresh"] = account.fs_uniquifier, True
    return browser


def visit(browser: FlaskClient, path: str) -> Callable[[], float]:
    def once() -> float:
        start = time.perf_counter()
        answer = browser.get(path)
        taken = time.perf_counter() - start
        if answer.status_code != 200:
            raise SystemExit(f"{path} answered {answer.status_code}")
        return taken

    return once


def timed(small: Callable[[], float], large: Callable[[], float]) -> tuple[float, float]:
    """Medians, one after the other in turn, since the machine does not stay as busy as it is."""
    pairs = [(small(), large()) for _ in range(ROUNDS)]
    return median(one for one, _ in pairs), median(other for _, other in pairs)
