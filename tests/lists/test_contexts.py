"""A client's own facts about an item: what may be kept, and what is part of what."""

from __future__ import annotations

import json
from typing import Any

import pytest

from accounts.actors import Actor
from common.errors import InvalidInput
from lists import contexts
from lists.models import Item, List
from review.submissions import services as submissions_services
from review.submissions.values import NewSubmission
from tests.conftest import raw_image


@pytest.mark.parametrize(
    "refused",
    [
        ["an array"],
        "text",
        None,
        {"number": float("nan")},
        {"text": "\ud800"},
        {"text": "\x00"},
        json.loads('{"a":' * 33 + "1" + "}" * 33),
        {"much": "x" * contexts.MAX_CONTEXT_BYTES},
    ],
)
def test_a_context_that_cannot_be_kept_is_refused(refused: object) -> None:
    with pytest.raises(InvalidInput, match="context"):
        contexts.checked(refused)


@pytest.mark.parametrize(
    ("asked", "is_part"),
    [
        ({}, True),
        ({"team": 7}, True),
        ({"team": 8}, False),
        ({"team": "7"}, False),
        ({"team": 7, "tags": ["b"]}, True),
        ({"tags": ["c"]}, False),
        ({"tags": "a"}, False),
        ({"nested": {"deep": True}}, True),
        ({"nested": {"deep": 1}}, False),
        ({"nested": {}}, True),
        ({"missing": None}, False),
    ],
)
def test_containment_is_that_of_postgresql(asked: dict[str, Any], *, is_part: bool) -> None:
    context = {"team": 7, "tags": ["a", "b"], "nested": {"deep": True, "other": 1}}

    assert contexts.contains(context, asked) is is_part


@pytest.mark.parametrize(
    ("asked", "has"),
    [
        ({}, True),
        ({"team": [7]}, True),
        ({"team": [6, 7]}, True),
        ({"team": [6, 8]}, False),
        ({"team": []}, False),
        ({"team": [7], "custom": [True]}, True),
        ({"team": [7], "custom": [False]}, False),
        ({"team": [7], "custom": [1]}, False),
        ({"teams": [1]}, False),
        ({"missing": [None]}, False),
    ],
)
def test_any_of_several_values_is_enough_for_each_key(
    asked: dict[str, list[Any]], *, has: bool
) -> None:
    context = {"team": 7, "custom": True, "teams": [1, 2]}

    assert contexts.has_any_of(context, asked) is has


@pytest.mark.django_db
def test_an_item_keeps_its_context_and_a_filter_asks_for_it(
    admin: Actor, image_list: List, coffee: bytes, coffee_copy: bytes
) -> None:
    def submit(photo: bytes, **more: Any) -> Any:
        return submissions_services.submit(
            by=admin, submission=NewSubmission(raw=raw_image(photo), **more)
        )

    added = submit(coffee, add_to=image_list, context={"team": 7}).item

    def found(asked: dict[str, Any]) -> int:
        [of_list] = submit(coffee_copy, check_lists=[image_list], context_filter=asked).by_list
        return len(of_list.matches)

    assert Item.objects.get().context == {"team": 7}
    assert (found({"team": 7}), found({"team": 8})) == (1, 0)
    again = submit(coffee, add_to=image_list, context={"team": 9}).item
    assert (again.pk, Item.objects.get().context) == (added.pk, {"team": 9})
    submit(coffee, add_to=image_list)
    assert Item.objects.get().context == {"team": 9}
