"""What stands at the same place in the other picture."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from moderation.text.read_words import ReadWord, SideText, TextSide
from moderation.text.regions import SharedRegion, between, is_inside
from moderation.types import Line, Point, Quad

# Letters are not equally wide, and pictures lie on each other as well as was found out.
_MARGIN_HEIGHTS = 0.4
_POINTS = (0.2, 0.4, 0.6, 0.8)

Placed = tuple[TextSide, int]


class Opposite:
    """The lines and words of two pictures that stand at the same place; none if nobody knows."""

    def __init__(self, query: SideText, item: SideText, region: SharedRegion) -> None:
        self._region = region
        self._lines: defaultdict[Placed, set[int]] = defaultdict(set)
        self._words: dict[tuple[TextSide, int, int], list[ReadWord]] = {}
        self._sides = {query.side: query, item.side: item}
        around = [_with_margin(line.quad) for line in item.lines]
        for number, line in enumerate(query.lines):
            points = self._on_item(line.quad)
            for other, place in enumerate(around):
                if _any_inside(points, place):
                    self._lines[query.side, number].add(other)
                    self._lines[item.side, other].add(number)

    @property
    def is_known(self) -> bool:
        """Tell whether anybody knows what stands at the same place."""
        return self._region.matrix is not None

    def lines(self, side: TextSide, line: int) -> set[int]:
        """Return the numbers of the other side's lines at a line's place."""
        return self._lines[side, line]

    def words(self, text: SideText, word: ReadWord) -> list[ReadWord]:
        """Return the other side's words at a word's place."""
        other = self._sides[TextSide.ITEM if text.side == TextSide.QUERY else TextSide.QUERY]
        near = self._lines[text.side, word.line]
        words = [each for each in other.words if each.line in near]
        if text.side == TextSide.QUERY:
            points = self._on_item(word.quad)
            return [each for each in words if _any_inside(points, _with_margin(each.quad))]
        place = _with_margin(word.quad)
        return [each for each in words if _any_inside(self._on_item(each.quad), place)]

    def lines_there(self, text: SideText, word: ReadWord) -> list[Line]:
        """Return the other side's lines at the place of a word's line."""
        other = self._sides[TextSide.ITEM if text.side == TextSide.QUERY else TextSide.QUERY]
        return [other.lines[number] for number in sorted(self._lines[text.side, word.line])]

    def has_any(self, text: SideText, quad: Quad) -> bool:
        """Tell whether the other side has anything at a place, read or not."""
        other = self._sides[TextSide.ITEM if text.side == TextSide.QUERY else TextSide.QUERY]
        there = [*(each.quad for each in other.lines), *(each.quad for each in other.unread)]
        if text.side == TextSide.QUERY:
            points = self._on_item(quad)
            return any(_any_inside(points, _with_margin(each)) for each in there)
        place = _with_margin(quad)
        return any(_any_inside(self._on_item(each), place) for each in there)

    def _on_item(self, quad: Quad) -> Sequence[Point]:
        start, end = between(quad[0], quad[3], 0.5), between(quad[1], quad[2], 0.5)
        points = (self._region.on_item(between(start, end, share)) for share in _POINTS)
        return [point for point in points if point is not None]


def _any_inside(points: Iterable[Point], place: Sequence[Point]) -> bool:
    return any(is_inside(point, place) for point in points)


def _with_margin(quad: Quad) -> Sequence[Point]:
    """Return a place and a share of its height around it."""
    across = [
        ((low[0] - high[0]) * _MARGIN_HEIGHTS, (low[1] - high[1]) * _MARGIN_HEIGHTS)
        for high, low in ((quad[0], quad[3]), (quad[1], quad[2]))
    ]
    signs = ((0, -1), (1, -1), (1, 1), (0, 1))
    return [
        (x + sign * across[end][0], y + sign * across[end][1])
        for (x, y), (end, sign) in zip(quad, signs, strict=True)
    ]
