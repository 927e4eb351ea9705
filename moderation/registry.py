"""What analyses pictures here: versions, licences, languages, quality, and what is missing.

Who asks for something that is missing is refused in a sentence that says what to install. What
reads text is told by `moderation.reading.installed`, models of what pictures show by
`moderation.vision.installed`, without loading any of it. `brought` are always the networks that the
operator brought.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from common.sentences import Sentence
from matching.networks.manifest import BroughtModels
from matching.networks.network import Network
from moderation.reading import installed
from moderation.reading.errors import ReaderNotInstalled
from moderation.reading.installed import Reader
from moderation.text import wordlists
from moderation.types import LANGUAGES
from moderation.video import installed as video
from moderation.vision import installed as vision
from moderation.vision import offers

PROPERTIES = "properties"
TEXT = "text"
TEXT_CONTENT = "text-content"
QR_CONTENT = "qr-content"
VIDEO = "video"
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


def analysers(brought: BroughtModels) -> tuple[Analyser, ...]:
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
        _of_pictures(offers.FACE, vision.faces_version(), vision.FACES_LICENCE),
        _of_pictures(offers.NUDITY, vision.nudity_version(), vision.NUDITY_LICENCE),
        _of_pictures(offers.TYPE, vision.type_version(), vision.NUDITY_LICENCE),
        *(_brought(name, brought) for name in offers.OFFERS),
    )


def video_decoder() -> Analyser:
    """Return what decodes videos for all of these; it is no model that could be asked for."""
    version = video.version()
    return Analyser(
        VIDEO,
        version,
        licence=video.LICENCE,
        needs=video.VIDEO_EXTRA,
        status=AnalyserStatus.MISSING if version is None else AnalyserStatus.EXTRA,
        measured=_measured(VIDEO),
    )


def require(names: Iterable[str], brought: BroughtModels) -> None:
    """Raise ReaderNotInstalled or ModelNotInstalled for the first of these that is missing."""
    for name in names:
        if name in offers.NAMES:
            vision.require([name], brought)
        elif not _is_here(name):
            raise ReaderNotInstalled(
                Sentence(
                    "The model %(name)s is not installed on this server. "
                    "Have its operator install the packages of %(needs)s.",
                    name=name,
                    needs=TEXT_EXTRA,
                ),
                field="models",
            )


def _is_here(name: str) -> bool:
    """Tell whether what is asked of text, or of none, could run now."""
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
        versions if _is_here(name) else None,
        licence=", ".join(dict.fromkeys(each.licence for each in readers)),
        needs=TEXT_EXTRA,
        status=AnalyserStatus.EXTRA if _is_here(name) else AnalyserStatus.MISSING,
        languages=languages,
        measured=_measured(name),
    )


def _of_pictures(name: str, version: str | None, licence: str) -> Analyser:
    return Analyser(
        name,
        version,
        licence=licence,
        needs=vision.MODELS_EXTRA,
        status=AnalyserStatus.MISSING if version is None else AnalyserStatus.EXTRA,
        measured=_measured(name),
    )


def _brought(name: str, brought: BroughtModels) -> Analyser:
    network, missing = brought.serving(name), vision.needs(name, brought)
    if network is None or missing:
        return Analyser(name, None, None, missing, AnalyserStatus.MISSING)
    return Analyser(
        name,
        network.key,
        licence=network.licence,
        needs=vision.MODELS_DIR,
        status=AnalyserStatus.BYO,
        measured=_told(network),
    )


def _told(network: Network) -> MeasuredQuality | None:
    told = network.measured
    return MeasuredQuality(told.set, told.figure) if told else None


def _measured(name: str) -> MeasuredQuality | None:
    row = _measurements().get(name)
    return MeasuredQuality(row["set"], row["figure"]) if row else None


@cache
def _measurements() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads(_MEASURED.read_text(encoding="utf-8"))
