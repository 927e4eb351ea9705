"""What is recorded of lists and of the items in them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actors import Actor
from accounts.audit import AuditAct
from accounts.models import AuditEntry
from lists import services
from lists.list_settings import ListSettings
from lists.models import Image, Item, List


@pytest.fixture
def items(image_list: List) -> Callable[[int], list[Item]]:
    """Make items of which there is nothing but the rows."""

    def make(count: int) -> list[Item]:
        return [
            Item.objects.create(
                image_list=image_list,
                name="somebody.jpg",
                image=Image.objects.create(
                    organisation_id=image_list.organisation_id,
                    sha256=f"{number:064x}",
                    format="jpeg",
                    width=4,
                    height=3,
                    byte_size=1,
                    is_stored=True,
                ),
            )
            for number in range(count)
        ]

    return make


def of_list(image_list: List) -> list[tuple[str, object]]:
    entries = AuditEntry.objects.filter(subject_id=image_list.public_id).order_by("pk")
    return list(entries.values_list("act", "details"))


def test_of_a_changed_list_is_kept_what_differs(admin: Actor, image_list: List) -> None:
    settings = ListSettings(name="Fakes", description="Secret plans", keeps_snapshots=True)
    services.change_list(by=admin, image_list=image_list, settings=settings)
    services.change_list(by=admin, image_list=image_list, settings=settings)
    services.remove_list(by=admin, image_list=image_list)
    services.remove_list(by=admin, image_list=image_list)

    changes = {"name": ["Known fakes", "Fakes"], "description": "changed"}
    assert of_list(image_list) == [
        (AuditAct.LIST_CREATED, {}),
        (AuditAct.LIST_CHANGED, changes),
        (AuditAct.LIST_REMOVED, {}),
    ]


def test_removed_items_are_known_by_their_ids_alone(
    admin: Actor, image_list: List, items: Callable[[int], list[Item]]
) -> None:
    removed = items(2)
    services.remove_items(by=admin, items=removed)
    services.restore_item(by=admin, item=removed[0])

    entries = list(AuditEntry.objects.filter(subject_kind="item").order_by("pk"))
    assert [(each.act, each.subject_id) for each in entries] == [
        (AuditAct.ITEM_REMOVED, removed[0].public_id),
        (AuditAct.ITEM_REMOVED, removed[1].public_id),
        (AuditAct.ITEM_RESTORED, removed[0].public_id),
    ]
    assert entries[0].details == {"list": image_list.public_id}
    assert {each.subject_label for each in entries} == {""}


def test_many_items_are_recorded_by_one_statement(
    admin: Actor, items: Callable[[int], list[Item]]
) -> None:
    removed = items(30)

    with CaptureQueriesContext(connection) as queries:
        services.remove_items(by=admin, items=removed)

    insert = f'INSERT INTO "{AuditEntry._meta.db_table}"'
    assert sum(each["sql"].startswith(insert) for each in queries.captured_queries) == 1
    assert AuditEntry.objects.filter(act=AuditAct.ITEM_REMOVED).count() == 30
