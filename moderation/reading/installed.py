"""What of the readers is installed: told without loading any of it, so that any process may ask.

RapidOCR with the models inside its wheel finds all text and reads that of most languages; it comes
with requirements-text.txt, and so does zxing-cpp, which reads QR codes. Tesseract reads the places
that hold letters RapidOCR does not know. Its packages are the system's: tesseract-ocr, and a
language pack for each of its languages.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from common.sentences import Sentence
from moderation.reading.errors import ReaderNotInstalled
from moderation.types import LANGUAGES

RAPIDOCR: Final = "rapidocr"
TESSERACT: Final = "tesseract"
ZXING: Final = "zxing-cpp"
DETECTOR_FILE: Final = "PP-OCRv6_det_small.onnx"
RECOGNISER_FILE: Final = "PP-OCRv6_rec_small.onnx"
# The languages that only Tesseract reads, and how it names their packs.
PACKS: Final = {"ru": "rus", "ko": "kor"}

_MODULES = ("onnxruntime", "omegaconf", "pyclipper", "shapely", "yaml", "tqdm", "colorlog")
_ZXING_MODULE = "zxingcpp"
_VERSION_TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True)
class Reader:
    """A reader of text; `version` is None where it is not installed.

    `languages` are those of `moderation.types.LANGUAGES` that it reads here, or would read.
    """

    name: str
    version: str | None
    licence: str
    languages: tuple[str, ...]


def readers() -> tuple[Reader, ...]:
    """Return every reader of text that there is, installed or not."""
    rapid = _version_of_package(RAPIDOCR) if has_rapidocr() else None
    packs = tuple(each for each in PACKS if pack_folder(each) is not None)
    return (
        Reader(RAPIDOCR, rapid, "Apache-2.0", _without_packs()),
        Reader(TESSERACT, tesseract_version() if packs else None, "Apache-2.0", packs or (*PACKS,)),
    )


def can_read(language: str) -> bool:
    """Tell whether text in one of `moderation.types.LANGUAGES` can be read here."""
    if language not in LANGUAGES or not has_rapidocr():
        return False
    return language not in PACKS or pack_folder(language) is not None


def require(languages: Iterable[str]) -> None:
    """Raise ReaderNotInstalled unless text in all these languages can be read here."""
    if not has_rapidocr():
        raise ReaderNotInstalled(
            Sentence(
                "Text in images cannot be read here. "
                "Have the server's operator install the packages of requirements-text.txt."
            )
        )
    missing = sorted({each for each in languages if not can_read(each)})
    if missing:
        packages = ", ".join(f"tesseract-ocr-{PACKS[each]}" for each in missing if each in PACKS)
        raise ReaderNotInstalled(
            Sentence(
                "Text in these languages cannot be read here: %(languages)s. "
                "Have the server's operator install the system's packages tesseract-ocr, "
                "%(packages)s.",
                languages=", ".join(missing),
                packages=packages,
            )
        )


def code_reader() -> Reader:
    """Return the reader of QR codes, installed or not; languages are nothing to it."""
    version = _version_of_package(ZXING) if has_zxing() else None
    return Reader(ZXING, version, "Apache-2.0", ())


def require_codes() -> None:
    """Raise ReaderNotInstalled unless QR codes can be read here."""
    if not has_zxing():
        raise ReaderNotInstalled(
            Sentence(
                "QR codes cannot be read here. "
                "Have the server's operator install the packages of requirements-text.txt."
            )
        )


def has_zxing() -> bool:
    """Tell whether the library that reads QR codes is there."""
    return _is_there(_ZXING_MODULE) and _version_of_package(ZXING) is not None


def has_rapidocr() -> bool:
    """Tell whether RapidOCR, its runtime and the models in its wheel are all there."""
    if not all(_is_there(each) for each in (RAPIDOCR, *_MODULES)):
        return False
    if _version_of_package(RAPIDOCR) is None:
        return False
    return all((models_folder() / each).is_file() for each in (DETECTOR_FILE, RECOGNISER_FILE))


def models_folder() -> Path:
    """Return where the wheel of RapidOCR keeps its models."""
    spec = find_spec(RAPIDOCR)
    if spec is None or spec.origin is None:
        raise ReaderNotInstalled(Sentence("Text in images cannot be read here."))
    return Path(spec.origin).parent / "models"


def pack_folder(language: str) -> Path | None:
    """Return the folder with Tesseract's pack of a language, None without it or without Tesseract.

    It is looked for where Tesseract itself looks: it is not started for this.
    """
    program = shutil.which(TESSERACT)
    if program is None or language not in PACKS:
        return None
    name = f"{PACKS[language]}.traineddata"
    return next((each for each in _data_folders(program) if (each / name).is_file()), None)


def tesseract_version() -> str | None:
    """Return the version that Tesseract says it has; None where it cannot be started."""
    program = shutil.which(TESSERACT)
    return None if program is None else _version_of(program)


@cache
def _version_of(program: str) -> str | None:
    try:
        said = subprocess.run(  # noqa: S603 - the program alone, with no word of a user
            [program, "--version"],
            capture_output=True,
            text=True,
            timeout=_VERSION_TIMEOUT_S,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    words = said.stdout.split(maxsplit=2)
    return words[1] if len(words) > 1 else None


def _data_folders(program: str) -> Iterator[Path]:
    told = os.environ.get("TESSDATA_PREFIX")
    if told:
        yield Path(told)
        return
    share = Path(program).resolve().parent.parent / "share"
    yield from sorted(share.glob("tesseract-ocr/*/tessdata"), reverse=True)
    yield share / "tessdata"


def _is_there(module: str) -> bool:
    # What is left of a package whose files were deleted is a spec without an origin.
    spec = find_spec(module)
    return spec is not None and spec.origin is not None


def _version_of_package(name: str) -> str | None:
    """Return the version that pip has noted; None where that was taken away: it is no package."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _without_packs() -> tuple[str, ...]:
    return tuple(each for each in LANGUAGES if each not in PACKS)
