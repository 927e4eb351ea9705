from __future__ import annotations

import contextlib
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.features import ItemFeatures, LocalFeatures, Postings
from matching.features.codec import (
    from_bytes,
    postings_from_bytes,
    postings_to_bytes,
    to_bytes,
)
from matching.features.extract import item_features
from tests.photos import photo

VERSION_AT = 5


def features_of(seed: int, count: int, width: int, height: int) -> ItemFeatures:
    random = np.random.default_rng(seed)
    place = random.random((count, 2)) * (width - 1, height - 1)
    size, angle = random.uniform(1.5, 300, count), random.uniform(0, 2 * np.pi, count)
    local = LocalFeatures(
        keypoints=np.column_stack([place, size, angle]).astype(np.float32),
        descriptors=np.clip(random.normal(0, 15, (count, 64)), -127, 127).astype(np.int8),
        words=random.integers(0, 4096, (count, 1)).astype(np.uint16),
        signatures=random.integers(0, 2**64, (count, 1), dtype=np.uint64),
        width=width,
        height=height,
    )
    sides = (max(1, height // 4), max(1, width // 4))
    return ItemFeatures(local, np.full(sides, seed % 256, np.uint8))


@given(
    seed=st.integers(0, 2**32 - 1),
    count=st.integers(0, 500),
    width=st.integers(1, 1023),
    height=st.integers(1, 1023),
)
@settings(max_examples=60)
def test_features_come_back_as_near_as_promised(
    seed: int, count: int, width: int, height: int
) -> None:
    features = features_of(seed, count, width, height)
    before, after = features.local, from_bytes(to_bytes(features)).local

    assert np.array_equal(after.descriptors, before.descriptors)
    assert np.array_equal(after.words, before.words)
    assert np.array_equal(after.signatures, before.signatures)
    assert (after.width, after.height, len(after)) == (width, height, count)
    assert np.abs(after.keypoints[:, :2] - before.keypoints[:, :2]).max(initial=0) <= 1 / 128
    ratio = after.keypoints[:, 2] / before.keypoints[:, 2]
    assert np.abs(ratio - 1).max(initial=0) < 0.015
    turn = np.exp(1j * (after.keypoints[:, 3] - before.keypoints[:, 3]))
    assert np.abs(np.angle(turn, deg=True)).max(initial=0) < 0.71


@given(seed=st.integers(0, 1000), count=st.integers(0, 50))
@settings(max_examples=20)
def test_a_second_round_changes_nothing_but_the_thumbnail(seed: int, count: int) -> None:
    once = from_bytes(to_bytes(features_of(seed, count, 320, 240)))
    twice = from_bytes(to_bytes(once))

    for name in ("keypoints", "descriptors", "words", "signatures"):
        kept = getattr(once.local, name)
        assert np.array_equal(getattr(twice.local, name), kept)
        assert kept.dtype == getattr(features_of(0, 1, 9, 9).local, name).dtype
        assert not memoryview(kept).readonly
        assert kept.flags.c_contiguous


def test_the_thumbnail_of_a_photograph_comes_back_nearly_the_same() -> None:
    features = item_features(np.asarray(photo("coffee").convert("L")))

    again = from_bytes(to_bytes(features)).thumbnail

    assert again.shape == features.thumbnail.shape
    assert again.dtype == np.uint8
    assert np.abs(again.astype(int) - features.thumbnail).mean() < 3


def test_a_photograph_stays_within_its_budget() -> None:
    features = item_features(np.asarray(photo("coffee").convert("L")))

    assert len(to_bytes(features)) <= 33_000
    assert len(postings_to_bytes(Postings.of(features.local))) <= 12 * len(features.local)


@given(seed=st.integers(0, 1000), count=st.integers(0, 500))
@settings(max_examples=30)
def test_postings_come_back_exactly(seed: int, count: int) -> None:
    postings = Postings.of(features_of(seed, count, 9, 9).local)

    again = postings_from_bytes(postings_to_bytes(postings))

    assert np.array_equal(again.words, postings.words)
    assert np.array_equal(again.signatures, postings.signatures)


def test_another_version_of_the_features_is_refused() -> None:
    for kept, read in (
        (to_bytes(features_of(1, 5, 90, 90)), from_bytes),
        (postings_to_bytes(Postings.of(features_of(1, 5, 90, 90).local)), postings_from_bytes),
    ):
        other = bytearray(kept)
        struct.pack_into("<H", other, VERSION_AT, 77)
        with pytest.raises(ValueError, match=r"version 77.*Extract them again"):
            read(bytes(other))


def test_items_and_postings_are_not_taken_for_one_another() -> None:
    features = features_of(1, 5, 90, 90)

    with pytest.raises(ValueError, match="no kept features"):
        from_bytes(postings_to_bytes(Postings.of(features.local)))
    with pytest.raises(ValueError, match="no kept features"):
        postings_from_bytes(to_bytes(features))


@given(share=st.floats(0, 0.999))
@settings(max_examples=60)
def test_features_that_are_cut_short_are_refused_or_whole(share: float) -> None:
    kept = to_bytes(features_of(3, 40, 320, 240))

    with pytest.raises(ValueError, match=r"\."):
        from_bytes(kept[: int(share * (len(kept) - 700))])


@given(place=st.integers(0, 10**6), change=st.integers(1, 255))
@settings(max_examples=150)
def test_damage_raises_value_error_or_gives_other_numbers(place: int, change: int) -> None:
    kept = bytearray(to_bytes(features_of(3, 40, 320, 240)))
    kept[place % len(kept)] ^= change

    with contextlib.suppress(ValueError):
        local = from_bytes(bytes(kept)).local
        assert local.descriptors.shape == (len(local), 64)
        assert local.keypoints.shape == (len(local), 4)


def test_work_pictures_that_are_too_large_are_refused() -> None:
    with pytest.raises(ValueError, match="too large"):
        to_bytes(features_of(1, 5, 1024, 10))
