"""Finding text in a picture: one pass over it as it lies, and further ones where that missed some.

The detector is deaf to narrow type that is tilted, and to what hardly differs from its ground. The
further passes look at the picture turned, and with its contrast made even; places are cut out of
the full picture all the same. A line that was hardly read is read again by the colour of its
letters. Small print is looked for enlarged. All passes share one deadline.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

import cv2
import numpy as np

from matching import tiles
from matching.types import Rgb
from moderation.reading import ink, places, rapid, small_print, tesseract
from moderation.reading.places import TextPlace
from moderation.reading.read_places import MIN_READ_CONFIDENCE, ReadPlace, merged
from moderation.reading.small_print import FineDetail, PicturePart

# The largest places are read, as they are what people see.
MAX_LINES: Final = 200
MAX_PASSES: Final = 4
# As many again may stay unread; where there are more, they tell enough.
_MOST_PLACES = 2 * MAX_LINES
_TURNS_DEGREES = (14.0, -14.0)
# Text is tilted from here on, if it is long enough for its angle to say something.
_TILTED_DEGREES, _TELLING_ASPECT = 4.0, 2.0
# Read between two looks at the clock.
_BATCH = 24
# A long picture is looked at in parts, as reduced to the detector's size it cannot be read.
_MAX_PARTS = 8
_PART_LENGTH, _PART_STEP = 1.5, 1.25
# What was read as well as this is not read again, by a further pass or by the ink.
_SURE = 0.9
_SAME_EXTENT = 0.8
# Where a line was read with less, others may have been missed.
_FAINT = 0.8
# The detector's confidence with which a further pass may say that there is unread text.
_SURE_OF_TEXT = 0.7
# Of the picture's area: a cup seen from above is no zero.
_MOST_FOR_A_LETTER = 0.25
# What is read with less is looked at upside down too, and must be read better there: some words
# are others on their head.
_UPRIGHT_CONFIDENCE, _MIN_GAIN, _MIN_LETTERS = 0.85, 0.05, 3
_EVEN_GREY, _EVEN_CONTRAST, _LEAST_CONTRAST = 128, 55, 4
# The neighbourhood that contrast is made even in, as a share of the longer side.
_NEIGHBOURHOOD = 1 / 40

Find = Callable[[Rgb], list[TextPlace]]


@dataclass(slots=True)
class _Look:
    """What was found so far; `unseen` holds parts with small print that nobody looked at."""

    rgb: Rgb
    languages: Sequence[str]
    ends_at_s: float
    found: list[ReadPlace]
    unseen: list[ReadPlace] = field(default_factory=list)

    def take(self, further: Sequence[TextPlace]) -> bool:
        """Read what a further look found, but what is known; tell whether there was text."""
        new = [each for each in further if not _is_known(each, self.found)]
        read = _read(self.rgb, new, self.languages, self.ends_at_s)
        trusted = [each for each in read if _is_trusted(each)]
        self.found = merged([*self.found, *trusted])
        return bool(trusted)

    def leave(self, parts: Sequence[PicturePart]) -> None:
        """Have all text in these parts count as unread."""
        left = [each.place(_SURE_OF_TEXT) for each in parts]
        self.unseen = [ReadPlace(each, "", each.confidence) for each in left]

    @property
    def is_over(self) -> bool:
        """Tell whether time is over, or as much was read as may be."""
        has_most = sum(each.is_read for each in self.found) >= MAX_LINES
        return has_most or time.monotonic() > self.ends_at_s


def found_in(
    rgb: Rgb, languages: Sequence[str], ends_at_s: float, most_passes: int = MAX_PASSES
) -> list[ReadPlace]:
    """Find and read the text of a picture by at most so many passes, and never more than four.

    Small print is looked for beside them, unless there is one pass only.

    Tesseract reads what the recogniser cannot, if one of the languages is of its packs. After
    `ends_at_s`, of `time.monotonic`, what was found and not read yet stays so, and no further pass
    begins.
    """
    if min(rgb.shape[:2]) < rapid.MIN_SIDE_PX:
        return []
    begun_at_s = time.monotonic()
    look = _Look(rgb, languages, ends_at_s, one_pass(rgb, languages, ends_at_s))
    if most_passes > 1:
        _look_at_small_print(look)
    for find in islice(_further(look.found), max(0, most_passes - 1)):
        passed_s = time.monotonic() - begun_at_s
        if time.monotonic() + passed_s > ends_at_s:
            break
        look.take(find(rgb))
    return [*look.found, *look.unseen]


def _look_at_small_print(look: _Look) -> None:
    """Find what can only be found enlarged, where the picture was reduced or seems to be empty.

    What may be such and nobody had the time to look at counts as unread: a picture is not called
    harmless because it is large.
    """
    scale = _seen_scale(look.rgb)
    if scale >= 1 and any(each.is_text for each in look.found):
        return
    fine = FineDetail(look.rgb, scale, [each.place for each in look.found if each.is_read])
    samples = fine.samples()
    if look.is_over:
        look.leave(samples)
    elif look.take(small_print.found_on_sheet(look.rgb, samples)):
        _look_at_tiles(look, fine.tiles())


def _look_at_tiles(look: _Look, tiles_left: Sequence[PicturePart]) -> None:
    for number, tile in enumerate(tiles_left):
        if look.is_over:
            look.leave(tiles_left[number:])
            break
        look.take(small_print.found_in_tile(look.rgb, tile))


def one_pass(rgb: Rgb, languages: Sequence[str], ends_at_s: float) -> list[ReadPlace]:
    """Find and read the text of a picture as it lies."""
    most = _MOST_FOR_A_LETTER * rgb.shape[0] * rgb.shape[1]
    read = _read(rgb, _found_as_it_lies(rgb), languages, ends_at_s)
    return merged(each for each in read if each.letters != 1 or each.place.area < most)


def at_places(rgb: Rgb, few: Sequence[TextPlace]) -> list[ReadPlace]:
    """Read text where somebody else found it, in the letters that RapidOCR knows."""
    return [each for each in _by_ink(rgb, _as_they_lie(rgb, few)) if each.is_read]


def _further(found: Sequence[ReadPlace]) -> Iterator[Find]:
    """Yield what may find more than the first pass did."""
    tilt = _tilt([each.place for each in found if each.is_text])
    if tilt:
        yield lambda rgb: _found_turned(rgb, tilt)
    is_missing = not any(each.is_text for each in found) or any(map(_is_unread, found))
    if is_missing or any(map(_is_faint, found)):
        yield _found_evened
    if is_missing:
        yield from (
            lambda rgb, degrees=degrees: _found_turned(rgb, degrees)
            for degrees in _TURNS_DEGREES[: 1 if tilt else 2]
        )


def _is_trusted(each: ReadPlace) -> bool:
    """Tell whether to believe a further pass, in which there is more that only looks like text."""
    if each.is_read:
        return each.letters > 1
    return each.is_text and each.place.confidence >= _SURE_OF_TEXT


def _is_unread(each: ReadPlace) -> bool:
    """Tell whether another look may help: it does not where the letters themselves are unknown."""
    return each.is_text and not each.is_read and each.confidence < MIN_READ_CONFIDENCE


def _is_faint(each: ReadPlace) -> bool:
    """Tell whether words may be missing around a line that was hardly read."""
    return each.is_read and each.confidence < _FAINT


def _tilt(few: Sequence[TextPlace]) -> float:
    """Return the usual angle of tilted places, 0 if none is tilted."""
    long = [each for each in few if each.width >= _TELLING_ASPECT * each.height]
    angles = [(each.degrees + 45) % 90 - 45 for each in long]
    tilted = [each for each in angles if abs(each) >= _TILTED_DEGREES]
    return float(np.median(tilted)) if tilted else 0.0


def _is_known(place: TextPlace, found: Sequence[ReadPlace]) -> bool:
    return any(
        each.is_read
        and each.confidence >= _SURE
        and each.place.area >= _SAME_EXTENT * place.area
        and places.shared(place, each.place) >= _SAME_EXTENT
        for each in found
    )


def _read(
    rgb: Rgb, found: Sequence[TextPlace], languages: Sequence[str], ends_at_s: float
) -> list[ReadPlace]:
    """Read the largest places; what was not understood is looked at upside down too."""
    largest = sorted(map(places.lying, found), key=lambda place: -place.area)[:_MOST_PLACES]
    read: list[ReadPlace] = []
    for start in range(0, min(len(largest), MAX_LINES), _BATCH):
        if read and time.monotonic() > ends_at_s:
            break
        few = largest[start : min(start + _BATCH, MAX_LINES)]
        read.extend(_by_ink(rgb, _with_upside_down(rgb, _as_they_lie(rgb, few))))
    read = tesseract.reread(rgb, read, languages, ends_at_s)
    # Nobody looked at the rest, so it may well be text.
    return [*read, *(ReadPlace(each, "", each.confidence) for each in largest[len(read) :])]


def _with_upside_down(rgb: Rgb, first: list[ReadPlace]) -> list[ReadPlace]:
    doubtful = [each for each in first if each.is_text and each.confidence < _UPRIGHT_CONFIDENCE]
    turned = _as_they_lie(rgb, [each.place.turned(2) for each in doubtful])
    better = {
        id(each): other
        for each, other in zip(doubtful, turned, strict=True)
        if _is_better(other, each)
    }
    return [better.get(id(each), each) for each in first]


def _is_better(other: ReadPlace, each: ReadPlace) -> bool:
    least = max(_UPRIGHT_CONFIDENCE, each.confidence + _MIN_GAIN)
    return other.is_read and other.letters >= _MIN_LETTERS and other.confidence >= least


def _by_ink(rgb: Rgb, first: list[ReadPlace]) -> list[ReadPlace]:
    """Read again what is doubtful, by the colour of its letters; of two readings the better counts.

    What the recogniser has no letters for is left to others.
    """
    doubtful = [each for each in first if each.is_text and each.letters and each.confidence < _SURE]
    shown = [(each, ink.of_one_colour(places.crop(rgb, each.place))) for each in doubtful]
    seen = [(each, line) for each, line in shown if line is not None]
    better = {
        id(each): other
        for (each, _), (text, confidence) in zip(
            seen, rapid.recognised([line for _, line in seen]), strict=True
        )
        if (other := ReadPlace(each.place, text, confidence, rapid.NAME)).is_read
        and other.weight > each.weight
    }
    return [better.get(id(each), each) for each in first]


def _as_they_lie(rgb: Rgb, few: Sequence[TextPlace]) -> list[ReadPlace]:
    read = rapid.recognised([places.crop(rgb, each) for each in few])
    return [
        ReadPlace(place, text, confidence, rapid.NAME)
        for place, (text, confidence) in zip(few, read, strict=True)
    ]


def _found_as_it_lies(rgb: Rgb) -> list[TextPlace]:
    height, width = rgb.shape[:2]
    if not tiles.is_long((width, height)) or max(width, height) < rapid.MAX_DETECTED_SIDE_PX:
        return rapid.detected(rgb)
    return [place for start, end in _parts(width, height) for place in _part(rgb, start, end)]


def _seen_scale(rgb: Rgb) -> float:
    """Return the scale at which the detector sees the picture, or its parts."""
    height, width = rgb.shape[0], rgb.shape[1]
    longer = max(height, width)
    if tiles.is_long((width, height)):
        start, end = _parts(width, height)[0]
        longer = max(end - start, min(height, width))
    return float(min(1.0, rapid.MAX_DETECTED_SIDE_PX / longer))


def _part(rgb: Rgb, start: int, end: int) -> list[TextPlace]:
    is_tall = rgb.shape[0] > rgb.shape[1]
    found = rapid.detected(rgb[start:end] if is_tall else rgb[:, start:end])
    shift = np.array([[1.0, 0, 0 if is_tall else start], [0, 1, start if is_tall else 0]])
    return [each.moved(shift) for each in found]


def _parts(width: int, height: int) -> list[tuple[int, int]]:
    """Return where the overlapping parts of a long picture begin and end along it, in px."""
    shorter, longer = sorted((width, height))
    count = min(_MAX_PARTS, max(1, round(longer / (_PART_STEP * shorter))))
    length = min(longer, round(longer / count * _PART_LENGTH / _PART_STEP))
    starts = np.linspace(0, longer - length, count).round().astype(int).tolist()
    return [(start, start + length) for start in starts]


def _found_turned(rgb: Rgb, degrees: float) -> list[TextPlace]:
    """Find text in the picture turned counterclockwise, so that what has this tilt lies level."""
    small, scale = _reduced(rgb)
    height, width = small.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    sine, cosine = abs(matrix[0, 1]), abs(matrix[0, 0])
    wide, high = round(width * cosine + height * sine), round(width * sine + height * cosine)
    matrix[:, 2] += (wide - width) / 2, (high - height) / 2
    turned = cv2.warpAffine(small, matrix, (wide, high), borderMode=cv2.BORDER_REPLICATE)
    back = np.asarray(cv2.invertAffineTransform(matrix) / scale, np.float64)
    return [each.moved(back) for each in rapid.detected(np.asarray(turned, np.uint8))]


def _found_evened(rgb: Rgb) -> list[TextPlace]:
    """Find text in the picture with the same contrast everywhere."""
    small, scale = _reduced(rgb)
    back = np.array([[1 / scale, 0, 0], [0, 1 / scale, 0]])
    return [each.moved(back) for each in rapid.detected(_evened(small))]


def _evened(rgb: Rgb) -> Rgb:
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY).astype(np.float32)
    sigma = max(1.0, max(grey.shape) * _NEIGHBOURHOOD)
    detail = grey - cv2.GaussianBlur(grey, (0, 0), sigma)
    contrast = np.sqrt(cv2.GaussianBlur(detail * detail, (0, 0), sigma)) + _LEAST_CONTRAST
    even = np.clip(_EVEN_GREY + detail / contrast * _EVEN_CONTRAST, 0, 255).astype(np.uint8)
    return np.dstack([even] * 3)


def _reduced(rgb: Rgb) -> tuple[Rgb, float]:
    """Return the picture no larger than the detector takes it, and its share of the full size."""
    longer = max(rgb.shape[:2])
    scale = min(1.0, rapid.MAX_DETECTED_SIDE_PX / longer)
    if scale == 1:
        return rgb, 1.0
    size = [max(1, round(side * scale)) for side in (rgb.shape[1], rgb.shape[0])]
    small = cv2.resize(rgb, (size[0], size[1]), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8), scale
