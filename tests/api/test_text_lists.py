"""Text lists in our own API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.permissions import Role
from tests.callers import Caller

pytestmark = pytest.mark.django_db

_LIST_KEYS = {"id", "name", "kind", "version", "created_at", "changed_at"}
_ENTRY_KEYS = {
    "id", "text", "language", "match", "category", "note", "by", "created_at", "changed_at",
}  # fmt: skip


@pytest.fixture
def path(caller: Caller) -> str:
    """The address of a text list."""
    made = caller.post("/v1/text-lists/", name="Names", kind="disallow").json()
    return f"/v1/text-lists/{made['id']}/"


def code(answer: Any) -> tuple[int, str, str | None]:
    error = answer.json()["error"]
    return answer.status_code, error["code"], error.get("field")


def test_a_text_list_lives(caller: Caller, path: str) -> None:
    made = caller.get(path).json()
    changed = caller.patch(path, name="Signs").json()
    (listed,) = caller.get("/v1/text-lists/").json()["results"]

    assert made.keys() == _LIST_KEYS
    assert made["id"].startswith("tli_")
    assert (made["version"], changed["version"], changed["kind"]) == (1, 2, "disallow")
    assert listed == {**changed, "entry_count": 0}
    assert caller.delete(path).status_code == 204
    assert code(caller.get(path)) == (404, "text_list_not_found", "text_list")
    assert caller.post(f"{path}restore/").json()["name"] == "Signs"


def test_a_form_does_as_well(caller: Caller) -> None:
    made = caller.client.post("/v1/text-lists/", {"name": "Names", "kind": "allow"})
    entries = f"/v1/text-lists/{made.json()['id']}/entries/"
    entry = caller.client.post(entries, {"text": "Acme", "note": "n"})

    assert (made.status_code, made.json()["kind"]) == (201, "allow")
    assert (entry.status_code, entry.json()["text"], entry.json()["note"]) == (201, "Acme", "n")


def test_an_entry_lives(caller: Caller, path: str) -> None:
    body = {"text": "Größe", "language": "de", "match": "exact", "category": "c", "note": "n"}
    answer = caller.post(f"{path}entries/", **body)
    made = answer.json()
    own = f"{path}entries/{made['id']}/"

    assert answer.status_code == 201
    assert made.keys() == _ENTRY_KEYS
    assert made.items() >= body.items()
    assert made["by"] == caller.credential.credential.name
    assert caller.get(own).json() == made
    assert caller.patch(own, text="Maß").json()["text"] == "Maß"
    assert caller.delete(own).status_code == 204
    assert code(caller.get(own)) == (404, "text_entry_not_found", "entry")
    assert caller.post(f"{own}restore/").json()["text"] == "Maß"
    assert caller.get(path).json()["version"] == 5


def test_several_texts_are_added_at_once(caller: Caller, path: str) -> None:
    texts = ["cup", "x" * 10_000, "\u202ecup", "a\x00b", "\ud800", "CUP", "pot"]

    put = caller.post(f"{path}entries/bulk/", texts=texts, language="en").json()

    assert (put["added"], put["unchanged"]) == (2, 1)
    assert [each["index"] for each in put["refused"]] == [1, 2, 3, 4]
    assert {each["error"]["code"] for each in put["refused"]} == {"unusable_text"}
    entries = caller.get(f"{path}entries/").json()["results"]
    assert [(entry["text"], entry["language"]) for entry in entries] == [
        ("pot", "en"),
        ("cup", "en"),
    ]


def test_entries_are_filtered(caller: Caller, path: str) -> None:
    for text, language, category in [("cup", "en", "c"), ("Tasse", "de", "c"), ("pot", "en", "p")]:
        caller.post(f"{path}entries/", text=text, language=language, category=category)

    def found(**asked: str) -> list[str]:
        rows = caller.get(f"{path}entries/", **asked).json()["results"]
        return [row["text"] for row in rows]

    assert found(language="en") == ["pot", "cup"]
    assert found(category="c") == ["Tasse", "cup"]
    assert found(language="en", category="c") == ["cup"]
    assert found(text="TASS") == ["Tasse"]
    assert found(text="%") == []
    assert code(caller.get(f"{path}entries/", language="xx"))[:2] == (400, "invalid_input")


REFUSED = [
    ("entries/", {"text": "x" * 10_000}, (400, "unusable_text", "text")),
    ("entries/", {"text": "a\x00b"}, (400, "unusable_text", "text")),
    ("entries/", {"text": "\u0301"}, (400, "unusable_text", "text")),
    ("entries/", {"text": "a\u202eb"}, (400, "unusable_text", "text")),
    ("entries/", {"text": "\ud800"}, (400, "unusable_text", "text")),
    ("entries/", {"text": 7}, (400, "invalid_input", "text")),
    ("entries/", {}, (400, "invalid_input", "text")),
    ("entries/", {"text": "a", "language": "xx"}, (400, "invalid_input", "language")),
    ("entries/", {"text": "a", "match": "x"}, (400, "invalid_input", "match")),
    ("entries/", {"text": "a", "category": "x" * 51}, (400, "unusable_text", "category")),
    ("entries/", {"text": "THERE"}, (409, "text_entry_exists", "text")),
    ("entries/bulk/", {"texts": []}, (400, "invalid_input", "texts")),
    ("entries/bulk/", {"texts": ["a"] * 10_001}, (400, "invalid_input", "texts")),
    ("entries/bulk/", {"texts": "a"}, (400, "invalid_input", "texts")),
    ("entries/bulk/", {"texts": ["x" * 1_000_000]}, (413, "body_too_large", None)),
]


@pytest.mark.parametrize(("where", "body", "told"), REFUSED)
def test_what_cannot_be_kept_is_told(
    caller: Caller, path: str, where: str, body: dict[str, Any], told: tuple[int, str, str]
) -> None:
    caller.post(f"{path}entries/", text="there")

    assert code(caller.post(f"{path}{where}", **body)) == told


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"kind": "allow"}, "name"),
        ({"name": "Names"}, "kind"),
        ({"name": "", "kind": "allow"}, "name"),
        ({"name": "x" * 201, "kind": "allow"}, "name"),
        ({"name": "\u0301", "kind": "allow"}, "name"),
        ({"name": "a\x00", "kind": "allow"}, "name"),
        ({"name": "Names", "kind": "deny"}, "kind"),
    ],
)
def test_a_list_without_a_name_or_a_kind_is_refused(
    caller: Caller, body: dict[str, str], field: str
) -> None:
    assert code(caller.post("/v1/text-lists/", **body))[::2] == (400, field)


@pytest.mark.parametrize(("role", "status"), [(Role.ANALYST, 403), (Role.MANAGER, 201)])
def test_managers_write_and_everybody_reads(
    caller: Caller, path: str, caller_as: Callable[..., Caller], role: Role, status: int
) -> None:
    asks = caller_as(role)
    entry = caller.post(f"{path}entries/", text="there").json()

    assert asks.get(path).status_code == 200
    assert asks.get(f"{path}entries/{entry['id']}/").status_code == 200
    assert asks.post("/v1/text-lists/", name="More", kind="allow").status_code == status
    assert asks.post(f"{path}entries/", text="cup").status_code == status
    if status == 403:
        assert asks.post(f"{path}entries/bulk/", texts=["cup"]).status_code == 403
        assert asks.patch(path, name="Mine").status_code == 403
        assert asks.delete(path).status_code == 403
        assert asks.patch(f"{path}entries/{entry['id']}/", text="a").status_code == 403
        assert asks.delete(f"{path}entries/{entry['id']}/").status_code == 403


def test_a_page_costs_the_same_for_one_row_and_more(
    caller: Caller, path: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    caller.get(path)
    for texts in (["a"], ["b", "c", "d"]):
        caller.post(f"{path}entries/bulk/", texts=texts)
        caller.post("/v1/text-lists/", name="More", kind="allow")
        with django_assert_num_queries(3):
            caller.get(f"{path}entries/")
        with django_assert_num_queries(2):
            caller.get("/v1/text-lists/")
