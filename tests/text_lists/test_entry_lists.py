"""What a request is judged by: the lists that it names, as they are at that moment."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import transaction
from pytest_django import DjangoAssertNumQueries

from accounts import services as accounts_services
from accounts.actors import Actor
from accounts.models import Organisation
from accounts.permissions import Role
from moderation.types import ListEntry
from text_lists import entry_cache, selectors, services
from text_lists.entry_cache import EntryCache, Version
from text_lists.models import TextList
from text_lists.selectors import TextListNotFound
from text_lists.values import EntryChange, NewEntry, TextListSettings

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    entry_cache.cache.clear()


def another(by: Actor, kind: str = "allow") -> TextList:
    return services.create_list(by=by, settings=TextListSettings(name="Another", kind=kind))


def texts(by: Actor, text_list: TextList) -> list[str]:
    (found,) = selectors.entry_lists(by, [text_list.public_id])
    return [entry.text for entry in found.entries]


def test_lists_come_in_the_order_asked_and_once(admin: Actor, text_list: TextList) -> None:
    allowed = another(admin)
    entry = services.add_entry(
        by=admin,
        text_list=text_list,
        entry=NewEntry("Cup", language="de", match="exact", category="dishes"),
    )
    ids = [allowed.public_id, text_list.public_id, allowed.public_id]

    first, second = selectors.entry_lists(admin, ids)

    assert (first.id, first.is_allow, first.entries) == (allowed.public_id, True, ())
    assert (second.id, second.is_allow, second.version) == (text_list.public_id, False, 2)
    assert second.entries == (ListEntry(entry.public_id, "Cup", "de", True, "dishes"),)
    assert selectors.entry_lists(admin, []) == ()


@pytest.mark.parametrize("what", ["unknown", "foreign", "removed", "no id", "not granted"])
def test_a_list_out_of_reach_is_one_that_never_existed(
    admin: Actor,
    text_list: TextList,
    make_actor: Callable[..., Actor],
    stranger_organisation: Organisation,
    what: str,
) -> None:
    theirs = another(make_actor(Role.ADMIN, of=stranger_organisation))
    removed = another(admin)
    services.remove_list(by=admin, text_list=removed)
    public_id = {
        "unknown": f"tli_{'0' * 21}",
        "foreign": theirs.public_id,
        "removed": removed.public_id,
        "no id": "tli_\x00",
        "not granted": text_list.public_id,
    }[what]
    key = accounts_services.create_credential(
        by=admin, name="Key", role=Role.MANAGER, is_restricted=True
    ).credential
    asks = admin
    if what == "not granted":
        asks = Actor(
            admin.organisation_id, Role.MANAGER, admin.surface, credential_id=key.pk,
            is_restricted=True,
        )  # fmt: skip
        own = another(asks)
        assert selectors.list_for(asks, own.public_id) == own

    with pytest.raises(TextListNotFound) as refusal:
        selectors.entry_lists(asks, [public_id])

    assert (refusal.value.message, refusal.value.field) == (
        "There is no such text list.",
        "text_list",
    )


def test_a_restricted_credential_reaches_what_it_was_granted(
    admin: Actor, text_list: TextList
) -> None:
    key = accounts_services.create_credential(
        by=admin, name="Key", role=Role.VIEWER, is_restricted=True
    ).credential
    asks = Actor(
        admin.organisation_id, Role.VIEWER, admin.surface, credential_id=key.pk, is_restricted=True
    )

    services.grant_list(by=admin, text_list=text_list, credential_ids=[key.public_id])
    assert texts(asks, text_list) == []
    services.grant_list(by=admin, text_list=text_list, credential_ids=[])

    with pytest.raises(TextListNotFound):
        texts(asks, text_list)


def test_one_query_is_enough_while_nothing_changes(
    admin: Actor, text_list: TextList, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    services.add_entry(by=admin, text_list=text_list, entry=NewEntry("cup"))
    ids = [text_list.public_id, another(admin).public_id]
    with django_assert_num_queries(3):
        selectors.entry_lists(admin, ids)

    with django_assert_num_queries(1):
        selectors.entry_lists(admin, ids)

    services.add_entry(by=admin, text_list=text_list, entry=NewEntry("pot"))
    with django_assert_num_queries(2):
        selectors.entry_lists(admin, ids)


def test_every_change_is_seen_and_raises_the_version(admin: Actor, text_list: TextList) -> None:
    entry = services.add_entry(by=admin, text_list=text_list, entry=NewEntry("cup"))
    seen = [texts(admin, text_list)]
    versions = [selectors.list_for(admin, text_list.public_id).version]

    def look() -> None:
        seen.append(texts(admin, text_list))
        versions.append(selectors.list_for(admin, text_list.public_id).version)

    services.change_entry(by=admin, entry=entry, change=EntryChange(text="mug"))
    look()
    removal = services.remove_entries(by=admin, text_list=text_list, entry_ids=[entry.public_id])
    look()
    services.restore_entries(by=admin, text_list=text_list, removed_at=removal.removed_at)
    look()
    services.put_entries(by=admin, text_list=text_list, entries=[NewEntry("pot")])
    look()
    services.change_list(by=admin, text_list=text_list, settings=TextListSettings(kind="allow"))
    look()

    assert seen == [["cup"], ["mug"], [], ["mug"], ["mug", "pot"], ["mug", "pot"]]
    assert versions == [2, 3, 4, 5, 6, 7]
    assert selectors.entry_lists(admin, [text_list.public_id])[0].is_allow


def test_what_changes_nothing_leaves_the_version(admin: Actor, text_list: TextList) -> None:
    entry = services.add_entry(by=admin, text_list=text_list, entry=NewEntry("cup"))

    services.put_entries(by=admin, text_list=text_list, entries=[NewEntry("CUP"), NewEntry("")])
    services.change_entry(by=admin, entry=entry, change=EntryChange(text="cup"))
    services.change_list(by=admin, text_list=text_list, settings=TextListSettings(name="Names"))

    assert selectors.list_for(admin, text_list.public_id).version == 2


def test_what_a_transaction_took_back_is_not_kept(admin: Actor, text_list: TextList) -> None:
    with transaction.atomic():
        services.add_entry(by=admin, text_list=text_list, entry=NewEntry("cup"))
        assert texts(admin, text_list) == ["cup"]
        transaction.set_rollback(True)

    services.add_entry(by=admin, text_list=text_list, entry=NewEntry("pot"))

    assert texts(admin, text_list) == ["pot"]


def test_the_list_asked_for_longest_ago_is_forgotten_first(
    admin: Actor, text_list: TextList
) -> None:
    services.put_entries(by=admin, text_list=text_list, entries=[NewEntry(c) for c in "abc"])
    (loaded,) = selectors.entry_lists(admin, [text_list.public_id])
    version = Version(1, text_list.created_at)
    cache, loads = EntryCache(max_entries=6), []

    def get(name: str) -> None:
        def load() -> object:
            loads.append(name)
            return loaded

        assert cache.get(name, version, load) is loaded  # type: ignore[arg-type]

    for name in ["a", "b", "a", "c", "a", "b"]:
        get(name)

    assert loads == ["a", "b", "c", "b"]
