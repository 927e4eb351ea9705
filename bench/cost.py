"""Measures what adding and asking cost, as ratios to `imagehash.phash` of the same pictures.

    OPENBLAS_NUM_THREADS=1 python -m bench.cost [--items 1000,10000,100000] [--images FOLDER]
        [--rounds 7]

All steps take each picture in turn, so that what else the machine does meets all of them alike.
Times are CPU time of all threads of this process; a ratio is the median over pictures and rounds of
the step's time by that of `imagehash.phash` in the same round. A worker has one thread; more of
them would count as CPU time while they wait for each other. Without --images the pictures are the
photographs of scikit-image as JPEGs.

    look      fingerprints alone, as of a picture that is only checked
    add       what a new item takes: fingerprints, hash of the pixels, thumbnails, index
    ask N     what a check takes against N items: fingerprints, search, comparison
    pair N    a check that makes a pair: also what is kept of the picture
"""

from __future__ import annotations

import argparse
import io
import statistics
import time
import tracemalloc
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Protocol

import imagehash
import numpy as np
from PIL import Image

from bench.bench_candidates import OTHERS, add_distractors
from intake import examine
from intake.examine import Sighting, Want
from intake.limits import Limits
from matching import calibrate
from matching.engine import Engine, ItemPicture, QueryPicture
from matching.features import ItemFeatures, Postings, codec
from matching.index.inverted import InvertedIndex
from matching.index.scan import ScanIndex, warm_up
from matching.types import FingerprintSet
from tests.photos import PHOTOS, encoded

_LIST_KEY = 1
_MAX_CANDIDATES = 200
_SUGGESTION_SCORE = 0.3
# What a check compares in full: see `lists.close_search`.
_BY_FEATURES = 20
_NEAREST = 4
_TO_SEARCH = Want.PIXELS | Want.FEATURES
_TO_KEEP = _TO_SEARCH | Want.ITEM_FEATURES | Want.FILES


@dataclass(frozen=True, slots=True)
class KeptBytes:
    """What stays of an item on disk, in bytes, beside its own file and its database row."""

    fingerprints: int
    thumbnails: int


class MeasuredDepth(Protocol):
    """One way for the product to look at pictures, with a list of a given size."""

    name: str
    kept_of_pair: Want

    def fill(self, count: int) -> None:
        """Make the list hold so many items that are like those of real pictures."""

    def look(self, content: bytes) -> None:
        """Fingerprint a picture."""

    def add(self, content: bytes) -> KeptBytes:
        """Do all that is done for a new item, apart from files and database."""

    def ask(self, content: bytes) -> Sighting:
        """Do all that is done for a check, apart from HTTP and database."""


class FastDepth:
    """Global fingerprints alone.

    Items are filled in with random codes: PDQ codes of real pictures differ in 128 +- 8 bits, as
    random ones do.
    """

    name = "fast"
    kept_of_pair = Want.PIXELS | Want.FILES

    def __init__(self) -> None:
        """Start without items."""
        self._index = ScanIndex()
        self._engine = Engine()
        self._items: dict[int, FingerprintSet] = {}

    def fill(self, count: int) -> None:
        """Put so many random codes into the index."""
        codes = np.random.default_rng(count).integers(0, 2**64, (count, 4), dtype=np.uint64)
        self._index.put_many(range(count), [_LIST_KEY] * count, codes)

    def look(self, content: bytes) -> None:
        """Fingerprint a picture."""
        examine.examine(content, Limits())

    def add(self, content: bytes) -> KeptBytes:
        """Examine a picture in full and put it into the index."""
        examination = examine.examine(content, Limits(), Want.PIXELS | Want.FILES)
        fingerprints = examination.sighting.query.upright
        key = -1 - len(self._items)
        self._items[key] = fingerprints
        self._index.put(key, list_key=_LIST_KEY, code=fingerprints.pdq.bits)
        return KeptBytes(
            fingerprints=sum(len(each.bits) for each in fingerprints),
            thumbnails=sum(map(len, examination.thumbnails.values())),
        )

    def ask(self, content: bytes) -> Sighting:
        """Look at a picture, search for it, and compare it with the items that were added."""
        sighting = examine.examine(content, Limits()).sighting
        for view in sighting.views:
            candidates = self._index.search(
                view.query.pdq_codes,
                radius_bits=calibrate.search_radius_bits(_SUGGESTION_SCORE),
                list_keys={_LIST_KEY},
                limit=_MAX_CANDIDATES,
            )
            for candidate in candidates:
                if candidate.key in self._items:
                    self._engine.compare(view.query, self._items[candidate.key], candidate)
        return sighting


class FullDepth:
    """Local features, and a comparison in full with every candidate.

    Items are filled in with the words and signatures of distractors, as `bench_candidates` makes
    them; what is compared in full is the pictures that were added, each candidate one of them.
    """

    name = "full"
    kept_of_pair = Want.FILES

    def __init__(self) -> None:
        """Start without items."""
        self._codes = ScanIndex()
        self._features = InvertedIndex()
        self._engine = Engine()
        self._items: list[ItemPicture] = []

    def fill(self, count: int) -> None:
        """Put so many random codes and distractors into the indexes."""
        chance = np.random.default_rng(count)
        codes = chance.integers(0, 2**64, (count, 4), dtype=np.uint64)
        self._codes.put_many(range(count), [_LIST_KEY] * count, codes)
        add_distractors(self._features, _originals(), range(count), chance)

    def look(self, content: bytes) -> None:
        """Fingerprint a picture and extract its features."""
        examine.examine(content, Limits(), _TO_SEARCH)

    def add(self, content: bytes) -> KeptBytes:
        """Examine a picture in full depth and put it into the indexes."""
        examination = examine.examine(content, Limits(), _TO_KEEP)
        fingerprints = examination.sighting.query.upright
        kept = examination.features[0].kept
        if kept is None:
            raise AssertionError("a close examination keeps features")
        key = -1 - len(self._items)
        self._codes.put(key, list_key=_LIST_KEY, code=fingerprints.pdq.bits)
        self._features.put_many([key], [_LIST_KEY], [Postings.of(kept.local)])
        sighting = examination.sighting
        self._items.append(ItemPicture(sighting.width, sighting.height, fingerprints, kept))
        stored = len(codec.to_bytes(kept)) + len(codec.postings_to_bytes(Postings.of(kept.local)))
        return KeptBytes(
            fingerprints=stored + sum(len(each.bits) for each in fingerprints),
            thumbnails=sum(map(len, examination.thumbnails.values())),
        )

    def ask(self, content: bytes) -> Sighting:
        """Look closely, search both indexes, and compare as many candidates as a check does."""
        seen = examine.examine(content, Limits(), _TO_SEARCH)
        asked, whole = seen.features[0].asked, seen.sighting.query
        trimmed = seen.sighting.trimmed.query if seen.sighting.trimmed else None
        query = QueryPicture(asked.picture.shape[1], asked.picture.shape[0], whole, trimmed, asked)
        found = self._features.search(asked, list_keys={_LIST_KEY, OTHERS}, limit=_BY_FEATURES)
        for view in seen.sighting.views:
            self._codes.search(
                view.query.pdq_codes, radius_bits=100, list_keys={_LIST_KEY}, limit=_NEAREST
            )
        for number in range(len(found) + _NEAREST):
            self._engine.compare_in_full(query, self._items[number % len(self._items)])
        return seen.sighting


@cache
def _originals() -> list[ItemFeatures]:
    """Return what is kept of the photographs that distractors are made from."""
    return [_kept(picture) for picture in read_pictures(None)]


def _kept(content: bytes) -> ItemFeatures:
    kept = examine.examine(content, Limits(), _TO_KEEP).features[0].kept
    if kept is None:
        raise AssertionError("a close examination keeps features")
    return kept


DEPTHS: tuple[Callable[[], MeasuredDepth], ...] = (FastDepth, FullDepth)


@dataclass(frozen=True, slots=True)
class Step:
    """Something that is done with one picture's file and timed."""

    name: str
    take: Callable[[bytes], object]


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--items", type=counts, default=[1_000, 10_000, 100_000])
    parser.add_argument("--images", type=Path)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    pictures = read_pictures(options.images)
    warm_up()
    size = statistics.median(len(each) for each in pictures)
    print(f"{len(pictures)} pictures, median {size / 1000:,.0f} kB")
    for make in DEPTHS:
        show_times(make, pictures, options.items, options.rounds)
        show_sizes(make, pictures, max(options.items))


def counts(text: str) -> list[int]:
    """Return the numbers of a list such as 1000,10000."""
    return [int(each) for each in text.split(",")]


def read_pictures(folder: Path | None) -> list[bytes]:
    """Return the files of a folder, or the photographs that come with the demo as JPEGs."""
    if folder is not None:
        return [path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()]
    return [encoded(Image.open(path).convert("RGB"), "JPEG", quality=90) for path in PHOTOS]


def show_times(
    make: Callable[[], MeasuredDepth],
    pictures: Sequence[bytes],
    item_counts: Sequence[int],
    rounds: int,
) -> None:
    """Print the times and ratios of one depth."""
    first = make()
    steps = [Step("imagehash.phash", phash), Step("look", first.look), Step("add", first.add)]
    for count in item_counts:
        filled = make()
        filled.fill(count)
        for picture in pictures:
            filled.add(picture)
        steps.append(Step(f"ask {count:,}", filled.ask))
        steps.append(Step(f"pair {count:,}", partial(pair, filled)))
    times_ms = timed(steps, pictures, rounds)
    print(f"\n{f'depth {first.name}':20}{'x phash':>10}{'ms':>10}")
    for step, taken in zip(steps, times_ms.T, strict=True):
        ratio = np.median(taken / times_ms[:, 0])
        print(f"{step.name:20}{ratio:>10.2f}{np.median(taken):>10.2f}")


def pair(depth: MeasuredDepth, content: bytes) -> None:
    """Do all that is done for a check that makes a pair, apart from files and database."""
    examine.examine(content, Limits(), depth.kept_of_pair, depth.ask(content))


def timed(
    steps: Sequence[Step], pictures: Sequence[bytes], rounds: int
) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Return CPU times in ms (pictures x rounds, steps), after one round that is not counted."""
    taken = []
    for turn in range(rounds + 1):
        for picture in pictures:
            row = [cpu_ms(step, picture) for step in steps]
            if turn:
                taken.append(row)
    return np.array(taken)


def cpu_ms(step: Step, picture: bytes) -> float:
    """Return the CPU time of one step."""
    started = time.process_time_ns()
    step.take(picture)
    return (time.process_time_ns() - started) / 1e6


def phash(picture: bytes) -> imagehash.ImageHash:
    """Hash a picture as everybody does."""
    return imagehash.phash(Image.open(io.BytesIO(picture)))


def show_sizes(make: Callable[[], MeasuredDepth], pictures: Sequence[bytes], count: int) -> None:
    """Print what an item takes in memory, and on disk beside its file and its row."""
    depth = make()
    tracemalloc.start()
    depth.fill(count)
    in_memory, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    kept = [depth.add(picture) for picture in pictures]
    print(f"\nbytes per item, depth {depth.name}")
    print(f"{'memory':20}{in_memory / count:>10,.0f}   at {count:,} items")
    print(f"{'fingerprints':20}{statistics.mean(each.fingerprints for each in kept):>10,.0f}")
    print(f"{'thumbnails':20}{statistics.mean(each.thumbnails for each in kept):>10,.0f}")


if __name__ == "__main__":
    main()
