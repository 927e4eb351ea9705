"""The pages of text lists beyond what the browser tests see: refusals, bounds, undo, escapes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts import services as accounts_services
from accounts.actors import Actor
from accounts.models import AuditEntry
from accounts.permissions import Role
from tests import hooks
from text_lists import selectors, services
from text_lists.models import TextEntry, TextList, TextListGrant
from text_lists.values import NewEntry, TextListSettings

pytestmark = pytest.mark.django_db

FACTS = {"language": "all", "match": "standard"}


@pytest.fixture
def text_list(admin: Actor) -> TextList:
    return services.create_list(by=admin, settings=TextListSettings(name="Names", kind="disallow"))


@pytest.fixture
def path(text_list: TextList) -> str:
    return f"/text-lists/{text_list.public_id}/"


@pytest.fixture
def manager(make_user: Callable[..., Any]) -> Client:
    client = Client()
    client.force_login(make_user(Role.MANAGER))
    return client


def put(by: Actor, text_list: TextList, *texts: str, **facts: str) -> list[TextEntry]:
    entries = [NewEntry(text, **facts) for text in texts]
    return list(services.put_entries(by=by, text_list=text_list, entries=entries).added)


def test_a_list_is_made_and_a_second_text_like_the_first_is_refused(manager: Client) -> None:
    made = manager.post("/text-lists/", {"name": "Names", "kind": "allow"})
    own = f"/text-lists/{TextList.objects.get().public_id}/"

    assert made["Location"] == own
    added = manager.post(own, {"text": " Größe ", **FACTS}, follow=True)
    assert (hooks.told(added), hooks.values(added, "entry")) == (["entry_added"], ["Größe"])
    for text, code in [("GRÖSSE", "text_entry_exists"), ("a\u202eb", "unusable_text")]:
        again = manager.post(own, {"text": text, **FACTS})
        assert (again.status_code, hooks.mistakes(again)) == (422, [("text", code)])
    assert TextEntry.objects.count() == 1


def test_an_entry_is_changed_in_its_place(
    manager: Client, admin: Actor, text_list: TextList, path: str
) -> None:
    (cup,) = put(admin, text_list, "cup")

    def change(text: str) -> Any:
        said = {"text": text, "language": "de", "match": "exact", "category": "c", "note": "n"}
        own = {f"{cup.public_id}-{name}": value for name, value in said.items()}
        return manager.post(f"{path}entries/{cup.public_id}/?language=all&junk=1", own)

    saved = change("mug")
    cup.refresh_from_db()

    assert saved.url == f"{path}?language=all#{cup.public_id}"
    assert (cup.text, cup.language, cup.match, cup.note) == ("mug", "de", "exact", "n")
    put(admin, text_list, "Becher", language="de")
    refused = change("BECHER")
    assert refused.status_code == 422
    assert hooks.mistakes(refused) == [("text", "text_entry_exists")]
    assert hooks.values(refused, "entry")[0] == "mug"


def test_a_removal_is_taken_back_at_once_or_later(
    manager: Client, admin: Actor, text_list: TextList, path: str
) -> None:
    entries = put(admin, text_list, "cup", "pot", "mug")
    ids = [entry.public_id for entry in entries]

    assert hooks.told(manager.post(f"{path}entries/remove/", follow=True)) == ["nothing_selected"]
    shown = manager.post(f"{path}entries/remove/", {"entry": ids[:2]}, follow=True)
    assert (hooks.told(shown), hooks.values(shown, "entry")) == (["entries_removed"], ["mug"])
    moment = shown.context["removed_at"].isoformat()
    back = manager.post(f"{path}entries/restore/", {"removed": moment}, follow=True)
    assert (hooks.told(back), len(hooks.values(back, "entry"))) == (["entries_restored"], 3)

    manager.post(f"{path}entries/remove/", {"entry": ids})
    put(admin, text_list, "cup")
    assert len(hooks.values(manager.get(f"{path}removed/"), "removed-entry")) == 3
    one = manager.post(f"{path}entries/{ids[0]}/restore/", follow=True)
    other = manager.post(f"{path}entries/{ids[1]}/restore/", follow=True)
    assert (hooks.told(one), hooks.told(other)) == (["text_entry_exists"], ["entries_restored"])
    for odd in ("", "now", "2026-01-01", "9999-99-99T00:00", "2020-01-01T00:00:00+00:00"):
        assert manager.post(f"{path}entries/restore/", {"removed": odd})["Location"] == path
    assert manager.get(f"{path}?removed=%00&after=x").status_code == 200


def test_a_list_is_removed_and_taken_back(manager: Client, path: str) -> None:
    removed = manager.post(f"{path}remove/", follow=True)

    assert hooks.told(removed) == ["list_removed"]
    assert manager.get(path).status_code == 404
    assert hooks.told(manager.post(f"{path}restore/", follow=True)) == ["list_restored"]


def test_entries_are_filtered_and_shown_by_pages(
    manager: Client, admin: Actor, text_list: TextList, path: str
) -> None:
    put(admin, text_list, *(f"text {number}" for number in range(60)), category="many")
    put(admin, text_list, "Tasse", language="de", category="dishes")

    first = manager.get(path)
    assert len(hooks.values(first, "entry")) == 50
    rest = manager.get(path, {"after": first.context["page"].next_after})
    assert len(hooks.values(rest, "entry")) == 11
    for asked in ({"language": "de"}, {"category": "dishes"}, {"text": "TASS"}):
        assert hooks.values(manager.get(path, asked), "entry") == ["Tasse"]
    assert hooks.values(manager.get(path, {"text": "%"}), "entry") == []
    assert len(hooks.values(manager.get(path, {"language": "xx", "text": "\x00"}), "entry")) == 50


def test_what_was_pasted_is_told_line_by_line(manager: Client, path: str) -> None:
    lines = "cup\r\n\r\n<b>\u202epot</b>\r\na\x00b\r\nCUP\r\n" + "x" * 10_000

    answer = manager.post(f"{path}paste/", {"lines": lines, **FACTS, "category": "dishes"})

    (counts,) = hooks.elements(answer, "put")
    assert (counts["added"], counts["unchanged"], counts["refused"]) == ("1", "1", "3")
    assert hooks.values(answer, "refused-place") == ["3", "4", "6"]
    page = answer.content.decode()
    assert "&lt;b&gt;pot&lt;/b&gt;" in page
    assert "\u202e" not in page
    assert "\x00" not in page
    assert "x" * 81 not in page
    assert TextEntry.objects.get().category == "dishes"


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "unusable_table"),
        (b"word\ncup\n", "unusable_table"),
        ("text\nGröße".encode("cp1252"), "unusable_table"),
        (b"text\n" + b"x\n" * 10_000_000, "unusable_table"),
        (b"text\n" + b"".join(b"%d\n" % each for each in range(10_001)), "unusable_table"),
        (None, "required"),
    ],
)
def test_a_file_that_is_no_table_is_refused(
    manager: Client, path: str, raw: bytes | None, code: str
) -> None:
    files = {} if raw is None else {"table": SimpleUploadedFile("a.csv", raw)}

    answer = manager.post(f"{path}import/", files)

    assert answer.status_code == 422
    assert [each[1] for each in hooks.mistakes(answer)] == [code]
    assert not TextEntry.objects.exists()


def test_what_is_exported_is_imported_to_the_same(
    manager: Client, admin: Actor, text_list: TextList, path: str
) -> None:
    put(admin, text_list, "=1+1", "بد", "cup", language="tr", note="a, b")

    table = b"".join(manager.get(f"{path}export/").streaming_content)  # type: ignore[attr-defined]
    again = manager.post(f"{path}import/", {"table": SimpleUploadedFile("a.csv", table)})

    (counts,) = hooks.elements(again, "put")
    assert (counts["unchanged"], counts["refused"]) == ("3", "0")
    assert AuditEntry.objects.filter(act="export.downloaded").count() == 1


def test_texts_are_shown_as_they_are_and_run_nothing(
    manager: Client, admin: Actor, text_list: TextList, path: str
) -> None:
    evil = "<script>alert(1)</script>\"'&"
    put(admin, text_list, evil, category='"><b>', note="<i>")

    page = manager.get(path).content.decode()

    assert "<script>alert" not in page
    assert "<b>" not in page
    assert "<i>" not in page
    assert "<bdi>&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#x27;&amp;</bdi>" in page


def test_a_viewer_reads_and_is_offered_nothing_to_change(
    make_user: Callable[..., Any], admin: Actor, text_list: TextList, path: str
) -> None:
    put(admin, text_list, "cup")
    viewer = Client()
    viewer.force_login(make_user(Role.VIEWER))

    page = viewer.get(path)

    assert hooks.values(page, "entry") == ["cup"]
    assert b'method="post"' not in page.content.split(b'<main id="main"')[1]
    assert b"new-list" not in viewer.get("/text-lists/").content


def test_admins_say_which_restricted_keys_reach_a_list(
    make_user: Callable[..., Any], admin: Actor, text_list: TextList, path: str
) -> None:
    browser = Client()
    browser.force_login(make_user(Role.ADMIN))
    restricted, free = (
        accounts_services.create_credential(
            by=admin, name=name, role=Role.VIEWER, is_restricted=name == "some"
        ).credential
        for name in ("some", "all")
    )

    for ids, told in [([restricted.public_id], "grants_saved"), ([free.public_id], "key_closed")]:
        answer = browser.post(f"{path}keys/", {"keys": ids}, follow=True)
        assert hooks.told(answer) == [told]

    assert TextListGrant.objects.get().credential == restricted
    assert b"checked" in browser.get(f"{path}settings/").content
    browser.post(f"{path}keys/", {})
    assert selectors.granted_ids(text_list) == []


def test_a_page_costs_the_same_for_one_entry_and_more(
    manager: Client,
    admin: Actor,
    text_list: TextList,
    path: str,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    put(admin, text_list, "cup")
    manager.get(path)
    with django_assert_max_num_queries(12):
        manager.get(path)
    put(admin, text_list, *"abcdefghij")
    with django_assert_max_num_queries(12):
        manager.get(path)
