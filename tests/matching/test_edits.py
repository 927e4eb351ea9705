"""What the product promises about edited photographs, on eight of them; bench/edits.py has more."""

from __future__ import annotations

from functools import cache

import pytest

from bench.edits import EDITS, best_score, sighting_of
from intake.examine import Sighting
from matching.calibrate import DUPLICATE_SCORE
from tests.photos import encoded, photo

STEMS = ("astronaut", "chelsea", "coffee", "coins", "moon", "rocket", "motorcycle_left", "retina")


@cache
def stored(name: str) -> Sighting:
    """Return a photograph as an item."""
    return sighting_of(encoded(photo(name), "PNG"))


@pytest.mark.parametrize("title", EDITS)
def test_edited_copies_are_duplicates_of_their_photo_and_of_no_other(title: str) -> None:
    for name in STEMS:
        copy = sighting_of(EDITS[title](photo(name)))

        found = {other for other in STEMS if best_score(copy, stored(other)) > DUPLICATE_SCORE}

        assert found == {name}
