"""Looks at pictures one after the other, and compares each with those before it as lists do."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

from duplicates.clusters import ComparedPicture, CopyCluster, CopyLink, clusters_of
from duplicates.in_turn import in_turn
from duplicates.shelf import LIST_ID, Shelf
from duplicates.sources import ExaminedPicture, PictureSource, Unusable
from intake.examine import Examination
from lists import closer_look, search
from lists.depths import Depth
from lists.live_index import UpToDate
from lists.models import DEFAULT_SUGGESTION_THRESHOLD, Image
from lists.search import ItemMatch, Query
from matching import engine
from matching.engine import Engine
from matching.evidence import Comparison, Kind, Reason
from matching.types import Orientation, QueryFingerprints, Rgb
from review.pairs.groups import Groups

# Links are kept to what a picture is most like and to the first, mostly the largest, it is like.
_FIRST_KEPT = 3
_ENGINE = Engine()

OnProgress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class FoundDuplicates:
    """The clusters, how many pictures were looked at, and what could not be."""

    clusters: list[CopyCluster]
    pictures: int
    unusable: list[Unusable]

    @property
    def clustered(self) -> int:
        """Return how many pictures are in clusters."""
        return sum(len(each.members) for each in self.clusters)

    @property
    def spare_bytes(self) -> int:
        """Return the size of all copies."""
        return sum(each.spare_bytes for each in self.clusters)


@dataclass(frozen=True, slots=True)
class _ToCompare:
    number: int
    examination: Examination
    before: UpToDate


def find(
    source: PictureSource, *, depth: Depth, threshold: float, threads: int, on_progress: OnProgress
) -> FoundDuplicates:
    """Return the clusters of pictures that compare above the threshold.

    `on_progress` is told how many pictures are done. Raise LookalikeError when it cannot go on.
    """
    finder = _Finder(source, depth, threshold)
    try:
        finder.look_at_all(threads, on_progress)
        clusters = clusters_of(finder.pictures, finder.links, finder.look_again)
    finally:
        finder.close()
    return FoundDuplicates(clusters, len(finder.pictures), finder.unusable)


class _Finder:
    def __init__(self, source: PictureSource, depth: Depth, threshold: float) -> None:
        self.pictures: dict[int, ComparedPicture] = {}
        self.links: list[CopyLink] = []
        self.unusable: list[Unusable] = []
        self._source, self._depth, self._threshold = source, depth, threshold
        self._shelf = Shelf()
        self._groups = Groups()
        self._by_sha256: dict[str, int] = {}
        self._by_pixels: dict[str, int] = {}
        self._by_fingerprints: dict[bytes, int] = {}
        # The first picture that has the same bytes or pixels, and the one on the shelf that stands
        # for it, which may have the same fingerprints only.
        self._same: dict[int, int] = {}
        self._like: dict[int, int] = {}
        # What pictures on the shelf are to each other.
        self._between: dict[frozenset[int], CopyLink | None] = {}

    def close(self) -> None:
        self._shelf.close()

    def look_at_all(self, threads: int, on_progress: OnProgress) -> None:
        with (
            closing(self._asked(on_progress)) as asked,
            closing(in_turn(self._matches_of, asked, threads=threads)) as found,
        ):
            for number, matches in found:
                self._keep(number, matches)

    def look_again(self, picture: ComparedPicture, best: ComparedPicture) -> CopyLink | None:
        """Compare two pictures of a cluster that no link connects."""
        one, other = self._standing_for(picture), self._standing_for(best)
        if one == other:
            return self._between_like(picture, best)
        between = frozenset((one, other))
        if between not in self._between:
            self._between[between] = self._compared_again(one, other)
        link = self._between[between]
        if link is None:
            return None
        numbers = picture.number, best.number
        return replace(link, one=numbers[link.one != one], other=numbers[link.other != one])

    def _asked(self, on_progress: OnProgress) -> Generator[_ToCompare]:
        """Yield the pictures to compare with those before them, put on the shelf."""
        with closing(self._source.outcomes()) as outcomes:
            for count, outcome in enumerate(outcomes, start=1):
                if isinstance(outcome, Unusable):
                    self.unusable.append(outcome)
                elif (asked := self._taken(count, outcome)) is not None:
                    yield asked
                on_progress(count)

    def _taken(self, number: int, looked: ExaminedPicture) -> _ToCompare | None:
        """Note a picture; return it unless one before it is the same."""
        same = self._by_sha256.setdefault(looked.sha256, number)
        if same != number:
            self._note_same(number, same, looked, Kind.EXACT)
            return None
        seen = looked.examination
        if seen is None:
            raise AssertionError("bytes that did not come before are examined")
        self.pictures[number] = picture = _picture(number, looked, seen)
        if seen.pixel_sha256:
            same = self._by_pixels.setdefault(seen.pixel_sha256, number)
            if same != number:
                self._note_same(number, same, looked, Kind.PIXELS)
                return None
        if not seen.features and seen.sighting.views:
            # Nothing tells pictures of the same fingerprints apart, and there may be thousands.
            same = self._by_fingerprints.setdefault(_fingerprints(seen), number)
            if same != number:
                self._note_alike(number, same, seen)
                return None
        return _ToCompare(number, seen, self._shelf.put(picture, seen))

    def _note_same(self, number: int, same: int, looked: ExaminedPicture, kind: Kind) -> None:
        known, first = self.pictures[same], self._same.get(same, same)
        self.pictures.setdefault(
            number,
            replace(
                known,
                number=number,
                name=looked.name,
                byte_size=looked.byte_size,
                public_id=looked.public_id,
            ),
        )
        self._same[number] = first
        self._like[number] = self._like.get(first, first)
        self._groups.join(number, first)
        kind = kind if first == same else Kind.PIXELS
        self.links.append(CopyLink(number, first, 1.0, kind, _SAME[kind]))

    def _note_alike(self, number: int, same: int, seen: Examination) -> None:
        self._like[number] = same
        self._groups.join(number, same)
        link = _alike(self.pictures[number], self.pictures[same], seen.sighting.query)
        self.links.append(link)

    def _matches_of(self, asked: _ToCompare) -> tuple[int, list[ItemMatch]]:
        return asked.number, self._matches(asked.number, asked.examination, asked.before)

    def _matches(self, number: int, seen: Examination, index: UpToDate) -> list[ItemMatch]:
        """Return what matches above the threshold, the strongest first; runs in any thread."""
        is_full = self._depth == Depth.FULL
        close = frozenset({LIST_ID} if is_full else ())
        reach = min(self._threshold, DEFAULT_SUGGESTION_THRESHOLD) if is_full else self._threshold
        query = Query(0, "", seen, close)
        found = search.compared_items(query, index, [LIST_ID], min_score=reach, rows=self._shelf)
        if is_full and closer_look.is_worth(_compared(found.values())):
            if seen.closer is None:
                seen = replace(seen, closer=self._source.colours_of(self.pictures[number]))
            found = search.looked_closer(seen, found, close, self._colours_of)
        matches = [match for match in found.values() if match.score > self._threshold]
        return sorted(matches, key=lambda match: (-match.score, match.item.pk))

    def _colours_of(self, image: Image) -> Rgb | None:
        return self._source.colours_of(self.pictures[image.pk])

    def _keep(self, number: int, matches: Sequence[ItemMatch]) -> None:
        """Keep the links that tell most, and those that connect what was not connected."""
        picture = self.pictures[number]
        kept = [
            match
            for match in matches
            if not self._source.are_apart(picture, self.pictures[match.item.pk])
        ]
        telling = {match.item.pk for match in kept[:1]}
        telling |= set(sorted(match.item.pk for match in kept)[:_FIRST_KEPT])
        for match in kept:
            other = match.item.pk
            is_new = self._groups.join(number, other)
            if is_new or other in telling:
                link = _link(number, other, match.comparison)
                self.links.append(link)
                self._between[frozenset((number, other))] = link

    def _between_like(self, picture: ComparedPicture, best: ComparedPicture) -> CopyLink:
        """Return what two pictures are to each other that one on the shelf stands for."""
        one, other = (self._same.get(each.number, each.number) for each in (picture, best))
        if one == other:
            kind = Kind.EXACT if picture.sha256 == best.sha256 else Kind.PIXELS
            return CopyLink(picture.number, best.number, 1.0, kind, _SAME[kind])
        kept = self._shelf.remembered(self._standing_for(best))
        return _alike(picture, best, kept.sighting.query)

    def _standing_for(self, picture: ComparedPicture) -> int:
        return self._like.get(picture.number, picture.number)

    def _compared_again(self, one: int, other: int) -> CopyLink | None:
        if self._source.are_apart(self.pictures[one], self.pictures[other]):
            return None
        seen, index = self._shelf.remembered(one), self._shelf.index_of(other)
        matches = self._matches(one, seen, index)
        return _link(one, other, matches[0].comparison) if matches else None


_SAME = {
    Kind.EXACT: (Reason("identical_file"),),
    Kind.PIXELS: (Reason("identical_pixels"),),
}


def _compared(matches: Iterable[ItemMatch]) -> dict[int, closer_look.Compared]:
    return {match.item.pk: (match.item, match.comparison) for match in matches}


def _link(one: int, other: int, comparison: Comparison) -> CopyLink:
    evidence = comparison.evidence
    return CopyLink(one, other, comparison.score, comparison.kind, evidence.reasons)


def _alike(
    one: ComparedPicture, other: ComparedPicture, fingerprints: QueryFingerprints
) -> CopyLink:
    """Return the link of two pictures that both have these fingerprints."""
    comparison = _ENGINE.compare(fingerprints, fingerprints.upright)
    sizes = (one.width, one.height), (other.width, other.height)
    resized = engine.resized_reasons(*sizes, Orientation.IDENTITY)
    return _link(one.number, other.number, engine.with_reasons(comparison, resized))


def _fingerprints(seen: Examination) -> bytes:
    return b"".join(each.bits for view in seen.sighting.whole_frames for each in view.query.upright)


def _picture(number: int, looked: ExaminedPicture, seen: Examination) -> ComparedPicture:
    sighting = seen.sighting
    return ComparedPicture(
        number=number,
        name=looked.name,
        width=sighting.width,
        height=sighting.height,
        byte_size=looked.byte_size,
        image_format=sighting.image_format,
        sha256=looked.sha256,
        frames=sighting.frames,
        is_truncated=sighting.is_truncated,
        public_id=looked.public_id,
    )
