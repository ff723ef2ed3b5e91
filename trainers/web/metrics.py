"""/metrics for Prometheus: to who asks from this very machine, or shows the token."""

import hmac
from collections.abc import Iterator
from datetime import datetime
from ipaddress import ip_address

from flask import Blueprint, Response, abort, request
from flask.typing import ResponseReturnValue
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from trainers.core.care.figures import Figures, figures
from trainers.web import access, metering, site

blueprint = Blueprint("metrics", __name__)


@blueprint.get("/metrics")
@access.linked
def show() -> ResponseReturnValue:
    if not (is_from_here() or has_token()):
        abort(403)
    of_site = CollectorRegistry()
    of_site.register(Collected(figures(site.session(), now=site.now()), site.now()))
    body = generate_latest(metering.requests()) + generate_latest(of_site)
    return Response(body, content_type=CONTENT_TYPE_LATEST)


def is_from_here() -> bool:
    """And not handed on by a proxy on this machine, to which everybody comes."""
    try:
        here = ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False
    return here and not {"X-Forwarded-For", "Forwarded"} & set(request.headers.keys())


def has_token() -> bool:
    token, given = site.settings().metrics_token, request.headers.get("Authorization", "")
    return bool(token) and hmac.compare_digest(given.encode(), f"Bearer {token}".encode())


class Collected:
    """The numbers of one moment, as Prometheus wants to be handed them."""

    def __init__(self, told: Figures, now: datetime) -> None:
        self.told, self.now = told, now

    def collect(self) -> Iterator[GaugeMetricFamily]:
        told, queue = self.told, self.told.queue
        yield by_name("sound_stride_messages", "Mails in the outbox.", "state", told.messages)
        yield by_name("sound_stride_jobs", "Long work.", "state", told.jobs)
        yield by_name("sound_stride_trainers", "Trainers.", "state", told.trainers)
        yield one("sound_stride_oldest_mail_seconds", "Since when mail is due.", self.age(told.oldest_mail_at))
        yield one("sound_stride_queue_open", "Open reviews.", queue.open)
        yield one("sound_stride_queue_overdue", "Open reviews whose day has passed.", queue.overdue)
        yield one("sound_stride_queue_oldest_seconds", "Age of the oldest.", self.age(queue.oldest_at))
        beats = {name: at.timestamp() for name, at in told.beats.items()}
        yield by_name("sound_stride_last_done_timestamp_seconds", "When each last happened.", "what", beats)

    def age(self, since: datetime | None) -> float:
        return (self.now - since).total_seconds() if since else 0.0


def one(name: str, help: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, help, value=value)


def by_name(name: str, help: str, label: str, values: dict[str, int] | dict[str, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, help, labels=[label])
    for each, value in sorted(values.items()):
        family.add_metric([each], value)
    return family
