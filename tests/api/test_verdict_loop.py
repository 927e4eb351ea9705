"""From a question to the people who are told, by HTTP alone, and until what was told falls."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from accounts.permissions import Role
from jobs import services as jobs_services
from jobs.clock import ClockWatch
from lists.models import List
from tests.callers import Caller
from tests.verdicts.told import Told
from tests.web_site import WebSite

pytestmark = pytest.mark.django_db

HOOK, CALLBACK = "/hook", "/callback"
SAID = {"rating": "False", "title": "The cup was full", "language": "en"}


@pytest.fixture(autouse=True)
def own_watch(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what watches the clock for other tests not see that time is let pass here."""
    monkeypatch.setattr(jobs_services, "_clock", ClockWatch(0.0))


@dataclass
class Loop:
    """A program that asks and decides, and what it hears: as events, at a webhook, at a callback.

    Each is the recipient, what they are told, and the version.
    """

    caller: Caller
    site: WebSite
    own: str
    after: int = 0
    told: Told = Told()  # noqa: RUF009 - it has no state

    def ask(self, photo: bytes, **fields: str) -> dict[str, Any]:
        answer = self.caller.match(photo, list=self.own, **fields)
        assert answer.status_code == 200, answer.content
        body: dict[str, Any] = answer.json()
        return body

    def decide(self, act: str) -> None:
        (pair,) = self.caller.get("/v1/matches/").json()["results"]
        answer = self.caller.post(f"/v1/matches/{pair['id']}/{act}/")
        assert answer.status_code == 200, answer.content

    def publish(self, photo_id: str) -> str:
        verdict = f"/v1/groups/{photo_id}/verdict/"
        assert self.caller.put(verdict, **SAID).status_code == 200
        published = self.caller.post(f"{verdict}publish/")
        assert published.status_code == 200, published.content
        return verdict

    def wait(self) -> list[tuple[str, str, int]]:
        """Let the grace period pass, and return the notices in the feed since the last time."""
        self.told()
        page = self.caller.get("/v1/events/", after=self.after).json()
        self.after = page["after"]
        self.told.now()
        return [heard(event) for event in page["results"] if event["type"].startswith("notice.")]

    def posted(self, path: str) -> list[tuple[str, str, int]]:
        """Return the notices that were posted to a path."""
        events = [json.loads(body) for where, body in self.site.posts if where == path]
        return [heard(event) for event in events if event["type"].startswith("notice.")]


def heard(event: dict[str, Any]) -> tuple[str, str, int]:
    data = event["data"]
    return data["recipient"], event["type"].removeprefix("notice."), data["verdict"]["version"]


@pytest.fixture
def loop(
    caller: Caller, caller_as: Callable[..., Caller], image_list: List, web_site: WebSite
) -> Loop:
    made = caller_as(Role.ADMIN).post("/v1/webhooks/", url=web_site.url(HOOK))
    assert made.status_code == 201
    return Loop(caller, web_site, image_list.public_id)


def test_who_asked_about_a_copy_is_told_once_by_every_way(
    loop: Loop, coffee: bytes, coffee_copy: bytes
) -> None:
    first = loop.ask(coffee, include="item")["item"]["id"]
    callback = loop.site.url(CALLBACK)
    for external_id in ("7", "7", "8"):
        loop.ask(coffee_copy, external_id=external_id, recipient="ann", callback_url=callback)
    loop.publish(first)
    assert loop.wait() == []

    loop.decide("confirm")

    assert loop.wait() == [("ann", "verdict", 1)]
    assert loop.wait() == []
    assert loop.posted(HOOK) == loop.posted(CALLBACK) == [("ann", "verdict", 1)]
    told = next(each for each in loop.site.posts if each[0] == CALLBACK)
    assert json.loads(told[1])["data"]["verdict"] | SAID == json.loads(told[1])["data"]["verdict"]
    # Of what was said about other pictures the callback hears nothing.
    assert {path for path, _ in loop.site.posts} == {HOOK, CALLBACK}
    assert len([path for path, _ in loop.site.posts if path == CALLBACK]) == 1


def test_identical_bytes_that_come_later_are_answered_at_once(loop: Loop, coffee: bytes) -> None:
    loop.publish(loop.ask(coffee, include="item")["item"]["id"])
    loop.wait()

    answered = loop.ask(coffee, recipient="bob", include="verdict")

    assert answered["match"] is True
    assert {name: answered["verdict"][name] for name in SAID} == SAID
    assert loop.wait() == []
    (notice,) = loop.caller.get("/v1/notices/").json()["results"]
    assert (notice["recipient"], notice["state"], notice["event"]) == ("bob", "answered", None)


def test_a_near_copy_is_answered_at_once_where_the_list_confirms_it(
    loop: Loop, coffee: bytes, coffee_copy: bytes
) -> None:
    loop.caller.patch(f"/v1/lists/{loop.own}/", auto_confirmed_kinds=["near"])
    loop.publish(loop.ask(coffee, include="item")["item"]["id"])
    loop.wait()

    answered = loop.ask(coffee_copy, recipient="bob", include="verdict")

    assert {name: answered["verdict"][name] for name in SAID} == SAID
    assert loop.wait() == []


def test_a_near_copy_that_waits_for_people_is_not_answered(
    loop: Loop, coffee: bytes, coffee_copy: bytes
) -> None:
    loop.publish(loop.ask(coffee, include="item")["item"]["id"])
    loop.wait()

    answered = loop.ask(coffee_copy, recipient="bob", include="verdict")

    assert (answered["match"], answered["verdict"]) == (True, None)
    assert loop.wait() == []


def test_dissociated_after_it_was_told_yields_one_retraction(
    loop: Loop, coffee: bytes, coffee_copy: bytes
) -> None:
    first = loop.ask(coffee, include="item")["item"]["id"]
    loop.ask(coffee_copy, recipient="ann", callback_url=loop.site.url(CALLBACK))
    loop.decide("confirm")
    loop.publish(first)
    assert loop.wait() == [("ann", "verdict", 1)]

    loop.decide("dissociate")

    assert loop.wait() == [("ann", "retraction", 1)]
    assert loop.wait() == []
    assert loop.posted(CALLBACK) == [("ann", "verdict", 1), ("ann", "retraction", 1)]


def test_an_answer_at_once_is_taken_back_too(loop: Loop, coffee: bytes, coffee_copy: bytes) -> None:
    loop.caller.patch(f"/v1/lists/{loop.own}/", auto_confirmed_kinds=["near"])
    loop.publish(loop.ask(coffee, include="item")["item"]["id"])
    loop.wait()
    assert loop.ask(coffee_copy, recipient="bob", include="verdict")["verdict"]

    loop.decide("dissociate")

    assert loop.wait() == [("bob", "retraction", 1)]


def test_undone_within_the_grace_period_nobody_is_told(
    loop: Loop, coffee: bytes, coffee_copy: bytes
) -> None:
    first = loop.ask(coffee, include="item")["item"]["id"]
    loop.ask(coffee_copy, recipient="ann")
    loop.publish(first)
    loop.wait()

    loop.decide("confirm")
    loop.told.now()
    loop.decide("undo")

    assert loop.wait() == []
    assert loop.posted(HOOK) == []
    (notice,) = loop.caller.get("/v1/notices/").json()["results"]
    assert (notice["recipient"], notice["state"]) == ("ann", "withdrawn")


def test_a_change_corrects_and_a_retraction_takes_back(loop: Loop, coffee: bytes) -> None:
    first = loop.ask(coffee, recipient="ann", language="hi", include="item")["item"]["id"]
    verdict = loop.publish(first)
    assert loop.wait() == [("ann", "verdict", 1)]

    loop.caller.put(verdict, **{**SAID, "rating": "Satire"})
    loop.caller.post(f"{verdict}publish/")
    assert loop.wait() == [("ann", "correction", 2)]
    loop.caller.post(f"{verdict}retract/")
    assert loop.wait() == [("ann", "retraction", 3)]

    events = loop.caller.get("/v1/events/").json()["results"]
    about = [each for each in events if each["type"].startswith("verdict.")]
    assert [each["type"] for each in about] == [
        "verdict.published", "verdict.updated", "verdict.retracted",
    ]  # fmt: skip
