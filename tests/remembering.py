"""Pictures compared in full depth, each pair once: most tests are about the rest.

What the engine says depends on nothing but the two pictures, and the tests ask about the same few.
"""

from __future__ import annotations

import pickle
from functools import cache

from intake.examine import Examination, FrameFeatures, Sighting
from lists import close_search, closer_look
from matching.engine import CloserQuery, Engine, ItemPicture, QueryPicture
from matching.evidence import Comparison
from matching.types import Rgb

# Before a test puts what remembers in their places.
_prepared = close_search._query_picture
_prepared_closer = closer_look._query
_opened = closer_look.opened

_queries: dict[bytes, QueryPicture] = {}
_closer_queries: dict[bytes, CloserQuery | None] = {}
_thumbnails: dict[bytes, Rgb] = {}


def query_picture(sighting: Sighting, features: FrameFeatures) -> QueryPicture:
    """Return the prepared picture: for equal arguments the same one."""
    key = pickle.dumps((sighting, features))
    if key not in _queries:
        _queries[key] = _prepared(sighting, features)
    return _queries[key]


def closer_query(asked: Examination) -> CloserQuery | None:
    """Return the picture prepared for a closer look: for equal pictures the same one."""
    key = pickle.dumps((asked.sighting.width, asked.sighting.height, asked.closer))
    if key not in _closer_queries:
        _closer_queries[key] = _prepared_closer(asked)
    return _closer_queries[key]


def opened_thumbnail(thumbnail: bytes) -> Rgb:
    """Return the thumbnail's pixels: for equal files the same array."""
    if thumbnail not in _thumbnails:
        _thumbnails[thumbnail] = _opened(thumbnail)
    return _thumbnails[thumbnail]


class RememberingEngine(Engine):
    """Compares each pair of pictures once in full depth, and looks at it closer once."""

    def __init__(self) -> None:
        """Remember nothing yet."""
        super().__init__()
        self._comparisons: dict[tuple[int, bytes], tuple[QueryPicture, Comparison]] = {}
        self._closer: dict[tuple[int, int, bytes], tuple[CloserQuery, Rgb, Comparison]] = {}

    def compare_in_full(self, query: QueryPicture, item: ItemPicture) -> Comparison:
        """Return what was found before, if these two were asked about."""
        key = (id(query), pickle.dumps(item))
        if key not in self._comparisons:
            # The query is kept too, so that no other gets its id.
            self._comparisons[key] = query, super().compare_in_full(query, item)
        return self._comparisons[key][1]

    def look_closer(
        self, query: CloserQuery, item_size: tuple[int, int], item: Rgb, seen: Comparison
    ) -> Comparison:
        """Return what was seen before, if these two were looked at closer."""
        key = (id(query), id(item), pickle.dumps((item_size, seen)))
        if key not in self._closer:
            self._closer[key] = query, item, super().look_closer(query, item_size, item, seen)
        return self._closer[key][2]


@cache
def engine() -> RememberingEngine:
    """Return the engine that takes the place of the product's."""
    return RememberingEngine()
