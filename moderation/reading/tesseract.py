"""Tesseract: the program that reads lines in letters which RapidOCR's recogniser does not know.

One run reads all lines of a batch, as pages of a TIFF on its standard input. It runs inside a
worker, without a shell, and neither longer than it may nor on after a worker that was killed.
"""

from __future__ import annotations

import contextlib
import csv
import io
import os
import resource
import shutil
import subprocess
import time
from collections.abc import Sequence
from itertools import groupby
from typing import Final

import numpy as np
from PIL import Image, ImageOps

from matching.types import Rgb
from moderation.reading import installed, places
from moderation.reading.read_places import ReadPlace

NAME: Final = installed.TESSERACT
# What it was taught on is about as high.
_HEIGHT_PX = 48
_LONGEST_PX = 4_000
_LINES_A_RUN = 24
_MIN_TIME_S = 1.0
# As tesseract prints a word among the lines of its table.
_WORD_LEVEL = "5"
_MIN_CONFIDENCE = 0.5
# Of the letters that it read, in the language's own script.
_MOST = 0.6
# A line that RapidOCR read as well as this is none of another script, unless all its letters look
# like some of that.
_SURE = 0.9
_LOOKALIKES = frozenset("ABCEHKMOPTXYaceopxykn3 ")
_SCRIPTS = {"ru": (("Ѐ", "ӿ"),), "ko": (("가", "힣"), ("ᄀ", "ᇿ"), ("㄰", "㆏"))}


def reread(
    rgb: Rgb, found: Sequence[ReadPlace], languages: Sequence[str], ends_at_s: float
) -> list[ReadPlace]:
    """Return the places, those with text in one of the languages that need packs as read here."""
    read = list(found)
    for language in (each for each in languages if each in installed.PACKS):
        doubtful = [number for number, each in enumerate(read) if _is_doubtful(each, found)]
        for start in range(0, len(doubtful), _LINES_A_RUN):
            few = doubtful[start : start + _LINES_A_RUN]
            for number, other in zip(
                few, _lines(rgb, [read[each] for each in few], language, ends_at_s), strict=False
            ):
                if _is_better(other, read[number], language):
                    read[number] = other
    return read


def _is_doubtful(each: ReadPlace, found: Sequence[ReadPlace]) -> bool:
    if each.is_text and (not each.is_read or each.confidence < _SURE):
        return True
    among_unread = any(other.is_text and not other.is_read for other in found)
    return among_unread and _LOOKALIKES.issuperset(each.text)


def _is_better(other: ReadPlace, known: ReadPlace, language: str) -> bool:
    own = sum(_is_of(letter, language) for letter in other.text)
    words = sum(letter.isalpha() for letter in other.text)
    if not words or own < _MOST * words or other.confidence < _MIN_CONFIDENCE:
        return False
    is_sure = known.is_read and not _LOOKALIKES.issuperset(known.text)
    return not is_sure or other.confidence >= known.confidence


def _is_of(letter: str, language: str) -> bool:
    return any(first <= letter <= last for first, last in _SCRIPTS[language])


def _lines(rgb: Rgb, few: Sequence[ReadPlace], language: str, ends_at_s: float) -> list[ReadPlace]:
    """Read places and their negatives; of the two the more confident counts."""
    left_s = ends_at_s - time.monotonic()
    if left_s < _MIN_TIME_S:
        return []
    pages = [_page(places.crop(rgb, each.place, _HEIGHT_PX)) for each in few]
    pages += [ImageOps.invert(each) for each in pages]
    said = _run(pages, language, left_s)
    return [
        ReadPlace(each.place, *max(one, other, key=lambda pair: pair[1]), NAME)
        for each, one, other in zip(few, said, said[len(few) :], strict=False)
    ]


def _page(crop: Rgb) -> Image.Image:
    line = Image.fromarray(crop[:, :_LONGEST_PX]).convert("L")
    # Letters that touch the edge are taken for parts of a frame.
    return ImageOps.expand(line, border=6, fill=int(np.median(np.asarray(line))))


def _run(pages: Sequence[Image.Image], language: str, time_s: float) -> list[tuple[str, float]]:
    """Return text and confidence of each page; nothing where Tesseract could not tell."""
    program, folder = shutil.which(NAME), installed.pack_folder(language)
    if program is None or folder is None:
        return []
    buffer = io.BytesIO()
    pages[0].save(buffer, "TIFF", save_all=True, append_images=pages[1:])
    command = [program, "stdin", "stdout", "--tessdata-dir", str(folder), "--psm", "7"]
    command += ["-l", installed.PACKS[language], "-c", "tessedit_create_tsv=1"]
    table = _output(command, buffer.getvalue(), time_s)
    read = {page: _joined(words) for page, words in _words_by_page(table)}
    return [read.get(number, ("", 0.0)) for number in range(1, len(pages) + 1)]


def _output(command: Sequence[str], data: bytes, time_s: float) -> str:
    environment = {"PATH": os.environ.get("PATH", ""), "OMP_THREAD_LIMIT": "1", "LC_ALL": "C.UTF-8"}
    with subprocess.Popen(  # noqa: S603 - the command is ours, and the picture comes by a pipe
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
    ) as process:
        _bound(process.pid, time_s)
        try:
            told, _ = process.communicate(data, timeout=time_s)
        except (subprocess.TimeoutExpired, OSError):
            process.kill()
            return ""
    return told.decode(errors="replace") if process.returncode == 0 else ""


def _bound(process_id: int, time_s: float) -> None:
    """Bound what it computes, for when the worker is killed and nobody waits any more."""
    limit = int(time_s) + 1
    with contextlib.suppress(OSError):  # it is over already
        resource.prlimit(process_id, resource.RLIMIT_CPU, (limit, limit))


def _words_by_page(table: str) -> list[tuple[int, list[tuple[str, float]]]]:
    rows = csv.DictReader(io.StringIO(table), delimiter="\t", quoting=csv.QUOTE_NONE)
    words = [
        (int(row["page_num"]), row["text"].strip(), float(row["conf"]) / 100)
        for row in rows
        if row["level"] == _WORD_LEVEL and (row["text"] or "").strip()
    ]
    return [
        (page, [(text, confidence) for _, text, confidence in group])
        for page, group in groupby(words, key=lambda word: word[0])
    ]


def _joined(words: Sequence[tuple[str, float]]) -> tuple[str, float]:
    letters = sum(len(text) for text, _ in words)
    confidence = sum(len(text) * each for text, each in words) / max(1, letters)
    return " ".join(text for text, _ in words), confidence
