"""Letters of other scripts that look like Latin ones, after Unicode's table of confusables."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

_TABLE = Path(__file__).parent / "data" / "confusables.csv"


@cache
def table() -> dict[str, str]:
    """Return the Latin letter that each character looks like."""
    with _TABLE.open(encoding="utf-8", newline="") as file:
        return {row["character"]: row["latin"] for row in csv.DictReader(file)}


@cache
def _by_code() -> dict[int, str]:
    return {ord(character): latin for character, latin in table().items()}


def skeleton(text: str) -> str:
    """Return a text of the same length with Latin letters where it looks like them."""
    return text if text.isascii() else text.translate(_by_code())
