from __future__ import annotations

import cv2
import numpy as np
import pytest

from matching.evidence import Block
from matching.verify.agreement import Agreement, agree, block_map
from matching.verify.outline import overlap
from matching.verify.pyramid import pyramid
from tests.photos import photo


def luma(name: str, longer_px: int) -> np.ndarray:
    picture = photo(name).convert("L")
    picture.thumbnail((longer_px, longer_px))
    return np.asarray(picture)


def laid(matrix: np.ndarray, query: np.ndarray, item: np.ndarray) -> Agreement:
    return agree(matrix, overlap(matrix), pyramid(query), item)


@pytest.mark.parametrize("name", ["astronaut", "coffee", "chelsea", "motorcycle_left"])
def test_the_same_picture_agrees_everywhere(name: str) -> None:
    seen = laid(np.eye(3), luma(name, 640), luma(name, 160))

    assert seen.share == 1
    assert seen.agreeing >= 100
    assert seen.largest_disagreeing == 0
    assert seen.parts_agreeing == seen.parts >= 12
    assert seen.region_correlation > 0.99
    assert set(block_map(seen, luma(name, 160)).cells) <= {
        Block.AGREES.value,
        Block.NO_TEXTURE.value,
    }


def test_another_picture_agrees_hardly_anywhere() -> None:
    seen = laid(np.eye(3), luma("coffee", 640), luma("motorcycle_left", 160))

    assert seen.share < 0.15
    assert seen.block_correlation < 0.4


def test_a_crop_agrees_where_it_lies_and_says_nothing_elsewhere() -> None:
    whole = luma("motorcycle_left", 640)
    height, width = whole.shape
    crop = whole[height // 4 : 3 * height // 4, width // 4 : 3 * width // 4]

    seen = laid(
        np.array([[0.5, 0, 0.25], [0, 0.5, 0.25], [0, 0, 1]]), crop, luma("motorcycle_left", 160)
    )
    cells = block_map(seen, luma("motorcycle_left", 160))

    assert seen.share > 0.95
    assert cells.count(Block.OUTSIDE) > 0.6 * len(cells.cells)
    assert cells.count(Block.AGREES) > 0.15 * len(cells.cells)
    assert cells.cells[cells.columns * (cells.rows // 2) + cells.columns // 2] == "a"
    assert cells.cells[0] == "."


def test_what_was_painted_over_is_one_region_that_differs() -> None:
    edited = luma("astronaut", 640).copy()
    edited[:200, :250] = luma("coffee", 640)[:200, :250]

    seen = laid(np.eye(3), edited, luma("astronaut", 160))
    cells = block_map(seen, luma("astronaut", 160))
    by_place = np.array(list(cells.cells)).reshape(cells.rows, cells.columns)

    assert 0.5 < seen.share < 0.95
    assert seen.largest_disagreeing >= 8
    assert (by_place[:5, :6] == "e").sum() >= 15
    assert (by_place[12:] == "e").sum() <= 4


def test_a_negative_is_seen_and_agrees() -> None:
    seen = laid(np.eye(3), 255 - luma("coffee", 640), luma("coffee", 160))

    assert seen.is_negative
    assert seen.share == 1


@pytest.mark.parametrize("shape", [(1, 1), (1, 640), (640, 1), (8, 640), (17, 16)])
@pytest.mark.parametrize("thumbnail_shape", [(1, 1), (1, 160), (160, 1), (15, 160), (16, 16)])
def test_thin_pictures_say_nothing(
    shape: tuple[int, int], thumbnail_shape: tuple[int, int]
) -> None:
    query, item = np.full(shape, 128, np.uint8), np.full(thumbnail_shape, 9, np.uint8)

    seen = laid(np.eye(3), query, item)
    cells = block_map(seen, item)

    assert (seen.textured, seen.agreeing, seen.share) == (0, 0, 0)
    assert len(cells.cells) == cells.columns * cells.rows >= 1


def test_a_map_that_leaves_the_item_says_nothing() -> None:
    beside = np.array([[1, 0, 5], [0, 1, 0], [0, 0, 1.0]])

    assert laid(beside, luma("coffee", 640), luma("coffee", 160)).textured == 0


def test_a_pixel_of_error_in_the_map_is_forgiven() -> None:
    item = luma("chelsea", 160)
    shifted = cv2.warpAffine(
        luma("chelsea", 640), np.array([[1, 0, 4], [0, 1, -4.0]]), luma("chelsea", 640).shape[::-1]
    )

    assert laid(np.eye(3), np.asarray(shifted, np.uint8), item).share > 0.9
