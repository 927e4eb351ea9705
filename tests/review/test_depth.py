"""Depth: parts of pictures are found in full depth, at once or by the background."""

from __future__ import annotations

import pytest
from PIL import Image as Picture
from PIL import ImageOps

from accounts.actors import Actor
from intake.examine import Want
from jobs import handlers
from jobs import services as jobs_services
from jobs.models import Job
from lists import image_pool, live_index, storage
from lists import services as lists_services
from lists.depths import Depth
from lists.list_settings import ListSettings
from lists.live_index import LiveIndex
from lists.models import Image, ImageFeatures, List
from matching.evidence import Evidence, Kind
from matching.features import FEATURE_VERSION, QueryFeatures
from review import tasks
from review.models import MatchCandidate
from review.pairs import services as pairs_services
from review.submissions import services as submissions_services
from review.submissions.values import MatchedItem, NewSubmission, Outcome
from tests.conftest import encoded, opened, raw_image


@pytest.fixture
def fast_list(admin: Actor) -> List:
    """A list that compares whole pictures only."""
    return lists_services.create_list(by=admin, settings=ListSettings(name="Fast", depth="fast"))


@pytest.fixture(scope="session")
def coffee_part(coffee: bytes) -> bytes:
    """A third of the photograph, far too little for a hash of the whole."""
    return encoded(opened(coffee).crop((180, 60, 520, 300)), quality=80)


@pytest.fixture(scope="session")
def coffee_in_chat(coffee: bytes) -> bytes:
    """The photograph as a part of a taller picture with other things in it."""
    screen = Picture.new("RGB", (420, 800), (236, 229, 221))
    screen.paste((7, 94, 84), (0, 0, 420, 80))
    screen.paste(opened(coffee).resize((300, 200)), (100, 240))
    return encoded(screen, quality=80)


def submitted(by: Actor, photo: bytes, **asked: object) -> Outcome:
    """Submit a picture."""
    submission = NewSubmission(raw=raw_image(photo), **asked)  # type: ignore[arg-type]
    return submissions_services.submit(by=by, submission=submission)


def added(by: Actor, image_list: List, photo: bytes, depth: Depth | None = None) -> Outcome:
    """Add a picture."""
    return submitted(by, photo, add_to=image_list, depth=depth)


def matches(
    by: Actor, image_list: List, photo: bytes, depth: Depth | None = None
) -> list[MatchedItem]:
    """Check a picture and return what it matches."""
    outcome = submitted(by, photo, check_lists=[image_list], depth=depth)
    return list(outcome.by_list[0].matches)


def test_a_part_is_found_in_full_depth_and_said_to_be_one(
    admin: Actor, image_list: List, coffee: bytes, coffee_part: bytes
) -> None:
    item = added(admin, image_list, coffee).item

    (match,) = matches(admin, image_list, coffee_part)

    assert match.item == item
    assert match.score > 0.5
    assert match.comparison.kind == Kind.PART


def test_a_screenshot_is_found_in_full_depth_and_said_to_contain_the_item(
    admin: Actor, image_list: List, coffee: bytes, coffee_in_chat: bytes
) -> None:
    added(admin, image_list, coffee)

    (match,) = matches(admin, image_list, coffee_in_chat)

    assert match.score > 0.5
    assert match.comparison.kind == Kind.CONTAINS


def test_the_stored_pair_tells_where_the_part_lies(
    admin: Actor, image_list: List, coffee: bytes, coffee_part: bytes
) -> None:
    added(admin, image_list, coffee)
    matches(admin, image_list, coffee_part)

    evidence = Evidence.from_json(MatchCandidate.objects.get().evidence)

    assert evidence.alignment is not None
    assert evidence.blocks is not None
    matrix = evidence.alignment.matrix
    # The part's own corner lies at 180, 60 in the photograph.
    assert (matrix[2] / matrix[8], matrix[5] / matrix[8]) == pytest.approx((180, 60), abs=3)


def test_fast_depth_compares_whole_pictures_only(
    admin: Actor, image_list: List, coffee: bytes, coffee_part: bytes, coffee_copy: bytes
) -> None:
    added(admin, image_list, coffee)

    assert matches(admin, image_list, coffee_part, Depth.FAST) == []
    assert len(matches(admin, image_list, coffee_copy, Depth.FAST)) == 1


def test_an_answer_says_how_deep_it_looked(admin: Actor, image_list: List, coffee: bytes) -> None:
    full = submitted(admin, coffee, check_lists=[image_list])
    fast = submitted(admin, coffee, check_lists=[image_list], depth=Depth.FAST)

    assert (full.depth, fast.depth) == (Depth.FULL, Depth.FAST)


def test_a_list_of_fast_depth_keeps_no_features_and_asks_for_none(
    admin: Actor, fast_list: List, coffee: bytes
) -> None:
    outcome = added(admin, fast_list, coffee)

    assert (outcome.depth, outcome.is_deepened_later) == (Depth.FAST, False)
    assert not ImageFeatures.objects.exists()
    assert not Job.objects.exists()


def test_a_request_may_ask_a_fast_list_for_full_depth(
    admin: Actor, fast_list: List, coffee: bytes, coffee_part: bytes
) -> None:
    added(admin, fast_list, coffee, Depth.FULL)

    (match,) = matches(admin, fast_list, coffee_part, Depth.FULL)

    assert match.comparison.kind == Kind.PART


def test_what_was_added_fast_is_found_in_parts_once_the_background_was_there(
    admin: Actor, image_list: List, coffee: bytes, coffee_part: bytes
) -> None:
    outcome = added(admin, image_list, coffee, Depth.FAST)
    assert (outcome.depth, outcome.is_deepened_later) == (Depth.FAST, True)
    assert matches(admin, image_list, coffee_part) == []

    run_jobs()

    (match,) = matches(admin, image_list, coffee_part)
    assert match.item == outcome.item
    assert Image.objects.get(pk=match.item.image_id).depth == Depth.FULL


def test_the_background_suggests_the_pairs_that_the_fast_way_missed(
    admin: Actor, image_list: List, coffee: bytes, coffee_part: bytes
) -> None:
    added(admin, image_list, coffee, Depth.FAST)
    added(admin, image_list, coffee_part, Depth.FAST)
    assert not MatchCandidate.objects.exists()

    run_jobs()

    pair = MatchCandidate.objects.get()
    assert pair.score > 0.5
    assert pair.kind in {Kind.PART, Kind.CONTAINS}


def test_deepening_twice_leaves_what_deepening_once_leaves(
    admin: Actor, image_list: List, coffee: bytes, coffee_part: bytes
) -> None:
    item = added(admin, image_list, coffee).item
    added(admin, image_list, coffee_part)
    assert item is not None

    for _ in range(2):
        tasks.deepen_item({"item_id": item.pk})

    assert ImageFeatures.objects.filter(image=item.image_id).count() == 1
    assert MatchCandidate.objects.count() == 1


def test_an_item_that_was_removed_meanwhile_is_left_alone(
    admin: Actor, image_list: List, coffee: bytes
) -> None:
    item = added(admin, image_list, coffee, Depth.FAST).item
    assert item is not None
    pairs_services.remove_item(by=admin, item=item)

    run_jobs()

    assert not ImageFeatures.objects.exists()


def test_an_item_whose_file_is_gone_is_given_up_at_once(
    admin: Actor, image_list: List, coffee: bytes
) -> None:
    item = added(admin, image_list, coffee, Depth.FAST).item
    assert item is not None
    storage.delete_files(item.image)

    with pytest.raises(handlers.GiveUp, match="no longer kept"):
        run_jobs()


def test_a_removed_item_is_no_longer_found_in_parts(
    admin: Actor, image_list: List, coffee: bytes, coffee_part: bytes
) -> None:
    item = added(admin, image_list, coffee).item
    assert item is not None
    assert len(matches(admin, image_list, coffee_part)) == 1

    pairs_services.remove_item(by=admin, item=item)

    assert matches(admin, image_list, coffee_part) == []


def test_a_second_index_finds_the_features_that_another_process_wrote(
    admin: Actor, image_list: List, coffee: bytes, coffee_part: bytes
) -> None:
    other_process = LiveIndex()
    other_process.catch_up()
    item = added(admin, image_list, coffee, Depth.FAST).item
    assert item is not None
    asked = features_of(coffee_part)

    before = other_process.up_to_date().search_features(asked, list_ids=[image_list.pk], limit=5)
    run_jobs()
    after = other_process.up_to_date().search_features(asked, list_ids=[image_list.pk], limit=5)
    pairs_services.remove_item(by=admin, item=item)
    at_last = other_process.up_to_date().search_features(asked, list_ids=[image_list.pk], limit=5)

    assert [len(each.candidates[0]) for each in (before, after, at_last)] == [0, 1, 0]


def test_features_of_another_version_are_neither_found_nor_compared(
    admin: Actor, image_list: List, coffee: bytes, coffee_part: bytes
) -> None:
    added(admin, image_list, coffee)
    ImageFeatures.objects.update(version=FEATURE_VERSION + 1)
    live_index.reset()

    assert matches(admin, image_list, coffee_part) == []


def test_parts_turned_and_mirrored_are_found(
    admin: Actor, image_list: List, coffee: bytes, coffee_part: bytes
) -> None:
    added(admin, image_list, coffee)
    turned = ImageOps.mirror(opened(coffee_part)).rotate(90, expand=True)

    (match,) = matches(admin, image_list, encoded(turned, quality=85))

    assert match.score > 0.5


def test_a_list_that_becomes_thorough_has_its_items_brought_up_in_the_background(
    admin: Actor, fast_list: List, coffee: bytes, coffee_part: bytes
) -> None:
    added(admin, fast_list, coffee)
    full = lists_services.change_list(
        by=admin, image_list=fast_list, settings=ListSettings(depth="full")
    )

    run_jobs()

    (match,) = matches(admin, full, coffee_part)
    assert match.comparison.kind == Kind.PART


# Within one open transaction the feed reports the transaction's changes again and again.
@pytest.mark.django_db(transaction=True)
def test_two_parts_of_a_picture_added_at_once_see_each_other(
    admin: Actor, image_list: List, coffee: bytes, coffee_part: bytes
) -> None:
    position = live_index.current().catch_up()
    added(admin, image_list, coffee)
    asked = features_of(coffee_part)

    arrivals = (
        live_index.current()
        .up_to_date()
        .search_features(asked, list_ids=[image_list.pk], limit=5, after=position)
    )
    later = (
        live_index.current()
        .up_to_date()
        .search_features(asked, list_ids=[image_list.pk], limit=5, after=arrivals.position)
    )

    assert [len(each.candidates[0]) for each in (arrivals, later)] == [1, 0]


def run_jobs() -> None:
    """Do what waits in the background, in this thread and transaction."""
    while claim := jobs_services.claim(lease_s=60):
        handlers.handler_for(claim.kind)(claim.payload)
        jobs_services.complete(claim=claim)


def features_of(photo: bytes) -> list[QueryFeatures]:
    """Return what to search with."""
    return [frame.asked for frame in image_pool.current().examine(photo, Want.FEATURES).features]
