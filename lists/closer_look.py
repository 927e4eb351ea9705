"""The last look at what matches: at the pictures that are kept, at a size at which one can read.

Local features and small thumbnails find what shares a form, a scene or a package. Whether it is the
same receipt is settled here, for the likeliest matches of a query only.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import islice

import numpy as np
from PIL import Image as Pillow

from common import timings
from intake.examine import Examination
from intake.thumbnails import THUMBNAIL_SIDES_PX
from lists import storage
from lists.models import Image, Item
from lists.storage import StorageUnavailable
from matching import calibrate, closer, engine, score, tiles
from matching.engine import CloserQuery
from matching.evidence import Comparison, Kind, Reason
from matching.types import Rgb

# So many of a query's matches are looked at, and no more after so many turned out to be others.
_MAX_LOOKS, _MAX_OTHERS = 12, 4
# Of those that are no duplicates so far, fewer are looked at.
_MAX_UNDECIDED = 3
_ENGINE = engine.Engine()

_log = logging.getLogger(__name__)

Compared = tuple[Item, Comparison]
# What is kept of an image to look at; None when it cannot be had.
KeptPicture = Callable[[Image], Rgb | None]


def kept_picture(image: Image) -> Rgb | None:
    """Return the larger thumbnail; None when it cannot be had, as what is known then has to do."""
    try:
        with storage.read_thumbnail(image, max(THUMBNAIL_SIDES_PX)) as file:
            return opened(file.read())
    except FileNotFoundError:
        return None
    except (StorageUnavailable, Pillow.DecompressionBombError, OSError) as error:
        _log.warning("A match was not looked at closely: %s", error)
        return None


@timings.measured(timings.VERIFY)
def looked_closer(
    asked: Examination, compared: Mapping[int, Compared], kept: KeptPicture = kept_picture
) -> dict[int, Compared]:
    """Return the comparisons, those above 0.5 after a closer look; the best are looked at first.

    Once some turned out to show something else in the same form, what there is no time to look at
    is suggested and no longer called a duplicate.
    """
    looked = dict(compared)
    query = _query(asked)
    if query is None:
        return looked
    looks = others = 0
    for item_id in _likeliest(compared):
        item, comparison = looked[item_id]
        is_duplicate = comparison.score > calibrate.DUPLICATE_SCORE
        if others >= _MAX_OTHERS:
            looked[item_id] = item, _not_looked_at(comparison) if is_duplicate else comparison
            continue
        picture = kept(item.image) if looks < _MAX_LOOKS else None
        if picture is None:
            continue
        size = item.image.width, item.image.height
        seen = _ENGINE.look_closer(query, size, picture, comparison)
        looked[item_id] = item, seen
        looks += 1
        others += is_duplicate and seen.kind == Kind.RELATED
    return looked


def _likeliest(compared: Mapping[int, Compared]) -> Iterator[int]:
    """Yield the items that are duplicates as far as is known, then a few that may be."""
    known = {
        item_id: comparison
        for item_id, (item, comparison) in compared.items()
        if _can_be_looked_at(item, comparison)
    }
    best_first = sorted(known, key=lambda item_id: _likeliness(known[item_id]), reverse=True)
    yield from (each for each in best_first if known[each].score > calibrate.DUPLICATE_SCORE)
    yield from islice((each for each in best_first if _is_undecided(known[each])), _MAX_UNDECIDED)


def _likeliness(comparison: Comparison) -> tuple[float, float]:
    return comparison.score, comparison.evidence.signals.get("blocks_agreeing_strongly", 0)


def _is_undecided(comparison: Comparison) -> bool:
    if comparison.score > calibrate.DUPLICATE_SCORE:
        return False
    is_near = comparison.score >= score.UNDECIDED_SCORE
    return is_near or closer.may_have_same_layout(comparison.evidence.signals)


def _can_be_looked_at(item: Item, comparison: Comparison) -> bool:
    """Tell whether it is known how the pictures lie on each other, and both can be read.

    Of an animation only the first frame is kept for this, of a long picture a narrow strip.
    """
    evidence = comparison.evidence
    is_first = evidence.query_frame == evidence.item_frame == 0
    is_long = tiles.is_long((item.image.width, item.image.height))
    return evidence.alignment is not None and is_first and not is_long


def _query(asked: Examination) -> CloserQuery | None:
    """Return the query for closer looks; None where nothing could be read of a long picture."""
    size = asked.sighting.width, asked.sighting.height
    if asked.closer is None or tiles.is_long(size):
        return None
    return CloserQuery(*size, asked.closer)


def is_worth(compared: Mapping[int, Compared]) -> bool:
    """Tell whether any of the comparisons may be another one after a closer look."""
    return any(True for _ in _likeliest(compared))


def opened(thumbnail: bytes) -> Rgb:
    """Return the pixels of a thumbnail."""
    with Pillow.open(io.BytesIO(thumbnail), formats=("WEBP",)) as picture:
        return np.asarray(picture.convert("RGB"))


def _not_looked_at(comparison: Comparison) -> Comparison:
    evidence = comparison.evidence
    told = replace(
        evidence,
        reasons=(Reason("not_looked_at"), *evidence.reasons),
        # So that it stays suggested when it is scored anew.
        signals={**evidence.signals, "not_looked_at": 1.0},
    )
    return Comparison(min(comparison.score, score.RELATED_SCORE_MAX), Kind.RELATED, told)
