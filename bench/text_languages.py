"""Measures how well the language of a line is told among all seventeen.

    python -m bench.text_languages FOLDER

Twenty lines a language are here, written for this; FOLDER holds hatecheck_LANGUAGE.csv
(github.com/paul-rottger/hatecheck-data and github.com/rewire-online/multilingual-hatecheck,
CC-BY 4.0), of which the harmless cases are read. A line whose language is not told is judged by the
rules of every asked language, so that only another language is an error; both shares are printed.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Sequence
from pathlib import Path

from moderation.text.languages import told
from moderation.types import LANGUAGES

_FILES = {
    "en": "en", "nl": "dutch", "fr": "french", "de": "german", "it": "italian", "zh": "mandarin",
    "pl": "polish", "pt": "portuguese", "es": "spanish",
}  # fmt: skip
_LINES = Path(__file__).with_name("text_languages.txt")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    print(f"{'':18}{'lines':>6}{'right':>8}{'not told':>10}{'wrong':>8}  taken for")
    lines = own_lines()
    for language in LANGUAGES:
        show(f"own {language}", language, lines[language])
    show_total(lines)
    for language, name in _FILES.items():
        show(f"HateCheck {language}", language, harmless(folder / f"hatecheck_{name}.csv"))


def own_lines() -> dict[str, list[str]]:
    """Return the lines by language."""
    lines: dict[str, list[str]] = {language: [] for language in LANGUAGES}
    for row in _LINES.read_text(encoding="utf-8").splitlines():
        language, parted, line = row.partition("\t")
        if parted:
            lines[language].append(line)
    return lines


def harmless(path: Path) -> list[str]:
    """Return the cases of a HateCheck file that are not hateful."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [row["test_case"] for row in rows if row["label_gold"] == "non-hateful"]


def show(name: str, language: str, lines: Sequence[str]) -> None:
    """Print the shares of lines that were told right, not told, and told wrong."""
    answers = [told(line, LANGUAGES) for line in lines]
    right, unknown = answers.count(language), answers.count(None)
    others = sorted({answer for answer in answers if answer not in {language, None}}, key=str)
    wrong = len(answers) - right - unknown
    shares = f"{right / len(answers):8.3f}{unknown / len(answers):10.3f}{wrong / len(answers):8.3f}"
    print(f"{name:18}{len(answers):6}{shares}  {' '.join(map(str, others))}")


def show_total(lines: dict[str, list[str]]) -> None:
    answers = [
        (told(line, LANGUAGES), language) for language, rows in lines.items() for line in rows
    ]
    named = [(answer, language) for answer, language in answers if answer]
    right = sum(answer == language for answer, language in named)
    print(f"own: right {right} of {len(answers)} lines, of {len(named)} that were told")


if __name__ == "__main__":
    main()
