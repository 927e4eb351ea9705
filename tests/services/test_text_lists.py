"""Each service of text lists once, in no transaction but its own."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from accounts import services as accounts_services
from accounts.actors import Actor
from accounts.models import AuditEntry, Organisation
from accounts.permissions import Role
from text_lists import services
from text_lists.models import TextEntry, TextList, TextListGrant
from text_lists.values import EntryChange, NewEntry, TextListSettings

pytestmark = pytest.mark.django_db(transaction=True)

LONG_AFTER = dt.timedelta(days=31)


@pytest.fixture
def text_list(admin: Actor) -> TextList:
    """A text list with one entry."""
    settings = TextListSettings(name="Names", kind="disallow")
    made = services.create_list(by=admin, settings=settings)
    services.add_entry(by=admin, text_list=made, entry=NewEntry("cup"))
    return made


def acts() -> list[tuple[str, object]]:
    entries = AuditEntry.objects.filter(subject_kind="text_list").order_by("pk")
    return list(entries.values_list("act", "details"))


def test_a_text_list_is_created_changed_removed_and_restored(
    admin: Actor, text_list: TextList
) -> None:
    settings = TextListSettings(name="Signs", kind="allow")
    services.change_list(by=admin, text_list=text_list, settings=settings)
    assert (TextList.objects.get().name, TextList.objects.get().is_allow) == ("Signs", True)

    services.remove_list(by=admin, text_list=text_list)
    assert TextList.objects.get().removed_at is not None
    services.restore_list(by=admin, text_list=text_list)

    assert TextList.objects.get().removed_at is None
    assert acts() == [
        ("text_list.created", {}),
        ("text_list.changed", {"added": 1}),
        ("text_list.changed", {"name": ["Names", "Signs"], "kind": ["disallow", "allow"]}),
        ("text_list.removed", {}),
        ("text_list.restored", {}),
    ]


def test_entries_are_put_changed_removed_and_restored(admin: Actor, text_list: TextList) -> None:
    put = services.put_entries(
        by=admin, text_list=text_list, entries=[NewEntry("cup", note="n"), NewEntry("pot")],
        overwrites=True,
    )  # fmt: skip
    cup, pot = put.changed[0], put.added[0]
    services.change_entry(by=admin, entry=pot, change=EntryChange(text="mug"))
    assert sorted(TextEntry.objects.values_list("text", "note")) == [("cup", "n"), ("mug", "")]

    ids = [cup.public_id, pot.public_id]
    removal = services.remove_entries(by=admin, text_list=text_list, entry_ids=ids)
    assert TextEntry.objects.filter(removed_at=removal.removed_at).count() == 2
    services.restore_entry(by=admin, entry=cup)
    services.restore_entries(by=admin, text_list=text_list, removed_at=removal.removed_at)

    assert TextEntry.objects.filter(removed_at=None).count() == 2
    assert TextList.objects.get().version == 7


def test_a_text_list_is_granted(admin: Actor, text_list: TextList) -> None:
    key = accounts_services.create_credential(
        by=admin, name="Key", role=Role.VIEWER, is_restricted=True
    ).credential
    services.grant_list(by=admin, text_list=text_list, credential_ids=[key.public_id])

    assert TextListGrant.objects.get().credential == key


def test_what_was_removed_long_ago_is_deleted(admin: Actor, text_list: TextList) -> None:
    entry = services.add_entry(by=admin, text_list=text_list, entry=NewEntry("pot"))
    services.remove_entries(by=admin, text_list=text_list, entry_ids=[entry.public_id])
    other = services.create_list(by=admin, settings=TextListSettings(name="Gone", kind="allow"))
    services.add_entry(by=admin, text_list=other, entry=NewEntry("mug"))
    services.remove_list(by=admin, text_list=other)

    assert services.purge_removed(now=timezone.now()) == 0
    assert services.purge_removed(now=timezone.now() + LONG_AFTER) == 2

    assert list(TextEntry.objects.values_list("text", flat=True)) == ["cup"]
    assert TextList.objects.get() == text_list


def test_the_text_lists_of_an_organisation_are_deleted(
    text_list: TextList, organisation: Organisation
) -> None:
    assert services.delete_of_organisation(organisation=organisation) == 1

    assert not TextEntry.objects.exists()
    assert not TextList.objects.exists()
