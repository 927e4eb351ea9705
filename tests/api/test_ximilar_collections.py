"""The Ximilar dialect's collections: lists whose records are items with the client's own fields."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import connection

from accounts import services as accounts_services
from accounts.actors import Actor
from accounts.models import Organisation
from accounts.permissions import Role
from api.ximilar import hashing, records, searching
from lists import selectors, storage
from lists import services as lists_services
from lists.models import Image, Item, List
from review.models import MatchCandidate
from tests.api.ximilar_caller import XimilarCaller, base64_text
from tests.callers import Caller
from tests.threads import PATIENCE_S, run_threads

pytestmark = pytest.mark.django_db

_NEVER = f"ili_{'0' * 21}"
_COLLECTION_METHODS = [
    "insert",
    "get",
    "update",
    "delete",
    "random",
    "allRecords",
    "visualKNN",
    "visualRankRecords",
]


@pytest.fixture
def ximilar(caller: Caller, image_list: List) -> XimilarCaller:
    """A program that names its list."""
    return XimilarCaller(caller, image_list.public_id)


@pytest.fixture
def cup(coffee: bytes) -> dict[str, Any]:
    """A record with fields that the client invented."""
    return {"_id": "cup", "_base64": base64_text(coffee), "colour": "brown", "tags": ["a", "b"]}


@pytest.fixture
def woman(astronaut: bytes) -> dict[str, Any]:
    """Another record."""
    return {"_id": 7, "_base64": base64_text(astronaut), "colour": "orange"}


def told(answer: Any) -> tuple[int, int, str]:
    """Return the HTTP status, and the envelope's code and text."""
    status = answer.json()["status"]
    return answer.status_code, status["code"], status["text"]


def ids(answer: Any) -> list[str]:
    return [record["_id"] for record in answer.json()["answer_records"]]


# ---------------------------------------------------------------------------------- keeping


def test_inserted_records_are_items_with_a_context(
    ximilar: XimilarCaller, image_list: List, cup: dict[str, Any], woman: dict[str, Any]
) -> None:
    answer = ximilar("insert", records=[cup, woman])

    assert told(answer) == (200, 210, "records inserted")
    assert answer.json()["answer_records"] == [{"_id": "cup"}, {"_id": "7"}]
    assert (answer.json()["answer_count"], answer.json()["skipped_records"]) == (2, [])
    items = {item.custom_id: item.context for item in selectors.items_of(image_list)}
    assert items == {
        "cup": {"colour": "brown", "tags": ["a", "b"]},
        "7": {"colour": "orange"},
    }


def test_an_inserted_record_without_an_id_gets_one(ximilar: XimilarCaller, coffee: bytes) -> None:
    answer = ximilar("insert", records=[{"_base64": base64_text(coffee)}])

    assert ids(answer) == [Item.objects.get().custom_id]
    assert len(ids(answer)[0]) == 36


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_same_picture", [False, True], ids=["other picture", "same picture"])
def test_of_two_inserts_of_one_id_at_once_the_second_is_a_duplicate(
    ximilar: XimilarCaller,
    cup: dict[str, Any],
    woman: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    is_same_picture: bool,
) -> None:
    both = threading.Barrier(2)
    load, codes = records.load, []

    def load_together(*given: Any, **more: Any) -> Any:
        # Neither has found the id before.
        both.wait(PATIENCE_S)
        return load(*given, **more)

    def insert(record: dict[str, Any]) -> None:
        codes.append(ximilar("insert", records=[record]).json()["status"]["code"])

    monkeypatch.setattr(records, "load", load_together)
    second = cup if is_same_picture else {**woman, "_id": "cup"}
    run_threads(partial(insert, cup), partial(insert, second))

    assert sorted(codes) == [210, 411]
    assert Item.objects.filter(custom_id="cup", removed_at=None).count() == 1


def test_an_id_that_is_there_is_not_inserted_again(
    ximilar: XimilarCaller, cup: dict[str, Any], woman: dict[str, Any]
) -> None:
    ximilar("insert", records=[cup])

    some = ximilar("insert", records=[{**woman, "_id": "cup"}, woman, woman])
    none = ximilar("insert", records=[cup, woman])

    assert told(some) == (200, 211, "some records inserted")
    skipped = some.json()["skipped_records"]
    assert [(each["_id"], each["_status"]["code"]) for each in skipped] == [
        ("cup", 411),
        ("7", 411),
    ]
    assert "_base64" not in skipped[0]
    assert skipped[0]["colour"] == "orange"
    assert told(none) == (409, 411, "record duplicate")
    assert Item.objects.count() == 2


def test_a_record_that_cannot_be_inserted_leaves_the_others(
    ximilar: XimilarCaller, cup: dict[str, Any]
) -> None:
    bad = [
        {"_id": "no picture"},
        {"_id": "x" * 256, "_base64": cup["_base64"]},
        {"_id": {"a": 1}, "_base64": cup["_base64"]},
        {"_id": "too much", "_base64": cup["_base64"], "own": "x" * 10_001},
    ]

    answer = ximilar("insert", records=[*bad, cup])

    assert told(answer) == (200, 211, "some records inserted")
    assert ids(answer) == ["cup"]
    assert [each["_status"]["code"] for each in answer.json()["skipped_records"]] == [400] * 4
    assert told(ximilar("insert", records=bad)) == (400, 400, "all records failed")


def test_get_returns_the_fields_that_are_asked_for(
    ximilar: XimilarCaller, cup: dict[str, Any], woman: dict[str, Any]
) -> None:
    ximilar("insert", records=[cup, woman])

    plain = ximilar("get", records=[{"_id": "cup"}, {"_id": 7}])
    some = ximilar("get", records=[{"_id": "cup"}], fields_to_return=["colour", "_width", "none"])
    whole = ximilar("get", records=[{"_id": "cup"}], fields_to_return=["*"])

    assert told(plain) == (200, 205, "records found")
    assert plain.json()["answer_records"] == [{"_id": "cup"}, {"_id": "7"}]
    assert some.json()["answer_records"] == [{"_id": "cup", "colour": "brown", "_width": 600}]
    assert whole.json()["answer_records"] == [
        {"_id": "cup", "colour": "brown", "tags": ["a", "b"], "_width": 600, "_height": 400}
    ]


@pytest.mark.parametrize("method", ["get", "update", "delete", "visualRankRecords"])
def test_ids_that_are_not_there_are_skipped(
    ximilar: XimilarCaller, cup: dict[str, Any], woman: dict[str, Any], method: str
) -> None:
    ximilar("insert", records=[cup])

    some = ximilar(method, records=[{"_id": "cup"}, {"_id": "gone"}], query_record=woman)
    none = ximilar(method, records=[{"_id": "gone"}, {"_id": "too"}], query_record=woman)
    bad = ximilar(method, records=[{"a": 1}, {"_id": []}], query_record=woman)

    assert told(some) == (200, 206, "some of the records not found")
    assert ids(some) == ["cup"]
    assert some.json()["skipped_records"][0]["_id"] == "gone"
    assert some.json()["skipped_records"][0]["_status"]["code"] == 404
    assert told(none) == (404, 404, "records not found")
    assert none.json()["answer_records"] == []
    assert told(bad) == (400, 400, "all records failed")


def test_update_changes_fields_and_leaves_the_others(
    ximilar: XimilarCaller, cup: dict[str, Any], astronaut: bytes
) -> None:
    ximilar("insert", records=[cup])
    before = Image.objects.get().sha256

    change = {"_id": "cup", "colour": "black", "new": None, "_base64": base64_text(astronaut)}
    answer = ximilar("update", records=[change])

    assert told(answer) == (200, 200, "OK")
    record = answer.json()["answer_records"][0]
    assert (record["colour"], record["tags"], record["new"]) == ("black", ["a", "b"], None)
    assert Item.objects.get().context == {"colour": "black", "tags": ["a", "b"], "new": None}
    assert Image.objects.get().sha256 == before


def test_an_update_that_would_keep_too_much_changes_nothing(
    ximilar: XimilarCaller, cup: dict[str, Any]
) -> None:
    ximilar("insert", records=[cup])

    answer = ximilar("update", records=[{"_id": "cup", "colour": "x" * 10_001}])

    assert told(answer)[:2] == (400, 400)
    assert Item.objects.get().context["colour"] == "brown"


def test_deleted_records_are_found_no_more(
    ximilar: XimilarCaller, cup: dict[str, Any], woman: dict[str, Any]
) -> None:
    ximilar("insert", records=[cup, woman])

    answer = ximilar("delete", records=[{"_id": "cup"}])

    assert told(answer) == (200, 220, "records deleted")
    assert ids(answer) == ["cup"]
    assert told(ximilar("get", records=[{"_id": "cup"}]))[0] == 404
    assert ids(ximilar("visualKNN", query_record=cup)) == []
    assert told(ximilar("insert", records=[cup]))[1] == 210


def test_an_item_without_a_custom_id_is_known_by_its_own(
    ximilar: XimilarCaller, image_list: List, coffee: bytes
) -> None:
    path = f"/v1/lists/{image_list.public_id}/items/"
    item_id = ximilar.caller.upload(path, coffee).json()["id"]
    named_id = ximilar.caller.upload(path, coffee, custom_id="cup").json()["id"]

    assert ids(ximilar("get", records=[{"_id": item_id}])) == [item_id]
    assert told(ximilar("get", records=[{"_id": named_id}]))[0] == 404
    assert told(ximilar("delete", records=[{"_id": item_id}]))[1] == 220


# -------------------------------------------------------------------------------- searching


def test_visual_knn_finds_copies_with_their_distance(
    ximilar: XimilarCaller, cup: dict[str, Any], woman: dict[str, Any], coffee_copy: bytes
) -> None:
    ximilar("insert", records=[cup, woman])

    copy = {"_base64": base64_text(coffee_copy), "own": 1}
    answer = ximilar("visualKNN", query_record=copy, fields_to_return=["_id", "colour"])
    same = ximilar("visualKNN", query_record=cup)

    body = answer.json()
    assert told(answer) == (200, 200, "OK")
    assert body["answer_records"] == [{"_id": "cup", "colour": "brown"}]
    assert len(body["answer_distances"]) == body["answer_count"] == 1
    assert 0 < body["answer_distances"][0] < 0.5
    assert body["query_records"] == [{"own": 1, "_width": 300, "_height": 200}]
    assert same.json()["answer_distances"] == [0.0]


def test_the_distance_is_one_less_the_score(
    ximilar: XimilarCaller, image_list: List, cup: dict[str, Any], coffee_copy: bytes
) -> None:
    ximilar("insert", records=[cup])

    distance = ximilar("visualKNN", query_record={"_base64": base64_text(coffee_copy)})
    check = ximilar.caller.sightengine("check.json", coffee_copy, lists=image_list.public_id)

    score = check.json()["similarity"][0]["matches"][0]["score"]
    assert distance.json()["answer_distances"] == [pytest.approx(1 - score, abs=1e-4)]


def test_a_picture_that_was_searched_waits_for_an_analyst(
    ximilar: XimilarCaller, cup: dict[str, Any], coffee_copy: bytes
) -> None:
    ximilar("insert", records=[cup])

    ximilar("visualKNN", query_record={"_base64": base64_text(coffee_copy)})

    assert MatchCandidate.objects.count() == 1


def test_a_record_of_the_collection_may_be_the_query(
    ximilar: XimilarCaller, cup: dict[str, Any], coffee_copy: bytes
) -> None:
    ximilar("insert", records=[cup, {"_id": "copy", "_base64": base64_text(coffee_copy)}])

    answer = ximilar("visualKNN", query_record={"_id": "cup"})

    assert ids(answer) == ["cup", "copy"]
    assert answer.json()["answer_distances"][0] == 0.0
    assert Image.objects.get(width=600).submission_count == 1
    assert told(ximilar("visualKNN", query_record={"_id": "gone"}))[:2] == (404, 404)


def test_a_record_whose_file_is_gone_is_no_fault_of_ours(
    ximilar: XimilarCaller, cup: dict[str, Any]
) -> None:
    ximilar("insert", records=[cup])
    storage.delete_files(Image.objects.get())

    assert told(ximilar("visualKNN", query_record={"_id": "cup"}))[:2] == (400, 400)


def test_k_and_a_filter_leave_some_of_what_is_near(
    ximilar: XimilarCaller, cup: dict[str, Any]
) -> None:
    ximilar("insert", records=[{**cup, "_id": n, "shop": n % 2} for n in range(4)])

    two = ximilar("visualKNN", query_record=cup, k=2)
    odd = ximilar("visualKNN", query_record=cup, filter={"shop": 1, "tags": ["b"]})

    assert len(ids(two)) == 2
    assert sorted(ids(odd)) == ["1", "3"]


@pytest.mark.parametrize("query", [{}, {"_base64": "?"}, {"_url": "http://127.0.0.1:1/a.jpg"}])
def test_without_its_query_a_search_has_failed(
    ximilar: XimilarCaller, query: dict[str, Any]
) -> None:
    answer = ximilar("visualKNN", query_record=query)

    assert told(answer)[:2] == (400, 400)
    assert answer.json()["detail"]


def test_rank_records_orders_the_ids_that_are_given(
    ximilar: XimilarCaller, cup: dict[str, Any], woman: dict[str, Any], coffee_copy: bytes
) -> None:
    ximilar("insert", records=[cup, woman, {**cup, "_id": "unasked"}])
    query = {"_base64": base64_text(coffee_copy)}

    answer = ximilar("visualRankRecords", query_record=query, records=[{"_id": 7}, {"_id": "cup"}])

    body = answer.json()
    assert told(answer) == (200, 200, "OK")
    assert ids(answer) == ["cup", "7"]
    assert body["answer_distances"][0] < 0.5 < body["answer_distances"][1] <= 1.0


def test_all_records_come_in_pages_oldest_first(
    ximilar: XimilarCaller, cup: dict[str, Any]
) -> None:
    ximilar("insert", records=[{**cup, "_id": n, "shop": n % 2} for n in range(5)])

    first = ximilar("allRecords?size=2&page=1", fields_to_return=["_id", "shop"])
    last = ximilar("allRecords?size=2&page=3")
    beyond = ximilar("allRecords?size=2&page=4")
    whole = ximilar("allRecords")
    odd = ximilar("allRecords?size=1&page=1", filter={"shop": 1})

    assert first.json()["answer_records"] == [{"_id": "0", "shop": 0}, {"_id": "1", "shop": 1}]
    assert "page=2" in first.json()["next"]
    assert (ids(last), "next" in last.json()) == (["4"], False)
    assert ids(beyond) == []
    assert (ids(whole), whole.json()["answer_count"]) == (["0", "1", "2", "3", "4"], 5)
    assert (ids(odd), "next" in odd.json()) == (["1"], True)


def test_a_collection_that_is_too_large_comes_in_pages_only(
    ximilar: XimilarCaller, cup: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    ximilar("insert", records=[{**cup, "_id": n} for n in range(3)])
    monkeypatch.setattr(searching, "MAX_UNPAGED", 2)

    answer = ximilar("allRecords")

    assert told(answer)[:2] == (400, 400)
    assert "pages" in answer.json()["detail"]


def test_records_that_are_too_large_together_come_in_pages_only(
    ximilar: XimilarCaller, cup: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    ximilar("insert", records=[{**cup, "_id": n, "text": "x" * 100} for n in range(3)])
    monkeypatch.setattr(searching, "MAX_UNPAGED_BYTES", 400)

    assert told(ximilar("allRecords"))[:2] == (400, 400)
    assert len(ids(ximilar("allRecords?size=3"))) == 3


def test_a_filter_looks_through_a_bounded_number_of_items_unless_the_database_finds_them(
    ximilar: XimilarCaller, cup: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    ximilar("insert", records=[{**cup, "_id": n, "shop": n % 2} for n in range(4)])
    monkeypatch.setattr(selectors, "MAX_LOOKED_THROUGH", 3)
    is_bounded = connection.vendor == "sqlite"

    for method in ("random", "allRecords"):
        answer = ximilar(method, filter={"shop": 1})
        if is_bounded:
            assert told(answer)[:2] == (400, 400)
        else:
            assert sorted(ids(answer)) == ["1", "3"]


def test_a_sample_of_those_that_match_has_any_of_them(
    ximilar: XimilarCaller, cup: dict[str, Any]
) -> None:
    ximilar("insert", records=[{**cup, "_id": n, "shop": 1} for n in range(4)])

    samples = [ids(ximilar("random", count=2, filter={"shop": 1})) for _ in range(60)]

    assert {len(set(each)) for each in samples} == {2}
    assert {each[0] for each in samples} == {each[1] for each in samples} == set("0123")


@pytest.mark.postgres
def test_the_database_has_an_index_of_what_contexts_contain(image_list: List) -> None:
    # Which index an empty table is read by is chance, so the plan says nothing of it.
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indisvalid, pg_get_indexdef(indexrelid) FROM pg_index "
            "WHERE indexrelid = 'lists_item_live_by_context'::regclass"
        )
        is_valid, definition = cursor.fetchone()

    assert is_valid
    assert "USING gin (context jsonb_path_ops) WHERE (removed_at IS NULL)" in definition
    query = Item.objects.filter(removed_at=None, context__contains={"a": 1})
    assert "@>" in str(query.query)


def test_random_returns_as_many_as_there_are(ximilar: XimilarCaller, cup: dict[str, Any]) -> None:
    ximilar("insert", records=[{**cup, "_id": n, "shop": n % 2} for n in range(5)])

    few, all_there = ximilar("random", count=2), ximilar("random", count=100)
    odd = ximilar("random", filter={"shop": 1}, fields_to_return=["shop"])

    assert len(set(ids(few))) == 2
    assert sorted(ids(all_there)) == ["0", "1", "2", "3", "4"]
    assert [record["shop"] for record in odd.json()["answer_records"]] == [1, 1]


# ----------------------------------------------------------------------------------- access


@pytest.mark.parametrize("method", _COLLECTION_METHODS)
def test_a_foreign_collection_answers_as_one_that_never_existed(
    stranger_caller: Caller, ximilar: XimilarCaller, cup: dict[str, Any], method: str
) -> None:
    ximilar("insert", records=[cup])
    body = {"records": [cup], "query_record": cup}

    foreign = XimilarCaller(stranger_caller, ximilar.collection)(method, **body)
    never = XimilarCaller(stranger_caller, _NEVER)(method, **body)

    def without_ids(answer: Any) -> Any:
        told = answer.json()
        del told["status"]["request_id"], told["status"]["proc_id"]
        return told

    assert foreign.status_code == never.status_code == 404
    assert without_ids(foreign) == without_ids(never)
    assert Item.objects.get().removed_at is None


@pytest.mark.parametrize("method", ["get", "update", "delete", "visualRankRecords", "visualKNN"])
def test_a_record_of_another_collection_is_not_there(
    ximilar: XimilarCaller, stranger_caller: Caller, cup: dict[str, Any], method: str
) -> None:
    ximilar("insert", records=[cup])
    stranger = XimilarCaller(stranger_caller)

    query = {"_id": "cup"} if method == "visualKNN" else cup
    answer = stranger(method, records=[{"_id": "cup"}], query_record=query)

    assert told(answer)[:2] == (404, 404)


def test_without_a_header_the_default_collection_is_meant(
    caller: Caller, cup: dict[str, Any]
) -> None:
    XimilarCaller(caller)("insert", records=[cup])

    assert Item.objects.get().image_list.is_default


def test_a_restricted_credential_has_its_only_list_by_default(
    organisation: Organisation, image_list: List, cup: dict[str, Any]
) -> None:
    made = accounts_services.issue_credential(
        organisation_id=organisation.pk, name="one", role=Role.MANAGER, is_restricted=True
    )
    lists_services.grant_lists(credential_id=made.credential.pk, lists=[image_list])

    XimilarCaller(Caller(made))("insert", records=[cup])

    assert Item.objects.get().image_list == image_list


@pytest.mark.parametrize(
    ("role", "method", "status"),
    [
        (Role.VIEWER, "get", 200),
        (Role.VIEWER, "allRecords", 200),
        (Role.VIEWER, "random", 200),
        (Role.VIEWER, "visualKNN", 403),
        (Role.VIEWER, "visualRankRecords", 403),
        (Role.ANALYST, "visualKNN", 200),
        (Role.ANALYST, "insert", 403),
        (Role.ANALYST, "update", 403),
        (Role.ANALYST, "delete", 403),
    ],
)
def test_roles_hold_here_too(
    caller_as: Callable[..., Caller],
    ximilar: XimilarCaller,
    cup: dict[str, Any],
    role: Role,
    method: str,
    status: int,
) -> None:
    ximilar("insert", records=[cup])

    answer = XimilarCaller(caller_as(role), ximilar.collection)(
        method, records=[cup], query_record=cup
    )

    assert answer.status_code == status
    assert Item.objects.get().context["colour"] == "brown"


def test_records_that_the_deadline_cuts_off_are_skipped(
    ximilar: XimilarCaller, cup: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hashing, "DEADLINE_S", 0.0)

    answer = ximilar("insert", records=[cup])

    assert answer.json()["skipped_records"][0]["_status"]["code"] == 503
    assert not Item.objects.exists()


def test_a_context_is_changed_under_a_lock_and_not_of_removed_items(
    admin: Actor, ximilar: XimilarCaller, cup: dict[str, Any]
) -> None:
    ximilar("insert", records=[cup])
    item = Item.objects.get()
    lists_services.remove_items(by=admin, items=[item])

    with pytest.raises(selectors.ItemNotFound):
        lists_services.change_context(by=admin, item=item, changes={"a": 1})
