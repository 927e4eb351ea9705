from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import imagehash
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image

from matching.hashers import Hasher, pdq, registry
from matching.orient import oriented
from matching.types import ORIENTATIONS, DecodedGrey, Fingerprint, Grey
from tests.photos import PHOTOS, photo

# Computed by the reference implementation (Python package pdqhash 0.2.8) on the same pixels.
REFERENCE_PDQ = {
    "astronaut": "2d6b1af3a956c529e79ca3d2526fa834d4196c81cedd04de0a26b855fc99b724",
    "coffee": "8c629e779a663698b9a33866c026726c21a679f61eb6e1f8c79ba7e23c8299e0",
    "rocket": "8792786c87937064bf1bc0e43f1fc0e03f1cc2e33da4c2537cec821b2ce4f376",
}

each_hasher = pytest.mark.parametrize(
    "hasher", registry.HASHERS, ids=lambda hasher: hasher.algorithm
)


def grey_of(pixels: Grey) -> DecodedGrey:
    height, width = pixels.shape
    return DecodedGrey(np.ascontiguousarray(pixels), width, height, 1, "PNG", 1)


def luma(name: str) -> Grey:
    return np.asarray(photo(name).convert("L"))


def phash_text(pixels: Grey) -> str:
    return registry.PHASH.fingerprint(grey_of(pixels)).bits.hex()


def names_and_lengths(fingerprints: Iterable[Fingerprint]) -> list[tuple[str, int, int]]:
    return [(each.algorithm, each.version, 8 * len(each.bits)) for each in fingerprints]


@pytest.mark.parametrize(("name", "expected"), REFERENCE_PDQ.items())
def test_pdq_is_that_of_the_reference_bit_for_bit(name: str, expected: str) -> None:
    assert registry.PDQ.fingerprint(grey_of(luma(name))).bits.hex() == expected


@pytest.mark.parametrize("path", PHOTOS, ids=lambda path: path.stem)
def test_phash_is_that_of_imagehash(path: Path) -> None:
    picture = photo(path.stem).convert("L")

    assert phash_text(np.asarray(picture)) == str(imagehash.phash(picture))


@given(
    arrays.arrays(np.uint8, st.tuples(st.integers(1, 40), st.integers(1, 40))),
    st.sampled_from(["as it is", "mirrored", "mirrored and flipped", "flat"]),
)
@settings(max_examples=100)
def test_phash_is_that_of_imagehash_where_rounding_decides(pixels: Grey, symmetry: str) -> None:
    if symmetry == "flat":
        pixels = np.full_like(pixels, pixels[0, 0])
    elif symmetry != "as it is":
        pixels = np.hstack([pixels, pixels[:, ::-1]])
    if symmetry == "mirrored and flipped":
        pixels = np.vstack([pixels, pixels[::-1]])

    assert phash_text(pixels) == str(imagehash.phash(Image.fromarray(pixels)))


@pytest.mark.parametrize("path", PHOTOS, ids=lambda path: path.stem)
def test_turned_pixels_have_the_fingerprint_of_that_variant(path: Path) -> None:
    pixels = luma(path.stem)
    variants = registry.query_fingerprints(grey_of(pixels))

    for orientation in ORIENTATIONS:
        turned = registry.fingerprint(grey_of(oriented(pixels, orientation)))
        expected = variants.variant(orientation)

        assert turned.pdq == expected.pdq, orientation
        # Pillow rounds between its two passes, so that a transposed picture scales a little
        # otherwise.
        for found, wanted in zip(turned.further, expected.further, strict=True):
            # One bit in sixteen.
            assert found.distance_bits(wanted) <= len(wanted.bits) // 2, orientation


def test_phash_is_that_of_imagehash_in_pictures_symmetric_about_their_diagonal() -> None:
    random = np.random.default_rng(1)
    for _ in range(200):
        half = np.triu(random.integers(0, 256, (32, 32), dtype=np.uint8))
        pixels = half + np.triu(half, 1).T

        assert phash_text(pixels) == str(imagehash.phash(Image.fromarray(pixels)))


@each_hasher
def test_variants_differ_from_each_other(hasher: Hasher) -> None:
    variants = hasher.variants(grey_of(luma("astronaut")))

    assert len({variant.bits for variant in variants}) == 8


@each_hasher
def test_the_first_variant_is_the_picture_as_it_lies(hasher: Hasher) -> None:
    grey = grey_of(luma("rocket"))

    assert hasher.variants(grey)[0] == hasher.fingerprint(grey)


@each_hasher
@pytest.mark.parametrize("name", ["astronaut", "coffee", "brick"])
def test_the_negative_of_a_picture_has_the_opposite_bits(hasher: Hasher, name: str) -> None:
    negative = hasher.fingerprint(grey_of(255 - luma(name)))

    distance_bits = negative.distance_bits(hasher.fingerprint(grey_of(luma(name))).negative)

    # A few bits lie on the median, and pHash's first is that of the mean luma.
    assert distance_bits <= hasher.bit_count // 16


@each_hasher
def test_a_hasher_can_be_stored_and_compared_in_bytes(hasher: Hasher) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9_]{0,15}", hasher.algorithm)
    assert hasher.version >= 1
    assert hasher.bit_count % 8 == 0


@pytest.mark.parametrize("scale", [2, 4, 8])
@pytest.mark.parametrize("name", ["retina", "hubble_deep_field"])
def test_pdq_of_block_means_stays_near_that_of_all_pixels(name: str, scale: int) -> None:
    enlarged = photo(name).convert("L").resize((2051, 2049))
    whole = grey_of(np.asarray(enlarged))
    blocks = DecodedGrey(np.asarray(enlarged.reduce(scale)), 2051, 2049, scale, "PNG", 1)

    distance = registry.PDQ.fingerprint(whole).distance_bits(registry.PDQ.fingerprint(blocks))

    assert distance <= 4


def test_flat_pictures_have_no_quality_and_detailed_ones_have_all() -> None:
    flat = grey_of(np.full((300, 400), 90, np.uint8))
    noisy = np.random.default_rng(1).integers(0, 256, (80, 80), dtype=np.uint8)

    assert registry.PDQ.fingerprint(flat).quality == 0
    assert registry.PDQ.fingerprint(grey_of(noisy)).quality == 100


@given(
    arrays.arrays(np.uint8, st.tuples(st.integers(1, 90), st.integers(1, 90))),
)
@settings(max_examples=60)
def test_every_size_has_fingerprints(pixels: Grey) -> None:
    query = registry.query_fingerprints(grey_of(pixels))

    expected = [(each.algorithm, each.version, each.bit_count) for each in registry.HASHERS]
    assert [names_and_lengths(variant) for variant in query.variants] == [expected] * 8
    assert 0 <= query.quality <= 100


@pytest.mark.parametrize("shape", [(1, 1), (1, 10_000), (10_000, 1), (15, 400)])
def test_pictures_too_thin_for_the_frequencies_have_no_quality(shape: tuple[int, ...]) -> None:
    noisy = np.random.default_rng(1).integers(0, 256, shape, dtype=np.uint8)

    assert registry.query_fingerprints(grey_of(noisy)).quality == 0


def test_kept_operators_are_bounded_by_bytes() -> None:
    cache = pdq._OperatorCache(max_bytes=100_000)

    for side in range(300, 400):
        cache.operator(side, 1)

    kept = list(cache._operators.values())
    assert sum(operator.nbytes for operator in kept) == cache._nbytes <= 100_000
    assert cache.operator(399, 1) is kept[-1]
    assert cache.operator(300, 1) is not kept[0]
