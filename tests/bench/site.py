"""The site as `make bench` asks it: as it is, on the day of the invented people, without limits on how often; and
beside its pages one that says hello through everything that a page goes through."""

from datetime import UTC, datetime, time

from tests.bench.people import TODAY
from trainers.factory import create_app, settle
from trainers.web import access

HELLO = "<!doctype html><html lang=en><title>Hello</title><h1>Hello</h1></html>"
app = create_app(NOW=lambda: datetime.combine(TODAY, time(20), UTC), RATELIMIT_ENABLED=False)


@app.get("/hello")
@access.public
def hello() -> str:
    return HELLO


settle()
