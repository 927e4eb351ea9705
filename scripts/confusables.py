"""Writes moderation/text/data/confusables.csv: characters that look like Latin letters.

`python -m scripts.confusables` needs the package confusable-homoglyphs (3.3.1, MIT), which carries
the Unicode Consortium's confusables (Unicode licence v3). The names of characters add small
capitals and letters in circles and squares, which that table leaves out.
"""

from __future__ import annotations

import csv
import importlib
import re
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from string import ascii_letters

TABLE = Path(__file__).parents[1] / "moderation" / "text" / "data" / "confusables.csv"
_NAMED = re.compile(
    r"(?:LATIN LETTER SMALL CAPITAL|MODIFIER LETTER SMALL|MODIFIER LETTER CAPITAL|"
    r"NEGATIVE SQUARED LATIN CAPITAL LETTER|NEGATIVE CIRCLED LATIN CAPITAL LETTER|"
    r"REGIONAL INDICATOR SYMBOL LETTER|TAG LATIN SMALL LETTER) ([A-Z])"
)
# Signs that stand for a letter only beside letters are read with the digits, in other views.
_LETTERS = ("L", "So", "Sc", "Mn")


def main() -> int:
    """Write the table, sorted by character."""
    rows = dict(_by_name()) | dict(_by_unicode())
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["character", "latin"])
        out.writerows(sorted(rows.items()))
    print(f"{TABLE}: {len(rows)} characters")
    return 0


def _by_unicode() -> Iterator[tuple[str, str]]:
    confusables = importlib.import_module("confusable_homoglyphs.confusables")
    for latin in ascii_letters:
        for twin in confusables.confusables_data.get(latin, ()):
            if _counts(twin["c"]):
                yield twin["c"], latin.lower()


def _counts(character: str) -> bool:
    """Tell whether a character is a letter of another script, alone, that no folding undoes."""
    if len(character) != 1 or character.isascii():
        return False
    if not unicodedata.category(character).startswith(_LETTERS):
        return False
    return not unicodedata.normalize("NFKC", character).casefold().isascii()


def _by_name() -> Iterator[tuple[str, str]]:
    for code in range(0x80, 0x20000):
        found = _NAMED.fullmatch(unicodedata.name(chr(code), ""))
        if found and _counts(chr(code)):
            yield chr(code), found[1].lower()


if __name__ == "__main__":
    sys.exit(main())
