"""bmh1 and phash: the same bits as an independent implementation finds, for every kind of file."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from intake.limits import Limits
from intake.visual_hashes import hash_first_frame
from matching.types import Pixels
from matching.visual_hashes import LENGTHS, HashType, percent_distance, shown, visual_hashes
from tests.matching import hashed_pictures, visual_hash_oracle

VECTORS: dict[str, Any] = json.loads(
    Path(__file__).with_name("visual_hash_vectors.json").read_text()
)
SAMPLES = Path(__file__).parents[1] / "api" / "samples" / "ximilar"
# Where a window's mean is the global one to within rounding, implementations may differ.
MAX_BMH1_BITS_OFF = 1

pictures = cache(hashed_pictures.all_pictures)


def bits_off(one: str, other: str) -> int:
    assert len(one) == len(other)
    return sum(a != b for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("name", VECTORS)
def test_every_kind_of_file_hashes_as_its_golden_vector(name: str) -> None:
    vector = VECTORS[name]

    hashed = hash_first_frame(pictures()[name][0], Limits())

    assert (hashed.width, hashed.height) == (vector["width"], vector["height"])
    assert hashed.hashes[HashType.PHASH] == vector["phash"]
    assert bits_off(hashed.hashes[HashType.BMH1], vector["bmh1"]) <= MAX_BMH1_BITS_OFF


@pytest.mark.parametrize("name", VECTORS)
def test_the_golden_vectors_are_what_the_definition_says(name: str) -> None:
    _, rgb = pictures()[name]

    assert visual_hash_oracle.phash(rgb) == VECTORS[name]["phash"]
    assert visual_hash_oracle.bmh1(rgb) == VECTORS[name]["bmh1"]


def test_the_golden_vectors_are_many_and_differ() -> None:
    assert set(VECTORS) == set(pictures())
    assert len(VECTORS) >= 20
    assert len({vector["bmh1"] for vector in VECTORS.values()}) >= 15


@given(arrays.arrays(np.uint8, st.tuples(st.integers(1, 40), st.integers(1, 40), st.just(3))))
def test_hashes_have_their_length_whatever_the_picture(rgb: Any) -> None:
    hashes = visual_hashes(Pixels(rgb, "PNG", 1))

    assert {each: len(text) for each, text in hashes.items()} == LENGTHS
    assert set("".join(hashes.values())) <= {"0", "1"}


def test_the_documented_bmh1_has_the_shape_of_ours() -> None:
    """The 7 bits that pad 961 to 968 are 0 in the example of Ximilar's documentation too."""
    sample = json.loads((SAMPLES / "visual_hash.json").read_text())
    ours = VECTORS["astronaut"]["bmh1"]
    documented = sample["answer"]["records"][0]["bmh1"]

    assert len(documented) == len(ours)
    # The last byte, written from its highest bit: 7 bits of padding, then bit 960.
    assert documented[-8:-1] == ours[-8:-1] == "0" * 7


def test_the_distance_is_the_percentage_of_the_bits_that_differ() -> None:
    bmh1, phash = "0" * 968, "0" * 64

    assert percent_distance(bmh1, bmh1, HashType.BMH1) == 0
    assert percent_distance(bmh1, "1" + bmh1[1:], HashType.BMH1) == pytest.approx(100 / 961)
    assert percent_distance(phash, "1" * 16 + phash[16:], HashType.PHASH) == 25
    assert shown(percent_distance(bmh1, "1" + bmh1[1:], HashType.BMH1)) == 0.1
    assert shown(percent_distance(bmh1, "1" * 250 + bmh1[250:], HashType.BMH1)) == 26.0
