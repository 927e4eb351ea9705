"""Of several readings of one place the best counts, and none of another place is lost for it."""

from __future__ import annotations

import numpy as np

from moderation.reading.places import TextPlace
from moderation.reading.read_places import ReadPlace, merged


def read(
    text: str, confidence: float, left: float, top: float, right: float, bottom: float
) -> ReadPlace:
    corners = [[left, top], [right, top], [right, bottom], [left, bottom]]
    return ReadPlace(TextPlace(np.array(corners, np.float32), 0.9), text, confidence)


def texts(found: list[ReadPlace]) -> list[str]:
    """Return what counts."""
    return [each.text for each in merged(found)]


def test_of_two_readings_of_one_place_the_better_one_counts() -> None:
    good = read("Nobody told us", 0.98, 10, 10, 210, 40)
    bad = read("Nobcdy tald us", 0.7, 14, 8, 206, 42)

    assert texts([bad, good]) == ["Nobody told us"]


def test_a_part_of_a_line_that_was_read_is_not_told_again() -> None:
    line = read("Nobody told us", 0.98, 10, 10, 210, 40)
    part = read("told us", 0.99, 110, 10, 210, 40)

    assert texts([part, line]) == ["Nobody told us"]


def test_two_lines_that_were_taken_for_one_are_two() -> None:
    lines = [
        read("Nobody told us", 0.98, 10, 10, 210, 40),
        read("about the flood", 0.98, 10, 42, 210, 72),
    ]

    both = texts([read("Nebadytf", 0.8, 10, 10, 210, 72), *lines])

    assert sorted(both) == ["Nobody told us", "about the flood"]


def test_large_letters_over_a_page_do_not_give_way_to_its_words() -> None:
    over = read("FORGET IT", 0.8, 0, 0, 400, 50)
    page = [read("carefree and calm", 1.0, 20 + 130 * n, 5, 120 + 130 * n, 17) for n in range(3)]

    assert texts([over, *page]).count("FORGET IT") == 1
