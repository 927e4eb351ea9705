"""Checks the word lists of moderation/text/lexicon, puts them in order and counts them.

`python -m scripts.lexicon` tells what is wrong and ends with 1 if anything is. `--write` first
normalises and sorts the files. `--harmless en=FILE` also refuses entries that equal a word of the
file, one a line. docs/how-to/edit-word-lists.md says what the columns mean.
"""

from __future__ import annotations

import argparse
import csv
import io
import sys
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

LEXICON = Path(__file__).parents[1] / "moderation" / "text" / "lexicon"
HEADER = ("text", "type", "intensity", "match", "exceptions", "note")
CATEGORIES = (
    "sexual", "discriminatory", "insult", "inappropriate", "extremism", "medical", "drug", "weapon",
    "content-trade", "money-transaction", "spam", "violence", "self-harm",
)  # fmt: skip
INTENSITIES = ("low", "medium", "high")
MATCHES = ("standard", "exact", "stem", "phrase", "marks", "contempt")
SCRIPTS = ("Latin", "Cyrillic", "Hangul", "Han")
_KEYS = {
    "status", "date", "scripts", "endings", "drops", "sounds", "addressing", "contempt", "digits",
    "folds",
}  # fmt: skip
_SHORTEST = 3  # letters of an entry that may vary; a shorter one is in too many words
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "\u0131": "i", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "þ": "th"}
)


@dataclass(frozen=True, slots=True)
class LexiconRow:
    """A row of a word list, as it stands in the file."""

    text: str
    kind: str
    intensity: str
    matches: tuple[str, ...]
    exceptions: tuple[str, ...]
    note: str

    @property
    def cells(self) -> tuple[str, ...]:
        """The row in the order of HEADER."""
        matches, exceptions = " ".join(self.matches), ";".join(self.exceptions)
        return self.text, self.kind, self.intensity, matches, exceptions, self.note

    @property
    def order(self) -> tuple[str, str]:
        """What the rows of a file are sorted by."""
        return folded(self.text), self.text


@dataclass(frozen=True, slots=True)
class WordList:
    """A file: a category of a language."""

    path: Path
    rows: tuple[LexiconRow, ...]

    @property
    def name(self) -> str:
        """The name that SOURCES.toml has for it."""
        return f"{self.path.parent.name}/{self.path.name}"


@lru_cache(maxsize=1 << 16)
def folded(text: str) -> str:
    """Return the text in small letters without accents; entries are sorted and compared by it."""
    if text.isascii():
        return text.casefold()
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_LETTERS)
    parts = unicodedata.normalize("NFD", plain)
    return unicodedata.normalize(
        "NFC", "".join(sign for sign in parts if unicodedata.category(sign) not in ("Mn", "Cf"))
    )


# ------------------------------------------------------------------------------- reading, writing


def word_lists(folder: Path) -> Iterator[WordList]:
    """Yield the word lists of a folder; a file without the header raises ValueError."""
    for path in sorted(folder.glob("*/*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            if tuple(reader.fieldnames or ()) != HEADER:
                raise ValueError(f"{path}: the first line must be {','.join(HEADER)}")
            yield WordList(path, tuple(_row(each) for each in reader))


def _row(cells: dict[str, str]) -> LexiconRow:
    return LexiconRow(
        text=cells["text"],
        kind=cells["type"],
        intensity=cells["intensity"],
        matches=tuple(cells["match"].split()),
        exceptions=tuple(filter(None, cells["exceptions"].split(";"))),
        note=cells["note"],
    )


def in_order(words: WordList) -> WordList:
    """Return a word list normalised and sorted."""
    return WordList(words.path, tuple(sorted(map(_tidy, words.rows), key=lambda row: row.order)))


def _tidy(row: LexiconRow) -> LexiconRow:
    exceptions = sorted({_spaced(each) for each in row.exceptions} - {""})
    matches = tuple(sorted(set(row.matches), key=_place))
    return LexiconRow(
        _spaced(row.text), row.kind, row.intensity, matches, tuple(exceptions), _spaced(row.note)
    )


def _place(match: str) -> int:
    return MATCHES.index(match) if match in MATCHES else len(MATCHES)


def _spaced(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split()) if text else ""


def as_csv(words: WordList) -> str:
    """Return a word list as the text of its file."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    writer.writerows(row.cells for row in words.rows)
    return text.getvalue()


# --------------------------------------------------------------------------------------- checking


def problems(folder: Path, harmless: dict[str, frozenset[str]] | None = None) -> Iterator[str]:
    """Yield what is wrong with the files of a folder, a sentence each.

    `harmless` gives for languages the folded words that no entry may equal.
    """
    lists = list(word_lists(folder))
    for each in lists:
        yield from _of_file(each, (harmless or {}).get(each.path.parent.name, frozenset()))
    yield from _twice(lists)
    yield from _of_sources(folder, lists)
    yield from _of_languages(folder, {each.path.parent.name for each in lists})


def _of_file(words: WordList, harmless: frozenset[str]) -> Iterator[str]:
    if words.path.stem not in CATEGORIES:
        yield f"{words.name}: no such category."
    if words.rows != in_order(words).rows:
        yield f"{words.name}: is not in order; `python -m scripts.lexicon --write` sorts it."
    for row in words.rows:
        for sentence in _of_row(row, words.path.stem, harmless):
            yield f"{words.name}: {row.text!r} {sentence}"


def _of_row(row: LexiconRow, category: str, harmless: frozenset[str]) -> Iterator[str]:
    if row.kind != category:
        yield f"has type {row.kind!r}, must have that of the file."
    if row.intensity not in INTENSITIES:
        yield f"has intensity {row.intensity!r}, must have one of {', '.join(INTENSITIES)}."
    if not row.matches or not set(row.matches) <= set(MATCHES):
        yield f"has match {' '.join(row.matches)!r}, must have some of {', '.join(MATCHES)}."
    if "*" in row.text:
        yield "has a star in it. Write the variants out."
    if len(row.text) < _SHORTEST and "exact" not in row.matches:
        yield f"is shorter than {_SHORTEST} letters, and not exact."
    if folded(row.text) in harmless:
        yield "is a harmless word."
    yield from _of_exceptions(row)


def _of_exceptions(row: LexiconRow) -> Iterator[str]:
    for each in row.exceptions:
        if folded(row.text) not in folded(each) or folded(row.text) == folded(each):
            yield f"has the exception {each!r}, which is no longer text that contains it."


def _twice(lists: list[WordList]) -> Iterator[str]:
    """Yield the entries that a language has more than once; accents tell apart those with marks."""
    seen: dict[tuple[str, str, str], str] = {}
    for words in lists:
        name, language = words.name, words.path.parent.name
        for row in words.rows:
            accents = row.text if "marks" in row.matches else ""
            key = (language, folded(row.text), accents)
            if key in seen:
                yield f"{name}: {row.text!r} is in {seen[key]} too."
            seen[key] = name


def _of_sources(folder: Path, lists: list[WordList]) -> Iterator[str]:
    told = _toml(folder / "SOURCES.toml")
    files, sources = told.get("files", {}), told.get("sources", {})
    for words in lists:
        if not files.get(words.name, {}).get("licence"):
            yield f"SOURCES.toml: says nothing of {words.name}."
    for name, facts in files.items():
        if not (folder / name).is_file():
            yield f"SOURCES.toml: there is no file {name}."
        for source in sorted(set(facts.get("sources", ())) - set(sources)):
            yield f"SOURCES.toml: {name} has the source {source!r}, which is not described."


def _of_languages(folder: Path, languages: set[str]) -> Iterator[str]:
    told = _toml(folder / "languages.toml")
    for language in sorted(languages ^ set(told)):
        yield f"languages.toml: {language} is only there or only a folder."
    for language, facts in told.items():
        if set(facts) != _KEYS:
            yield f"languages.toml: {language} must have the keys {', '.join(sorted(_KEYS))}."
        elif facts["status"] not in ("seed", "reviewed"):
            yield f"languages.toml: {language} must have the status seed or reviewed."
        elif not set(facts["scripts"]) <= set(SCRIPTS):
            yield f"languages.toml: {language} must have scripts of {', '.join(SCRIPTS)}."
        elif len(facts["digits"]) != 10:
            yield f"languages.toml: {language} must have the words for ten digits."


def _toml(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


# ------------------------------------------------------------------------------------ as a program


def main(arguments: list[str] | None = None) -> int:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(prog="python -m scripts.lexicon", description=__doc__)
    parser.add_argument("--folder", type=Path, default=LEXICON)
    parser.add_argument("--write", action="store_true", help="normalise and sort the files first")
    parser.add_argument("--counts", action="store_true", help="print the number of entries")
    parser.add_argument("--harmless", action="append", default=[], metavar="LANGUAGE=FILE")
    given = parser.parse_args(arguments)
    if given.write:
        _write(given.folder)
    if given.counts:
        _print_counts(given.folder)
    found = list(problems(given.folder, dict(map(_harmless, given.harmless))))
    print(*found, sep="\n", end="\n" if found else "")
    return 1 if found else 0


def _write(folder: Path) -> None:
    for words in list(word_lists(folder)):
        words.path.write_text(as_csv(in_order(words)), encoding="utf-8")


def _print_counts(folder: Path) -> None:
    counts = Counter({words.name: len(words.rows) for words in word_lists(folder)})
    languages = sorted({name.partition("/")[0] for name in counts})
    print("", *CATEGORIES, "all", sep="\t")
    for language in languages:
        row = [counts[f"{language}/{category}.csv"] for category in CATEGORIES]
        print(language, *row, sum(row), sep="\t")


def _harmless(argument: str) -> tuple[str, frozenset[str]]:
    language, _, path = argument.partition("=")
    words = Path(path).read_text(encoding="utf-8").splitlines()
    return language, frozenset(map(folded, filter(None, map(str.strip, words))))


if __name__ == "__main__":
    sys.exit(main())
