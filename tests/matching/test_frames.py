"""Which frames of an animation are kept, and how a match names them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from matching import frames
from matching.engine import Engine, is_evidence
from matching.evidence import Kind, Reason
from matching.frames import Place, Scene
from matching.hashers import registry
from matching.types import DecodedGrey, Grey
from tests.photos import PHOTOS, photo

NAMES = [path.stem for path in PHOTOS]


def film(pictures: list[Grey]) -> Iterator[DecodedGrey]:
    for number, pixels in enumerate(pictures):
        height, width = pixels.shape
        yield DecodedGrey(pixels, width, height, 1, "GIF", len(pictures), frame=number)


def luma(name: str) -> Grey:
    return np.asarray(photo(name).resize((256, 256)).convert("L"))


def kept(pictures: list[Grey], max_kept: int = 50) -> list[int]:
    return [grey.frame for grey in frames.distinct(film(pictures), max_kept)]


def noise(seed: int) -> Grey:
    blocks = np.random.default_rng(seed).integers(0, 256, (16, 16), dtype=np.uint8)
    return np.kron(blocks, np.ones((16, 16), np.uint8))


FLAT = np.full((256, 256), 250, np.uint8)


def test_each_scene_is_kept_once_by_its_first_frame() -> None:
    scenes = [luma("coffee"), luma("coffee"), luma("rocket"), luma("rocket"), luma("coffee")]

    assert kept(scenes) == [0, 2]


def test_unlike_photographs_are_all_kept() -> None:
    assert kept([luma(name) for name in NAMES]) == list(range(len(NAMES)))


def test_a_frame_that_is_near_any_kept_one_is_left_out() -> None:
    brighter = (luma("coffee") // 2 + 100).astype(np.uint8)

    assert kept([luma("coffee"), luma("rocket"), brighter]) == [0, 1]


def test_31_bits_are_the_same_picture_and_32_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = iter([bytes(32), b"\x7f\xff\xff\xff" + bytes(28), b"\xff\xff\xff\xff" + bytes(28)])
    coffee = registry.PDQ.fingerprint(next(film([luma("coffee")])))
    monkeypatch.setattr(
        type(registry.PDQ), "fingerprint", lambda *_: replace(coffee, bits=next(rows))
    )

    assert kept([FLAT, FLAT, FLAT]) == [0, 2]


def test_the_first_frame_is_kept_whatever_it_shows() -> None:
    assert kept([FLAT]) == [0]
    assert kept([FLAT, luma("coffee"), FLAT]) == [0, 1]


def test_later_frames_of_too_little_detail_are_left_out() -> None:
    rows = np.linspace(200, 255, 256, dtype=np.uint8)[:, np.newaxis].repeat(256, axis=1)
    sloping = next(film([rows]))
    assert not is_evidence(registry.PDQ.fingerprint(sloping))

    assert kept([luma("coffee"), FLAT, rows, luma("rocket")]) == [0, 3]


def test_of_more_scenes_the_first_ones_are_kept_and_the_rest_is_read_to_its_end() -> None:
    read: list[int] = []

    def watched() -> Iterator[DecodedGrey]:
        for grey in film([noise(seed) for seed in range(60)]):
            read.append(grey.frame)
            yield grey

    assert [grey.frame for grey in frames.distinct(watched(), 50)] == list(range(50))
    assert read == list(range(60))


def test_a_comparison_names_the_frames_as_people_count() -> None:
    query = registry.query_fingerprints(next(film([luma("coffee")])))
    comparison = Engine().compare(query, query.upright)

    told = frames.placed(comparison, Place(2, 5), Place(0, 1))

    assert (told.evidence.query_frame, told.evidence.item_frame) == (2, 0)
    assert told.evidence.reasons[-1] == Reason(
        "frame", {"query_frame": 3, "query_frames": 5, "item_frame": 1, "item_frames": 1}
    )
    assert told.score == comparison.score


COFFEE, ROCKET, ASTRONAUT, CHELSEA = (
    [registry.PDQ.fingerprint(next(film([luma(name)])))]
    for name in ("coffee", "rocket", "astronaut", "chelsea")
)


@pytest.mark.parametrize(
    ("query", "item", "kind"),
    [
        ([COFFEE], [ROCKET, COFFEE, ASTRONAUT], Kind.PART),
        ([ROCKET, COFFEE, ASTRONAUT], [COFFEE], Kind.CONTAINS),
        ([COFFEE, ROCKET], [COFFEE, ASTRONAUT, CHELSEA], Kind.PART),
        ([COFFEE, ROCKET], [COFFEE, ASTRONAUT], Kind.CONTAINS),
        ([COFFEE, ROCKET, CHELSEA], [COFFEE, CHELSEA, ASTRONAUT], Kind.NEAR),
        ([COFFEE], [COFFEE], Kind.NEAR),
    ],
)
def test_animations_are_alike_as_wholes_when_most_scenes_are(
    query: list[Scene], item: list[Scene], kind: Kind
) -> None:
    fingerprints = registry.query_fingerprints(next(film([luma("coffee")])))
    comparison = Engine().compare(fingerprints, fingerprints.upright)

    assert frames.of_scenes(comparison, query, item).kind == kind


def test_still_pictures_have_no_frames_to_speak_of() -> None:
    query = registry.query_fingerprints(next(film([luma("coffee")])))
    comparison = Engine().compare(query, query.upright)

    assert frames.placed(comparison, Place(0, 1), Place(0, 1)) == comparison
