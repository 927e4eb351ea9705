"""What is known of the pictures so far, to be searched as a list is: in memory and a nameless file.

Nothing of it is in the database. The indexes are those of lists, and so is the search; only what
the search takes its rows from is this. The local features, 28 KB a picture, lie in a file that has
no name and is gone when the command ends.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from duplicates.clusters import ComparedPicture
from intake.examine import Examination, FrameFeatures, Sighting, View
from lists import frame_keys
from lists.live_index import START, Position, UpToDate
from lists.models import Image, Item
from matching import engine, learned, tiles
from matching.features import ItemFeatures, Postings, QueryFeatures, codec
from matching.frames import Scene
from matching.hashers import registry
from matching.index.inverted import InvertedIndex
from matching.index.scan import ScanIndex
from matching.index.unit_rows import UnitRows
from matching.types import FingerprintSet

# All pictures are of this one list, which is nowhere written.
LIST_ID = 1
# Merging 100,000 rows takes half a second.
_PUTS_BETWEEN_MERGES = 4096
# More than 99 % of 672 pairs of edited copies have so many, and 1 % of 4,998 other pairs. Where one
# of several copies is missed, the others connect it.
_MIN_VOTES = 0.3


@dataclass(frozen=True, slots=True)
class _OnShelf:
    picture: ComparedPicture
    frames_seen: int
    fingerprints: dict[int, FingerprintSet]
    # Of each view: where its features lie in the file, and how long they are.
    places: dict[int, tuple[int, int]]


class Shelf:
    """Pictures by number; one thread puts them, any thread may look meanwhile.

    Its methods are those of `lists.indexed_rows`.
    """

    def __init__(self) -> None:
        """Begin empty."""
        self._kept: dict[int, _OnShelf] = {}
        self._file = tempfile.TemporaryFile(prefix="lookalike-")  # noqa: SIM115 - closed by `close`
        self._end = 0
        self._index = UpToDate(
            ScanIndex(), InvertedIndex(), UnitRows(), START, min_votes=_MIN_VOTES
        )

    def close(self) -> None:
        """Let the features go."""
        self._file.close()

    def index_of(self, number: int) -> UpToDate:
        """Return an index that finds one picture only."""
        index, kept = UpToDate(ScanIndex(), InvertedIndex(), UnitRows(), START), self._kept[number]
        _put_codes(index, number, kept.fingerprints)
        for view in kept.places:
            postings = Postings.of(self._features(number, view).local)
            index.features.put_many([frame_keys.key_of(number, view)], [LIST_ID], [postings])
        return index

    def put(self, picture: ComparedPicture, seen: Examination) -> UpToDate:
        """Keep a picture, and return an index that finds those that were put before it."""
        before = replace(self._index, until=self._position)
        number, sighting = picture.number, seen.sighting
        fingerprints = {view.frame: view.query.upright for view in sighting.whole_frames}
        self._kept[number] = _OnShelf(picture, sighting.frames_seen, fingerprints, {})
        _put_codes(self._index, number, fingerprints)
        self._put_features(number, seen.features)
        if seen.learned:
            vectors = [learned.vector_of(seen.learned)]
            self._index.learned.put_many([frame_keys.key_of(number, 0)], [LIST_ID], vectors)
        return before

    def image_of(self, number: int) -> Image:
        """Return a picture as an image that is nowhere written."""
        picture = self._kept[number].picture
        return Image(
            pk=number,
            format=picture.image_format,
            width=picture.width,
            height=picture.height,
            frames=picture.frames,
            frames_seen=self._kept[number].frames_seen,
        )

    def remembered(self, number: int) -> Examination:
        """Return what is left of a picture's examination, to look for it again."""
        picture, kept = self._kept[number].picture, self._kept[number]
        features = {view: self._features(number, view) for view in kept.places}
        return remembered(picture, kept.frames_seen, kept.fingerprints, features)

    def items_of(self, keys: Iterable[int]) -> dict[int, Item]:
        """Return the pictures of these keys by number."""
        numbers = {frame_keys.item_of(key) for key in keys}
        return {
            number: Item(pk=number, image_list_id=LIST_ID, image=self.image_of(number))
            for number in numbers
        }

    def fingerprints_of(self, item: Item, frame: int) -> FingerprintSet | None:
        """Return those of one frame; None when it is not kept."""
        return self._kept[item.pk].fingerprints.get(frame)

    def scenes_of(self, image_ids: Iterable[int]) -> dict[int, list[Scene]]:
        """Return the kept frames with enough to see of each picture."""
        return {
            number: [
                [each.pdq]
                for _, each in sorted(self._kept[number].fingerprints.items())
                if engine.is_evidence(each.pdq)
            ]
            for number in image_ids
        }

    def features_of(
        self, frames: Collection[tuple[int, int]]
    ) -> dict[tuple[int, int], ItemFeatures]:
        """Return the local features of views, by (number, view), of those that have any."""
        return {
            (number, view): self._features(number, view)
            for number, view in frames
            if view in self._kept[number].places
        }

    @property
    def _position(self) -> Position:
        index = self._index
        return Position(index.codes.position, index.features.position, index.learned.position)

    def _put_features(self, number: int, features: Iterable[FrameFeatures]) -> None:
        for each in features:
            if each.kept is None:
                continue
            content = codec.to_bytes(each.kept)
            self._file.write(content)
            # Others read from the file itself.
            self._file.flush()
            self._kept[number].places[each.frame] = self._end, len(content)
            self._end += len(content)
            index, key = self._index.features, frame_keys.key_of(number, each.frame)
            index.put_many([key], [LIST_ID], [Postings.of(each.kept.local)])
            if index.position % _PUTS_BETWEEN_MERGES == 0:
                while index.merge():
                    pass

    def _features(self, number: int, view: int) -> ItemFeatures:
        start, size_bytes = self._kept[number].places[view]
        return codec.from_bytes(os.pread(self._file.fileno(), size_bytes, start))


def _put_codes(index: UpToDate, number: int, fingerprints: dict[int, FingerprintSet]) -> None:
    for frame, each in fingerprints.items():
        if engine.is_evidence(each.pdq):
            key = frame_keys.key_of(number, frame)
            index.codes.put(key, list_key=LIST_ID, code=each.pdq.bits)


def remembered(
    picture: ComparedPicture,
    frames_seen: int,
    fingerprints: dict[int, FingerprintSet],
    features: dict[int, ItemFeatures],
) -> Examination:
    """Return an examination made of what is kept of a picture, without its file.

    `fingerprints` are by frame, the first one among them; `features` by view. Copies that were
    turned or mirrored are found a little less surely by it, and crops of mirror images not.
    """
    first, *further = (
        View(picture.width, picture.height, registry.nearly_turned(each), frame=frame)
        for frame, each in sorted(fingerprints.items())
    )
    sighting = Sighting(
        image_format=picture.image_format,
        width=picture.width,
        height=picture.height,
        frames=picture.frames,
        frames_seen=frames_seen,
        query=first.query,
        further_views=tuple(further),
        is_truncated=picture.is_truncated,
    )
    views = tuple(
        FrameFeatures(view, *_size_of(picture, view), QueryFeatures.of_kept(kept), kept)
        for view, kept in sorted(features.items())
    )
    return Examination(sighting=sighting, features=views)


def _size_of(picture: ComparedPicture, view: int) -> tuple[int, int]:
    """Return the size in px of a frame of an animation, or of a tile of a still picture."""
    size = picture.width, picture.height
    return size if picture.frames > 1 else tiles.views_of(size)[view].size
