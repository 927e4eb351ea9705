"""What Prometheus reads: who may, what is there, and that nothing keeps it from being read."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path

import pytest
from django.db import InterfaceError
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import Settings

from accounts.actors import Actor
from accounts.services import NewCredential
from common import metrics as counted
from dedup_project import scrape, shared_counters
from jobs import handlers
from jobs import selectors as jobs_selectors
from jobs import services as jobs_services
from jobs.runner import drain
from lists import live_index
from lists.models import Item, ItemChange, List
from review.pairs import services as pairs_services
from tests import bare_pairs
from tests.callers import Caller
from tests.conftest import undone

pytestmark = pytest.mark.django_db
committed = pytest.mark.django_db(transaction=True)

ROOT = Path(__file__).parents[2]
DOCUMENTED = ROOT / "docs" / "reference" / "metrics.md"
TOKEN = "prometheus"
UNKNOWN = "native:api.native.views.UnknownNativeAddress"
HEADERS = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def open_to_token(settings: Settings) -> None:
    """Anybody who has the token may read."""
    settings.METRICS_TOKEN = TOKEN


@pytest.fixture
def caller(credential: NewCredential) -> Caller:
    """A program that calls the API."""
    return Caller(credential)


def value(name: str, **labels: str) -> float:
    """Return a sample of this process, 0 if nothing was counted yet."""
    return counted.REGISTRY.get_sample_value(f"lookalike_{name}", labels) or 0.0


def scraped() -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """Return all samples that the server answers with."""
    answer = Client().get("/metrics", headers=HEADERS)
    assert answer.status_code == 200
    families = text_string_to_metric_families(answer.content.decode())
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in families
        for sample in family.samples
    }


def sample(name: str, **labels: str) -> float | None:
    """Return one sample that the server answers with."""
    return scraped().get((f"lookalike_{name}", frozenset(labels.items())))


def test_nobody_reads_where_nothing_is_set() -> None:
    answer = Client().get("/metrics", headers={"Authorization": "Bearer "})

    assert answer.status_code == 404


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer wrong", f"Basic {TOKEN}", TOKEN, f"Bearer {TOKEN}x", "Bearer é"],
)
def test_a_wrong_token_opens_nothing(open_to_token: None, header: str) -> None:
    answer = Client().get("/metrics", headers={"Authorization": header})

    assert answer.status_code == 401
    assert answer.content == b""


@pytest.mark.parametrize(("address", "status"), [("10.1.2.3", 200), ("10.2.0.1", 401), ("", 401)])
def test_named_addresses_read_without_a_token(
    settings: Settings, address: str, status: int
) -> None:
    settings.METRICS_ADDRESSES = [ip_network("10.1.0.0/16")]

    assert Client(REMOTE_ADDR=address).get("/metrics").status_code == status


@committed
def test_every_series_is_documented_and_every_documented_one_is_there(
    open_to_token: None, image_list: List
) -> None:
    names = {family.name for family in scrape.registry().collect()}
    names |= {family.name for family in counted.REGISTRY.collect()}
    rows = re.findall(r"^\| `(\w+)` \|", DOCUMENTED.read_text(), re.MULTILINE)

    assert sorted(re.sub("_(total|info)$", "", row) for row in rows) == sorted(names)


def test_requests_are_counted_by_names_and_never_by_paths(caller: Caller, image_list: List) -> None:
    found = {"dialect": "native", "endpoint": "native:list", "status": "2xx"}
    nothing = {"dialect": "native", "endpoint": UNKNOWN, "status": "4xx"}
    before = value("requests_total", **found), value("requests_total", **nothing)

    caller.get(f"/v1/lists/{image_list.public_id}/")
    caller.get("/v1/lists/../../secret/")

    after = value("requests_total", **found), value("requests_total", **nothing)
    assert [now - then for now, then in zip(after, before, strict=True)] == [1, 1]
    texts = [
        label
        for family in counted.REGISTRY.collect()
        for each in family.samples
        for label in each.labels.values()
    ]
    assert not [text for text in texts if "/" in text or image_list.public_id in text]


def test_the_parts_of_a_check_are_measured_though_nobody_asked(
    caller: Caller, image_list: List, coffee: bytes
) -> None:
    parts = ("examine", "search")
    before = [value("phase_seconds_count", phase=part) for part in parts]

    caller.sightengine("check.json", coffee, lists=image_list.public_id)

    after = [value("phase_seconds_count", phase=part) for part in parts]
    assert all(now > then for now, then in zip(after, before, strict=True))


def test_sign_ins_that_are_refused_are_counted(db: None) -> None:
    reasons = ("password", "credential")
    before = [value("sign_ins_refused_total", reason=reason) for reason in reasons]

    Client().post("/login/", {"username": "lena@example.org", "password": "wrong"})
    Client().get("/v1/lists/", headers={"Authorization": "Bearer nobody.secret"})

    after = [value("sign_ins_refused_total", reason=reason) for reason in reasons]
    assert [now - then for now, then in zip(after, before, strict=True)] == [1, 1]


@committed
def test_jobs_are_counted_by_kind_and_state(
    open_to_token: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def give_up(payload: handlers.Payload) -> None:
        raise handlers.GiveUp("Nothing can be done.")

    monkeypatch.setitem(handlers._REGISTERED, "tests.lost", give_up)
    jobs_services.enqueue(kind="tests.lost", payload={})
    drain()
    jobs_services.enqueue(kind="tests.lost", payload={})

    assert sample("jobs", kind="tests.lost", state="failed") == 1
    assert sample("jobs", kind="tests.lost", state="waiting") == 1
    assert value("jobs_ended_total", kind="tests.lost", outcome="gave_up") == 1


@committed
def test_the_index_says_what_it_lacks(
    open_to_token: None, caller: Caller, image_list: List, coffee: bytes
) -> None:
    caller.upload(f"/v1/lists/{image_list.public_id}/items/", coffee)
    live_index.current().catch_up()
    assert sample("index_rows_behind") == 0

    for _ in range(2):
        ItemChange.objects.create(item=Item.objects.get())
    assert sample("index_rows_behind") == 2

    live_index.current().catch_up()
    assert sample("index_rows_behind") == 0
    assert sample("index_rows", part="fingerprints") == 1


@committed
def test_a_decision_counts_once_it_is_kept(admin: Actor, image_list: List) -> None:
    first, second = bare_pairs.make(2, image_list)
    before = value("decisions_total", act="confirm")

    with undone():
        pairs_services.confirm(by=admin, pair=first)
    pairs_services.confirm(by=admin, pair=second)

    assert value("decisions_total", act="confirm") - before == 1


@pytest.fixture
def hanging(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The database takes a question and answers nothing."""
    released = threading.Event()
    monkeypatch.setattr(scrape, "DATABASE_TIMEOUT_S", 0.01)
    monkeypatch.setattr(jobs_selectors, "tallies", released.wait)
    yield
    released.set()


def test_the_scrape_answers_though_the_database_does_not(
    open_to_token: None, hanging: None
) -> None:
    samples = {name: each for (name, _), each in scraped().items()}

    assert samples["lookalike_database_up"] == 0
    assert "lookalike_jobs_oldest_waiting_seconds" not in samples
    assert "lookalike_requests_at_work" in samples


def test_a_connection_that_broke_is_no_fault_of_the_scrape(
    open_to_token: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise InterfaceError("connection already closed")

    monkeypatch.setattr(jobs_selectors, "tallies", broken)

    assert sample("database_up") == 0


def count_in(folder: Path) -> int:
    """Count a decision in another process that shares the folder; return its id."""
    code = (
        "import os; from common import metrics; metrics.DECISIONS.labels('confirm').inc();"
        "metrics.DECODES_BUSY.set(1); print(os.getpid())"
    )
    environ = {**os.environ, shared_counters.FOLDER_VARIABLE: str(folder)}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environ, capture_output=True, check=True
    )
    return int(done.stdout)


def test_what_ended_processes_counted_stays_and_what_they_said_of_themselves_goes(
    open_to_token: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pids = [count_in(tmp_path) for _ in range(2)]
    assert {path.name for path in tmp_path.glob("gauge_livesum*")} == {
        f"gauge_livesum_{pid}.db" for pid in pids
    }
    monkeypatch.setenv(shared_counters.FOLDER_VARIABLE, str(tmp_path))

    samples = scraped()

    assert samples["lookalike_decisions_total", frozenset({("act", "confirm")})] == 2
    assert ("lookalike_decodes_busy", frozenset()) not in samples


def test_a_server_that_starts_begins_at_zero_and_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("METRICS_TOKEN", TOKEN)
    monkeypatch.setenv(shared_counters.FOLDER_VARIABLE, str(tmp_path))
    count_in(tmp_path)

    shared_counters.share()
    assert list(tmp_path.iterdir()) == []

    monkeypatch.delenv(shared_counters.FOLDER_VARIABLE)
    shared_counters.share()
    made = Path(os.environ[shared_counters.FOLDER_VARIABLE])
    assert made.is_dir()
    shared_counters.forget()
    assert not made.exists()


def test_nothing_is_shared_where_nobody_may_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(shared_counters.FOLDER_VARIABLE, raising=False)

    shared_counters.share()

    assert shared_counters.FOLDER_VARIABLE not in os.environ


def test_the_workers_that_decode_count_nothing() -> None:
    code = "import sys, intake.examine, intake.worker; print('prometheus_client' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True)

    assert done.stdout == b"False\n"
