"""Webhooks by our own API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from accounts.actors import Actor
from accounts.permissions import Role
from jobs import runner
from review.models import MatchCandidate
from review.pairs import services as pairs_services
from tests.callers import Caller
from tests.web_site import WebSite
from tests.webhooks.conftest import HOOK
from webhooks import services
from webhooks.models import Webhook

pytestmark = pytest.mark.django_db

PATH = "/v1/webhooks/"


@pytest.fixture
def keeper(caller_as: Callable[..., Caller]) -> Caller:
    """A program that may keep webhooks."""
    return caller_as(Role.ADMIN)


def problem(answer: Any) -> tuple[int, str, str | None]:
    error = answer.json()["error"]
    return answer.status_code, error["code"], error.get("field")


def test_a_webhook_is_made_read_changed_and_deleted(keeper: Caller, web_site: WebSite) -> None:
    made = keeper.post(PATH, url=web_site.url(HOOK), types=["match.confirmed"], name="Tipline")
    assert made.status_code == 201
    webhook = made.json()
    assert webhook == {
        "id": Webhook.objects.get().public_id,
        "url": web_site.url(HOOK),
        "name": "Tipline",
        "types": ["match.confirmed"],
        "enabled": True,
        "is_callback": False,
        "waiting": 0,
        "waiting_since": None,
        "failed": 0,
        "resumes_at": None,
        "created_at": webhook["created_at"],
    }
    own = f"{PATH}{webhook['id']}/"

    changed = keeper.patch(own, enabled=False, types=[]).json()
    assert changed == {**webhook, "enabled": False, "types": []}
    assert keeper.get(own).json() == changed
    assert keeper.get(PATH).json() == {"results": [changed], "next": None}
    assert keeper.delete(own).status_code == 204
    assert problem(keeper.get(own)) == (404, "webhook_not_found", "webhook")


def test_a_trial_arrives_or_says_why_not(keeper: Caller, web_site: WebSite) -> None:
    made = keeper.post(PATH, url=web_site.url(HOOK)).json()
    trial = f"{PATH}{made['id']}/try/"

    assert keeper.post(trial).json() == {"message_id": web_site.headers[0]["webhook-id"]}
    web_site.answers[HOOK] = [500]
    assert problem(keeper.post(trial)) == (424, "delivery_failed", "url")


def test_deliveries_are_shown_and_repeated(
    keeper: Caller,
    webhook: Webhook,
    web_site: WebSite,
    admin: Actor,
    pairs: list[MatchCandidate],
) -> None:
    web_site.answers[HOOK] = [500]
    for pair in pairs[:2]:
        pairs_services.dissociate(by=admin, pair=pair)
    runner.drain()
    own = f"{PATH}{webhook.public_id}/"

    shown = keeper.get(f"{own}deliveries/").json()["results"]
    assert [(each["event"]["position"], each["state"], each["status"]) for each in shown] == [
        (2, "delivered", None),
        (1, "waiting", 500),
    ]
    assert [each["due_at"] is None for each in shown] == [True, False]
    waiting = keeper.get(f"{own}deliveries/", state="waiting").json()["results"]
    assert waiting == shown[1:]
    assert (keeper.get(own).json()["waiting"], keeper.get(own).json()["failed"]) == (1, 0)
    assert keeper.post(f"{own}replay/", after=0).json() == {"count": 1}
    assert keeper.post(f"{own}replay/").json() == {"count": 0}


@pytest.mark.parametrize(
    ("body", "status", "code", "field"),
    [
        ({}, 400, "invalid_input", "url"),
        ({"url": ""}, 400, "invalid_input", "url"),
        ({"url": "http://127.0.0.1:9/"}, 400, "delivery_refused", "url"),
        ({"url": "https://example.org/" + "a" * 2000}, 400, "invalid_input", "url"),
        ({"url": "https://example.org/\x00"}, 400, "invalid_input", "url"),
        ({"url": "HOOK", "types": ["match.married"]}, 400, "invalid_input", "types"),
        ({"url": "HOOK", "types": "match.closed"}, 400, "invalid_input", "types"),
        ({"url": "HOOK", "enabled": "yes"}, 400, "invalid_input", "enabled"),
        ({"url": "HOOK", "name": "a" * 101}, 400, "invalid_input", "name"),
    ],
)
def test_what_cannot_be_a_webhook_is_refused(
    keeper: Caller, web_site: WebSite, body: dict[str, Any], status: int, code: str, field: str
) -> None:
    if body.get("url") == "HOOK":
        body = {**body, "url": web_site.url(HOOK)}

    assert problem(keeper.post(PATH, **body)) == (status, code, field)
    assert not Webhook.objects.exists()


def test_there_are_so_many_webhooks_and_no_more(keeper: Caller, web_site: WebSite) -> None:
    for _ in range(services.MAX_WEBHOOKS):
        keeper.post(PATH, url=web_site.url(HOOK))

    refused = keeper.post(PATH, url=web_site.url(HOOK))

    assert problem(refused) == (409, "too_many_webhooks", None)


def test_webhooks_of_others_are_unknown_and_only_admins_keep_them(
    caller: Caller, stranger_caller: Caller, webhook: Webhook
) -> None:
    own = f"{PATH}{webhook.public_id}/"
    doors = [
        ("get", own), ("patch", own), ("delete", own), ("post", f"{own}try/"),
        ("post", f"{own}replay/"), ("get", f"{own}deliveries/"),
    ]  # fmt: skip

    for method, path in doors:
        foreign = getattr(stranger_caller, method)(path)
        assert problem(foreign) == (404, "webhook_not_found", "webhook"), (method, path)
        assert getattr(caller, method)(path).status_code == 403, (method, path)
    assert stranger_caller.get(PATH).json()["results"] == []
    assert caller.get(PATH).status_code == 403
