"""Batches of the Check dialect: addresses answered in the background, each once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from accounts.actors import Actor
from accounts.permissions import Role
from accounts.services import revoke_credential
from api.check import tasks
from intake.errors import PoolBusy
from intake.sources import RawImage
from jobs import handlers, runner
from jobs import services as jobs_services
from jobs.models import Job
from lists import services as lists_services
from lists.fetching import fetched
from lists.models import Image, Item, List
from review.models import Batch, BatchImage
from review.submissions import services as submissions_services
from review.submissions.batches import RETENTION
from tests.callers import Caller
from tests.jobs.conftest import end_delays

pytestmark = pytest.mark.django_db

_PATH = "/v1/match/batch/"


@pytest.fixture
def site(coffee: bytes, coffee_copy: bytes, astronaut: bytes, settings: Settings) -> Iterator[str]:
    """A web site on this machine with some pictures, that we may fetch from."""
    pictures = {"/cup.jpg": coffee, "/copy.jpg": coffee_copy, "/astronaut.jpg": astronaut}

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path in pictures else 404)
            self.end_headers()
            self.wfile.write(pictures.get(self.path, b"nothing here"))

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    settings.FETCH_ALLOW_HOSTS = [f"127.0.0.1:{server.server_port}"]
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def begun(caller: Caller, site: str, *images: str | dict[str, Any]) -> str:
    """Begin a batch of the site's pictures and return its address."""
    asked = [{"url": image} if isinstance(image, str) else image for image in images]
    for image in asked:
        image["url"] = f"{site}/{image['url']}"
    answer = caller.post(_PATH, images=asked)
    assert answer.status_code == 202, answer.content
    assert answer["Location"].endswith(f"{_PATH}{answer.json()['batch']['id']}/")
    return str(answer["Location"])


def work() -> None:
    """Do what waits in the background, in this thread."""
    while claim := jobs_services.claim(kinds=["review.match_batch"], lease_s=60):
        handlers.handler_for(claim.kind)(claim.payload)
        jobs_services.complete(claim=claim)


def test_a_batch_is_accepted_at_once_and_answered_in_order(caller: Caller, site: str) -> None:
    path = begun(caller, site, "cup.jpg", "copy.jpg", "astronaut.jpg", "cup.jpg")
    before = caller.get(path).json()
    work()
    after = caller.get(path).json()

    progress = {"id": before["batch"]["id"], "total": 4}
    assert before == {
        "success": True,
        "batch": {**progress, "state": "waiting", "done": 0},
        "results": [None, None, None, None],
    }
    assert after["batch"] == {**progress, "state": "done", "done": 4}
    first, copy, other, again = after["results"]
    assert first == other == {"success": True, "match": False}
    assert set(copy) == set(again) == {"success", "match", "closest_match"}
    assert 0 < copy["closest_match"]["score"] <= 6
    assert again["closest_match"] == {
        "sha256": Image.objects.earliest("pk").sha256,
        "score": 0,
    }


def test_what_is_said_of_an_image_is_kept_and_used(caller: Caller, site: str) -> None:
    path = begun(
        caller,
        site,
        {"url": "cup.jpg", "external_id": "story-7", "context": {"team": 7}},
        {"url": "copy.jpg", "store": False, "filter": {"team": 8}},
        {"url": "copy.jpg", "store": False, "threshold": 0},
        {"url": "copy.jpg", "store": False, "threshold": 6, "filter": {"team": 7}},
    )

    work()

    item = Item.objects.get()
    assert (item.custom_id, item.context) == ("story-7", {"team": 7})
    found = [body["match"] for body in caller.get(path).json()["results"]]
    assert found == [False, False, False, True]


def test_an_image_that_is_refused_stops_no_other(caller: Caller, site: str) -> None:
    path = begun(caller, site, "lost.jpg", "cup.jpg")

    work()

    refused, taken = caller.get(path).json()["results"]
    assert (refused["success"], refused["match"], refused["error"]) == (
        False,
        False,
        "fetch_failed",
    )
    assert refused["request_id"].startswith("req_")
    assert taken == {"success": True, "match": False}


def test_an_address_that_may_not_be_fetched_is_refused_in_its_place(caller: Caller) -> None:
    path = begun(caller, "http://169.254.169.254", "latest")

    work()

    assert caller.get(path).json()["results"][0]["error"] == "blocked_url"


class Killed(BaseException):
    """What a killed worker would do: nothing more."""


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_killed_worker_s_batch_goes_on_where_it_was_and_each_image_is_done_once(
    caller: Caller, site: str, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    path = begun(caller, site, "cup.jpg", "astronaut.jpg")
    submit = submissions_services.submit

    def killed(**asked: Any) -> Any:
        if Item.objects.count() == 1:
            if when == "after":
                submit(**asked)
            raise Killed
        return submit(**asked)

    with monkeypatch.context() as patch:
        patch.setattr(submissions_services, "submit", killed)
        with pytest.raises(Killed):
            tasks.match_batch({"batch_id": Batch.objects.get().pk})
    halfway = caller.get(path).json()["batch"]
    work()

    done = 1 if when == "before" else 2
    assert (halfway["state"], halfway["done"]) == ("running" if done == 1 else "done", done)
    body = caller.get(path).json()
    assert body["results"] == [{"success": True, "match": False}] * 2
    assert list(Image.objects.values_list("submission_count", flat=True)) == [1, 1]


def test_two_workers_with_one_batch_store_each_image_once(
    caller: Caller, site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = begun(caller, site, "cup.jpg")
    batch_id = Batch.objects.get().pk
    submit = submissions_services.submit

    def late(**asked: Any) -> Any:
        monkeypatch.setattr(submissions_services, "submit", submit)
        tasks.match_batch({"batch_id": batch_id})  # the other worker, meanwhile
        return submit(**asked)

    monkeypatch.setattr(submissions_services, "submit", late)
    tasks.match_batch({"batch_id": batch_id})

    assert caller.get(path).json()["results"] == [{"success": True, "match": False}]
    assert Image.objects.get().submission_count == 1


def test_an_image_that_kills_its_worker_each_time_is_given_up_and_the_others_are_done(
    caller: Caller, site: str
) -> None:
    path = begun(caller, site, "cup.jpg", "astronaut.jpg")
    BatchImage.objects.filter(position=0).update(attempts=3)

    work()

    first, second = caller.get(path).json()["results"]
    assert first["error"] == "internal_error"
    assert second == {"success": True, "match": False}


def test_an_image_that_finds_the_server_busy_is_tried_again_later(
    caller: Caller, site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = begun(caller, site, "cup.jpg")

    def busy(**_: object) -> None:
        raise PoolBusy("Too many images are being examined right now. Try again shortly.")

    with monkeypatch.context() as patch:
        patch.setattr(submissions_services, "submit", busy)
        work()
    assert caller.get(path).json()["batch"]["state"] == "waiting"
    waiting = Job.objects.get(kind="review.match_batch", state="waiting")
    assert waiting.run_after > timezone.now()

    Job.objects.update(run_after=timezone.now())
    work()
    assert caller.get(path).json()["results"] == [{"success": True, "match": False}]


def test_a_fault_of_ours_is_tried_again_and_then_told(
    caller: Caller, site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = begun(caller, site, "cup.jpg", "astronaut.jpg")

    def faulty(url: str) -> RawImage:
        if url.endswith("cup.jpg"):
            raise ZeroDivisionError
        return fetched(url)

    monkeypatch.setattr(tasks, "fetched", faulty)
    while runner.drain(kinds=["review.match_batch"]):
        end_delays()

    first, second = caller.get(path).json()["results"]
    assert first["error"] == "internal_error"
    assert second == {"success": True, "match": False}
    assert BatchImage.objects.get(position=0).attempts == 4


def test_a_batch_that_asks_for_more_than_a_turn_goes_on_in_a_further_job(
    caller: Caller, site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "_TURN_S", 0.0)
    path = begun(caller, site, "cup.jpg", "astronaut.jpg")

    tasks.match_batch({"batch_id": Batch.objects.get().pk})

    assert caller.get(path).json()["batch"]["state"] == "running"
    work()
    assert caller.get(path).json()["batch"]["state"] == "done"


def test_a_credential_revoked_meanwhile_gets_nothing_done(
    caller: Caller, admin: Actor, site: str
) -> None:
    begun(caller, site, "cup.jpg")
    revoke_credential(by=admin, credential=caller.credential.credential)

    work()

    answer = BatchImage.objects.get().answer
    assert answer is not None
    assert answer["error"] == "unauthorized"
    assert not Image.objects.exists()


def test_a_list_removed_meanwhile_is_told(
    caller: Caller, admin: Actor, image_list: List, site: str
) -> None:
    images = [{"url": f"{site}/cup.jpg"}]
    assert caller.post(_PATH, images=images, list=image_list.public_id).status_code == 202
    lists_services.remove_list(by=admin, image_list=image_list)

    work()

    answer = BatchImage.objects.get().answer
    assert answer is not None
    assert answer["error"] == "not_found"


def test_a_batch_is_deleted_after_a_week(caller: Caller, site: str) -> None:
    path = begun(caller, site, "cup.jpg")
    forget = Job.objects.get(kind="review.forget_batch")
    assert abs(forget.run_after - timezone.now() - RETENTION).total_seconds() < 60

    handlers.handler_for(forget.kind)(forget.payload)
    work()

    assert caller.get(path).status_code == 404
    assert not BatchImage.objects.exists()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "images"),
        ({"images": []}, "images"),
        ({"images": "http://a.example/a.jpg"}, "images"),
        ({"images": ["http://a.example/a.jpg"]}, "images"),
        ({"images": [{"url": "http://a.example"}] * 101}, "images"),
        ({"images": [{"url": "http://a.example"}, {}]}, "images[1].url"),
        ({"images": [{"base64": "aGVsbG8="}]}, "images[0].base64"),
        ({"images": [{"url": "http://a.example", "threshold": 65}]}, "images[0].threshold"),
        ({"images": [{"url": "http://a.example", "threshold": "6"}]}, "images[0].threshold"),
        ({"images": [{"url": "http://a.example", "store": 0}]}, "images[0].store"),
        ({"images": [{"url": 7}]}, "images[0].url"),
        ({"images": [{"url": "http://a.example", "context": []}]}, "images[0].context"),
        ({"images": [{"url": "http://a.example", "callback_url": "x"}]}, "images[0].callback_url"),
        ({"images": [{"url": "http://a.example"}], "callback_url": "x"}, "callback_url"),
    ],
    ids=repr,
)
def test_a_batch_that_cannot_be_is_refused_whole(
    caller: Caller, body: dict[str, object], field: str
) -> None:
    answer = caller.post(_PATH, **body)

    assert answer.status_code == 400
    assert (answer.json()["error"], answer.json()["field"]) == ("param_error", field)
    assert not Batch.objects.exists()
    assert not Job.objects.exists()


def test_a_batch_belongs_to_the_organisation(
    caller: Caller, stranger_caller: Caller, caller_as: Callable[..., Caller], site: str
) -> None:
    path = begun(caller, site, "cup.jpg")
    unknown = f"{_PATH}bat_{'0' * 21}/"

    for outsider in (stranger_caller, caller_as(Role.MANAGER, is_restricted=True)):
        foreign, never = outsider.get(path), outsider.get(unknown)
        assert foreign.status_code == never.status_code == 404
        assert foreign.json()["message"] == never.json()["message"]
    assert caller_as(Role.VIEWER).get(path).status_code == 200


@pytest.mark.parametrize(
    ("role", "store", "status"),
    [
        (Role.VIEWER, False, 403),
        (Role.ANALYST, False, 202),
        (Role.ANALYST, True, 403),
        (Role.MANAGER, True, 202),
    ],
)
def test_who_may_not_check_or_add_is_told_at_once(
    caller_as: Callable[..., Caller], image_list: List, role: Role, store: bool, status: int
) -> None:
    images = [{"url": "http://a.example", "store": store}]

    answer = caller_as(role).post(_PATH, images=images, list=image_list.public_id)

    assert answer.status_code == status


def test_a_list_that_is_not_there_is_told_at_once(caller: Caller) -> None:
    answer = caller.post(_PATH, images=[{"url": "http://a.example"}], list="ili_none")

    assert (answer.status_code, answer.json()["error"]) == (404, "not_found")
