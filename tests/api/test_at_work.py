"""Long work of requests: each organisation has some of the threads, and one is left to others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from accounts import at_work
from accounts.at_work import ServerBusy, TooManyAtWork
from accounts.models import Organisation, PictureCount
from accounts.permissions import Role
from api.parsers import MAX_JSON_BYTES
from intake import addresses
from jobs import services as jobs_services
from jobs.models import Job
from lists.models import List
from review.submissions import services as submissions_services
from tests.api.ximilar_caller import XimilarCaller
from tests.callers import Caller

pytestmark = pytest.mark.django_db

URL = "https://example.org/a.jpg"
Send = Callable[[Caller, List, bytes], Any]

_XIMILAR_RECORDS: dict[str, Any] = {
    "visual_hash": {"records": [{"_url": URL}]},
    "remove_duplicates": {"records": [{"_url": URL}]},
    "rank_images": {"query_record": {"_url": URL}, "records": [{"_url": URL}]},
    "insert": {"records": [{"_id": "1", "_url": URL}]},
    "visualKNN": {"query_record": {"_id": "1"}},
    "visualRankRecords": {"query_record": {"_id": "1"}, "records": [{"_id": "1"}]},
}


def _by_ximilar(method: str, body: dict[str, Any]) -> Send:
    return lambda caller, _, __: XimilarCaller(caller)(method, **body)


_SENDS: dict[str, Send] = {
    "sightengine": lambda caller, kept, photo: caller.sightengine(
        "check.json", photo, lists=kept.public_id
    ),
    "sightengine, many": lambda caller, kept, photo: caller.sightengine(
        "check.json", lists=kept.public_id, **{"media[]": SimpleUploadedFile("a.jpg", photo)}
    ),
    "sightengine, by address": lambda caller, kept, _: caller.anonymous.get(
        "/1.0/check.json", {**caller.pair, "url": URL, "lists": kept.public_id}
    ),
    "feedback": lambda caller, _, photo: caller.sightengine(
        "feedback.json", photo, model="nudity", **{"class": "safe"}
    ),
    "check": lambda caller, kept, photo: caller.match(photo, list=kept.public_id),
    "check, keeping nothing": lambda caller, kept, photo: caller.match(
        photo, path="/v1/similar/", list=kept.public_id
    ),
    "native check": lambda caller, kept, photo: caller.upload(
        f"/v1/lists/{kept.public_id}/check/", photo
    ),
    "native add": lambda caller, kept, photo: caller.upload(
        f"/v1/lists/{kept.public_id}/items/", photo
    ),
    "alegre": lambda caller, _, __: caller.post("/similarity/sync/image", url=URL),
    "alegre, later": lambda caller, _, __: caller.post("/similarity/async/image", url=URL),
    **{method: _by_ximilar(method, body) for method, body in _XIMILAR_RECORDS.items()},
    "a large body": lambda caller, _, __: XimilarCaller(caller)(
        "get", records=[{"_id": "1", "_base64": "A" * MAX_JSON_BYTES}]
    ),
}
each_way = pytest.mark.parametrize("way", list(_SENDS))


@pytest.fixture
def at_once(settings: Settings) -> Iterator[Callable[..., None]]:
    """Take places until the test ends."""
    settings.THREADS, settings.LONG_REQUESTS_PER_ORGANISATION = 4, 2
    with ExitStack() as places:

        def take(organisation: Organisation, count: int = 2) -> None:
            for _ in range(count):
                places.enter_context(at_work.place(organisation.pk))

        yield take
    assert not at_work._at_work


@each_way
def test_more_long_work_than_an_organisation_may_do_is_refused_before_it_begins(
    caller: Caller,
    image_list: List,
    coffee: bytes,
    organisation: Organisation,
    at_once: Callable[..., None],
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    way: str,
) -> None:
    settings.QUOTA_PER_DAY = 10
    at_once(organisation)
    for module, name in ((addresses, "resolve"), (submissions_services, "submit")):
        monkeypatch.setattr(module, name, lambda *_, **__: pytest.fail("It has begun."))

    refused = _SENDS[way](caller, image_list, coffee)

    assert refused.status_code == 429
    assert int(refused["Retry-After"]) >= 1
    assert not PictureCount.objects.exists()


def test_short_work_and_other_organisations_go_on(
    caller: Caller,
    stranger_caller: Caller,
    image_list: List,
    coffee: bytes,
    organisation: Organisation,
    at_once: Callable[..., None],
) -> None:
    at_once(organisation)

    assert caller.get("/v1/lists/").status_code == 200
    assert stranger_caller.match(coffee).status_code == 200
    refused = caller.upload(f"/v1/lists/{image_list.public_id}/check/", coffee)
    assert refused.json()["error"]["code"] == "too_many_at_work"


def test_one_thread_is_always_left(
    caller: Caller,
    image_list: List,
    coffee: bytes,
    stranger_organisation: Organisation,
    organisation: Organisation,
    at_once: Callable[..., None],
) -> None:
    at_once(stranger_organisation)
    at_once(organisation, 1)

    refused = caller.upload(f"/v1/lists/{image_list.public_id}/check/", coffee)

    assert refused.status_code == 503
    assert refused.json()["error"]["code"] == "server_busy"
    assert refused["Retry-After"]


@pytest.mark.parametrize(("threads", "own"), [(1, 1), (2, 1), (3, 1), (4, 2), (8, 4)])
def test_a_server_of_any_size_works_for_an_organisation_and_leaves_a_thread(
    organisation: Organisation, settings: Settings, threads: int, own: int
) -> None:
    settings.THREADS, settings.LONG_REQUESTS_PER_ORGANISATION = threads, threads // 2

    with ExitStack() as places:
        for _ in range(own):
            places.enter_context(at_work.place(organisation.pk))
        with pytest.raises(TooManyAtWork):
            places.enter_context(at_work.place(organisation.pk))
        left = max(1, threads - 1) - own
        for stranger in range(left):
            places.enter_context(at_work.place(-1 - stranger))
        with pytest.raises(ServerBusy):
            places.enter_context(at_work.place(-9))


def test_a_place_is_free_again_however_the_request_ends(
    caller: Caller,
    image_list: List,
    coffee: bytes,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings.THREADS = 1
    path = f"/v1/lists/{image_list.public_id}/check/"

    assert caller.upload(path, coffee).status_code == 200
    assert caller.upload(path, b"text").status_code == 415
    with monkeypatch.context() as broken:
        broken.setattr(submissions_services, "submit", lambda **_: 1 // 0)
        assert caller.upload(path, coffee).status_code == 500
    assert caller.upload(path, coffee).status_code == 200


def test_a_place_is_held_while_an_address_is_awaited(
    caller: Caller, image_list: List, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.THREADS = 1
    refusals: list[Any] = []

    def ask_meanwhile(*_: object) -> None:
        refusals.append(caller.post(f"/v1/lists/{image_list.public_id}/check/", url=URL))
        pytest.fail("The address is awaited no more.")

    monkeypatch.setattr("intake.fetch.fetch", ask_meanwhile)
    with pytest.raises(pytest.fail.Exception):
        caller.post(f"/v1/lists/{image_list.public_id}/check/", url=URL)

    assert refusals[0].json()["error"]["code"] == "too_many_at_work"


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/search/", {"text": URL}),
        ("/lists/{}/check/", {"image": b"text"}),
        ("/lists/{}/add/", {"images": b"text"}),
    ],
)
def test_pages_do_long_work_within_the_same_bound(
    make_user: Callable[..., Any],
    image_list: List,
    organisation: Organisation,
    at_once: Callable[..., None],
    path: str,
    form: dict[str, Any],
) -> None:
    browser = Client()
    browser.force_login(make_user(Role.MANAGER))
    at_once(organisation)
    sent = {
        name: SimpleUploadedFile("a.jpg", value) if isinstance(value, bytes) else value
        for name, value in form.items()
    }

    refused = browser.post(path.format(image_list.public_id), sent)

    assert refused.status_code == 429
    assert refused["Retry-After"]
    assert browser.get("/lists/").status_code == 200


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/similarity/async/image", {"url": URL, "callback_url": URL}),
        ("/v1/match/batch/", {"images": [{"url": URL}]}),
    ],
)
def test_no_more_work_is_left_to_the_background_than_may_wait(
    caller: Caller,
    stranger_caller: Caller,
    organisation: Organisation,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    path: str,
    body: dict[str, Any],
) -> None:
    settings.JOBS_WAITING_PER_ORGANISATION = 1
    monkeypatch.setattr(addresses, "resolve", lambda *_: [])
    jobs_services.enqueue(kind="test.work", payload={}, owner=organisation.pk)

    refused = caller.post(path, **body)
    waiting = Job.objects.count()

    assert refused.status_code == 429
    assert int(refused["Retry-After"]) >= 1
    assert waiting == 1
    assert stranger_caller.post(path, **body).status_code in (200, 202)
    assert set(Job.objects.exclude(owner=organisation.pk).values_list("owner", flat=True)) <= {
        0,
        stranger_caller.credential.credential.organisation_id,
    }
