"""Verdicts, submissions and notices in our own API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actors import Actor
from accounts.permissions import Role
from lists import services as lists_services
from lists.list_settings import ListSettings
from lists.models import Item, List, ListGrant
from review.models import MatchCandidate
from review.pairs import services as pairs_services
from tests import bare_pairs
from tests.callers import Caller
from tests.verdicts.asking import asking
from tests.verdicts.conftest import FALSE
from tests.verdicts.told import Told
from verdicts.models import Notice, Submission, Verdict
from webhooks import services as webhooks_services
from webhooks.models import Event, Webhook

pytestmark = pytest.mark.django_db

Pairs = dict[str, MatchCandidate]
Ask = Callable[..., Submission]


@pytest.fixture
def pairs(image_list: List) -> Pairs:
    """Every pair of the items A, B, C and D."""
    return bare_pairs.among("ABCD", image_list)


@pytest.fixture
def ask(admin: Actor, pairs: Pairs) -> Ask:
    """Ask about an item on behalf of somebody."""
    assert pairs
    return asking(admin)


@pytest.fixture
def told() -> Told:
    """What people were told so far, and time that passes."""
    return Told()


def address(letter: str, more: str = "") -> str:
    return f"/v1/groups/{Item.objects.get(custom_id=letter).public_id}/verdict/{more}"


def done(answer: Any) -> dict[str, Any]:
    assert answer.status_code == 200, answer.content
    body: dict[str, Any] = answer.json()
    return body


def published(caller: Caller, letter: str, **said: str) -> dict[str, Any]:
    done(caller.put(address(letter), **{**FALSE.as_json(), **said}))
    return done(caller.post(address(letter, "publish/")))


def problem(answer: Any) -> tuple[int, str, str | None]:
    error = answer.json()["error"]
    return answer.status_code, error["code"], error.get("field")


# ------------------------------------------------------------------------------------ one verdict


def test_a_verdict_is_drafted_published_updated_and_retracted(caller: Caller, pairs: Pairs) -> None:
    content = {**FALSE.as_json(), "url": "https://facts.example.org/shark", "summary": "Pasted."}
    nothing = dict.fromkeys(content)

    drafted = done(caller.put(address("A"), **content))
    assert drafted == {
        "id": Verdict.objects.get().public_id,
        "state": "draft",
        "version": 0,
        **nothing,
        "draft": content,
        "sha256": Item.objects.get(custom_id="A").image.sha256,
        "replaced_by": None,
        "created_at": drafted["created_at"],
        "changed_at": drafted["changed_at"],
    }
    first = done(caller.post(address("A", "publish/"), version=0))
    assert (first["state"], first["version"], first["draft"]) == ("published", 1, None)
    assert {name: first[name] for name in content} == content

    done(caller.put(address("A"), **{**content, "rating": "Misleading"}, version=1))
    second = done(caller.post(address("A", "publish/"), version=1))
    assert (second["version"], second["rating"]) == (2, "Misleading")
    assert done(caller.get(address("A"))) == second

    versions = done(caller.get(address("A", "versions/")))
    assert [(row["version"], row["act"], row["rating"]) for row in versions["results"]] == [
        (2, "update", "Misleading"), (1, "publish", "False"),
    ]  # fmt: skip
    gone = done(caller.post(address("A", "retract/"), version=2))
    assert (gone["state"], gone["version"]) == ("retracted", 3)
    assert problem(caller.get(address("A"))) == (404, "verdict_not_found", None)


def test_a_draft_is_discarded_and_what_is_published_stays(caller: Caller, pairs: Pairs) -> None:
    done(caller.put(address("A"), title="Mine"))
    assert caller.delete(address("A")).status_code == 204
    assert problem(caller.get(address("A"))) == (404, "verdict_not_found", None)

    said = published(caller, "A")
    done(caller.put(address("A"), title="Mine"))
    assert caller.delete(address("A")).status_code == 204
    stays = done(caller.get(address("A")))
    assert {**stays, "changed_at": said["changed_at"]} == said


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"rating": "a" * 51}, "rating"),
        ({"title": "a" * 201}, "title"),
        ({"title": 7}, "title"),
        ({"title": "\x00"}, "title"),
        ({"summary": "a" * 2001}, "summary"),
        ({"url": "javascript:alert(1)"}, "url"),
        ({"language": "???"}, "language"),
        ({"version": "1"}, "version"),
        ({"version": -1}, "version"),
    ],
    ids=repr,
)
def test_what_cannot_be_a_verdict_is_refused(
    caller: Caller, pairs: Pairs, body: dict[str, Any], field: str
) -> None:
    assert problem(caller.put(address("A"), **body)) == (400, "invalid_input", field)
    assert not Verdict.objects.exists()


def test_what_does_not_stand_as_the_request_assumes_is_a_conflict(
    caller: Caller, pairs: Pairs
) -> None:
    for act in ("publish/", "retract/"):
        assert problem(caller.post(address("A", act))) == (404, "verdict_not_found", None)
    done(caller.put(address("A"), rating="False"))
    assert problem(caller.post(address("A", "publish/"))) == (409, "verdict_incomplete", "title")
    assert problem(caller.post(address("A", "retract/"))) == (409, "nothing_to_retract", None)
    published(caller, "A")
    assert problem(caller.post(address("A", "publish/"))) == (409, "nothing_to_publish", None)
    for method, more in ((caller.put, ""), (caller.post, "publish/"), (caller.post, "retract/")):
        assert problem(method(address("A", more), version=0)) == (409, "verdict_changed", None)


def test_what_is_published_about_one_group_is_published_about_another_one(
    caller: Caller, pairs: Pairs
) -> None:
    verdict = published(caller, "A")
    done(caller.put(address("C"), title="A draft"))

    reused = done(caller.post(address("B", "reuse/"), verdict=verdict["id"]))
    draft = done(caller.get(address("C")))["id"]

    assert (reused["state"], reused["rating"], reused["id"] != verdict["id"]) == (
        "published", "False", True,
    )  # fmt: skip
    unpublished = caller.post(address("D", "reuse/"), verdict=draft)
    unknown = caller.post(address("D", "reuse/"), verdict="ver_nothing")
    assert problem(unpublished) == (409, "nothing_to_publish", None)
    assert problem(unknown) == (404, "verdict_not_found", None)


def test_a_preview_counts_who_would_be_told(
    caller: Caller, admin: Actor, pairs: Pairs, ask: Ask, told: Told
) -> None:
    ask("A", "ann", language="hi")
    ask("B", "bob")
    done(caller.put(address("A"), **FALSE.as_json()))
    pairs_services.confirm(by=admin, pair=pairs["AB"])

    before = done(caller.get(address("A", "preview/")))
    published(caller, "A")
    told()
    done(caller.put(address("A"), **{**FALSE.as_json(), "rating": "Satire"}))
    ask("A", "cem")
    after = done(caller.get(address("A", "preview/")))

    none = {"verdicts": 0, "corrections": 0, "retractions": 0}
    assert before == {
        "publish": {**none, "total": 2, "verdicts": 2, "languages": {"hi": 1, "": 1}},
        "retract": None,
    }
    assert after["publish"] == {
        **none, "total": 3, "verdicts": 1, "corrections": 2, "languages": {"hi": 1, "": 2},
    }  # fmt: skip
    assert (after["retract"]["total"], after["retract"]["retractions"]) == (2, 2)


def test_analysts_draft_managers_publish_and_viewers_read(
    caller_as: Callable[..., Caller], pairs: Pairs
) -> None:
    viewer, analyst = caller_as(Role.VIEWER), caller_as(Role.ANALYST)

    assert problem(viewer.put(address("A"), **FALSE.as_json()))[0] == 403
    done(analyst.put(address("A"), **FALSE.as_json()))
    done(viewer.get(address("A")))
    for more, body in (
        ("publish/", {}), ("retract/", {}), ("reuse/", {"verdict": Verdict.objects.get().public_id})
    ):  # fmt: skip
        assert problem(analyst.post(address("A", more), **body))[0] in (403, 409), more
    assert Verdict.objects.get().state == "draft"
    done(caller_as(Role.MANAGER).post(address("A", "publish/")))
    assert problem(analyst.post(address("A", "retract/"))) == (403, "forbidden", None)


def test_a_key_that_is_restricted_to_lists_publishes_nothing(
    caller_as: Callable[..., Caller], image_list: List, pairs: Pairs
) -> None:
    narrow = caller_as(Role.MANAGER, is_restricted=True)
    ListGrant.objects.create(credential=narrow.credential.credential, image_list=image_list)

    done(narrow.put(address("A"), **FALSE.as_json()))

    assert problem(narrow.post(address("A", "publish/"))) == (403, "forbidden", None)
    assert problem(narrow.delete("/v1/submissions/?recipient=ann")) == (403, "forbidden", None)


# ----------------------------------------------------------------------------------- all verdicts


def test_verdicts_are_listed_by_their_state(caller: Caller, pairs: Pairs) -> None:
    said = published(caller, "A")
    drafted = done(caller.put(address("B"), title="Mine"))

    assert done(caller.get("/v1/verdicts/"))["results"] == [drafted, said]
    assert done(caller.get("/v1/verdicts/", state="published"))["results"] == [said]
    first = done(caller.get("/v1/verdicts/", limit=1))
    assert done(caller.get(first["next"].removeprefix("http://testserver")))["results"] == [said]
    unknown = caller.get("/v1/verdicts/", state="married")
    assert problem(unknown) == (400, "invalid_input", "state")


# ------------------------------------------------------------------------ submissions and notices


def test_submissions_are_found_by_the_program_s_own_names(
    caller: Caller, image_list: List, ask: Ask
) -> None:
    ask("A", "ann", external_id="7", language="hi")
    ask("B", "ann", external_id="8")
    ask("B")

    def found(**sought: str) -> list[str | None]:
        rows = done(caller.get("/v1/submissions/", **sought))["results"]
        return [row["external_id"] for row in rows]

    assert found() == [None, "8", "7"]
    assert found(recipient="ann") == ["8", "7"]
    assert found(recipient="ann", external_id="7") == ["7"]
    assert found(recipient="nobody") == found(external_id="9") == []
    (row,) = done(caller.get("/v1/submissions/", external_id="7"))["results"]
    kept = Submission.objects.get(external_id="7")
    assert row == {
        "id": kept.public_id,
        "list": image_list.public_id,
        "sha256": kept.image.sha256,
        "external_id": "7",
        "recipient": "ann",
        "language": "hi",
        "callback_url": None,
        "by": None,
        "created_at": row["created_at"],
    }


def test_notices_are_found_by_verdict_and_state(
    caller: Caller, pairs: Pairs, ask: Ask, told: Told
) -> None:
    ask("A", "ann", language="hi")
    verdict = published(caller, "A")["id"]
    other = published(caller, "B")["id"]
    told.now()
    (planned,) = done(caller.get("/v1/notices/", state="planned"))["results"]
    told()

    (row,) = done(caller.get("/v1/notices/", verdict=verdict))["results"]

    assert row == {
        **planned,
        "state": "sent",
        "due_at": row["due_at"],
        "sent_at": row["sent_at"],
        "event": Event.objects.get(type="notice.verdict").public_id,
    }
    assert (row["kind"], row["version"], row["recipient"], row["language"]) == (
        "verdict", 1, "ann", "hi",
    )  # fmt: skip
    assert row["sent_at"] >= row["created_at"]
    assert done(caller.get("/v1/notices/", verdict=other))["results"] == []
    assert done(caller.get("/v1/notices/", state="planned"))["results"] == []


def test_a_notice_is_sent_again_by_who_publishes(
    caller: Caller, caller_as: Callable[..., Caller], ask: Ask, told: Told
) -> None:
    ask("A", "ann", callback_url="https://example.org/hook")
    published(caller, "A")
    told.now()
    (planned,) = Notice.objects.all()
    send = f"/v1/notices/{planned.public_id}/send/"

    assert problem(caller.post(send)) == (409, "notice_not_sent", None)
    told()
    Webhook.objects.create(organisation=planned.organisation, url="https://example.org/all")
    assert problem(caller_as(Role.ANALYST).post(send)) == (403, "forbidden", None)
    assert problem(caller.post("/v1/notices/ntc_none/send/")) == (404, "notice_not_found", None)
    before = Event.objects.count()

    answer = done(caller.post(send))

    assert (answer["id"], answer["state"]) == (planned.public_id, "sent")
    assert Event.objects.count() == before
    event = Event.objects.get(public_id=answer["event"])
    assert event.deliveries.filter(state="waiting").count() == 1


@pytest.mark.parametrize("path", ["/v1/verdicts/", "/v1/submissions/", "/v1/notices/"])
def test_a_page_costs_the_same_for_one_row_and_more(
    caller: Caller, pairs: Pairs, ask: Ask, told: Told, path: str
) -> None:
    costs = []
    for letter in "ABC":
        ask(letter, letter)
        published(caller, letter)
        told()
        with CaptureQueriesContext(connection) as captured:
            done(caller.get(path))
        costs.append(len(captured))
    assert costs[1] == costs[2] <= 4


def test_all_that_is_kept_of_a_recipient_is_forgotten(
    caller: Caller, caller_as: Callable[..., Caller], pairs: Pairs, ask: Ask, told: Told
) -> None:
    ask("A", "ann")
    ask("B", "ann")
    ask("A", "bob")
    published(caller, "A")
    told()
    path = "/v1/submissions/?recipient=ann"

    assert problem(caller_as(Role.ANALYST).delete(path)) == (403, "forbidden", None)
    assert problem(caller.delete("/v1/submissions/")) == (400, "invalid_input", "recipient")
    assert done(caller.delete(path)) == {"submissions": 2}
    assert done(caller.delete(path)) == {"submissions": 0}

    assert [each.recipient for each in Submission.objects.all()] == ["bob"]
    assert [each.audience for each in Notice.objects.all()] == ["bob"]
    assert "ann" not in caller.get("/v1/events/").content.decode()


def test_a_restricted_key_sees_what_its_lists_ask_and_are_told(
    caller: Caller,
    caller_as: Callable[..., Caller],
    admin: Actor,
    pairs: Pairs,
    ask: Ask,
    told: Told,
) -> None:
    ask("A", "ann")
    published(caller, "A")
    told()
    own = lists_services.create_list(by=admin, settings=ListSettings(name="Own"))
    narrow = caller_as(Role.MANAGER, is_restricted=True)
    ListGrant.objects.create(credential=narrow.credential.credential, image_list=own)

    for path in ("groups", "verdicts", "submissions", "notices"):
        assert done(narrow.get(f"/v1/{path}/")) == {"results": [], "next": None}


# -------------------------------------------------------------------------------------- settings


def test_how_long_everybody_waits_is_read_by_all_and_set_by_admins(
    caller: Caller, caller_as: Callable[..., Caller]
) -> None:
    path, admin = "/v1/verdict-settings/", caller_as(Role.ADMIN)

    assert done(caller_as(Role.VIEWER).get(path)) == {"grace_s": 60}
    assert problem(caller.patch(path, grace_s=0)) == (403, "forbidden", None)
    assert done(admin.patch(path, grace_s=0)) == {"grace_s": 0}
    assert done(caller.get(path)) == {"grace_s": 0}
    for wrong in (-1, 86_401, "60", None, True):
        assert problem(admin.patch(path, grace_s=wrong)) == (400, "invalid_input", "grace_s")
    assert problem(admin.patch(path)) == (400, "invalid_input", "grace_s")


def test_a_list_says_which_kinds_carry_a_verdict(caller: Caller, image_list: List) -> None:
    path = f"/v1/lists/{image_list.public_id}/"
    every = ["contains", "edited", "mirrored", "near", "part", "pixels"]

    assert done(caller.get(path))["verdict_kinds"] == every
    assert done(caller.patch(path, verdict_kinds=["near"]))["verdict_kinds"] == ["near"]
    assert done(caller.patch(path, verdict_kinds=[]))["verdict_kinds"] == []
    assert problem(caller.patch(path, verdict_kinds=["related"]))[:2] == (400, "invalid_input")
    assert done(caller.patch(path, name="Renamed"))["verdict_kinds"] == []


def test_an_address_that_clients_named_stays_what_it_is(
    caller_as: Callable[..., Caller], admin: Actor
) -> None:
    keeper = caller_as(Role.ADMIN)
    for host in ("a", "b"):
        webhooks_services.keep_callback(
            organisation_id=admin.organisation_id, url=f"https://{host}.example.org/"
        )
    own = f"/v1/webhooks/{Webhook.objects.earliest('pk').public_id}/"

    assert done(keeper.get(own))["is_callback"] is True
    assert done(keeper.patch(own, enabled=False))["enabled"] is False
    moved = keeper.patch(own, url="https://b.example.org/")
    assert problem(moved) == (400, "invalid_input", "url")
