"""The Alegre dialect in the background: answered at once, worked by jobs, told to a callback."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from accounts import services as accounts_services
from accounts.actors import Actor
from accounts.permissions import Role
from api.alegre import callbacks, tasks
from dedup_project import env
from jobs import runner
from jobs import services as jobs_services
from jobs.models import Job, JobState
from lists import services as lists_services
from lists.models import Item, List
from tests.callers import Caller
from tests.jobs.conftest import end_delays, end_leases
from tests.web_site import WebSite

pytestmark = pytest.mark.django_db

LATER = "/similarity/async/image"
CONTEXT = {"team_id": 1, "project_media_id": 7, "has_custom_id": True, "temporary_media": False}
TOKEN = "OpenSesameNow"
HOOK = f"/api/webhooks/alegre?token={TOKEN}"


@pytest.fixture
def site(web_site: WebSite, coffee: bytes, coffee_copy: bytes) -> WebSite:
    """A site with a picture, a copy of it, and a hook."""
    web_site.files |= {"/cup.jpg": coffee, "/copy.jpg": coffee_copy}
    return web_site


def ask(caller: Caller, site: WebSite, path: str = "/cup.jpg", **fields: Any) -> Any:
    """Ask as Check does, with a callback."""
    body = {
        "doc_id": "one",
        "url": site.url(path),
        "context": CONTEXT,
        "threshold": 0.89,
        "confirmed": False,
        "callback_url": site.url(HOOK),
    }
    return caller.post(LATER, **{**body, **fields})


def failed(answer: Any) -> tuple[int, str]:
    """Return the status and the code of a failure."""
    return answer.status_code, answer.json()["error"]


def results(site: WebSite) -> list[dict[str, Any]]:
    """Return the bodies that the hook was told."""
    return [json.loads(body) for _, body in site.posts]


def test_the_answer_comes_before_anything_is_done(caller: Caller, site: WebSite) -> None:
    answer = ask(caller, site)

    assert answer.status_code == 200
    body = answer.json()
    assert list(body) == ["message", "queue", "body"]
    assert body["body"]["id"] == "one"
    assert body["body"]["raw"]["context"] == CONTEXT
    assert TOKEN not in answer.content.decode()
    assert not Item.objects.exists()
    assert site.posts == []


def test_the_result_is_posted_in_alegre_s_shape(caller: Caller, site: WebSite) -> None:
    ask(caller, site)
    runner.drain()

    ask(caller, site, "/copy.jpg", doc_id="two", confirmed=True, content_hash="0815")
    assert runner.drain() == 2

    _, (path, _) = site.posts
    _, told = results(site)
    [row] = told["data"]["results"].pop("result")
    assert path == HOOK
    assert told == {
        "action": "add_item",
        "model_type": "image",
        "data": {
            "is_search_result_callback": True,
            "item": {
                "id": "two",
                "url": site.url("/copy.jpg"),
                "text": None,
                "raw": {
                    "doc_id": "two",
                    "url": site.url("/copy.jpg"),
                    "context": CONTEXT,
                    "threshold": 0.89,
                    "confirmed": True,
                    "content_hash": "0815",
                },
            },
            "results": {},
        },
    }
    assert (row["doc_id"], row["context"]) == ("one", [CONTEXT])
    assert row["score"] >= 0.89


def test_nothing_similar_is_told_too(caller: Caller, site: WebSite) -> None:
    ask(caller, site)

    assert runner.drain() == 2

    [told] = results(site)
    assert told["data"]["results"] == {"result": []}
    assert Item.objects.get().custom_id == "one"


def test_both_questions_of_check_are_answered(caller: Caller, site: WebSite) -> None:
    for confirmed, threshold in ((False, 0.89), (True, 0.95)):
        ask(caller, site, confirmed=confirmed, threshold=threshold)
    runner.drain()

    raws = [told["data"]["item"]["raw"] for told in results(site)]
    assert {(raw["confirmed"], raw["threshold"]) for raw in raws} == {(False, 0.89), (True, 0.95)}
    assert Item.objects.count() == 1


def test_an_image_without_id_is_searched_for_under_an_id_of_ours(
    caller: Caller, site: WebSite
) -> None:
    given = ask(caller, site, doc_id=None).json()["body"]["id"]
    runner.drain()

    [told] = results(site)
    assert told["data"]["item"]["id"] == given
    assert not Item.objects.exists()


@pytest.mark.parametrize(
    "silence",
    [
        {"requires_callback": False},
        {"suppress_response": True},
        {"suppress_search_response": True},
    ],
)
def test_an_image_may_be_kept_without_telling_anybody(
    caller: Caller, site: WebSite, silence: dict[str, Any]
) -> None:
    answer = ask(caller, site, callback_url=None, **silence)

    assert answer.status_code == 200
    assert runner.drain() == 1
    assert Item.objects.get().custom_id == "one"
    assert site.posts == []


def test_credentials_in_the_body_go_nowhere(caller: Caller, site: WebSite) -> None:
    body = {**caller.pair, "url": site.url("/cup.jpg"), "callback_url": site.url(HOOK)}

    Client().post(LATER, body, content_type="application/json")
    kept = json.dumps(list(Job.objects.values_list("payload", flat=True)))
    runner.drain()

    [(_, told)] = site.posts
    assert caller.pair["api_secret"] not in kept + told.decode()


# --------------------------------------------------------------------------- when things go wrong


@pytest.mark.parametrize("status", [302, 400, 401, 500, 503])
def test_a_callback_that_fails_is_tried_again_without_a_new_search(
    caller: Caller, site: WebSite, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    site.answers[HOOK] = [status]
    ask(caller, site)
    with caplog.at_level("DEBUG"):
        runner.drain()
    waiting = Job.objects.get(state=JobState.WAITING)

    site.files.clear()
    end_delays()
    runner.drain()

    first, again = results(site)
    assert first == again
    assert waiting.kind == callbacks.DELIVER
    assert str(status) in waiting.last_error
    assert TOKEN not in waiting.last_error + caplog.text
    assert not Job.objects.exclude(state=JobState.DONE).exists()


def test_a_picture_that_is_not_there_yet_is_tried_again(
    caller: Caller, site: WebSite, coffee: bytes
) -> None:
    ask(caller, site, "/soon.jpg")
    runner.drain()
    site.files["/soon.jpg"] = coffee

    end_delays()
    runner.drain()

    assert len(site.posts) == 1
    assert Item.objects.get().custom_id == "one"


@pytest.mark.parametrize("kind", [callbacks.SEARCH, callbacks.DELIVER])
def test_the_job_of_a_killed_worker_is_done_by_the_next(
    caller: Caller, site: WebSite, kind: str
) -> None:
    ask(caller, site)
    if kind == callbacks.DELIVER:
        runner.drain(kinds=[callbacks.SEARCH])
    assert jobs_services.claim(kinds=[kind], lease_s=60)

    assert runner.drain() == 0
    end_leases()
    runner.drain()

    assert len(site.posts) == 1


def test_a_search_done_twice_keeps_one_item_and_tells_the_same(
    caller: Caller, site: WebSite
) -> None:
    ask(caller, site)
    ask(caller, site, "/copy.jpg", doc_id="two")
    for job in Job.objects.order_by("pk"):
        tasks.search(job.payload)

    runner.drain()

    by_id: dict[str, list[dict[str, Any]]] = {}
    for told in results(site):
        by_id.setdefault(told["data"]["item"]["id"], []).append(told)
    assert by_id["two"][0] == by_id["two"][1]
    assert Item.objects.filter(removed_at=None).count() == 2


def test_what_is_no_image_fails_at_once_and_tells_nobody(caller: Caller, site: WebSite) -> None:
    site.files["/page.html"] = b"<p>Dear sir or madam</p>"

    ask(caller, site, "/page.html")
    runner.drain()

    assert Job.objects.get().state == JobState.FAILED
    assert site.posts == []


def test_a_credential_revoked_meanwhile_searches_and_tells_nothing(
    caller: Caller, admin: Actor, site: WebSite
) -> None:
    ask(caller, site)
    ask(caller, site, doc_id="two")
    runner.drain(kinds=[callbacks.SEARCH])
    ask(caller, site, doc_id="three")
    accounts_services.revoke_credential(by=admin, credential=caller.credential.credential)

    runner.drain()

    assert site.posts == []
    assert not Item.objects.filter(custom_id="three").exists()
    assert Job.objects.filter(state=JobState.FAILED).count() == 3


def test_a_list_removed_meanwhile_takes_nothing_in(
    caller: Caller, admin: Actor, image_list: List, site: WebSite
) -> None:
    ask(caller, site, list=image_list.public_id)
    lists_services.remove_list(by=admin, image_list=image_list)

    runner.drain()

    assert Job.objects.get(kind="api.alegre.search").state == JobState.FAILED
    assert not Item.objects.exists()


# ------------------------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    "callback_url",
    [
        "http://127.0.0.1:9/hook",
        "http://localhost:9/hook",
        "http://2130706433:9/hook",
        "http://[::1]:9/hook",
        "http://169.254.169.254/latest/",
        "http://user@example.org/",
        "file:///etc/passwd",
        "check",
    ],
)
def test_a_callback_that_is_not_public_is_refused_at_once(
    caller: Caller, site: WebSite, callback_url: str
) -> None:
    answer = ask(caller, site, callback_url=callback_url)

    assert failed(answer) == (400, "blocked_callback")
    assert answer.json()["field"] == "callback_url"
    assert not Job.objects.exists()


def test_a_picture_that_is_not_public_is_refused_at_once(caller: Caller, site: WebSite) -> None:
    answer = ask(caller, site, url="http://127.0.0.1:9/cup.jpg")

    assert failed(answer) == (400, "blocked_url")
    assert not Job.objects.exists()


def test_a_result_needs_an_address(caller: Caller, site: WebSite) -> None:
    assert failed(ask(caller, site, callback_url="")) == (400, "no_callback")
    assert not Job.objects.exists()


def test_who_may_not_keep_images_is_told_at_once(caller_as: Any, site: WebSite) -> None:
    analyst, viewer = caller_as(Role.ANALYST), caller_as(Role.VIEWER)

    assert failed(ask(analyst, site)) == (403, "forbidden")
    assert failed(ask(viewer, site, doc_id=None)) == (403, "forbidden")
    assert ask(analyst, site, doc_id=None).status_code == 200


def test_a_list_of_strangers_is_unknown(
    stranger_caller: Caller, image_list: List, site: WebSite
) -> None:
    assert failed(ask(stranger_caller, site, list=image_list.public_id)) == (404, "not_found")


# ------------------------------------------------------------------------ the configured callback


def test_results_without_an_address_go_where_the_credential_s_go(
    caller: Caller, stranger_caller: Caller, site: WebSite, settings: Settings
) -> None:
    settings.ALEGRE_CALLBACKS = {caller.pair["api_user"]: site.url(HOOK)}

    ask(caller, site, callback_url=None)
    kept = json.dumps(list(Job.objects.values_list("payload", flat=True)))
    runner.drain()

    assert [path for path, _ in site.posts] == [HOOK]
    assert TOKEN not in kept
    assert failed(ask(stranger_caller, site, callback_url=None)) == (400, "no_callback")


def test_callbacks_are_configured_by_credential(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALEGRE_CALLBACKS", "abc=https://a.example/x?token=1, def=http://b.example")

    assert env.pairs("ALEGRE_CALLBACKS") == {
        "abc": "https://a.example/x?token=1",
        "def": "http://b.example",
    }


@pytest.mark.parametrize("value", ["https://a.example/", "https://a.example/?x=y", "abc=", "=x"])
def test_a_wrong_configuration_is_told_without_its_secret(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("ALEGRE_CALLBACKS", value)

    with pytest.raises(env.WrongSetting) as refusal:
        env.pairs("ALEGRE_CALLBACKS")

    assert "a.example" not in str(refusal.value)
