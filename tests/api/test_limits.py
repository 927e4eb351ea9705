"""Limits as programs meet them: 429 with Retry-After in every dialect, and what is left."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings
from rest_framework.request import Request

from accounts import selectors as accounts_selectors
from accounts.models import ApiCredential, Organisation, PictureCount, RequestCount
from accounts.permissions import Role
from accounts.quotas import NoPicturesLeft
from accounts.services import NewCredential
from api import quotas
from lists.models import List
from review.submissions import services as submissions_services
from tests.api.ximilar_caller import XimilarCaller, base64_text
from tests.callers import Caller
from tests.threads import run_threads

pytestmark = pytest.mark.django_db

_NOW = dt.datetime(2026, 11, 21, 12, 0, 20, tzinfo=dt.UTC)
_UNTIL_TOMORROW_S = 11 * 3600 + 59 * 60 + 40
_HEADERS = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")

Send = Callable[[Caller, List, bytes], Any]

_SENDS: dict[str, Send] = {
    "sightengine": lambda caller, image_list, photo: caller.sightengine(
        "check.json", photo, lists=image_list.public_id
    ),
    "check": lambda caller, image_list, photo: caller.match(photo, list=image_list.public_id),
    "native check": lambda caller, image_list, photo: caller.upload(
        f"/v1/lists/{image_list.public_id}/check/", photo
    ),
    "native add": lambda caller, image_list, photo: caller.upload(
        f"/v1/lists/{image_list.public_id}/items/", photo
    ),
}
_CODES: dict[str, Callable[[Any], object]] = {
    "sightengine": lambda body: (body["error"]["type"], body["error"]["code"]),
    "check": lambda body: (body["error"], body["match"]),
    "native check": lambda body: body["error"]["code"],
    "native add": lambda body: body["error"]["code"],
}
_REFUSALS = {
    "sightengine": ("usage_limit", 32),
    "check": ("rate_limited", False),
    "native check": "quota_exceeded",
    "native add": "quota_exceeded",
}
each_way = pytest.mark.parametrize("way", list(_SENDS))


@pytest.fixture(autouse=True)
def frozen() -> Iterator[Any]:
    """The clock stands still, so that no window ends within a test."""
    with time_machine.travel(_NOW, tick=False) as clock:
        yield clock


def counted(path: type[PictureCount] | type[RequestCount] = PictureCount) -> int:
    """Return what is counted in all windows together."""
    return sum(path.objects.values_list("used", flat=True))


@each_way
def test_a_used_up_quota_answers_429_in_the_dialect_and_says_when_to_try_again(
    caller: Caller, image_list: List, coffee: bytes, settings: Settings, way: str
) -> None:
    settings.QUOTA_PER_DAY = 1

    first = _SENDS[way](caller, image_list, coffee)
    second = _SENDS[way](caller, image_list, coffee)

    assert first.status_code in (200, 201)
    assert second.status_code == 429
    assert second["Retry-After"] == str(_UNTIL_TOMORROW_S)
    assert _CODES[way](second.json()) == _REFUSALS[way]
    assert counted() == 1


@each_way
def test_answers_tell_the_limit_that_is_met_first(
    caller: Caller, image_list: List, coffee: bytes, settings: Settings, way: str
) -> None:
    settings.RATE_LIMIT_PER_MINUTE, settings.QUOTA_PER_DAY = 10, 2

    answers = [_SENDS[way](caller, image_list, coffee) for _ in range(3)]
    told = [tuple(answer[name] for name in _HEADERS) for answer in answers]

    assert told == [("2", str(left), str(_UNTIL_TOMORROW_S)) for left in (1, 0, 0)]


@each_way
def test_without_limits_nothing_is_told_or_counted(
    caller: Caller, image_list: List, coffee: bytes, way: str
) -> None:
    answer = _SENDS[way](caller, image_list, coffee)

    assert not set(_HEADERS) & set(answer.headers)
    assert counted() == counted(RequestCount) == 0


@pytest.mark.parametrize(
    "path", ["/v1/lists/", "/v1/matches/", "/v1/usage/", f"/t/{'0' * 64}/256.webp"]
)
def test_every_request_of_a_credential_counts_against_its_minute(
    caller: Caller, settings: Settings, frozen: Any, path: str
) -> None:
    settings.RATE_LIMIT_PER_MINUTE = 2
    allowed = {caller.get(path).status_code, caller.get(path).status_code}

    refused = caller.get(path)
    frozen.shift(40)

    assert 429 not in allowed
    assert refused.status_code == 429
    assert refused.json()["error"]["code"] == "too_many_requests"
    assert refused["Retry-After"] == refused["RateLimit-Reset"] == "40"
    assert caller.get(path).status_code in allowed


def test_the_minute_is_counted_over_all_dialects(
    caller: Caller, image_list: List, coffee: bytes, settings: Settings
) -> None:
    settings.RATE_LIMIT_PER_MINUTE = len(_SENDS) - 1

    statuses = [send(caller, image_list, coffee).status_code for send in _SENDS.values()]

    assert [status == 429 for status in statuses] == [False, False, False, True]


def test_a_script_is_refused_with_200_and_says_so_inside(
    caller: Caller, settings: Settings
) -> None:
    settings.RATE_LIMIT_PER_MINUTE = 1
    asked = {**caller.pair, "callback": "shown"}
    caller.anonymous.get("/1.0/check.json", asked)

    refused = caller.anonymous.get("/1.0/check.json", asked)

    assert refused.status_code == 200
    assert refused["Retry-After"] == "40"
    assert refused.content.startswith(b"shown({")
    assert b'"usage_limit"' in refused.content


@each_way
def test_a_wrong_credential_uses_nothing_of_anybody(
    caller: Caller, image_list: List, coffee: bytes, settings: Settings, way: str
) -> None:
    settings.RATE_LIMIT_PER_MINUTE, settings.QUOTA_PER_DAY = 5, 5
    user = caller.credential.credential.api_user
    wrong = Caller(caller.credential)
    wrong.client = Client(headers={"authorization": f"Bearer {user}.wrong"})
    wrong.pair = {"api_user": user, "api_secret": "wrong"}

    assert _SENDS[way](wrong, image_list, coffee).status_code == 401
    assert counted() == counted(RequestCount) == 0


def test_a_browser_that_asks_what_it_may_send_uses_nothing(
    caller: Caller, settings: Settings
) -> None:
    settings.RATE_LIMIT_PER_MINUTE = 1

    for _ in range(3):
        assert caller.anonymous.options("/1.0/check.json", caller.pair).status_code == 204

    assert counted(RequestCount) == 0


def test_people_in_the_browser_are_not_limited(
    caller: Caller, image_list: List, coffee: bytes, make_user: Any, settings: Settings
) -> None:
    settings.RATE_LIMIT_PER_MINUTE, settings.QUOTA_PER_DAY = 1, 1
    item = caller.upload(f"/v1/lists/{image_list.public_id}/items/", coffee).json()
    browser = Client()
    browser.force_login(make_user(Role.ANALYST))

    for _ in range(3):
        assert browser.get(f"/t/{item['sha256']}/256.webp").getvalue()


@each_way
@pytest.mark.parametrize("fault", ["no picture", "broken", "too large", "unknown list", "ours"])
def test_a_request_that_fails_has_used_no_picture(
    caller: Caller,
    image_list: List,
    coffee: bytes,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    way: str,
    fault: str,
) -> None:
    settings.QUOTA_PER_DAY, settings.QUOTA_PER_MONTH = 1, 1
    photo = {"broken": coffee[:2000], "no picture": b"text"}.get(fault, coffee)
    if fault == "too large":
        settings.MAX_IMAGE_BYTES = 1000
    if fault == "unknown list":
        image_list.public_id = "ili_000000000000000000000"
    with monkeypatch.context() as broken:
        if fault == "ours":
            for name in ("submit", "submit_many"):
                broken.setattr(submissions_services, name, lambda **_: 1 // 0)
        failed = _SENDS[way](caller, image_list, photo)

    assert failed.status_code >= 400
    assert failed.status_code != 429
    assert counted() == 0


def test_a_refused_picture_is_not_fetched(
    caller: Caller, image_list: List, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.QUOTA_PER_DAY = 1
    PictureCount.objects.create(
        organisation_id=caller.credential.credential.organisation_id,
        period="day",
        starts_at=timezone.now().replace(hour=0, minute=0, second=0),
        used=1,
    )
    monkeypatch.setattr("intake.fetch.fetch", lambda *_: pytest.fail("It was fetched."))

    answer = caller.post(
        f"/v1/lists/{image_list.public_id}/check/", url="https://example.org/a.jpg"
    )

    assert answer.status_code == 429


@pytest.mark.django_db(transaction=True)
def test_programs_together_never_get_more_pictures_answered_than_the_quota(
    caller: Caller, image_list: List, coffee: bytes, settings: Settings
) -> None:
    settings.QUOTA_PER_DAY = 5
    path = f"/v1/lists/{image_list.public_id}/check/"
    statuses: list[int] = []
    together = threading.Barrier(4)

    def ask() -> None:
        own = Caller(caller.credential)
        together.wait()
        for number in range(3):
            # One in three is broken and gives its place back.
            photo = b"text" if number == 1 else coffee
            form = {"image": SimpleUploadedFile("a.jpg", photo), "depth": "fast"}
            statuses.append(own.client.post(path, form).status_code)

    run_threads(*[ask] * 4)
    # A place may have been given back when everybody had been refused.
    left = 5 - statuses.count(200)
    late = [caller.upload(path, coffee, depth="fast").status_code for _ in range(left + 1)]

    assert late == [200] * left + [429]
    statuses.extend(late)

    assert statuses.count(200) == counted() == 5
    assert set(statuses) <= {200, 415, 429}


def test_many_pictures_of_one_request_are_taken_together_and_some_given_back(
    credential: NewCredential, settings: Settings
) -> None:
    settings.QUOTA_PER_DAY = 5
    request = Request(RequestFactory().post("/"))
    request.auth = accounts_selectors.actor_for_credential(credential.credential)

    quotas.take(request, pictures=4)
    quotas.give_back(request, pictures=1)
    assert counted() == 3
    with pytest.raises(NoPicturesLeft):
        quotas.take(request, pictures=3)
    assert quotas.headers_of(request)["RateLimit-Remaining"] == "2"
    quotas.give_back(request)
    quotas.give_back(request)

    assert counted() == 0


def test_usage_is_told_to_programs(
    caller: Caller, image_list: List, coffee: bytes, settings: Settings
) -> None:
    settings.RATE_LIMIT_PER_MINUTE, settings.QUOTA_PER_MONTH = 10, 30
    caller.match(coffee, list=image_list.public_id)

    assert caller.get("/v1/usage/").json() == {
        "requests_per_minute": {
            "limit": 10,
            "used": 2,
            "remaining": 8,
            "resets_at": "2026-11-21T12:01:00Z",
        },
        "pictures_per_day": None,
        "pictures_per_month": {
            "limit": 30,
            "used": 1,
            "remaining": 29,
            "resets_at": "2026-12-01T00:00:00Z",
        },
    }


def test_usage_of_others_stays_theirs(
    caller: Caller, stranger_caller: Caller, image_list: List, coffee: bytes, settings: Settings
) -> None:
    settings.QUOTA_PER_DAY = 3
    caller.match(coffee, list=image_list.public_id)

    assert stranger_caller.get("/v1/usage/").json()["pictures_per_day"]["used"] == 0


def test_an_organisation_without_its_own_limits_costs_no_query(
    caller: Caller, organisation: Organisation, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    caller.get("/v1/lists/")

    with django_assert_num_queries(2):
        caller.get("/v1/lists/")


def test_limits_cost_one_query_for_the_request_and_one_for_each_quota(
    caller: Caller, settings: Settings, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    settings.RATE_LIMIT_PER_MINUTE = 100
    caller.get("/v1/lists/")

    with django_assert_num_queries(3):
        caller.get("/v1/lists/")


def test_the_operator_s_limit_for_one_organisation_holds_for_it_alone(
    caller: Caller, stranger_caller: Caller, organisation: Organisation
) -> None:
    Organisation.objects.filter(pk=organisation.pk).update(rate_limit_per_minute=1)

    assert [caller.get("/v1/lists/").status_code for _ in range(2)] == [200, 429]
    assert [stranger_caller.get("/v1/lists/").status_code for _ in range(2)] == [200, 200]


def test_a_revoked_credential_is_refused_as_such_without_a_wait(
    caller: Caller, settings: Settings
) -> None:
    settings.RATE_LIMIT_PER_MINUTE = 1
    caller.get("/v1/lists/")
    ApiCredential.objects.update(revoked_at=timezone.now())

    assert caller.get("/v1/lists/").status_code == 401


def test_several_images_in_one_call_count_each_and_all_come_back_when_it_fails(
    caller: Caller, image_list: List, coffee: bytes, astronaut: bytes, settings: Settings
) -> None:
    settings.QUOTA_PER_DAY = 3

    def send(*photos: bytes) -> int:
        files = [SimpleUploadedFile(f"{place}.jpg", photo) for place, photo in enumerate(photos)]
        fields = {**caller.pair, "lists": image_list.public_id, "media[]": files}
        return int(caller.anonymous.post("/1.0/check.json", fields).status_code)

    assert (send(coffee, b"no picture"), counted()) == (400, 0)
    assert (send(coffee, astronaut), counted()) == (200, 2)
    assert (send(coffee, astronaut), counted()) == (429, 2)


def test_a_search_that_is_answered_later_counts_when_it_is_taken_in(
    caller: Caller, coffee: bytes, settings: Settings
) -> None:
    settings.QUOTA_PER_DAY = 1
    settings.FETCH_ALLOW_HOSTS = ["127.0.0.1"]
    asked = {"doc_id": "a", "url": "http://127.0.0.1:9/a.jpg", "requires_callback": False}

    answers = [caller.post("/similarity/async/image", **asked) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 429]
    assert answers[1]["Retry-After"]
    assert counted() == 1


def test_records_that_fail_have_used_no_picture(
    caller: Caller, coffee: bytes, astronaut: bytes, settings: Settings
) -> None:
    settings.QUOTA_PER_DAY = 4
    ximilar = XimilarCaller(caller)
    good = [{"_base64": base64_text(photo)} for photo in (coffee, astronaut)]
    bad = {"_base64": base64_text(b"no picture")}

    assert ximilar("visual_hash", records=[bad]).status_code == 400
    assert counted() == 0
    assert ximilar("remove_duplicates", records=[*good, bad]).status_code == 200
    assert counted() == 2
    assert ximilar("rank_images", query_record=bad, records=good[:1]).status_code == 400
    assert counted() == 2
    assert ximilar("insert", records=[{**good[0], "_id": "a"}, bad]).status_code == 200
    assert counted() == 3
    refused = ximilar("visual_hash", records=good)
    assert (refused.status_code, counted()) == (429, 3)
    assert refused["Retry-After"]
