"""What the product promises about edited photographs, on eight of them; bench/edits.py has more."""

from __future__ import annotations

from functools import cache

import pytest

from bench.edits import EDITS, query_of
from matching.engine import Engine
from matching.types import QueryFingerprints
from tests.photos import encoded, photo

STEMS = ("astronaut", "chelsea", "coffee", "coins", "moon", "rocket", "china", "flower")


@cache
def stored(name: str) -> QueryFingerprints:
    return query_of(encoded(photo(name), "PNG"))


@pytest.mark.parametrize("title", EDITS)
def test_edited_copies_are_duplicates_of_their_photo_and_of_no_other(title: str) -> None:
    for name in STEMS:
        copy = query_of(EDITS[title](photo(name)))

        found = {
            other for other in STEMS if Engine().compare(copy, stored(other).upright).score > 0.5
        }

        assert found == {name}
