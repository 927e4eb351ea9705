"""The Alegre dialect at once: rows, scores, contexts, thresholds, deletion and errors."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from accounts.actors import Actor
from accounts.permissions import Role
from api.alegre import errors, scores
from api.alegre.answers import ROW
from api.alegre.serializers import LaterRequest
from api.errors import row_for
from common.errors import LookalikeError
from intake.errors import DeliveryRefused, FetchFailed, FetchRefused
from lists import services as lists_services
from lists.list_settings import ListSettings
from lists.models import Image, Item, List
from matching.hashers.registry import PDQ
from review.models import MatchCandidate
from review.pairs import services as pairs_services
from tests.callers import Caller
from tests.conftest import encoded, opened, undone
from tests.web_site import WebSite

pytestmark = pytest.mark.django_db

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "alegre.md"
SYNC = "/similarity/sync/image"
CONTEXT = {"team_id": 1, "project_media_id": 7, "has_custom_id": True, "temporary_media": False}


@pytest.fixture
def site(web_site: WebSite, coffee: bytes, coffee_copy: bytes, astronaut: bytes) -> WebSite:
    """A site with two pictures and a copy of one."""
    web_site.files |= {"/cup.jpg": coffee, "/copy.jpg": coffee_copy, "/moon.jpg": astronaut}
    return web_site


def ask(caller: Caller, url: str, path: str = SYNC, **fields: Any) -> Any:
    """Post what Check posts."""
    return caller.post(path, url=url, **{"context": CONTEXT, **fields})


def rows(caller: Caller, url: str, **fields: Any) -> list[dict[str, Any]]:
    """Return the rows of an answer."""
    answer = ask(caller, url, **fields)
    assert answer.status_code == 200, answer.content
    assert list(answer.json()) == ["result"]
    result: list[dict[str, Any]] = answer.json()["result"]
    return result


def deletion(caller: Caller, **fields: Any) -> Any:
    """Delete as Check does, with a body."""
    return caller.client.delete("/image/similarity/", fields, content_type="application/json")


# ------------------------------------------------------------------------------------- the rows


def test_the_first_image_has_none_that_are_similar(caller: Caller, site: WebSite) -> None:
    assert rows(caller, site.url("/cup.jpg"), doc_id="one") == []


def test_a_row_has_the_fields_of_alegre_s(caller: Caller, site: WebSite) -> None:
    rows(caller, site.url("/cup.jpg"), doc_id="one", threshold=0.89)

    [row] = rows(caller, site.url("/copy.jpg"), doc_id="two", threshold=0.89)

    item = Item.objects.get(custom_id="one")
    bits = item.image.fingerprints.get(algorithm=PDQ.algorithm, frame=0).bits
    score = row.pop("score")
    assert row == {
        "id": item.public_id,
        "doc_id": "one",
        "pdq": "".join(f"{byte:08b}" for byte in bytes(bits)),
        "url": site.url("/cup.jpg"),
        "context": [CONTEXT],
        "model": "image/pdq",
    }
    assert len(row["pdq"]) == 256
    assert 0.89 <= score < 1


def test_the_same_picture_scores_1(caller: Caller, site: WebSite, coffee: bytes) -> None:
    site.files["/same.png"] = encoded(opened(coffee), "PNG")
    rows(caller, site.url("/cup.jpg"), doc_id="one")

    [same_bytes] = rows(caller, site.url("/cup.jpg"), doc_id="two", threshold=1)
    by_doc_id = rows(caller, site.url("/same.png"), doc_id="three", threshold=1)

    assert same_bytes["score"] == 1
    assert {row["doc_id"]: row["score"] for row in by_doc_id} == {"one": 1, "two": 1}


def test_several_items_with_one_file_are_a_row_each(caller: Caller, site: WebSite) -> None:
    for doc_id in ("one", "two"):
        rows(caller, site.url("/cup.jpg"), doc_id=doc_id, context={"project_media_id": doc_id})

    found = rows(caller, site.url("/cup.jpg"), doc_id="three", context={})

    assert {(row["doc_id"], row["context"][0]["project_media_id"]) for row in found} == {
        ("one", "one"),
        ("two", "two"),
    }
    assert Image.objects.count() == 1


def test_asking_twice_keeps_one_item_and_answers_the_same(caller: Caller, site: WebSite) -> None:
    rows(caller, site.url("/cup.jpg"), doc_id="one")

    first = rows(caller, site.url("/copy.jpg"), doc_id="two")
    again = rows(caller, site.url("/copy.jpg"), doc_id="two")

    assert [row["doc_id"] for row in first] == ["one"]
    assert again == first
    assert Item.objects.filter(removed_at=None).count() == 2


def test_spaces_around_a_doc_id_are_kept(caller: Caller, site: WebSite) -> None:
    rows(caller, site.url("/cup.jpg"), doc_id=" one ")

    assert Item.objects.get().custom_id == " one "
    assert deletion(caller, doc_id="one").json() == {"deleted": False}
    assert deletion(caller, doc_id=" one ").json() == {"deleted": True}


def test_a_new_picture_under_a_doc_id_takes_the_place_of_the_old(
    caller: Caller, site: WebSite
) -> None:
    rows(caller, site.url("/cup.jpg"), doc_id="one")
    rows(caller, site.url("/moon.jpg"), doc_id="one")

    assert rows(caller, site.url("/cup.jpg")) == []
    assert [row["doc_id"] for row in rows(caller, site.url("/moon.jpg"))] == ["one"]


@pytest.mark.parametrize(
    "passing", [{}, {"doc_id": ""}, {"doc_id": "one", "context": {"temporary_media": True}}]
)
def test_without_an_id_or_passing_by_an_image_is_searched_for_and_not_kept(
    caller: Caller, site: WebSite, passing: dict[str, Any]
) -> None:
    rows(caller, site.url("/cup.jpg"), doc_id="kept")

    found = rows(caller, site.url("/copy.jpg"), **passing)

    assert [row["doc_id"] for row in found] == ["kept"]
    assert Item.objects.count() == 1


def test_items_of_other_dialects_are_found_too(
    caller: Caller, site: WebSite, coffee: bytes
) -> None:
    caller.match(coffee)

    [row] = rows(caller, site.url("/copy.jpg"), context={})

    assert (row["doc_id"], row["url"], row["context"]) == (None, None, [])


def test_a_dissociated_picture_is_not_found(caller: Caller, admin: Actor, site: WebSite) -> None:
    rows(caller, site.url("/cup.jpg"), doc_id="one")
    rows(caller, site.url("/copy.jpg"), doc_id="two")
    pairs_services.dissociate(by=admin, pair=MatchCandidate.objects.get())

    assert rows(caller, site.url("/copy.jpg"), doc_id="two") == []


# ------------------------------------------------------------------------------------ the context


@pytest.mark.parametrize(
    ("asked", "is_found"),
    [
        ({}, True),
        ({"team_id": 1}, True),
        ({"team_id": 2}, False),
        ({"team_id": [1, 2]}, True),
        ({"team_id": [2, 3]}, False),
        ({"team_id": []}, False),
        ({"team_id": "1"}, False),
        ({"team_id": [1, 2], "has_custom_id": True}, True),
        ({"team_id": [1, 2], "has_custom_id": False}, False),
        ({"team_id": 1, "field": "title"}, False),
        ({"team_id": 1, "project_media_id": 99}, True),
        ({"team_id": 1, "temporary_media": True}, True),
        ({"team_id": 1, "content_type": "video"}, True),
    ],
)
def test_a_context_is_a_condition_and_an_array_means_any_of_its_values(
    caller: Caller, site: WebSite, asked: dict[str, Any], is_found: bool
) -> None:
    rows(caller, site.url("/cup.jpg"), doc_id="one", context=CONTEXT)

    assert bool(rows(caller, site.url("/copy.jpg"), context=asked)) is is_found


def test_a_context_may_be_the_text_of_an_object(caller: Caller, site: WebSite) -> None:
    rows(caller, site.url("/cup.jpg"), doc_id="one", context='{"team_id": 5}')

    [row] = rows(caller, site.url("/cup.jpg"), context='{"team_id": [4, 5]}')

    assert row["context"] == [{"team_id": 5}]


def test_a_context_given_anew_replaces_the_old(caller: Caller, site: WebSite) -> None:
    rows(caller, site.url("/cup.jpg"), doc_id="one", context={"team_id": 1})
    rows(caller, site.url("/cup.jpg"), doc_id="one", context={"team_id": 2})

    assert rows(caller, site.url("/cup.jpg"), context={"team_id": 1}) == []
    assert len(rows(caller, site.url("/cup.jpg"), context={"team_id": 2})) == 1


# -------------------------------------------------------------------- scores, thresholds, limits


@pytest.mark.parametrize(("ours", "alegres"), [(0, 0.5), (0.5, 0.89), (0.9, 0.95), (1, 1)])
def test_check_s_thresholds_mean_duplicate_and_sure(ours: float, alegres: float) -> None:
    assert scores.from_score(ours) == alegres
    assert scores.lowest_score(alegres) == ours


def test_scores_keep_their_order_and_only_identity_is_1() -> None:
    placed = [scores.from_score(thousandth / 1000) for thousandth in range(1001)]

    assert placed == sorted(set(placed))
    assert placed[999] < 1
    assert [scores.lowest_score(score) for score in placed] == pytest.approx(
        [thousandth / 1000 for thousandth in range(1001)], abs=1e-4
    )


def test_a_threshold_is_reached_by_its_very_score(caller: Caller, site: WebSite) -> None:
    rows(caller, site.url("/cup.jpg"), doc_id="one")
    [row] = rows(caller, site.url("/copy.jpg"))

    exactly = rows(caller, site.url("/copy.jpg"), threshold=row["score"])
    above = rows(caller, site.url("/copy.jpg"), threshold=row["score"] + 0.0001)

    assert exactly == [row]
    assert above == []


@pytest.mark.parametrize("threshold", [None, 0, 0.3, 0.83])
def test_a_low_threshold_is_no_error(
    caller: Caller, site: WebSite, threshold: float | None
) -> None:
    rows(caller, site.url("/cup.jpg"), doc_id="one")

    found = rows(caller, site.url("/copy.jpg"), threshold=threshold)

    assert [row["doc_id"] for row in found] == ["one"]


def test_a_limit_keeps_the_best(caller: Caller, site: WebSite) -> None:
    for doc_id, path in (("same", "/cup.jpg"), ("copy", "/copy.jpg"), ("copy 2", "/copy.jpg")):
        rows(caller, site.url(path), doc_id=doc_id)

    for limit, count in [(1, 1), (2, 2), (200, 3), (0, 3), (None, 3)]:
        with undone():
            found = rows(caller, site.url("/cup.jpg"), doc_id="asked", limit=limit)
            again = rows(caller, site.url("/cup.jpg"), doc_id="asked", limit=limit)

        found_scores = [row["score"] for row in found]
        assert found[0]["doc_id"] == "same"
        assert len(found) == count, limit
        assert found_scores == sorted(found_scores, reverse=True)
        assert again == found


# --------------------------------------------------------------------------------------- lists


def test_a_list_may_be_named(caller: Caller, site: WebSite, image_list: List) -> None:
    rows(caller, site.url("/cup.jpg"), doc_id="one", list=image_list.public_id)

    assert rows(caller, site.url("/cup.jpg")) == []
    assert len(rows(caller, site.url("/cup.jpg"), list=image_list.public_id)) == 1


def test_a_restricted_credential_s_only_list_is_meant(
    caller_as: Callable[..., Caller], site: WebSite, image_list: List
) -> None:
    restricted = caller_as(Role.MANAGER, is_restricted=True)
    lists_services.grant_lists(
        credential_id=restricted.credential.credential.pk, lists=[image_list]
    )

    rows(restricted, site.url("/cup.jpg"), doc_id="one")

    assert Item.objects.get().image_list == image_list


def test_nobody_sees_what_strangers_keep(
    caller: Caller, stranger_caller: Caller, site: WebSite, admin: Actor
) -> None:
    rows(caller, site.url("/cup.jpg"), doc_id="one")
    closed = lists_services.create_list(by=admin, settings=ListSettings(name="Closed"))

    assert rows(stranger_caller, site.url("/cup.jpg"), doc_id="one") == []
    assert deletion(stranger_caller, doc_id="one").json() == {"deleted": True}
    assert Item.objects.filter(custom_id="one", removed_at=None).count() == 1
    for list_id in (closed.public_id, "ili_" + "0" * 21):
        answer = ask(stranger_caller, site.url("/cup.jpg"), list=list_id)
        assert failure_of(answer) == (404, "not_found")


# ------------------------------------------------------------------------------------- deletion


def test_a_deleted_image_is_found_no_more(caller: Caller, site: WebSite) -> None:
    rows(caller, site.url("/cup.jpg"), doc_id="one")

    answer = deletion(caller, doc_id="one", context=CONTEXT, url=site.url("/cup.jpg"), quiet=False)

    assert answer.status_code == 200
    assert answer.json() == {"deleted": True}
    assert rows(caller, site.url("/cup.jpg")) == []


def test_deleting_what_is_not_there_is_no_error(caller: Caller, site: WebSite) -> None:
    rows(caller, site.url("/cup.jpg"), doc_id="one")
    deletion(caller, doc_id="one")

    assert deletion(caller, doc_id="one").json() == {"deleted": False}
    assert deletion(caller, doc_id="never\x00there").status_code in (200, 400)


def test_only_the_item_of_that_id_is_deleted(caller: Caller, site: WebSite) -> None:
    for doc_id in ("one", "two"):
        rows(caller, site.url("/cup.jpg"), doc_id=doc_id)

    deletion(caller, doc_id="one")

    assert [row["doc_id"] for row in rows(caller, site.url("/cup.jpg"))] == ["two"]


def test_a_deletion_needs_an_id_and_the_right_to_change_items(
    caller: Caller, caller_as: Callable[..., Caller], site: WebSite
) -> None:
    rows(caller, site.url("/cup.jpg"), doc_id="one")

    assert failure_of(deletion(caller, url=site.url("/cup.jpg"))) == (400, "param_error")
    assert failure_of(deletion(caller_as(Role.ANALYST), doc_id="one")) == (403, "forbidden")
    assert failure_of(deletion(caller_as(Role.ANALYST), doc_id="two")) == (403, "forbidden")
    assert Item.objects.filter(removed_at=None).count() == 1


# --------------------------------------------------------------------------------------- errors


def failure_of(answer: Any) -> tuple[int, str]:
    """Return status and code, having checked what every failure has."""
    body = answer.json()
    assert body["message"].endswith((".", "/", "secret"))
    assert body["request_id"].startswith("req_")
    return answer.status_code, body["error"]


@pytest.mark.parametrize(
    "fields",
    [
        {"threshold": 1.1},
        {"threshold": -0.1},
        {"threshold": "NaN"},
        {"threshold": "high"},
        {"limit": -1},
        {"limit": "many"},
        {"context": ["team"]},
        {"context": "team"},
        {"context": {"text": "\x00"}},
        {"context": {"text": "x" * 11_000}},
        {"doc_id": "x" * 256},
        {"doc_id": "one\x00two"},
        {"doc_id": {"a": 1}},
        {"url": ""},
        {"url": None},
        {"note": "x" * 30_000},
        {"note": "\x00"},
        {"note": "\ud800"},
    ],
)
def test_a_wrong_parameter_is_told(
    caller: Caller, site: WebSite, fields: dict[str, object]
) -> None:
    answer = caller.post(SYNC, **{"url": site.url("/cup.jpg"), **fields})

    assert failure_of(answer) == (400, "param_error")
    assert not Item.objects.exists()


def test_a_body_that_is_no_object_is_told(caller: Caller) -> None:
    for body in ("[]", "{", "7"):
        answer = caller.client.post(SYNC, body, content_type="application/json")
        assert failure_of(answer)[0] == 400


@pytest.mark.parametrize(
    ("path", "expected"),
    [("/lost.jpg", (424, "fetch_failed")), ("/page.html", (415, "not_an_image"))],
)
def test_an_address_without_an_image_is_told(
    caller: Caller, site: WebSite, path: str, expected: tuple[int, str]
) -> None:
    site.files["/page.html"] = b"<p>Dear sir or madam</p>"

    assert failure_of(ask(caller, site.url(path), doc_id="one")) == expected
    assert not Item.objects.exists()


def test_a_private_address_is_refused(caller: Caller, settings: Settings) -> None:
    settings.FETCH_ALLOW_HOSTS = []

    assert failure_of(ask(caller, "http://127.0.0.1:9/a.jpg")) == (400, "blocked_url")


def test_a_credential_is_needed_and_its_role_counts(
    caller: Caller, caller_as: Callable[..., Caller], site: WebSite
) -> None:
    anonymous = caller.anonymous.post(SYNC, {"url": "x"}, content_type="application/json")
    analyst, viewer = caller_as(Role.ANALYST), caller_as(Role.VIEWER)

    assert failure_of(anonymous) == (401, "unauthorized")
    assert failure_of(ask(viewer, site.url("/cup.jpg"))) == (403, "forbidden")
    assert failure_of(ask(analyst, site.url("/cup.jpg"), doc_id="one")) == (403, "forbidden")
    assert rows(analyst, site.url("/cup.jpg")) == []


def test_the_pair_may_come_in_the_address(caller: Caller, site: WebSite) -> None:
    query = f"api_user={caller.pair['api_user']}&api_secret={caller.pair['api_secret']}"

    answer = caller.anonymous.post(
        f"{SYNC}/?{query}", {"url": site.url("/cup.jpg")}, content_type="application/json"
    )

    assert answer.json() == {"result": []}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("post", "/image/similarity/search/"),
        ("post", "/image/ocr/"),
        ("get", "/image/ocr/"),
        ("post", "/image/classification/"),
        ("post", "/similarity/sync/audio"),
        ("post", "/similarity/async/video"),
        ("post", "/similarity/async/text"),
        ("post", "/audio/similarity/"),
        ("delete", "/video/similarity/"),
        ("get", "/text/langid/"),
        ("post", "/text/bulk_similarity/"),
    ],
)
def test_calls_that_are_not_offered_answer_501(caller: Caller, method: str, path: str) -> None:
    answer = getattr(caller.client, method)(path)
    anonymous = getattr(caller.anonymous, method)(path)

    assert failure_of(answer) == (501, "not_here")
    assert failure_of(anonymous) == (401, "unauthorized")


@pytest.mark.parametrize("path", ["/similarity/", "/similarity/sync/smell", "/image/nothing/"])
def test_an_unknown_address_is_told_in_json(caller: Caller, path: str) -> None:
    assert failure_of(caller.client.post(path)) == (404, "not_found")


def test_reading_is_no_way_to_ask(caller: Caller) -> None:
    assert failure_of(caller.get(SYNC)) == (405, "method_not_allowed")
    assert failure_of(caller.get("/image/similarity/")) == (405, "method_not_allowed")
    # The former way to keep an image, which Alegre itself refuses.
    assert failure_of(caller.post("/image/similarity/")) == (405, "method_not_allowed")


@pytest.mark.parametrize(
    ("kind", "status"),
    [(errors.CallNotHere, 501), (FetchRefused, 400), (FetchFailed, 424), (DeliveryRefused, 400)],
)
def test_an_error_gets_the_row_of_its_class_not_of_a_base(
    kind: type[LookalikeError], status: int
) -> None:
    assert row_for(kind("A sentence."), errors.TABLE).status == status


# ---------------------------------------------------------------------------------- the reference


def documented(heading: str) -> list[list[str]]:
    """Return the cells of the table under a heading of the reference, without its first rows."""
    section = PAGE.read_text().partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    lines = [line.strip("| ") for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.split("|")] for line in lines[2:]]


def names_in(cells: list[list[str]]) -> set[str]:
    """Return what stands in backquotes in the first column."""
    return {name for first, *_ in cells for name in re.findall(r"`(\w+)`", first)}


def test_the_reference_names_every_parameter_and_every_field() -> None:
    assert names_in(documented("Parameters")) == set(LaterRequest().fields)
    assert names_in(documented("Rows")) == set(ROW.fields)


def test_the_reference_shows_the_table_of_scores() -> None:
    shown = [(float(ours), float(alegres)) for ours, alegres, _ in documented("Scores")]

    assert tuple(shown) == scores.POINTS
    suggested = scores.from_score(List._meta.get_field("suggestion_threshold").get_default())
    assert f"({suggested:.2f} unless" in PAGE.read_text()


def test_the_reference_shows_every_error() -> None:
    shown = {(code.strip("`"), int(status)) for code, status, _ in documented("Errors")}

    assert shown == {(row.error, row.status) for row in errors.TABLE.values()}
