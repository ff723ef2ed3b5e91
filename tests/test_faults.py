"""What a visitor and a watcher are told when something that the site needs is gone: real faults, no pretending."""

import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.application import NOW, make_app
from tests.browser.live import free_port
from tests.core.job_bench import bounce_file, queue_bounces
from tests.databases import path_of
from tests.factories import Factory
from tests.house import close_database
from trainers.commands import working
from trainers.core import evidence
from trainers.core.evidence import StoreTrouble
from trainers.core.models import ContactMessage
from trainers.extensions import db, limiter

MESSAGE = {"name": "Robin", "email": "runner@example.org", "body": "May I come on Monday?", "adult": "y"}


def answers(client: FlaskClient, path: str, status: int, words: str, **more: object) -> None:
    answer = client.open(path, **more)  # type: ignore[arg-type]
    assert (answer.status_code, words in answer.text) == (status, True), answer.text
    if status == 503:
        assert answer.headers["X-Request-ID"] in answer.text
        assert int(answer.headers["Retry-After"]) > 0


@contextmanager
def files_no_longer_than(size: int) -> Iterator[None]:
    """As on a full disk, for this process."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)


@pytest.fixture
def contact(made: Factory) -> str:
    path = f"/trainers/{made.slug(made.listed())}/contact"
    made.commit()
    return path


def messages(store: Session) -> int:
    count = store.scalar(select(func.count()).select_from(ContactMessage)) or 0
    store.rollback()
    return count


@pytest.mark.engine("sqlite")
def test_on_a_full_disk_pages_are_read_and_what_is_sent_gets_a_sentence(
    client: FlaskClient, contact: str, store: Session
) -> None:
    for path in (contact, "/trainers?place=97005", "/no-such-page"):  # their templates are compiled into files
        client.get(path)
    with files_no_longer_than(64):
        answers(client, "/trainers?place=97005", 200, "Dana")
        answers(client, contact, 503, "Nothing can be saved at the moment", method="POST", data=MESSAGE)
    assert messages(store) == 0
    assert client.post(contact, data=MESSAGE).status_code == 303
    assert messages(store) == 1


@pytest.mark.engine("sqlite")
def test_a_read_only_database_is_read_and_what_is_sent_gets_a_sentence(
    database_url: str, tmp_path: Path, contact: str, app: Flask
) -> None:
    with app.app_context():
        db.engine.dispose()
    path = path_of(app.config["SQLALCHEMY_DATABASE_URI"])
    url = f"sqlite:///file:{path}?mode=ro&uri=true"
    reader = make_app(tmp_path, database_url=url).test_client()
    answers(reader, "/trainers?place=97005", 200, "Dana")
    answers(reader, contact, 503, "Nothing can be saved at the moment", method="POST", data=MESSAGE)
    close_database(reader.application)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_without_a_database_each_page_says_so(tmp_path: Path, kind: str) -> None:
    nowhere = {
        "sqlite": f"sqlite:///{tmp_path}/no/such/folder/site.db",
        "postgresql": f"postgresql+psycopg://nobody@127.0.0.1:{free_port()}/site",
    }
    app = make_app(tmp_path, database_url=nowhere[kind])
    app.config.update(PROPAGATE_EXCEPTIONS=False)
    answers(app.test_client(), "/trainers", 503, "Our database does not answer")
    answers(app.test_client(), "/trainers/anybody/contact", 503, "Our database", method="POST", data=MESSAGE)
    for path in ("/healthz", "/healthz/jobs"):
        told = app.test_client().get(path)
        assert (told.status_code, told.text) == (503, "The database does not answer.\n")
    close_database(app)


@pytest.fixture
def without_bucket(monkeypatch: pytest.MonkeyPatch, database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """An application whose S3 is at a port where nobody listens."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{free_port()}")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "nobody")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    app = make_app(tmp_path, database_url=database_url, uploads_url=f"s3://gone-{free_port()}/uploads")
    yield app
    close_database(app)
    evidence.open_files.cache_clear()


@pytest.mark.engine("sqlite")
def test_without_its_bucket_the_site_says_which_part_and_work_goes_back_into_the_queue(
    without_bucket: Flask, tmp_path: Path
) -> None:
    told = without_bucket.test_client().get("/healthz/jobs").text
    assert "files: The store of files cannot be used" in told
    assert without_bucket.test_client().get("/trainers").status_code == 200
    folder, bucket = (evidence.open_files(each) for each in (f"file://{tmp_path}/here", "s3://gone/uploads"))
    with without_bucket.app_context():
        session = db.session()
        job = queue_bounces(session, folder, bounce_file(1))
        session.commit()
        held = working.claim(session, clock=lambda: NOW)
        assert held
        with pytest.raises(StoreTrouble):
            working.one_chunk(session, bucket, held, clock=lambda: NOW, today=NOW.date())
        session.refresh(job)
        assert (job.state, job.lost) == ("queued", 0)
        session.rollback()


@pytest.mark.engine("sqlite")
def test_without_redis_limits_go_on_in_each_process(database_url: str, tmp_path: Path) -> None:
    url = f"redis://127.0.0.1:{free_port()}/0"
    app = make_app(tmp_path, database_url=database_url, limits=True, rate_limit_url=url)
    client = app.test_client()
    statuses = [
        client.post("/login", data={"email": "a@example.org", "password": "x"}).status_code for _ in range(60)
    ]
    told = client.get("/healthz")
    limiter.enabled = False
    close_database(app)
    assert statuses[0] == 422
    assert 429 in statuses
    assert (told.status_code, "limits: their store does not answer" in told.text) == (200, True)
