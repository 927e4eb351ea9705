"""Changes of many items at once: what they mean, in steps, and back again."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from django.db import OperationalError

from accounts.actors import Actor
from accounts.permissions import Role
from common.errors import Conflict, Forbidden, InvalidInput
from jobs.models import Job
from lists import browsing, tags
from lists import services as lists_services
from lists.browsing import WantedItems
from lists.bulk_kinds import BulkKind
from lists.models import BulkChange, BulkState, Image, Item, ItemTag, List
from review.life import many_items
from review.life.many_items import Chosen, NewChange
from review.models import MatchCandidate, State
from review.pairs import services as pairs_services
from review.pairs import tallies
from tests import bare_pairs, tallied

pytestmark = pytest.mark.django_db

LETTERS = "ABCDEF"


@pytest.fixture
def items(image_list: List) -> list[Item]:
    """Six items, of which every two make a pair; their pictures are kept."""
    bare_pairs.among(LETTERS, image_list)
    Image.objects.update(is_stored=True)
    tallies.recount(Image.objects.values_list("pk", flat=True))
    return list(Item.objects.order_by("pk"))


@pytest.fixture
def other(image_list: List) -> List:
    """Another list of the organisation."""
    return List.objects.create(organisation=image_list.organisation, name="Others")


@pytest.fixture(autouse=True)
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two items are a step, so that everything takes several."""
    monkeypatch.setattr(many_items, "_AT_ONCE", 2)


def all_of(image_list: List, wanted: WantedItems = WantedItems()) -> Chosen:  # noqa: B008
    return Chosen(query=wanted.as_query, up_to=browsing.newest_id(image_list))


def live(image_list: List) -> str:
    found = image_list.items.filter(removed_at=None).order_by("pk")
    return "".join(found.values_list("custom_id", flat=True))


def ended(change: object) -> None:
    """Let the background end a change."""
    many_items.go_on(change_id=change.pk)  # type: ignore[attr-defined]
    change.refresh_from_db()  # type: ignore[attr-defined]


def test_all_that_match_go_in_steps_and_come_back(
    admin: Actor, image_list: List, items: list[Item]
) -> None:
    chosen = all_of(image_list)
    late = bare_pairs.images_of(1, image_list)[0]
    Item.objects.create(image_list=image_list, image=late, custom_id="late")

    change = many_items.begin(
        by=admin, image_list=image_list, new=NewChange(BulkKind.REMOVE, chosen)
    )
    assert (change.state, change.done_count, live(image_list)) == (
        BulkState.RUNNING,
        4,
        "EF" + "late",
    )
    assert Job.objects.filter(kind=many_items.CHANGE_ITEMS).exists()
    ended(change)
    # What came after the person looked stays.
    assert (change.state, change.done_count, live(image_list)) == (BulkState.DONE, 6, "late")
    assert set(MatchCandidate.objects.values_list("state", flat=True)) == {State.SUPERSEDED}
    tallied.check()

    many_items.undo(by=admin, change=change)
    ended(change)
    assert (change.state, change.done_count) == (BulkState.UNDONE, 0)
    assert live(image_list) == f"{LETTERS}late"
    assert set(MatchCandidate.objects.values_list("state", flat=True)) == {State.SUGGESTED}
    tallied.check()
    with pytest.raises(Conflict):
        many_items.undo(by=admin, change=change)


def test_a_copy_is_looked_for_in_the_other_list_and_decided_pairs_stay(
    admin: Actor, image_list: List, items: list[Item], other: List
) -> None:
    pair = MatchCandidate.objects.order_by("pk")[0]
    pairs_services.confirm(by=admin, pair=pair)
    tags.set_tags(by=admin, item=items[0], names=["Election"])
    ids = [item.public_id for item in items[:3]]

    change = many_items.begin(
        by=admin,
        image_list=image_list,
        new=NewChange(BulkKind.MOVE, Chosen(ids=ids), target=other),
    )

    assert (change.state, live(image_list), live(other)) == (BulkState.DONE, "DEF", "ABC")
    copied = other.items.get(custom_id="A")
    assert tags.names_of(copied) == ["Election"]
    assert Job.objects.filter(kind=lists_services.DEEPEN_ITEM).count() == 3
    pair.refresh_from_db()
    assert pair.state == State.CONFIRMED
    tallied.check()

    many_items.undo(by=admin, change=change)
    ended(change)
    assert (live(image_list), live(other)) == (LETTERS, "")
    pair.refresh_from_db()
    assert pair.state == State.CONFIRMED
    tallied.check()


def test_what_the_other_list_has_already_is_no_copy_and_stays_there_after_an_undo(
    admin: Actor, image_list: List, items: list[Item], other: List
) -> None:
    lists_services.place_item(
        by=admin, image_list=other, image=items[0].image, custom_id="A", name=""
    )
    Image.objects.filter(pk=items[1].image_id).update(is_stored=False)

    change = many_items.begin(
        by=admin,
        image_list=image_list,
        new=NewChange(BulkKind.COPY, all_of(image_list), target=other),
    )
    ended(change)
    assert (change.done_count, change.refused_count, live(other)) == (5, 1, "ACDEF")

    many_items.undo(by=admin, change=change)
    ended(change)
    assert (live(image_list), live(other)) == (LETTERS, "A")


def test_an_undone_tag_stays_on_what_had_it_before(
    admin: Actor, image_list: List, items: list[Item]
) -> None:
    tags.set_tags(by=admin, item=items[0], names=["election"])
    new = NewChange(BulkKind.TAG, all_of(image_list), tag_name="Election")

    change = many_items.begin(by=admin, image_list=image_list, new=new)
    ended(change)
    assert (change.done_count, ItemTag.objects.count()) == (5, 6)

    many_items.undo(by=admin, change=change)
    ended(change)
    assert list(ItemTag.objects.values_list("item", flat=True)) == [items[0].pk]


def test_nothing_gets_more_tags_than_it_may_have(
    admin: Actor, image_list: List, items: list[Item], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tags, "MAX_TAGS_PER_ITEM", 2)
    tags.set_tags(by=admin, item=items[0], names=["One", "Two"])
    tags.set_tags(by=admin, item=items[1], names=["One", "Three"])
    new = NewChange(BulkKind.TAG, all_of(image_list), tag_name="Three")

    change = many_items.begin(by=admin, image_list=image_list, new=new)
    ended(change)

    assert (change.done_count, change.refused_count) == (4, 2)
    assert tags.names_of(items[0]) == ["One", "Two"]


def test_removed_ones_are_restored_and_what_cannot_be_is_counted(
    admin: Actor, image_list: List, items: list[Item]
) -> None:
    pairs_services.remove_items(by=admin, items=items[:3])
    Image.objects.filter(pk=items[0].image_id).update(is_stored=False)

    change = many_items.begin(
        by=admin,
        image_list=image_list,
        new=NewChange(BulkKind.RESTORE, all_of(image_list, WantedItems(is_removed=True))),
    )

    assert (change.done_count, change.refused_count) == (2, 1)
    assert live(image_list) == "BCDEF"


@pytest.mark.parametrize(
    "new",
    [
        NewChange(BulkKind.REMOVE, Chosen()),
        NewChange(BulkKind.REMOVE, Chosen(ids=["x"] * 501)),
        NewChange(BulkKind.COPY, Chosen(query="")),
        NewChange(BulkKind.TAG, Chosen(query=""), tag_name=" "),
        NewChange(BulkKind.TAG, Chosen(query=""), tag_name="a|b"),
        NewChange(BulkKind.TAG, Chosen(query=""), tag_name="\x00"),
    ],
)
def test_what_makes_no_sense_is_refused(admin: Actor, image_list: List, new: NewChange) -> None:
    with pytest.raises(InvalidInput):
        many_items.begin(by=admin, image_list=image_list, new=new)


def test_who_may_not_change_items_changes_none(
    image_list: List, make_actor: Callable[..., Actor]
) -> None:
    with pytest.raises(Forbidden):
        many_items.begin(
            by=make_actor(Role.ANALYST),
            image_list=image_list,
            new=NewChange(BulkKind.REMOVE, Chosen(query="")),
        )


@pytest.mark.django_db(transaction=True)
def test_choosing_that_crosses_another_change_is_done_again(
    admin: Actor, image_list: List, items: list[Item], monkeypatch: pytest.MonkeyPatch
) -> None:
    choose, calls = many_items._choose, []

    class Crossed(Exception):
        pgcode = "40P01"

    def crossed(change: BulkChange, public_ids: Sequence[str]) -> None:
        choose(change, public_ids)
        calls.append(change)
        if len(calls) == 1:
            raise OperationalError from Crossed()

    monkeypatch.setattr(many_items, "_choose", crossed)
    chosen = Chosen(ids=[items[0].public_id, "med_\x00"])
    change = many_items.begin(
        by=admin, image_list=image_list, new=NewChange(BulkKind.REMOVE, chosen)
    )

    assert (len(calls), BulkChange.objects.count(), change.done_count) == (2, 1, 1)
