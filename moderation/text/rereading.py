"""What is read again where one of two pictures seems to say something that the other does not.

A reader finds a line in one copy and not in the other, or cuts it elsewhere. So each line that is
missed is read once more in the other picture, at the place that it would have there. Where that
says the same, it stands for what was read there at first; what it says otherwise counts for
nothing, so that no other reading of a picture can make it say what it does not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from moderation.text import alike, read_words
from moderation.text.regions import Region, SharedRegion, between, is_inside
from moderation.types import Line, Point, Quad, Reading, UnreadText

# How far the corners of one place may be from those of the other, in heights: rounding.
_SAME_PLACE_HEIGHTS = 0.15
# A line that sticks out by more, of its own height, says more than what was read again.
_END_HEIGHTS = 0.25
_POINTS = 8
_HIGHER = 2.0

Onto = Callable[[Point], Point | None]


def settled(query: Reading, item: Reading, region: SharedRegion) -> tuple[Reading, Reading]:
    """Return both readings with what was read again in place of what it stands for."""
    if region.matrix is None or region.is_mirrored:
        return query, item
    # A line that is not left when the other picture's have their say has none itself.
    first = _settled(query, item.lines, region.on_query, region.query)
    item = _settled(item, first.lines, region.on_item, region.item)
    return _settled(query, item.lines, region.on_query, region.query), item


def moved(quad: Quad, onto: Onto) -> Quad | None:
    """Return a place as it lies on the other picture, cut off at its edges."""
    corners = [onto(point) for point in quad]
    first, second, third, fourth = (
        (min(1.0, max(0.0, each[0])), min(1.0, max(0.0, each[1]))) if each else None
        for each in corners
    )
    if first and second and third and fourth:
        return first, second, third, fourth
    return None


def _settled(reading: Reading, others: Iterable[Line], onto: Onto, region: Region) -> Reading:
    """Return a reading, with what says the same as one of the other picture's lines put in."""
    if not reading.reread:
        return reading
    places = [(line.text, moved(line.quad, onto)) for line in others]
    same = [
        again
        for again in reading.reread
        if any(
            _is_at(again.quad, quad, region) and _is_same(text, again.text) for text, quad in places
        )
    ]
    covered = {
        number for number, line in enumerate(reading.lines) if _is_said_again(line, same, region)
    }
    kept = [(each, line) for each, line in enumerate(reading.lines) if each not in covered]
    put_in = [(_turn(again, reading, covered, region), again) for again in same]
    lines = sorted([*kept, *put_in], key=lambda each: each[0])
    unread = [
        each
        for each in reading.unread
        if not _is_covered(each.quad, _as_high(each, same, region), region)
    ]
    return replace(reading, lines=tuple(line for _, line in lines), unread=tuple(unread))


def _turn(again: Line, reading: Reading, covered: Iterable[int], region: Region) -> int:
    """Return the number of the first line that it stands for; of none, it comes last."""
    own = (number for number in covered if _is_covered(reading.lines[number].quad, [again], region))
    return min(own, default=len(reading.lines))


def _is_said_again(line: Line, same: Sequence[Line], region: Region) -> bool:
    """Tell whether what was read again stands for a line.

    It does not for one that says more, nor for one much lower: texture is taken for letters as high
    as the picture, and a caption lies on it.
    """
    others = _as_high(line, same, region)
    length = sum(len(read_words.joined(each.text)) for each in others)
    return _is_covered(line.quad, others, region) and len(read_words.joined(line.text)) <= length


def _as_high(each: Line | UnreadText, same: Sequence[Line], region: Region) -> list[Line]:
    height = region.height_px(each.quad)
    return [
        again
        for again in same
        if height / _HIGHER <= region.height_px(again.quad) <= height * _HIGHER
    ]


def _is_at(one: Quad, other: Quad | None, region: Region) -> bool:
    if other is None:
        return False
    far_px = _SAME_PLACE_HEIGHTS * region.height_px(other)
    return all(
        region.distance_px(mine, theirs) <= far_px for mine, theirs in zip(one, other, strict=True)
    )


def _is_covered(quad: Quad, others: Sequence[Line], region: Region) -> bool:
    """Tell whether a line does not stick out of these places."""
    start, end = between(quad[0], quad[3], 0.5), between(quad[1], quad[2], 0.5)
    width = region.distance_px(start, end)
    margin = min(0.5, _END_HEIGHTS * region.height_px(quad) / width) if width else 0.5
    shares = (margin + each * (1 - 2 * margin) / _POINTS for each in range(_POINTS + 1))
    return all(
        any(is_inside(between(start, end, share), other.quad) for other in others)
        for share in shares
    )


def _is_same(text: str, other: str) -> bool:
    """Tell whether two readings of a place are of one text: the same figures, and letters alike."""
    one, another = read_words.joined(text), read_words.joined(other)
    if one == another:
        return bool(one)
    has_figures = any(letter.isdigit() for letter in one + another)
    return not has_figures and one[:1] == another[:1] and alike.is_like(one, another)
