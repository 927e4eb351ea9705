"""What analyses pictures here: versions, licences, languages, quality, and what is missing.

Who asks for something that is missing is refused in a sentence that says what to install. What
reads text is told by `moderation.reading.installed`, without loading any of it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from common.sentences import Sentence
from moderation.reading import installed
from moderation.reading.errors import ReaderNotInstalled
from moderation.reading.installed import Reader
from moderation.text import wordlists
from moderation.types import LANGUAGES

PROPERTIES = "properties"
TEXT = "text"
TEXT_CONTENT = "text-content"
QR_CONTENT = "qr-content"
TEXT_EXTRA = "requirements-text.txt"

_PROPERTIES_VERSION = "1"
_REVIEWED = "reviewed"
_MEASURED = Path(__file__).with_name("measured.toml")


class AnalyserStatus(StrEnum):
    """Where an analyser comes from, or that it is not here."""

    BUILTIN = "builtin"
    EXTRA = "extra"
    BYO = "byo"
    GALLERY = "gallery"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class MeasuredQuality:
    """What was found out about an analyser's quality: on which pictures or texts, and what."""

    set: str
    figure: str


@dataclass(frozen=True, slots=True)
class Analyser:
    """Something that finds out about pictures.

    `version` is None where it is missing, `licence` for what is written here. `needs` names what
    has to be installed for it, empty where every installation has it. `languages` are those that it
    knows here, of `moderation.types.LANGUAGES`; none where it does not depend on them. `measured`
    is None where nobody has measured it.
    """

    name: str
    version: str | None
    licence: str | None
    needs: str
    status: AnalyserStatus
    languages: tuple[str, ...] = ()
    measured: MeasuredQuality | None = None

    @property
    def is_here(self) -> bool:
        return self.status != AnalyserStatus.MISSING


@dataclass(frozen=True, slots=True)
class LanguageSupport:
    """Whether text in a language can be read here, and what has to be installed for it.

    `is_reviewed` tells whether a native speaker went through its word lists.
    """

    code: str
    needs: str
    is_readable: bool
    is_reviewed: bool


def analysers() -> tuple[Analyser, ...]:
    """Return what this version knows, installed or not, as it is now."""
    # The pattern of a code is no text, which only its reader knows.
    readers, of_codes = installed.readers(), installed.code_reader()
    finders = [each for each in readers if each.name == installed.RAPIDOCR]
    return (
        Analyser(
            PROPERTIES,
            _PROPERTIES_VERSION,
            licence=None,
            needs="",
            status=AnalyserStatus.BUILTIN,
            measured=_measured(PROPERTIES),
        ),
        _of_text(TEXT, [*finders, of_codes]),
        _of_text(TEXT_CONTENT, [*readers, of_codes], readable(LANGUAGES)),
        _of_text(QR_CONTENT, [of_codes]),
    )


def require(names: Iterable[str]) -> None:
    """Raise ReaderNotInstalled for the first analyser of these names that is missing."""
    for name in names:
        if not is_here(name):
            raise ReaderNotInstalled(
                Sentence(
                    "The model %(name)s is not installed on this server. "
                    "Have its operator install the packages of %(needs)s.",
                    name=name,
                    needs=TEXT_EXTRA,
                ),
                field="models",
            )


def is_here(name: str) -> bool:
    """Tell whether an analyser could run now."""
    if name == QR_CONTENT:
        return installed.has_zxing()
    return name == PROPERTIES or installed.has_rapidocr()


def languages() -> tuple[LanguageSupport, ...]:
    """Return all languages whose texts are judged, with whether they can be read in pictures."""
    return tuple(map(_language, LANGUAGES))


def readable(codes: Iterable[str]) -> tuple[str, ...]:
    """Return those of the languages that can be read in pictures here."""
    return tuple(code for code in codes if installed.can_read(code))


def _language(code: str) -> LanguageSupport:
    return LanguageSupport(
        code,
        _needs(code),
        is_readable=installed.can_read(code),
        is_reviewed=wordlists.settings(code).status == _REVIEWED,
    )


def _needs(code: str) -> str:
    if code not in installed.PACKS:
        return TEXT_EXTRA
    packs = f"tesseract-ocr, tesseract-ocr-{installed.PACKS[code]}"
    return packs if installed.has_rapidocr() else f"{TEXT_EXTRA}, {packs}"


def _of_text(name: str, readers: Sequence[Reader], languages: tuple[str, ...] = ()) -> Analyser:
    versions = ", ".join(f"{each.name} {each.version}" for each in readers if each.version)
    return Analyser(
        name,
        versions if is_here(name) else None,
        licence=", ".join(dict.fromkeys(each.licence for each in readers)),
        needs=TEXT_EXTRA,
        status=AnalyserStatus.EXTRA if is_here(name) else AnalyserStatus.MISSING,
        languages=languages,
        measured=_measured(name),
    )


def _measured(name: str) -> MeasuredQuality | None:
    row = _measurements().get(name)
    return MeasuredQuality(row["set"], row["figure"]) if row else None


@cache
def _measurements() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads(_MEASURED.read_text(encoding="utf-8"))
