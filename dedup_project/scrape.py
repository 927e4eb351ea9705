"""What Prometheus reads: the counters of all processes, and what only the database knows.

The database is asked in a thread: however long it does not answer, the scrape does.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

import django.db
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from common import metrics as counted
from dedup_project import shared_counters
from jobs import selectors as jobs_selectors
from jobs.connections import own_connections
from jobs.models import JobState
from jobs.selectors import Tally
from lists import live_index, storage

# Prometheus waits ten seconds unless told otherwise.
DATABASE_TIMEOUT_S = 3.0
_MOST_ROWS_BEHIND = 10_000


@dataclass(frozen=True, slots=True)
class _Known:
    """What the database says."""

    tallies: list[Tally]
    rows_behind: int


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer with all series, in Prometheus' own format."""
    if not (settings.METRICS_TOKEN or settings.METRICS_ADDRESSES):
        raise Http404
    if not (_has_token(request) or _is_near(request)):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    return HttpResponse(
        generate_latest(registry()),
        content_type=CONTENT_TYPE_LATEST,
        headers={"Cache-Control": "no-store"},
    )


def registry() -> CollectorRegistry:
    """Return all there is to collect."""
    found = CollectorRegistry()
    folder = os.environ.get(shared_counters.FOLDER_VARIABLE)
    if folder:
        shared_counters.forget_gauges_of_the_dead(Path(folder))
        MultiProcessCollector(found, folder)  # type: ignore[no-untyped-call]
    else:
        found.register(counted.REGISTRY)
    found.register(_Asked())
    return found


class _Asked(Collector):
    def collect(self) -> Iterator[Metric]:
        """Yield the version, the room for files, and what the database knows, if it answers."""
        info = {"version": settings.VERSION}
        yield InfoMetricFamily("lookalike_build", "The version that runs.", value=info)
        yield from _storage()
        known = _answer(_ask)
        yield _gauge("database_up", "1 if the database has answered the scrape.", bool(known))
        if known:
            yield from _jobs(known.tallies)
            text = f"Changes that the index of this process lacks, {_MOST_ROWS_BEHIND} at most."
            yield _gauge("index_rows_behind", text, known.rows_behind)

    def describe(self) -> Iterator[Metric]:
        """Yield nothing: to register asks nobody."""
        return iter(())


def _has_token(request: HttpRequest) -> bool:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    expected = settings.METRICS_TOKEN.encode()
    is_right = hmac.compare_digest(token.strip().encode(), expected)
    return bool(expected) and scheme.lower() == "bearer" and is_right


def _is_near(request: HttpRequest) -> bool:
    try:
        address = ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:  # a socket of this machine
        return False
    return any(address in network for network in settings.METRICS_ADDRESSES)


def _storage() -> Iterator[Metric]:
    free = storage.free_bytes()
    if free is not None:
        yield _gauge("storage_free_bytes", "Room on the disk of pictures.", free)
        reserve = settings.STORAGE_RESERVE_BYTES
        yield _gauge("storage_reserve_bytes", "Room that new pictures leave free.", reserve)


def _jobs(tallies: list[Tally]) -> Iterator[Metric]:
    counts = GaugeMetricFamily(
        "lookalike_jobs", "Jobs that wait, run or have failed.", labels=["kind", "state"]
    )
    for tally in tallies:
        counts.add_metric([tally.kind, tally.state.value], tally.count)
    yield counts
    due = [tally.first_due_at for tally in tallies if tally.state == JobState.WAITING]
    age_s = (timezone.now() - min(due)).total_seconds() if due else 0.0
    text = "How long the job that has waited longest might have run already."
    yield _gauge("jobs_oldest_waiting_seconds", text, max(0.0, age_s))


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(f"lookalike_{name}", text, value=value)


def _ask() -> _Known:
    with own_connections():
        return _Known(
            tallies=jobs_selectors.tallies(),
            rows_behind=live_index.current().changes_behind(_MOST_ROWS_BEHIND),
        )


# One thread: while the database hangs, later scrapes wait for the same question in vain.
_asking = ThreadPoolExecutor(max_workers=1, thread_name_prefix="scrape")


def _answer(ask: Callable[[], _Known]) -> _Known | None:
    """Return what the database says, or nothing if it does not answer in time."""
    answer: Future[_Known] = _asking.submit(ask)
    try:
        return answer.result(timeout=DATABASE_TIMEOUT_S)
    except (django.db.Error, TimeoutError):
        answer.cancel()
        return None
