"""JSON that speaks of something by its name."""

from __future__ import annotations

import pytest

from common.mentions import mentions

LONG = "med_0123456789abcdefghijk"


@pytest.mark.parametrize(
    ("value", "names", "is_mentioned"),
    [
        ({"a": ["1", {"b": "cup"}]}, {"cup"}, True),
        ({"cup": "saucer"}, {"cup"}, False),
        ({"a": "cups"}, {"cup"}, False),
        ({"url": f"https://example.org/{LONG}.webp"}, {LONG}, True),
        ({"a": None, "b": 1}, {"1"}, False),
        ({"a": "x"}, set(), False),
    ],
)
def test_values_are_compared_whole_and_ids_are_found_in_texts(
    value: object, names: set[str], is_mentioned: bool
) -> None:
    assert mentions(value, names) is is_mentioned
