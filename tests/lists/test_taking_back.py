"""Removals that are taken back: everything is as it was, or the refusal says why it cannot be."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actors import Actor
from common.errors import Conflict
from jobs import runner
from lists import image_pool, selectors
from lists import services as lists_services
from lists.list_settings import ListSettings
from lists.live_index import LiveIndex
from lists.models import Item, List
from review.models import MatchCandidate, State
from review.pairs import selectors as pairs_selectors
from review.pairs import services as pairs_services
from review.pairs.invariants import ToldApart
from review.queue import selectors as queue_selectors
from review.submissions import services as submissions_services
from review.submissions.values import NewSubmission
from tests import bare_pairs, hooks
from tests.conftest import raw_image

pytestmark = pytest.mark.django_db

TOO_LATE = dt.timedelta(days=31)


@pytest.fixture
def other_list(admin: Actor) -> List:
    return lists_services.create_list(by=admin, settings=ListSettings(name="Other"))


def added(by: Actor, image_list: List, photo: bytes, custom_id: str = "") -> Item:
    submission = NewSubmission(raw=raw_image(photo), add_to=image_list, custom_id=custom_id)
    item = submissions_services.submit(by=by, submission=submission).item
    assert item is not None
    return item


def remove(by: Actor, image_list: List) -> List:
    lists_services.remove_list(by=by, image_list=image_list)
    image_list.refresh_from_db()
    return image_list


def ages(row: List | Item, by: dt.timedelta) -> None:
    """Make it that much longer since the row was removed."""
    assert row.removed_at is not None
    type(row).objects.filter(pk=row.pk).update(removed_at=row.removed_at - by)


def test_a_list_comes_back_with_its_pairs_its_decisions_and_in_every_index(
    admin: Actor, image_list: List, coffee: bytes, coffee_copy: bytes
) -> None:
    added(admin, image_list, coffee, "a")
    added(admin, image_list, coffee_copy, "b")
    decided = bare_pairs.make(1, image_list)[0]
    pairs_services.dissociate(by=admin, pair=decided, note="No")
    query = image_pool.current().examine(coffee).sighting.query
    running = LiveIndex()
    before = queue_selectors.suggested_counts(admin)

    def found() -> set[int]:
        search = running.up_to_date().search(
            [query], radius_bits=31, list_ids=[image_list.pk], limit=9
        )
        return {candidate.key for candidate in search.candidates[0]}

    was = found()
    removed = remove(admin, image_list)
    runner.drain(kinds=[lists_services.TELL_LIST])
    assert (found(), queue_selectors.suggested_counts(admin)) == (set(), {})
    pairs_services.restore_list(by=admin, image_list=removed)

    assert found() == was != set()
    assert queue_selectors.suggested_counts(admin) == before == {image_list.pk: 1}
    assert pairs_selectors.history_of(decided).get().note == "No"
    assert selectors.item_count(image_list) == 2


def test_a_list_is_taken_back_while_its_removal_is_still_being_told(
    admin: Actor, image_list: List, coffee: bytes
) -> None:
    """The job that tells of the removal comes late, and tells nothing that is untrue by then."""
    added(admin, image_list, coffee)
    running = LiveIndex()
    running.catch_up()
    pairs_services.restore_list(by=admin, image_list=remove(admin, image_list))
    runner.drain(kinds=[lists_services.TELL_LIST])

    query = image_pool.current().examine(coffee).sighting.query
    search = running.up_to_date().search([query], radius_bits=31, list_ids=[image_list.pk], limit=9)
    assert len(search.candidates[0]) == 1


def test_a_list_is_taken_back_for_thirty_days_only(admin: Actor, image_list: List) -> None:
    ages(remove(admin, image_list), TOO_LATE)

    with pytest.raises(Conflict):
        pairs_services.restore_list(by=admin, image_list=image_list)
    assert not selectors.removed_lists(admin, now=timezone.now()).exists()


def test_a_default_list_that_has_a_successor_comes_back_as_another_list(admin: Actor) -> None:
    first = lists_services.default_list(by=admin)
    remove(admin, first)
    second = lists_services.default_list(by=admin)
    pairs_services.restore_list(by=admin, image_list=first)

    assert set(selectors.lists_for(admin).values_list("pk", "is_default")) == {
        (first.pk, False),
        (second.pk, True),
    }


def test_a_list_does_not_come_back_against_what_was_decided_since(
    admin: Actor, image_list: List, other_list: List
) -> None:
    (pair,) = bare_pairs.make(1, image_list)
    (again,) = bare_pairs.again([pair], other_list)
    pairs_services.confirm(by=admin, pair=pair)
    remove(admin, image_list)
    pairs_services.dissociate(by=admin, pair=again)

    with pytest.raises(ToldApart):
        pairs_services.restore_list(by=admin, image_list=image_list)


def test_a_list_does_not_come_back_to_join_what_was_told_apart_at_the_ends_of_a_chain(
    admin: Actor, image_list: List, other_list: List
) -> None:
    """The removed list connects a with b; since then b goes with c, and a does not."""
    pairs = bare_pairs.among("abc", image_list)
    since = dict(zip(pairs, bare_pairs.again(list(pairs.values()), other_list), strict=True))
    pairs_services.confirm(by=admin, pair=pairs["ab"])
    remove(admin, image_list)
    pairs_services.confirm(by=admin, pair=since["bc"])
    pairs_services.dissociate(by=admin, pair=since["ac"])

    with pytest.raises(ToldApart) as refused:
        pairs_services.restore_list(by=admin, image_list=image_list)
    assert refused.value.pair == since["ac"]
    pairs_services.undo(by=admin, pair=since["ac"])
    assert pairs_services.restore_list(by=admin, image_list=image_list).removed_at is None


def test_a_list_comes_back_by_as_many_statements_however_much_was_decided_since(
    admin: Actor, image_list: List, other_list: List
) -> None:
    def statements(decided_since: int) -> int:
        remove(admin, image_list)
        for pair in bare_pairs.make(decided_since, other_list):
            pairs_services.confirm(by=admin, pair=pair)
        with CaptureQueriesContext(connection) as asked:
            pairs_services.restore_list(by=admin, image_list=image_list)
        return len(asked)

    assert statements(1) == statements(6)


def test_an_item_comes_back_with_its_pair(
    admin: Actor, image_list: List, coffee: bytes, coffee_copy: bytes
) -> None:
    added(admin, image_list, coffee)
    item = added(admin, image_list, coffee_copy)
    pairs_services.remove_item(by=admin, item=item)
    pairs_services.restore_item(by=admin, item=item)
    pairs_services.restore_item(by=admin, item=item)

    assert MatchCandidate.objects.get().state == State.SUGGESTED
    assert [deed.act for deed in selectors.deeds_of(item)] == ["restore", "remove", "add"]


@pytest.mark.parametrize(("custom_id", "is_same"), [("a", True), ("b", True), ("a", False)])
def test_an_item_whose_picture_or_id_came_anew_stays_removed(
    admin: Actor,
    image_list: List,
    coffee: bytes,
    astronaut: bytes,
    custom_id: str,
    is_same: bool,
) -> None:
    item = added(admin, image_list, coffee, "a")
    pairs_services.remove_item(by=admin, item=item)
    added(admin, image_list, coffee if is_same else astronaut, custom_id)

    with pytest.raises(Conflict):
        pairs_services.restore_item(by=admin, item=item)
    assert selectors.item_count(image_list) == 1


def test_the_page_shows_what_can_be_taken_back_and_takes_it_back(
    manager: Client, admin: Actor, image_list: List, coffee: bytes
) -> None:
    item = added(admin, image_list, coffee)
    other = lists_services.create_list(by=admin, settings=ListSettings(name="Other"))
    pairs_services.remove_item(by=admin, item=item)
    remove(admin, other)

    page = manager.get("/removed/")
    assert hooks.values(page, "removed-list") == [other.public_id]
    assert hooks.values(page, "removed-item") == [item.public_id]
    assert b"admin@" in page.content
    back = manager.post(f"/removed/lists/{other.public_id}/restore/", follow=True)
    assert hooks.told(back) == ["list_restored"]
    back = manager.post(f"/removed/items/{item.public_id}/restore/", follow=True)
    assert hooks.told(back) == ["items_restored"]
    assert selectors.item_count(image_list) == 1


def test_the_page_says_why_something_stays_removed(
    manager: Client, admin: Actor, image_list: List, coffee: bytes
) -> None:
    item = added(admin, image_list, coffee)
    pairs_services.remove_item(by=admin, item=item)
    added(admin, image_list, coffee)
    other = lists_services.create_list(by=admin, settings=ListSettings(name="Other"))
    ages(remove(admin, other), TOO_LATE)

    for address in (f"items/{item.public_id}", f"lists/{other.public_id}"):
        answer = manager.post(f"/removed/{address}/restore/", follow=True)
        assert hooks.told(answer) == ["conflict"]
