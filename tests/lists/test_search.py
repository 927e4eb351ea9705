"""Which pairs of frames a search compares in full, and which comparison counts."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.actors import Actor
from intake.examine import View
from lists import close_search, frame_keys, search
from lists import services as lists_services
from lists.close_search import Pair
from lists.list_settings import ListSettings
from lists.live_index import START, Search, UpToDate
from lists.models import Image, Item, List
from lists.search import ItemMatch
from matching import engine
from matching.features import QueryFeatures
from matching.index.inverted import FeatureCandidate
from matching.index.scan import ScanIndex
from matching.index.unit_rows import UnitRows
from matching.types import Candidate, Fingerprint, FingerprintSet, Orientation, QueryFingerprints
from tests import bare_pairs

_PRINTS = FingerprintSet(
    Fingerprint("pdq", 1, bytes(32), 100), (Fingerprint("phash", 1, bytes(8), 9),)
)


def view(frame: int) -> View:
    return View(300, 200, QueryFingerprints((_PRINTS,) * 8), frame=frame)


def candidate(item_id: int, frame: int, distance_bits: int) -> Candidate:
    key = frame_keys.key_of(item_id, frame)
    return Candidate(key, 1, distance_bits, Orientation.IDENTITY)


def test_animations_that_match_by_many_frames_leave_room_for_the_other_items() -> None:
    views = [view(frame) for frame in range(50)]
    per_view = [
        [candidate(item_id, each.frame, each.frame) for item_id in range(1, 21)] for each in views
    ]
    per_view[7].append(candidate(99, 0, 80))

    pairs = search._nearest_pairs(views, Search(candidates=per_view, position=START))

    assert [pair.view.frame for pair in pairs if pair.item_id == 5] == [0, 1, 2, 3]
    assert [pair.view.frame for pair in pairs if pair.item_id == 99] == [7]
    assert pairs[-1].item_id == 99


def test_a_crowd_of_items_is_bounded_to_the_nearest_pairs() -> None:
    views = [view(frame) for frame in range(4)]
    per_view = [
        [candidate(1000 * each.frame + number, 0, number // 3) for number in range(1, 201)]
        for each in views
    ]

    pairs = search._nearest_pairs(views, Search(candidates=per_view, position=START))

    distances = [pair.candidate.distance_bits for pair in pairs]
    assert len(pairs) == 400
    assert distances == sorted(distances)


def match(item_id: int, frame: int, score: float) -> ItemMatch:
    whole = engine.exact_comparison(100)
    evidence = replace(whole.evidence, item_frame=frame)
    return ItemMatch(Item(pk=item_id), replace(whole, score=score, evidence=evidence))


MATCHES = st.lists(
    st.builds(match, st.integers(1, 3), st.integers(0, 2), st.sampled_from([0.1, 0.49, 0.8, 0.9]))
)


@given(fast=MATCHES, full=MATCHES)
def test_the_better_comparison_never_loses_to_the_worse(
    fast: list[ItemMatch], full: list[ItemMatch]
) -> None:
    found = search.better(fast, full)
    looked_at = {(each.item.pk, each.comparison.evidence.item_frame) for each in full}
    counting = [
        *full,
        *(m for m in fast if (m.item.pk, m.comparison.evidence.item_frame) not in looked_at),
    ]

    assert set(found) == {each.item.pk for each in counting}
    for item_id, best in found.items():
        assert best.score == max(each.score for each in counting if each.item.pk == item_id)


PAIRS = st.lists(
    st.builds(
        Pair,
        st.integers(0, 49),
        st.builds(frame_keys.key_of, st.integers(1, 30), st.integers(0, 30)),
        st.integers(-1, 20),
        st.sampled_from([0.0, 0.5, 3.0]),
    ),
    max_size=600,
)


@given(proposed=PAIRS)
def test_what_is_compared_in_full_is_bounded_in_all_and_per_item(proposed: list[Pair]) -> None:
    pairs = close_search.chosen(proposed)

    assert len(pairs) <= close_search.MAX_PAIRS
    assert len({(pair.view, pair.key) for pair in pairs}) == len(pairs)
    for item_id in {frame_keys.item_of(pair.key) for pair in pairs}:
        of_item = [pair for pair in pairs if frame_keys.item_of(pair.key) == item_id]
        assert len(of_item) <= close_search.MAX_PAIRS_PER_ITEM
    assert [pair.rank for pair in pairs] == sorted(pair.rank for pair in pairs)


def test_an_item_that_every_view_proposes_leaves_room_for_the_others() -> None:
    crowd = [Pair(view, frame_keys.key_of(1, view), rank=0, votes=9) for view in range(50)]
    other = Pair(7, frame_keys.key_of(2, 0), rank=1, votes=0.1)

    pairs = close_search.chosen([*crowd, other])

    assert [frame_keys.item_of(pair.key) for pair in pairs].count(1) == 8
    assert pairs[-1] == other


@pytest.mark.django_db
def test_identical_pictures_are_found_by_their_images_however_many_items_a_list_has(
    admin: Actor, image_list: List, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare_pairs.among("ABCD", image_list)
    own = list(Item.objects.order_by("-pk"))
    Image.objects.update(pixel_sha256="f" * 64)
    Item.objects.filter(pk=own[0].pk).update(removed_at=timezone.now())
    other = lists_services.create_list(by=admin, settings=ListSettings(name="Other"))
    Item.objects.filter(pk=own[1].pk).update(image_list=other)
    images = Image.objects.filter(pixel_sha256="f" * 64)

    with CaptureQueriesContext(connection) as captured:
        found = list(search._items_with(images, [image_list.pk]))
    assert found == own[2:]
    assert all('"image_list_id" IN' not in query["sql"] for query in captured)

    monkeypatch.setattr(search, "_MAX_LOOKED_UP", 1)
    assert list(search._items_with(images, [image_list.pk])) == found
    assert list(search._items_with(images.none(), [image_list.pk])) == []


@pytest.mark.parametrize(
    ("votes", "kept"),
    [([0.9, 0.8, 0.7, 0.6, 0.1], 4), ([0.2, 0.1, 0.1, 0.1, 0.1], 3), ([0.2], 1)],
)
def test_few_votes_are_enough_for_the_first_candidates_only(votes: list[float], kept: int) -> None:
    class Given:
        def search(self, _query: object, **_asked: object) -> list[FeatureCandidate]:
            return [
                FeatureCandidate(frame_keys.key_of(number, 0), 1, each, is_mirrored=False)
                for number, each in enumerate(votes)
            ]

    index = UpToDate(ScanIndex(), Given(), UnitRows(), START, min_votes=0.3)  # type: ignore[arg-type]
    query = cast("QueryFeatures", None)
    found = index.search_features([query], list_ids=[1], limit=9)
    every = replace(index, min_votes=0.0).search_features([query], list_ids=[1], limit=9)

    assert [len(each) for each in (*found.candidates, *every.candidates)] == [kept, len(votes)]
