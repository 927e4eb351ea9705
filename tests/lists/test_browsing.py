"""A list searched, filtered and sorted, a page at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actors import Actor
from accounts.models import Organisation
from lists import browsing, selectors, services, tags
from lists.browsing import Sort, WantedItems
from lists.models import Item, List
from lists.selectors import SoughtItems
from lists.services import ItemTexts
from tests import bare_pairs
from tests.plans import SORTING, plans_of

pytestmark = pytest.mark.django_db

NAMES = ["IMG_0193.jpg", "zebra.png", "Ärger.jpg", "launch-pune.jpg", "img_0194.jpg"]


@pytest.fixture
def items(admin: Actor, image_list: List) -> list[Item]:
    """Five items with names; the fourth has a claim, copies, and two pairs to review."""
    images = bare_pairs.images_of(len(NAMES), image_list)
    made = [
        services.place_item(
            by=admin,
            image_list=image_list,
            image=image,
            custom_id=f"id-{number}",
            name=name,
            context={"claim": "Launched over Pune"} if number == 3 else {},
        ).item
        for number, (image, name) in enumerate(zip(images, NAMES, strict=True))
    ]
    Item.objects.update(is_flat=False)
    Item.objects.filter(pk=made[3].pk).update(copies=4, to_review=2)
    Item.objects.filter(pk=made[1].pk).update(copies=1, is_flat=True)
    return made


def names(image_list: List, wanted: WantedItems, size: int = 2) -> list[str]:
    """Return the custom ids of all pages, one after the other."""
    after, found = None, []
    while True:
        page = browsing.items_page(image_list, wanted, after=after, size=size)
        found += [item.custom_id for item in page.rows]
        after = page.next_after
        if after is None:
            return found


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        (Sort.NEWEST, "43210"),
        (Sort.OLDEST, "01234"),
        (Sort.NAME, "20431"),
        (Sort.COPIES, "31420"),
    ],
)
def test_every_page_goes_on_where_the_one_before_ended(
    image_list: List, items: list[Item], sort: Sort, order: str
) -> None:
    assert names(image_list, WantedItems(sort=sort)) == [f"id-{each}" for each in order]


def test_a_cursor_of_another_list_tells_nothing(
    image_list: List, items: list[Item], stranger_organisation: Organisation
) -> None:
    elsewhere = List.objects.create(organisation=stranger_organisation, name="Theirs")
    bare_pairs.among("AB", elsewhere)
    theirs = elsewhere.items.order_by("pk")[0]
    # Between two of ours by name, and by copies.
    Item.objects.filter(pk=theirs.pk).update(sort_name="m", copies=2)

    for sort in (Sort.NAME, Sort.COPIES):
        wanted = WantedItems(sort=sort)
        page = browsing.items_page(image_list, wanted, after=theirs.pk, size=9)
        assert list(page.rows) == list(
            browsing.items_page(image_list, wanted, after=None, size=9).rows
        )


def test_what_is_erased_meanwhile_ends_no_export(
    image_list: List, items: list[Item], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browsing, "_YIELDED_AT_ONCE", 2)
    in_order = browsing._in_order

    def erased(ids: Sequence[int]) -> list[Item]:
        Item.objects.filter(pk=items[3].pk).delete()
        return in_order(ids)

    monkeypatch.setattr(browsing, "_in_order", erased)
    exported = browsing.each_wanted(image_list, WantedItems(), up_to=items[4].pk)

    assert [item.custom_id for item in exported] == ["id-4", "id-2", "id-1", "id-0"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("img", "40"),
        ("IMG_0193", "0"),
        ("0193", "0"),
        ("img_0193.jpg", "0"),
        ("arger", "2"),
        ("pune", "3"),
        ("launched PUNE", "3"),
        ("launched moon", ""),
        ("id-4", "4"),
        ("ebra", ""),
        ("...", ""),
        ("'\" OR 1=1 --", ""),
        ("\x00", ""),
    ],
)
def test_a_search_finds_starts_of_words_of_id_name_and_claim(
    image_list: List, items: list[Item], text: str, found: str
) -> None:
    wanted = WantedItems(text=text)

    assert names(image_list, wanted) == [f"id-{each}" for each in found]
    assert browsing.filter_counts(image_list, wanted).shown == len(found)


def test_ids_and_hashes_find_one_item(image_list: List, items: list[Item]) -> None:
    assert names(image_list, WantedItems(text=items[2].public_id)) == ["id-2"]
    assert names(image_list, WantedItems(text=items[2].image.sha256.upper())) == ["id-2"]


def test_filters_leave_what_they_say_and_are_counted(
    admin: Actor, image_list: List, items: list[Item]
) -> None:
    (tag,) = tags.tags_for(by=admin, names=["Election"])
    tags.put(by=admin, items=[items[0]], tag=tag)
    services.remove_items(by=admin, items=[items[4]])

    asked = {
        "31": WantedItems(has_copies=True),
        "3": WantedItems(to_review=True),
        "1": WantedItems(is_flat=True),
        "4": WantedItems(is_removed=True),
        "0": WantedItems(tag=tag.pk),
        "3210": WantedItems(added_by=admin.user_id),
        "": WantedItems(added_with=1),
    }
    for found, wanted in asked.items():
        for sort in Sort:
            by_sort = replace(wanted, sort=sort)
            assert sorted(names(image_list, by_sort)) == sorted(f"id-{each}" for each in found)
        assert browsing.wanted_of(wanted.as_query) == wanted
    counts = browsing.filter_counts(image_list, WantedItems(has_copies=True))
    assert (counts.has_copies, counts.to_review, counts.is_flat) == (2, 1, 1)
    assert (counts.is_removed, counts.shown) == (1, 2)


def test_what_is_edited_is_found_by_its_new_words(
    admin: Actor, image_list: List, items: list[Item]
) -> None:
    services.change_item(by=admin, item=items[1], texts=ItemTexts(name="giraffe.png"))
    services.change_context(by=admin, item=items[0], changes={"title": "Savanna"})

    assert names(image_list, WantedItems(text="giraffe")) == ["id-1"]
    assert names(image_list, WantedItems(text="zebra")) == []
    assert names(image_list, WantedItems(text="savanna")) == ["id-0"]


def test_many_hits_are_met_on_the_way_and_few_are_looked_up(
    image_list: List, items: list[Item], monkeypatch: pytest.MonkeyPatch
) -> None:
    few = [names(image_list, WantedItems(text="img", sort=sort)) for sort in Sort]
    monkeypatch.setattr(browsing, "_FEW", 1)

    # A part of those that have the word is as many as are counted, or not.
    for counted in (1, 2):
        monkeypatch.setattr(browsing, "MOST_COUNTED", counted)
        assert [names(image_list, WantedItems(text="img", sort=sort)) for sort in Sort] == few
        counts = browsing.filter_counts(image_list, WantedItems(text="img"))
        assert counts.shown == min(counted, len(few[0]))


@pytest.mark.parametrize("sort", Sort)
def test_every_order_is_read_from_its_index(image_list: List, sort: Sort) -> None:
    plan = plans_of(
        lambda: browsing.items_page(image_list, WantedItems(sort=sort), after=None, size=60)
    )[0]

    assert not any(each in plan for each in SORTING)
    assert "lists_item_" in plan
    assert "Aggregate" not in plan


@pytest.mark.parametrize(
    ("wanted", "indexes"),
    [
        (WantedItems(has_copies=True), ["lists_item_with_copies", "lists_item_by_copies"]),
        (WantedItems(to_review=True), ["lists_item_to_review"]),
        (WantedItems(is_flat=True), ["lists_item_flat"]),
        (WantedItems(is_removed=True), ["lists_item_removed"]),
        (WantedItems(added_by=1), ["lists_item_added_by"]),
        (WantedItems(added_with=1), ["lists_item_added_with"]),
        (WantedItems(tag=1), ["lists_itemtag_newest"]),
    ],
)
def test_every_filter_has_an_index(
    image_list: List, wanted: WantedItems, indexes: list[str]
) -> None:
    plan = plans_of(lambda: browsing.items_page(image_list, wanted, after=None, size=60))[0]

    assert any(index in plan for index in indexes)


def test_a_file_is_looked_up_among_the_organisation_s_own(
    admin: Actor, image_list: List, items: list[Item]
) -> None:
    sha256 = items[0].image.sha256
    asked: list[Callable[[], object]] = [
        lambda: selectors.items_known_as(admin, sha256.upper()),
        lambda: browsing.items_page(image_list, WantedItems(text=sha256), after=None, size=60),
        lambda: selectors.found_items_page(admin, SoughtItems(sha256=sha256), after=None, size=60),
    ]

    # The index begins with the organisation; which table comes first depends on their sizes.
    for ask in asked:
        with CaptureQueriesContext(connection) as queries:
            ask()
        sql = queries[0]["sql"]
        assert all(f'"lists_image"."{each}" = ' in sql for each in ("organisation_id", "sha256"))


def test_large_lists_are_counted_once_in_a_while(
    image_list: List, items: list[Item], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browsing, "_COUNTED_EXACTLY", 3)
    monkeypatch.setattr(browsing, "_counts", {})
    assert browsing.item_count(image_list) == 5

    Item.objects.filter(pk=items[0].pk).delete()

    assert browsing.item_count(image_list) == 5
    monkeypatch.setattr(browsing, "_COUNTED_EXACTLY", 10)
    monkeypatch.setattr(browsing, "_counts", {})
    assert browsing.item_count(image_list) == 4
