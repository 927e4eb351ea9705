"""How many queries an answer costs: the same however many rows there are."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pytest_django import DjangoAssertNumQueries

from lists.models import List
from tests.callers import Caller

pytestmark = pytest.mark.django_db


@pytest.fixture
def fill(
    caller: Caller, image_list: List, coffee: bytes, coffee_copy: bytes, astronaut: bytes
) -> Callable[[], None]:
    """Put items and matches into a list, two more each time; the caller's use is noted by now."""
    path = f"/v1/lists/{image_list.public_id}/items/"
    batches = iter([(coffee, coffee_copy), (astronaut, coffee)])

    def add() -> None:
        for number, photo in enumerate(next(batches)):
            caller.upload(path, photo, custom_id=f"{number}")

    return add


@pytest.mark.parametrize(
    ("path", "queries"),
    [
        ("/v1/lists/", 2),
        ("/v1/lists/{list}/", 2),
        ("/v1/lists/{list}/items/", 5),
        ("/v1/items/", 2),
        ("/v1/matches/", 4),
    ],
)
def test_a_page_costs_the_same_for_one_row_and_more(
    caller: Caller,
    image_list: List,
    fill: Callable[[], None],
    django_assert_num_queries: DjangoAssertNumQueries,
    path: str,
    queries: int,
) -> None:
    address = path.format(list=image_list.public_id)
    for _ in range(2):
        fill()
        with django_assert_num_queries(queries):
            assert caller.get(address).status_code == 200


# Within one open transaction the feed reports the transaction's changes again and again.
@pytest.mark.django_db(transaction=True)
def test_a_check_that_matches_nothing_writes_nothing(
    caller: Caller,
    image_list: List,
    fill: Callable[[], None],
    astronaut: bytes,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    fill()
    caller.sightengine("check.json", astronaut, lists=image_list.public_id)

    with django_assert_max_num_queries(14) as captured:
        caller.sightengine("check.json", astronaut, lists=image_list.public_id)

    written = [
        query["sql"]
        for query in captured.captured_queries
        if query["sql"].startswith(("INSERT", "UPDATE", "DELETE"))
    ]
    assert written == []


def test_a_picture_costs_two_queries(
    caller: Caller,
    image_list: List,
    coffee: bytes,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    item = caller.upload(f"/v1/lists/{image_list.public_id}/items/", coffee).json()

    with django_assert_num_queries(2):
        caller.get(f"/t/{item['sha256']}/256.webp").getvalue()
