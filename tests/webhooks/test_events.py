"""What happens to pairs is in the feed, in order and without gaps, for those who may know."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.actors import Actor
from accounts.permissions import Role
from lists.models import List
from review.life import retention
from review.models import Act, MatchCandidate
from review.pairs import services as pairs_services
from review.pairs.records import Details
from tests import bare_pairs
from tests.callers import Caller
from webhooks import publishing, selectors, services
from webhooks.errors import EventsDeleted
from webhooks.models import Event
from webhooks.values import SoughtEvents

pytestmark = pytest.mark.django_db


def feed(caller: Caller, **query: object) -> Any:
    """Return the answer of the feed."""
    return caller.get("/v1/events/", **query).json()


def told(caller: Caller, **query: object) -> list[tuple[str, str]]:
    """Return the type and the match of each event."""
    return [(each["type"], each["data"]["match"]) for each in feed(caller, **query)["results"]]


def test_a_pair_that_is_found_is_told_with_its_pictures_and_its_region(
    caller: Caller, image_list: List, coffee: bytes, coffee_copy: bytes
) -> None:
    path = f"/v1/lists/{image_list.public_id}/items/"
    first = caller.upload(path, coffee, custom_id="first").json()
    second = caller.upload(path, coffee_copy, custom_id="second").json()

    (event,) = feed(caller)["results"]

    pair = MatchCandidate.objects.get()
    assert event["type"] == "match.suggested"
    data = event["data"]
    assert (data["match"], data["list"]) == (pair.public_id, image_list.public_id)
    assert (data["state"], data["scope"], data["kind"]) == ("suggested", None, pair.kind)
    assert data["score"] == pytest.approx(pair.score, abs=0.0001)
    assert data["item"] == {"custom_id": "first", "id": first["id"], "sha256": first["sha256"]}
    assert data["query"]["id"] == second["id"]
    assert data["decision"] is None
    assert set(data["region"] or {"query", "item"}) == {"query", "item"}


def test_each_decision_is_told_with_its_reason_and_how_the_pair_stands(
    caller: Caller, admin: Actor, pairs: list[MatchCandidate]
) -> None:
    pair = pairs[0]
    for act, reason in (
        (Act.UNSURE, ""),
        (Act.CONFIRM_IMAGE, "caption"),
        (Act.CONFIRM, ""),
        (Act.DISSOCIATE, "scene"),
    ):
        pairs_services.decide(by=admin, pair=pair, act=act, details=Details(reason=reason))
    pairs_services.explain(by=admin, pair=pair, details=Details(reason="template"))
    pairs_services.undo(by=admin, pair=pair)

    rows = [
        (
            each["type"],
            each["data"]["state"],
            each["data"]["scope"],
            each["data"]["decision"]["act"],
            each["data"]["decision"]["reason"],
        )
        for each in feed(caller)["results"]
    ]

    assert rows == [
        ("match.updated", "suggested", None, "unsure", None),
        ("match.confirmed", "confirmed", "image_only", "confirm_image", "caption"),
        ("match.confirmed", "confirmed", "whole", "confirm", None),
        ("match.dissociated", "dissociated", None, "dissociate", "scene"),
        ("match.updated", "dissociated", None, "explain", "template"),
        ("match.confirmed", "confirmed", "whole", "undo", None),
    ]


def test_what_follows_is_told_with_its_cause_and_again_when_it_falls(
    caller: Caller, admin: Actor, image_list: List
) -> None:
    pairs = bare_pairs.among("ABC", image_list)
    for name in ("AB", "BC"):
        pairs_services.confirm(by=admin, pair=pairs[name])
    pairs_services.undo(by=admin, pair=pairs["BC"])

    assert told(caller) == [
        ("match.confirmed", pairs["AB"].public_id),
        ("match.confirmed", pairs["BC"].public_id),
        ("match.confirmed", pairs["AC"].public_id),
        ("match.reopened", pairs["BC"].public_id),
        ("match.reopened", pairs["AC"].public_id),
    ]
    causes = [each["data"]["decision"]["follows_from"] for each in feed(caller)["results"]]
    assert causes == [None, None, pairs["BC"].public_id, None, None]


def test_a_removed_picture_closes_its_pairs_and_a_restored_one_suggests_them_again(
    caller: Caller, image_list: List, coffee: bytes, coffee_copy: bytes
) -> None:
    path = f"/v1/lists/{image_list.public_id}/items/"
    first, _ = (caller.upload(path, each).json()["id"] for each in (coffee, coffee_copy))
    (suggested,) = told(caller)

    caller.delete(f"{path}{first}/")
    caller.post(f"{path}{first}/restore/")

    assert told(caller) == [suggested, ("match.closed", suggested[1]), suggested]
    closed, again = feed(caller, after=1)["results"]
    assert (closed["data"]["item"]["id"], again["data"]["item"]["id"]) == (None, first)


def test_what_is_undone_with_its_transaction_never_happened(
    caller: Caller, admin: Actor, pairs: list[MatchCandidate]
) -> None:
    with transaction.atomic():
        pairs_services.confirm(by=admin, pair=pairs[0])
        transaction.set_rollback(True)
    pairs_services.confirm(by=admin, pair=pairs[1])

    (event,) = feed(caller)["results"]
    assert (event["data"]["match"], event["position"]) == (pairs[1].public_id, 1)


def test_a_reader_goes_on_where_it_was(
    caller: Caller, admin: Actor, pairs: list[MatchCandidate]
) -> None:
    assert feed(caller) == {"results": [], "after": 0, "more": False}
    for pair in pairs:
        pairs_services.confirm(by=admin, pair=pair)
    first = feed(caller, limit=2)
    second = feed(caller, after=first["after"], limit=2)
    third = feed(caller, after=second["after"], limit=2)

    assert [each["position"] for each in first["results"]] == [1, 2]
    assert (first["after"], first["more"]) == (2, True)
    assert second["after"] == Event.objects.count()
    assert third == {"results": [], "after": second["after"], "more": False}


def test_a_filter_skips_what_it_does_not_want(
    caller: Caller, admin: Actor, pairs: list[MatchCandidate], other_list: List
) -> None:
    (elsewhere,) = bare_pairs.make(1, other_list)
    pairs_services.confirm(by=admin, pair=pairs[0])
    pairs_services.dissociate(by=admin, pair=elsewhere)

    assert told(caller, types="match.dissociated") == [("match.dissociated", elsewhere.public_id)]
    assert told(caller, list=other_list.public_id) == [("match.dissociated", elsewhere.public_id)]
    assert feed(caller, types="match.closed")["after"] == 2


@pytest.mark.parametrize(
    ("query", "status", "field"),
    [
        ({"after": "x"}, 400, "after"),
        ({"after": -1}, 400, "after"),
        ({"after": 5}, 400, "after"),
        ({"after": 2**63}, 400, "after"),
        ({"limit": 0}, 400, "limit"),
        ({"limit": 501}, 400, "limit"),
        ({"types": "match.married"}, 400, "types"),
        ({"list": "ili_nobody"}, 404, "list"),
    ],
)
def test_what_cannot_be_asked_is_named(
    caller: Caller, query: dict[str, object], status: int, field: str
) -> None:
    refused = caller.get("/v1/events/", **query)

    assert (refused.status_code, refused.json()["error"]["field"]) == (status, field)


def test_another_organisation_has_its_own_feed(
    caller: Caller, stranger_caller: Caller, admin: Actor, pairs: list[MatchCandidate]
) -> None:
    pairs_services.confirm(by=admin, pair=pairs[0])

    assert len(told(caller)) == 1
    assert feed(stranger_caller) == {"results": [], "after": 0, "more": False}


def test_a_restricted_program_hears_of_its_lists_only(
    caller_as: Callable[..., Caller], admin: Actor, pairs: list[MatchCandidate]
) -> None:
    pairs_services.confirm(by=admin, pair=pairs[0])

    assert told(caller_as(Role.VIEWER, is_restricted=True)) == []


def test_events_go_after_a_month_and_a_reader_that_missed_some_is_told(
    caller: Caller, admin: Actor, pairs: list[MatchCandidate]
) -> None:
    for pair in pairs:
        pairs_services.confirm(by=admin, pair=pair)
    assert len(told(caller)) == 3
    month = services.RETENTION + dt.timedelta(minutes=1)
    Event.objects.filter(position__lte=2).update(created_at=timezone.now() - month)

    retention.purge(now=timezone.now())

    refused = caller.get("/v1/events/", after=1)
    assert (refused.status_code, refused.json()["error"]["code"]) == (410, "events_deleted")
    assert [each["position"] for each in feed(caller)["results"]] == [3]
    assert [each["position"] for each in feed(caller, after=2)["results"]] == [3]
    with pytest.raises(EventsDeleted):
        selectors.feed(admin, SoughtEvents(after=1, limit=1))


def test_positions_follow_the_end_of_transactions_and_leave_no_gap(
    admin: Actor, pairs: list[MatchCandidate]
) -> None:
    for pair in pairs:
        pairs_services.confirm(by=admin, pair=pair)
    assert set(Event.objects.values_list("position", flat=True)) == {None}

    publishing.publish_new(organisation_id=admin.organisation_id)
    publishing.publish_new(organisation_id=admin.organisation_id)

    events = Event.objects.order_by("pk")
    assert list(events.values_list("position", flat=True)) == list(range(1, events.count() + 1))
