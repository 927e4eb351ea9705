"""A client's own id of an image is kept as it was sent, whichever door it came through."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from lists.models import Item, List
from tests.api.ximilar_caller import XimilarCaller, base64_text
from tests.callers import Caller

pytestmark = pytest.mark.django_db

OWN_ID = "\t story 7 "


def by_sightengine(caller: Caller, image_list: List, photo: bytes) -> Any:
    return caller.sightengine(
        "check.json", photo, add_to_list=image_list.public_id, custom_id=OWN_ID
    )


def by_us(caller: Caller, image_list: List, photo: bytes) -> Any:
    path = f"/v1/lists/{image_list.public_id}/items/"
    return caller.upload(path, photo, custom_id=OWN_ID)


def by_check(caller: Caller, image_list: List, photo: bytes) -> Any:
    return caller.match(photo, list=image_list.public_id, external_id=OWN_ID)


def by_ximilar(caller: Caller, image_list: List, photo: bytes) -> Any:
    record = {"_id": OWN_ID, "_base64": base64_text(photo)}
    return XimilarCaller(caller, image_list.public_id)("insert", records=[record])


@pytest.mark.parametrize("add", [by_sightengine, by_us, by_check, by_ximilar])
def test_spaces_around_an_own_id_are_kept(
    caller: Caller, image_list: List, coffee: bytes, add: Callable[..., Any]
) -> None:
    answer = add(caller, image_list, coffee)

    assert answer.status_code in {200, 201}
    assert Item.objects.get().custom_id == OWN_ID


def test_an_image_is_found_and_removed_by_the_id_that_was_sent_and_no_other(
    caller: Caller, image_list: List, coffee: bytes
) -> None:
    by_us(caller, image_list, coffee)
    remove = {"list_id": image_list.public_id}

    assert len(caller.get("/v1/items/", external_id=OWN_ID).json()["results"]) == 1
    assert caller.get("/v1/items/", external_id=OWN_ID.strip()).json()["results"] == []
    other = caller.sightengine("list/remove-item.json", custom_id=OWN_ID.strip(), **remove)
    assert other.status_code == 404
    same = caller.sightengine("list/remove-item.json", custom_id=OWN_ID, **remove)
    assert same.status_code == 200
