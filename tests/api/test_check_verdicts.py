"""The Check dialect keeps who asked, and answers what is known of the picture by now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actors import Actor
from accounts.permissions import Role
from api.check.telling import SubmissionKeeper
from jobs import services as jobs_services
from jobs.clock import ClockWatch
from lists import services as lists_services
from lists.list_settings import ListSettings
from lists.models import Image, Item, List, ListGrant
from review.clusters import selectors as clusters_selectors
from review.models import MatchCandidate
from review.pairs import services as pairs_services
from tests import bare_pairs
from tests.callers import Caller
from tests.conftest import undone
from tests.verdicts.conftest import FALSE
from tests.verdicts.told import Told
from tests.web_site import WebSite
from verdicts import known, services, submitting
from verdicts.models import Notice, Submission, Verdict
from webhooks import services as webhooks_services
from webhooks.models import Webhook

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_watch(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what watches the clock for other tests not see that time is let pass here."""
    monkeypatch.setattr(jobs_services, "_clock", ClockWatch(0.0))


@pytest.fixture
def told() -> Told:
    """What people were told so far, and time that passes."""
    return Told()


@pytest.fixture
def publish(admin: Actor, told: Told) -> Callable[..., Verdict]:
    """Publish a verdict about a picture that is known by its custom id, and let grace pass."""

    def write(custom_id: str, *, waits: bool = True) -> Verdict:
        item = Item.objects.get(custom_id=custom_id)
        cluster = clusters_selectors.cluster_of(admin, item)
        verdict = services.write_draft(by=admin, cluster=cluster, content=FALSE)
        services.publish(by=admin, verdict=verdict)
        if waits:
            told()
        verdict.refresh_from_db()
        return verdict

    return write


def asked(answer: Any) -> dict[str, Any]:
    assert answer.status_code == 200, answer.content
    body: dict[str, Any] = answer.json()
    return body


def problem(answer: Any) -> tuple[int, str, str | None]:
    body = answer.json()
    return answer.status_code, body["error"], body.get("field")


# ------------------------------------------------------------------------------- what is kept


def test_each_request_is_a_submission_with_what_was_said_of_it(
    caller: Caller, coffee: bytes, web_site: WebSite
) -> None:
    hook = web_site.url("/hook")
    answer = caller.match(
        coffee, external_id="7", recipient=" ann ", language="pt-BR", callback_url=hook
    )

    assert asked(answer) == {"success": True, "match": False}
    kept = Submission.objects.get()
    assert kept.image_id == Item.objects.get().image_id
    assert (kept.external_id, kept.recipient, kept.language, kept.callback_url) == (
        "7", " ann ", "pt-BR", hook,
    )  # fmt: skip
    assert kept.credential == caller.credential.credential
    assert Webhook.objects.get().is_callback


@pytest.mark.parametrize(
    ("first", "again", "count"),
    [
        ({}, {}, 2),
        ({"external_id": "7"}, {"external_id": "7"}, 1),
        ({"external_id": "7"}, {"external_id": "8"}, 2),
        ({"external_id": "7", "recipient": "ann"}, {"external_id": "7", "recipient": "ann"}, 1),
        ({"external_id": "7", "recipient": "ann"}, {"external_id": "7", "recipient": "bob"}, 2),
        ({"recipient": "ann"}, {"recipient": "ann"}, 2),
    ],
)
def test_what_comes_again_under_its_own_id_for_the_same_recipient_is_one_submission(
    caller: Caller, coffee: bytes, first: dict[str, str], again: dict[str, str], count: int
) -> None:
    for fields in (first, again):
        asked(caller.match(coffee, **fields))

    assert Submission.objects.count() == count


def test_a_picture_that_is_not_stored_is_no_submission(caller: Caller, coffee: bytes) -> None:
    asked(caller.match(coffee, external_id="7"))

    asked(caller.match(coffee, store="false", external_id="8", include="verdict,group"))

    assert [each.external_id for each in Submission.objects.all()] == ["7"]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"recipient": "a" * 256}, "recipient"),
        ({"recipient": "a\x00"}, "recipient"),
        ({"recipient": ["ann"]}, "recipient"),
        ({"language": "a" * 36}, "language"),
        ({"callback_url": "http://127.0.0.1:9/"}, "callback_url"),
        ({"callback_url": "ftp://example.org/"}, "callback_url"),
        ({"callback_url": "https://example.org/" + "a" * 2000}, "callback_url"),
    ],
    ids=repr,
)
def test_what_cannot_be_kept_is_refused_before_anything_is_stored(
    caller: Caller, web_site: WebSite, coffee: bytes, fields: dict[str, str], field: str
) -> None:
    web_site.files["/cup.jpg"] = coffee

    answer = caller.post("/v1/match/", url=web_site.url("/cup.jpg"), **fields)

    assert problem(answer) == (400, "param_error", field)
    assert not Image.objects.exists()
    assert not Webhook.objects.exists()


def test_what_json_leaves_empty_is_not_given(
    caller: Caller, web_site: WebSite, coffee: bytes
) -> None:
    web_site.files["/cup.jpg"] = coffee

    asked(
        caller.post(
            "/v1/match/", url=web_site.url("/cup.jpg"), recipient=None, language=None,
            callback_url=None,
        )
    )  # fmt: skip

    assert not Submission.objects.get().wants_notice


def test_there_are_so_many_addresses_for_callbacks_and_no_more(
    caller: Caller, web_site: WebSite, coffee: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhooks_services, "MAX_CALLBACKS", 1)
    for _ in range(2):
        asked(caller.match(coffee, callback_url=web_site.url("/hook")))

    refused = caller.match(coffee, callback_url=web_site.url("/other"))

    assert problem(refused) == (409, "conflict", "callback_url")
    assert Submission.objects.count() == 2


def test_who_may_not_add_pictures_names_no_address_either(
    caller_as: Callable[..., Caller], image_list: List, web_site: WebSite, coffee: bytes
) -> None:
    for role in (Role.VIEWER, Role.ANALYST):
        refused = caller_as(role).match(coffee, callback_url=web_site.url("/hook"))
        assert refused.status_code == 403
    assert not Webhook.objects.exists()


# Within one open transaction the feed reports the transaction's changes again and again.
@pytest.mark.django_db(transaction=True)
def test_a_request_that_asks_for_nothing_costs_an_insert(
    caller: Caller, image_list: List, coffee: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cost() -> list[str]:
        with CaptureQueriesContext(connection) as captured:
            asked(caller.match(coffee, list=image_list.public_id))
        return [query["sql"] for query in captured.captured_queries]

    for _ in range(3):
        cost()

    keeping = cost()
    monkeypatch.setattr(SubmissionKeeper, "__call__", lambda *_: None)

    assert [sql.split('"')[0] for sql in keeping if "verdicts_" in sql] == ["INSERT INTO "]
    assert len(keeping) == len(cost()) + 1


# ----------------------------------------------------------------------------- what is answered


def test_what_is_known_of_the_same_bytes_is_answered_and_told_by_no_notice(
    caller: Caller, coffee: bytes, publish: Callable[..., Verdict], told: Told
) -> None:
    caller.match(coffee, external_id="first")
    verdict = publish("first")

    answered = asked(caller.match(coffee, recipient="ann", include="verdict"))
    again = asked(caller.match(coffee, recipient="ann", include="verdict"))

    assert answered["verdict"] == {
        "id": verdict.public_id, "version": 1, "state": "published", **FALSE.as_json(),
    }  # fmt: skip
    assert again["verdict"] == answered["verdict"]
    assert told() == []
    assert [each.state for each in Notice.objects.all()] == ["answered"]


def test_who_does_not_ask_for_the_verdict_is_told_by_a_notice(
    caller: Caller, coffee: bytes, publish: Callable[..., Verdict], told: Told
) -> None:
    caller.match(coffee, external_id="first")
    publish("first")

    assert "verdict" not in asked(caller.match(coffee, recipient="ann"))

    assert told.now() == [("ann", "verdict", 1)]


def test_a_notice_waits_until_the_answer_had_its_chance(
    caller: Caller,
    coffee: bytes,
    publish: Callable[..., Verdict],
    told: Told,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The background may be at it before the request is answered, or the answer may be lost."""
    caller.match(coffee, external_id="first")
    publish("first")
    answer = submitting.answer_at_once
    monkeypatch.setattr(submitting, "answer_at_once", lambda **_: told.now()[1:] or None)
    asked(caller.match(coffee, external_id="2", recipient="ann", include="verdict"))

    assert told.now() == []
    assert [each.state for each in Notice.objects.all()] == ["planned"]
    with undone():
        assert told() == [("ann", "verdict", 1)]
    answer(submission=Submission.objects.get(external_id="2"))
    assert told() == []


def test_what_may_still_be_taken_back_is_not_answered(
    caller: Caller, coffee: bytes, publish: Callable[..., Verdict], told: Told
) -> None:
    caller.match(coffee, external_id="first")
    publish("first", waits=False)

    assert asked(caller.match(coffee, recipient="ann", include="verdict"))["verdict"] is None

    assert told() == [("ann", "verdict", 1)]


def test_an_older_version_is_answered_until_the_next_may_be_told_which_corrects_it(
    caller: Caller,
    admin: Actor,
    coffee: bytes,
    publish: Callable[..., Verdict],
    told: Told,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    caller.match(coffee, external_id="first")
    verdict = publish("first")
    cluster = clusters_selectors.cluster_of(admin, Item.objects.get())
    services.write_draft(by=admin, cluster=cluster, content=replace(FALSE, rating="Satire"))
    services.publish(by=admin, verdict=verdict)
    answer = submitting.answer_at_once
    # The background has planned to tell the next version by then.
    monkeypatch.setattr(
        submitting, "answer_at_once", lambda **given: (told.now(), answer(**given))[1]
    )

    answered = asked(caller.match(coffee, recipient="ann", include="verdict"))["verdict"]

    assert (answered["version"], answered["rating"]) == (1, "False")
    assert told.now() == []
    assert told() == [("ann", "correction", 2)]
    assert asked(caller.match(coffee, include="verdict"))["verdict"]["rating"] == "Satire"


def test_a_match_that_is_only_suggested_answers_no_verdict_and_shows_the_one_of_the_item(
    caller: Caller, coffee: bytes, coffee_copy: bytes, publish: Callable[..., Verdict], told: Told
) -> None:
    caller.match(coffee, external_id="first")
    verdict = publish("first")

    for store in ("false", "true"):
        body = asked(caller.match(coffee_copy, store=store, include="verdict,matches"))
        assert body["verdict"] is None
        assert [each["verdict"]["id"] for each in body["matches"]] == [verdict.public_id]
    plain = asked(caller.match(coffee_copy, include="matches"))
    assert all("verdict" not in each for each in plain["matches"])


def test_a_copy_that_the_list_confirms_by_itself_is_answered_at_once(
    caller: Caller,
    admin: Actor,
    image_list: List,
    coffee: bytes,
    coffee_copy: bytes,
    publish: Callable[..., Verdict],
    told: Told,
) -> None:
    settings = ListSettings(auto_confirmed_kinds=("near",))
    lists_services.change_list(by=admin, image_list=image_list, settings=settings)
    own = {"list": image_list.public_id}
    caller.match(coffee, external_id="first", **own)
    verdict = publish("first")

    body = asked(caller.match(coffee_copy, recipient="ann", include="verdict,matches", **own))

    assert [each["state"] for each in body["matches"]] == ["confirmed"]
    assert body["verdict"]["id"] == verdict.public_id
    assert told() == []


def test_without_storing_only_the_same_bytes_have_a_verdict_and_nobody_is_told(
    caller: Caller, coffee: bytes, astronaut: bytes, publish: Callable[..., Verdict]
) -> None:
    caller.match(coffee, external_id="first")
    verdict = publish("first")

    known = asked(caller.match(coffee, store="false", include="verdict,group"))
    other = asked(caller.match(astronaut, store="false", include="verdict,group"))

    assert known["verdict"]["id"] == verdict.public_id
    assert known["group"]["size"] == 1
    assert (other["verdict"], other["group"]) == (None, None)
    assert not Notice.objects.exists()


def test_the_group_says_how_much_it_is_asked_about(
    caller: Caller, admin: Actor, coffee: bytes, coffee_copy: bytes
) -> None:
    first = asked(caller.match(coffee, recipient="ann", include="item"))["item"]["id"]
    alone = asked(caller.match(coffee_copy, recipient="ann", include="group"))["group"]
    pairs_services.confirm(by=admin, pair=MatchCandidate.objects.get())

    joined = asked(caller.match(coffee_copy, recipient="bob", include="group"))["group"]

    assert (alone["size"], alone["submissions"], alone["recipients"]) == (1, 1, 1)
    assert joined == {"id": first, "size": 2, "submissions": 3, "recipients": 2}


def test_a_restricted_key_hears_nothing_of_bytes_in_lists_out_of_its_reach(
    caller: Caller,
    admin: Actor,
    caller_as: Callable[..., Caller],
    coffee: bytes,
    publish: Callable[..., Verdict],
) -> None:
    caller.match(coffee, external_id="first")
    publish("first")
    own = lists_services.create_list(by=admin, settings=ListSettings(name="Own"))
    narrow = caller_as(Role.MANAGER, is_restricted=True)
    ListGrant.objects.create(credential=narrow.credential.credential, image_list=own)

    body = asked(narrow.match(coffee, store="false", include="verdict,group"))

    assert (body["verdict"], body["group"]) == (None, None)


def test_verdicts_of_many_matches_cost_the_same_queries_as_those_of_one(
    caller: Caller, admin: Actor, image_list: List
) -> None:
    pairs = bare_pairs.among("ABCDEF", image_list)
    for each in ("AB", "CD", "EF"):
        pairs_services.confirm(by=admin, pair=pairs[each])
    images = [pairs["AB"].image_low_id, *(pairs[each].image_high_id for each in ("CD", "EF"))]
    for letter in "AC":
        item = Item.objects.get(custom_id=letter)
        cluster = clusters_selectors.cluster_of(admin, item)
        draft = services.write_draft(by=admin, cluster=cluster, content=FALSE)
        services.publish(by=admin, verdict=draft)
    Told()()

    costs = []
    for asked_for in (images[:1], images):
        with CaptureQueriesContext(connection) as captured:
            found = known.verdicts_of(image_ids=asked_for)
        costs.append(len(captured))
        assert set(found) == set(asked_for) & set(images[:2])
        for image_id, of_one in found.items():
            assert known.verdict_of(image_id=image_id) == of_one
    # The walk, the verdicts, the grace period, the pairs, the versions.
    assert costs == [5, 5]


# ------------------------------------------------------------------------------------- batches


def test_images_of_a_batch_are_submissions_whose_recipients_are_told(
    caller: Caller,
    coffee: bytes,
    astronaut: bytes,
    web_site: WebSite,
    publish: Callable[..., Verdict],
    told: Told,
) -> None:
    web_site.files |= {"/cup.jpg": coffee, "/astronaut.jpg": astronaut}
    images = [
        {"url": web_site.url("/cup.jpg"), "external_id": "cup", "recipient": "ann"},
        {"url": web_site.url("/astronaut.jpg"), "recipient": 7, "language": "hi"},
        {"url": web_site.url("/cup.jpg"), "store": False},
    ]
    assert caller.post("/v1/match/batch/", images=images).status_code == 202
    told.now()

    kept = Submission.objects.order_by("pk").values_list("recipient", "language")
    assert list(kept) == [("ann", ""), ("7", "hi")]
    publish("cup")
    assert told.now() == [("ann", "verdict", 1)]


@pytest.mark.parametrize(
    ("image", "field"),
    [
        ({"recipient": "a" * 256}, "images[1].recipient"),
        ({"store": False, "recipient": "ann"}, "images[1].recipient"),
        ({"callback_url": "http://127.0.0.1:9/"}, "images[1].callback_url"),
    ],
    ids=repr,
)
def test_a_batch_with_what_cannot_be_kept_is_refused_whole(
    caller: Caller, image: dict[str, Any], field: str
) -> None:
    url = "http://a.example/a.jpg"

    refused = caller.post("/v1/match/batch/", images=[{"url": url}, {"url": url, **image}])

    assert problem(refused) == (400, "param_error", field)
    assert not Webhook.objects.exists()
