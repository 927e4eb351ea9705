"""Which pairs of frames a search compares in full."""

from __future__ import annotations

from intake.examine import View
from lists import frame_keys, search
from lists.live_index import START, Search
from matching.types import Candidate, Fingerprint, FingerprintSet, Orientation, QueryFingerprints

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
