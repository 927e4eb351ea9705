"""Where the tiles of long pictures lie, and what looks at them say of the wholes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import engine, score, tiles
from matching.evidence import Alignment, BlockMap, Comparison, Kind, Matrix, Reason
from matching.tiles import Look, Size, Tile
from matching.verify import outline
from matching.verify.geometry import Matrix3, mapped

SIDES = st.integers(1, 30_000)
PAGE = (400, 4000)
# Of a tile that agrees, as measured; the fingerprints of the wholes are far apart.
SIGNALS = {
    "pdq_distance_bits": 128, "phash_distance_bits": 32, "query_quality": 100, "item_quality": 100,
    "inliers": 90, "correspondences": 110, "features": 160, "features_recovered": 110,
    "blocks_textured": 150, "blocks_agreeing": 148, "blocks_agreeing_strongly": 140,
    "blocks_beside": 0, "blocks_covered": 0, "blocks_largest_agreeing": 140,
    "blocks_largest_disagreeing": 1, "blocks_largest_bare": 1, "parts": 16, "parts_agreeing": 16,
    "block_correlation": 0.97, "region_correlation": 0.97, "query_overlap": 1.0,
    "item_overlap": 1.0, "negative": 0.0,
}  # fmt: skip
DIFFERENT = {"blocks_agreeing": 10, "blocks_agreeing_strongly": 0, "inliers": 3}


@given(SIDES, SIDES)
def test_tiles_never_exceed_their_budget_and_leave_nothing_out(width: int, height: int) -> None:
    shorter, longer = sorted((width, height))
    made = tiles.tiles_of((width, height))

    assert len(made) <= tiles.MAX_TILES
    assert bool(made) == (shorter >= 32 and longer > tiles.LONG_ASPECT * shorter)
    end = 0
    for tile in made:
        start, side = (tile.left, tile.width) if width > height else (tile.top, tile.height)
        assert 0 <= start <= end
        assert min(tile.size) == shorter
        end = start + side
    assert end == (longer if made else 0)


@given(ratio=st.floats(2.6, 22), at=st.floats(0, 1))
def test_what_is_as_long_as_the_shorter_side_lies_in_one_tile_mostly(
    ratio: float, at: float
) -> None:
    height = round(400 * ratio)
    top = at * (height - 400)

    shown = [
        min(tile.top + tile.height, top + 400) - max(tile.top, top)
        for tile in tiles.tiles_of((400, height))
    ]

    assert max(shown) >= 0.75 * 400


def laid(matrix: Matrix3, query: Tile, item: Tile, **measured: float) -> Look:
    """Return the look at two tiles of which a map of the wholes, in px, is known."""
    to_whole, from_whole = np.eye(3), np.eye(3)
    to_whole[:2, 2] = query.left, query.top
    from_whole[:2, 2] = -item.left, -item.top
    in_tiles = from_whole @ matrix @ to_whole
    unit = np.diag((1 / item.width, 1 / item.height, 1)) @ in_tiles
    region = outline.overlap(unit @ np.diag((query.width, query.height, 1)))
    a, b, c, d, e, f, g, h, i = in_tiles.ravel().tolist()
    numbers: Matrix = (a, b, c, d, e, f, g, h, i)
    whole = engine.pixels_comparison(100)
    evidence = replace(
        whole.evidence,
        signals={**SIGNALS, **measured},
        reasons=(Reason("border_cut"), Reason("same_region", {"inliers": 90})),
        alignment=Alignment(numbers, region.query, region.item),
        blocks=BlockMap(2, 3, "aaaaaa"),
    )
    seen = Comparison(0.0, Kind.EDITED, evidence)
    return tiles.look((query, item), (PAGE, PAGE), seen, features=160)


def looks_in_place(matrix: Matrix3, query: Size, item: Size, **measured: float) -> list[Look]:
    first = Look(tiles.whole(query), tiles.whole(item), laid_whole(matrix, query, item), 200)
    pairs = tiles.facing(first, query, item)
    views = tiles.views_of(query), tiles.views_of(item)
    return [laid(matrix, views[0][a], views[1][b], **measured) for a, b in pairs if b]


def laid_whole(matrix: Matrix3, query: Size, item: Size) -> Comparison:
    return laid(matrix, tiles.whole(query), tiles.whole(item)).comparison


SHIFTS = st.tuples(st.floats(0.5, 2), st.floats(-30, 30), st.floats(-1500, 1500))


@given(shift=SHIFTS, query=st.integers(0, 10), item=st.integers(0, 10))
def test_maps_of_tiles_are_maps_of_the_wholes(
    shift: tuple[float, float, float], query: int, item: int
) -> None:
    scale, x, y = shift
    matrix = np.array([[scale, 0.01, x], [-0.02, scale, y], [1e-6, 0, 1]])
    views = tiles.views_of(PAGE)

    look = laid(matrix, views[query], views[item])

    assert look.matrix is not None
    places = np.array([(0.0, 0.0), (400, 0), (17, 3999), (200, 1234)])
    assert np.allclose(mapped(look.matrix, places), mapped(matrix, places), atol=1e-6)
    on_query, on_item = look.corners
    assert np.allclose(mapped(matrix, on_query), on_item, atol=1e-6)


@given(shift=SHIFTS, query=st.integers(500, 20_000), item=st.integers(500, 20_000))
def test_what_is_looked_at_in_place_is_bounded(
    shift: tuple[float, float, float], query: int, item: int
) -> None:
    scale, x, y = shift
    matrix = np.array([[scale, 0, x], [0, scale, y], [0, 0, 1]])
    sizes = (400, query), (400, item)

    found = tiles.facing(laid(matrix, *map(tiles.whole, sizes)), *sizes)

    assert len(found) == len({number for _, number in found}) <= 1 + tiles.MAX_TILES
    assert all(view < len(tiles.views_of(sizes[0])) for view, _ in found)
    wholes = [pair for pair in found if 0 in pair]
    if all(map(tiles.tiles_of, sizes)):
        assert set(wholes) <= {(0, 0)}


def test_tiles_that_agree_tell_of_the_region_from_the_first_to_the_last() -> None:
    query, lower = (400, 3600), np.array([[1.0, 0, 0], [0, 1, 400], [0, 0, 1]])
    looks = looks_in_place(lower, query, PAGE)

    told = tiles.together(looks, query, PAGE)

    assert told.kind == Kind.PART
    assert told.score == score.score(told.evidence.signals) > 0.5
    assert told.evidence.alignment is not None
    assert told.evidence.alignment.matrix == pytest.approx((1, 0, 0, 0, 1, 400, 0, 0, 1), abs=1e-6)
    item_y = [y for _, y in told.evidence.alignment.item_outline]
    assert (min(item_y), max(item_y)) == pytest.approx((0.1, 1.0), abs=0.01)
    assert told.evidence.signals["item_overlap"] == pytest.approx(0.9, abs=0.01)
    percents = {each.code: each.params.get("percent") for each in told.evidence.reasons}
    assert percents["cropped"] == 90
    assert "border_cut" not in percents
    assert "inside_larger" not in percents


def test_the_blocks_of_tiles_lie_where_the_tiles_lie() -> None:
    query, lower = (400, 800), np.array([[1.0, 0, 0], [0, 1, 2000], [0, 0, 1]])
    views = tiles.views_of(PAGE)
    tile = next(each for each in views[1:] if each.top <= 2000 <= each.top + 300)

    blocks = tiles.together([laid(lower, tiles.whole(query), tile)], query, PAGE).evidence.blocks

    assert blocks is not None
    rows = [
        blocks.cells[n : n + blocks.columns] for n in range(0, len(blocks.cells), blocks.columns)
    ]
    said = [(number + 0.5) * 4000 / blocks.rows for number, row in enumerate(rows) if "a" in row]
    assert min(said) >= tile.top
    assert max(said) <= tile.top + tile.height
    assert len(rows) == blocks.rows


def test_a_header_that_two_pages_share_makes_them_related() -> None:
    header, *others = looks_in_place(np.eye(3), PAGE, PAGE)
    differing = [laid(np.eye(3), look.query, look.item, **DIFFERENT) for look in others]

    alone = tiles.together([header, differing[0]], PAGE, PAGE)
    told = tiles.together([header, *differing], PAGE, PAGE)

    assert alone.score > 0.5
    assert (told.kind, told.score) == (Kind.RELATED, 0.49)
    assert told.score == score.score(told.evidence.signals)


def test_a_whole_that_is_alike_is_told_of_with_the_better_score() -> None:
    looks = looks_in_place(np.eye(3), PAGE, PAGE)
    whole = laid_whole(np.eye(3), PAGE, PAGE)
    of_wholes = Look(tiles.whole(PAGE), tiles.whole(PAGE), replace(whole, score=0.6), 200)

    told = tiles.together([*looks, of_wholes], PAGE, PAGE)

    assert (told.kind, told.score) == (whole.kind, looks[0].comparison.score)
    assert told.evidence.alignment == whole.evidence.alignment


def test_a_picture_that_is_not_long_is_told_of_as_it_was_compared() -> None:
    seen = engine.pixels_comparison(100)
    of_wholes = Look(tiles.whole((400, 300)), tiles.whole((300, 300)), seen, 200)

    assert tiles.together([of_wholes], (400, 300), (300, 300)) == seen
