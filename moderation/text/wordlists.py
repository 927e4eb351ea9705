"""Reads the word lists: entries, innocent words, and what languages.toml tells of a language."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from moderation.types import Intensity, Key

LEXICON = Path(__file__).parent / "lexicon"
HOSTS = Path(__file__).parent / "hosts"
HEADER = ("text", "type", "intensity", "match", "exceptions", "note")
MATCHES = frozenset({"standard", "exact", "stem", "phrase", "marks", "contempt"})
SLOT = "*"
ALL = "all"
# Files of these names are answered under profanity, all others under their own name.
PROFANITY = frozenset({"sexual", "discriminatory", "insult", "inappropriate"})


@dataclass(frozen=True, slots=True)
class LexiconEntry:
    """An entry of a word list, and how it is looked for.

    `language` is a code or ALL. `list_id` and `entry_id` are those of a custom list; entries of an
    allow list say `is_allow`.
    """

    text: str
    language: str
    key: Key
    kind: str
    intensity: Intensity | None = None
    matches: frozenset[str] = frozenset({"standard"})
    exceptions: tuple[str, ...] = ()
    list_id: str | None = None
    entry_id: str | None = None
    is_allow: bool = False

    @property
    def is_exact(self) -> bool:
        """Tell whether nothing but case may differ."""
        return "exact" in self.matches

    @property
    def has_marks(self) -> bool:
        """Tell whether accents count."""
        return "marks" in self.matches

    @property
    def is_stem(self) -> bool:
        """Tell whether it counts inside longer words too."""
        return "stem" in self.matches

    @property
    def needs_contempt(self) -> bool:
        """Tell whether it counts only where words beside it show contempt."""
        return "contempt" in self.matches


@dataclass(frozen=True, slots=True)
class Settings:
    """What languages.toml tells of a language: see docs/how-to for the meaning of each."""

    status: str = "seed"
    scripts: tuple[str, ...] = ("Latin",)
    endings: tuple[str, ...] = ()
    sounds: tuple[tuple[str, str], ...] = ()
    folds: tuple[tuple[str, str], ...] = ()
    addressing: frozenset[str] = field(default=frozenset())
    contempt: tuple[str, ...] = ()
    drops: tuple[tuple[str, str], ...] = ()


@cache
def settings(language: str) -> Settings:
    """Return what is told of a language, the defaults for one that nothing is told of."""
    told = _languages().get(language, {})
    return Settings(
        status=told.get("status", "seed"),
        scripts=tuple(told.get("scripts", ("Latin",))),
        endings=tuple(told.get("endings", ())),
        sounds=tuple((a, b) for a, b in told.get("sounds", ())),
        folds=tuple((a, b) for a, b in told.get("folds", ())),
        addressing=frozenset(told.get("addressing", ())),
        contempt=tuple(told.get("contempt", ())),
        drops=tuple((a, b) for a, b in told.get("drops", ())),
    )


@cache
def _languages() -> dict[str, dict[str, Any]]:
    path = LEXICON / "languages.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


@cache
def entries(language: str) -> tuple[LexiconEntry, ...]:
    """Return the entries of a language, in the order of its files."""
    folder = LEXICON / language
    return tuple(entry for path in sorted(folder.glob("*.csv")) for entry in _file(path, language))


def _file(path: Path, language: str) -> Iterator[LexiconEntry]:
    key = Key.PROFANITY if path.stem in PROFANITY else Key(path.stem)
    for row in rows(path):
        yield LexiconEntry(
            text=row["text"],
            language=language,
            key=key,
            kind=row["type"],
            intensity=Intensity(row["intensity"]) if row["intensity"] else None,
            matches=_matches(row["match"]),
            exceptions=tuple(filter(None, row["exceptions"].split(";"))),
        )


@cache
def _matches(text: str) -> frozenset[str]:
    return frozenset(text.split())


def rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of a word list as they stand in the file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def hosts(language: str) -> frozenset[str]:
    """Return the folded words of a language that are what they seem, whatever they contain."""
    path = HOSTS / f"{language}.txt"
    if not path.exists():
        return frozenset()
    lines = path.read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))
