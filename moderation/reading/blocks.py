"""The order in which lines are read, and which of them read on from each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from moderation.reading.places import TextPlace

# Lines of one block lie at one angle, are about as high as each other, and lie close together.
_SAME_ANGLE_DEGREES = 10.0
_HEIGHT_TOLERANCE = 0.3
_MAX_GAP_HEIGHTS = 1.2
# Parts of one row overlap by half of their height; those below one another hardly do.
_SAME_ROW = 0.5
# The angle of what is shorter than this, in heights, says little.
_TELLING_ASPECT = 1.5

Axis = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Span:
    """Where a place lies on the axes along and across a text."""

    left: float
    right: float
    top: float
    bottom: float

    @classmethod
    def of(cls, place: TextPlace, axis: Axis) -> Self:
        along = place.corners @ axis
        across = place.corners @ np.array([-axis[1], axis[0]])
        return cls(float(along.min()), float(along.max()), float(across.min()), float(across.max()))

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


def blocks_of(places: Sequence[TextPlace]) -> list[list[int]]:
    """Return the numbers of the places by block, blocks and their lines in reading order."""
    blocks = [_in_order(places, block) for block in _connected(places)]
    return sorted(blocks, key=lambda block: _start(places[block[0]]))


def _start(place: TextPlace) -> tuple[float, float]:
    return float(place.corners[:, 1].min()), float(place.corners[:, 0].min())


def _connected(places: Sequence[TextPlace]) -> list[list[int]]:
    left = list(range(len(places)))
    blocks = []
    while left:
        block, rest = [left[0]], left[1:]
        for known in block:
            new = [each for each in rest if _reads_on(places[known], places[each])]
            rest = [each for each in rest if each not in new]
            block.extend(new)
        blocks.append(block)
        left = rest
    return blocks


def _reads_on(one: TextPlace, other: TextPlace) -> bool:
    lower, higher = sorted((one.height, other.height))
    if lower < (1 - _HEIGHT_TOLERANCE) * higher:
        return False
    longer, shorter = (one, other) if one.width >= other.width else (other, one)
    is_telling = shorter.width >= _TELLING_ASPECT * shorter.height
    if is_telling and _turn(one, other) > _SAME_ANGLE_DEGREES:
        return False
    axis = longer.axis
    return _are_close(_Span.of(one, axis), _Span.of(other, axis), (lower + higher) / 2)


def _are_close(one: _Span, other: _Span, height: float) -> bool:
    apart_along = max(one.left, other.left) - min(one.right, other.right)
    apart_across = max(one.top, other.top) - min(one.bottom, other.bottom)
    if apart_across < -_SAME_ROW * height:
        return apart_along < _MAX_GAP_HEIGHTS * height
    return apart_along < 0 and apart_across < _MAX_GAP_HEIGHTS * height


def _turn(one: TextPlace, other: TextPlace) -> float:
    turn = abs(one.degrees - other.degrees)
    return min(turn, 360 - turn)


def _in_order(places: Sequence[TextPlace], block: Sequence[int]) -> list[int]:
    axis = max((places[each] for each in block), key=lambda place: place.width).axis
    spans = {each: _Span.of(places[each], axis) for each in block}
    rows: list[list[int]] = []
    for each in sorted(block, key=lambda number: spans[number].middle):
        if rows and _is_in_row(spans[each], spans[rows[-1][-1]]):
            rows[-1].append(each)
        else:
            rows.append([each])
    return [each for row in rows for each in sorted(row, key=lambda number: spans[number].left)]


def _is_in_row(one: _Span, other: _Span) -> bool:
    shared = min(one.bottom, other.bottom) - max(one.top, other.top)
    return shared > _SAME_ROW * min(one.bottom - one.top, other.bottom - other.top)
