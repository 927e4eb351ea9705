"""Pictures that a lens bent are straightened, and no others."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from PIL import Image

from matching.types import Grey
from matching.verify import bend
from tests.photos import photo


def grey(name: str) -> Grey:
    return np.asarray(photo(name).convert("L").resize((600, 400), Image.Resampling.BOX), np.uint8)


def bent(picture: Grey, strength: float) -> Grey:
    """Push outwards, or pull inwards, the more the farther from the middle."""
    height, width = picture.shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    across, down = 2 * x / width - 1, 2 * y / height - 1
    radius = 1 + strength * (across**2 + down**2 - 1)
    columns, rows = (across * radius + 1) * width / 2, (down * radius + 1) * height / 2
    return np.asarray(cv2.remap(picture, columns, rows, cv2.INTER_LINEAR), np.uint8)


def difference(one: Grey, other: Grey) -> float:
    inner = np.s_[40:-40, 40:-40]
    return float(np.abs(one[inner].astype(float) - other[inner]).mean())


@pytest.mark.parametrize("name", ["coffee", "motorcycle_left", "gravel"])
@pytest.mark.parametrize("strength", [-0.04, 0.04])
def test_what_a_lens_bent_is_straightened(name: str, strength: float) -> None:
    picture = grey(name)
    seen, everywhere = bent(picture, strength), np.ones_like(picture)

    straight = bend.straightened(picture, seen, everywhere)

    assert straight is not None
    assert difference(picture, straight[0]) < 0.4 * difference(picture, seen)


def test_what_is_straight_or_shows_something_else_stays_as_it_is() -> None:
    everywhere = np.ones((400, 600), np.uint8)

    for seen in ("coffee", "rocket"):
        assert bend.straightened(grey("coffee"), grey(seen), everywhere) is None


def test_a_flat_picture_has_nothing_that_could_be_bent() -> None:
    flat = np.full((400, 600), 128, np.uint8)

    assert bend.straightened(flat, flat, np.ones_like(flat)) is None
