"""What each process counts of its requests, for /metrics and for the admins' page.

With PROMETHEUS_MULTIPROC_DIR all processes of a machine write into that folder, and whoever is asked adds them up;
without it each tells its own.
"""

import os
from collections import defaultdict
from dataclasses import dataclass

from prometheus_client import REGISTRY, CollectorRegistry, Histogram
from prometheus_client.multiprocess import MultiProcessCollector

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
NAME = "sound_stride_request_seconds"
SECONDS = Histogram(
    NAME,
    "Requests by endpoint and status, and how long they took.",
    ("endpoint", "status"),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)


def observe(endpoint: str, status: str, seconds: float) -> None:
    SECONDS.labels(endpoint or "none", status or "500").observe(seconds)


def requests() -> CollectorRegistry:
    """What was counted, in all processes that write into the folder."""
    if not os.environ.get(FOLDER):
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry


@dataclass(frozen=True)
class Route:
    endpoint: str
    asked: int
    seconds: float
    broken: int

    @property
    def milliseconds(self) -> float:
        """Of a usual request."""
        return self.seconds / self.asked * 1000 if self.asked else 0.0


def slowest(most: int = 10) -> list[Route]:
    """Routes by the mean time of a request."""
    asked: dict[str, int] = defaultdict(int)
    broken: dict[str, int] = defaultdict(int)
    seconds: dict[str, float] = defaultdict(float)
    for family in requests().collect():
        for sample in family.samples if family.name == NAME else ():
            endpoint = sample.labels["endpoint"]
            if sample.name == f"{NAME}_count":
                asked[endpoint] += int(sample.value)
                broken[endpoint] += int(sample.value) if sample.labels["status"].startswith("5") else 0
            elif sample.name == f"{NAME}_sum":
                seconds[endpoint] += sample.value
    routes = [Route(name, asked[name], seconds[name], broken[name]) for name in asked]
    return sorted(routes, key=lambda route: -route.milliseconds)[:most]
