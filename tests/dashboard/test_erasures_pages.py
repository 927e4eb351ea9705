"""Erasing from the pages, and the receipts."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.actors import Actor
from jobs import runner
from lists import services as lists_services
from lists.list_settings import ListSettings
from lists.models import Item, List
from review.life import services
from review.models import Erasure
from review.submissions import services as submissions_services
from review.submissions.values import NewSubmission
from tests import hooks
from tests.conftest import raw_image

pytestmark = pytest.mark.django_db


@pytest.fixture
def item(admin: Actor, image_list: List, coffee: bytes) -> Item:
    submission = NewSubmission(raw=raw_image(coffee), add_to=image_list)
    found = submissions_services.submit(by=admin, submission=submission).item
    assert found is not None
    return found


def test_an_image_is_erased_with_a_reason_and_its_receipt_can_be_fetched(
    manager: Client, item: Item
) -> None:
    address = f"/items/{item.public_id}/erase/"
    assert hooks.values(manager.get(address), "other-lists") == []
    assert hooks.mistakes(manager.post(address, {"reason": " "})) == [("reason", "required")]
    page = manager.post(address, {"reason": "Asked for"}, follow=True)

    assert hooks.told(page) == ["erased"]
    assert hooks.values(page, "subject") == [item.public_id]
    (receipt,) = hooks.values(page, "receipt")
    answer = manager.get(f"/erased/{receipt}/receipt.json")
    assert answer.json()["sha256"] == [item.image.sha256]
    assert "attachment" in answer["Content-Disposition"]
    assert manager.get(f"/items/{item.public_id}/").status_code == 404


def test_the_page_says_where_else_the_picture_is(
    manager: Client, admin: Actor, item: Item, coffee: bytes
) -> None:
    other = lists_services.create_list(by=admin, settings=ListSettings(name="Elsewhere"))
    submissions_services.submit(
        by=admin, submission=NewSubmission(raw=raw_image(coffee), add_to=other)
    )

    page = manager.get(f"/items/{item.public_id}/erase/")
    assert hooks.values(page, "other-lists") == [""]
    assert b"Elsewhere" in page.content


@pytest.mark.parametrize("is_removed", [False, True])
def test_a_list_is_erased_also_one_that_was_removed(
    manager: Client, admin: Actor, image_list: List, item: Item, *, is_removed: bool
) -> None:
    if is_removed:
        lists_services.remove_list(by=admin, image_list=image_list)
    address = f"/lists/{image_list.public_id}/erase/"
    assert manager.get(address).status_code == 200
    page = manager.post(address, {"reason": "Asked for"}, follow=True)

    assert hooks.told(page) == ["erased"]
    runner.drain(kinds=[services.ERASE_LIST])
    assert Erasure.objects.get().steps.filter(is_last=True).exists()
    assert not List.objects.exists()
