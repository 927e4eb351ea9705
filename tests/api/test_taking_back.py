"""Removals taken back by programs."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from accounts.actors import Actor
from accounts.permissions import Role
from lists import services as lists_services
from lists.models import List
from tests.callers import Caller

pytestmark = pytest.mark.django_db


def test_a_program_takes_removals_back(caller: Caller, image_list: List, coffee: bytes) -> None:
    path = f"/v1/lists/{image_list.public_id}/"
    item = caller.upload(f"{path}items/", coffee).json()
    assert caller.delete(f"{path}items/{item['id']}/").status_code == 204
    answer = caller.post(f"{path}items/{item['id']}/restore/")
    assert (answer.status_code, answer.json()) == (200, item)
    assert caller.delete(path).status_code == 204
    answer = caller.post(f"{path}restore/")
    assert (answer.status_code, answer.json()["id"]) == (200, image_list.public_id)
    assert caller.post(f"{path}restore/").status_code == 404


def test_removed_lists_of_others_are_unknown_to_a_restricted_credential(
    caller_as: Callable[..., Caller], admin: Actor, image_list: List
) -> None:
    lists_services.remove_list(by=admin, image_list=image_list)
    restricted = caller_as(Role.MANAGER, is_restricted=True)

    assert restricted.post(f"/v1/lists/{image_list.public_id}/restore/").status_code == 404
