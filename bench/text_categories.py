"""Measures what is found of the categories that no public set has: extremism, drugs, threats ...

    python -m bench.text_categories [--half tuned|other|both] [--show]

The lines of text_categories.csv were written for this, plain ones: some that a category should find
and others with the same words that it should not. A hash of the text puts a line into one of two
halves: word lists are tuned on the one, the other is looked at for its figures only. `--show`
prints what is missed or wrongly found in the tuned half.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from moderation.text import engine
from moderation.types import Key, Options

_LINES = Path(__file__).with_suffix(".csv")


@dataclass(frozen=True)
class CategoryLine:
    """A line, and whether its category should be found in it."""

    language: str
    category: Key
    is_meant: bool
    text: str

    @property
    def is_tuned(self) -> bool:
        """Tell whether the line is of the half that word lists may be tuned on."""
        return hashlib.sha256(self.text.encode()).digest()[0] % 2 == 0

    def is_found(self) -> bool:
        """Tell whether the category is found in it."""
        hits = engine.judge(self.text, Options(languages=(self.language,))).hits
        return any(hit.key == self.category for hit in hits)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--half", choices=("tuned", "other", "both"), default="other")
    parser.add_argument("--show", action="store_true")
    given = parser.parse_args()
    lines = [line for line in category_lines() if _is_of(line, given.half)]
    show_shares(lines)
    if given.show:
        show_wrong([line for line in lines if line.is_tuned])


def category_lines() -> list[CategoryLine]:
    """Return the lines in the order of the file."""
    with _LINES.open(encoding="utf-8", newline="") as file:
        return [
            CategoryLine(row["language"], Key(row["category"]), row["found"] == "yes", row["text"])
            for row in csv.DictReader(file)
        ]


def _is_of(line: CategoryLine, half: str) -> bool:
    return half == "both" or line.is_tuned == (half == "tuned")


def show_shares(lines: list[CategoryLine]) -> None:
    """Print for each language and category what is found, and what is found wrongly."""
    seen, found = Counter[tuple[str, str, bool]](), Counter[tuple[str, str, bool]]()
    for line in lines:
        for category in (line.category, "all"):
            place = (line.language, category, line.is_meant)
            seen[place] += 1
            found[place] += line.is_found()
    for language, category in dict.fromkeys(place[:2] for place in seen):
        right, wrong = (language, category, True), (language, category, False)
        print(
            f"{language} {category:18} found {found[right]:3} of {seen[right]:3},"
            f" wrongly {found[wrong]:3} of {seen[wrong]:3}"
        )


def show_wrong(lines: list[CategoryLine]) -> None:
    """Print the lines that are judged wrongly."""
    for line in lines:
        if line.is_found() != line.is_meant:
            sign = "missed" if line.is_meant else "wrong"
            print(f"{sign:7} {line.language} {line.category}: {line.text}")


if __name__ == "__main__":
    main()
