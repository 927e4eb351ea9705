"""Measures how well and how dearly text in pictures is read.

    python -m bench.reading FOLDER [--half tuned] [--styles bar,meme] [--russian] [--korean]

FOLDER holds photographs, over which captions of nine languages are drawn (`bench.overlays`): those
of the half that nothing was tuned on, or of the other. Word recall is the share of their words that
were read, letter by letter but for capitals; folded, also without accents. The error rate of
characters is the edits from what was written to the lines read there, of its length, without
spaces; Korean is told by it, as its words are drawn apart at will. Korean needs the system's
package fonts-noto-cjk, and both it and Russian Tesseract's packs. The cost of one pass is compared
with tesseract's on the same pictures, where its Debian packages are installed; the memory is that
of a fresh worker.
"""

from __future__ import annotations

import argparse
import math
import os
import random
import re
import resource
import shutil
import statistics
import subprocess
import time
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image
from rapidfuzz.distance import Levenshtein

from bench import overlays
from bench.overlays import DrawnCaption
from intake import analysis
from intake.limits import Limits
from intake.pool import ModelPool
from moderation.reading import installed, passes
from moderation.types import Reading

# What is measured is how well it is read, not how soon on a busy machine.
_LIMITS = replace(Limits(), timeout_s=3_600.0)
_SIDES_PX = (1280, 2000)
_OTHER_STYLES = ("bar", "small", "meme", "tilted")


@dataclass(frozen=True, slots=True)
class ReadPicture:
    """What was read of a captioned picture, and the processor's seconds for it."""

    picture: DrawnCaption
    readings: tuple[Reading, ...]
    seconds: float

    @property
    def text(self) -> str:
        """Return all that was read."""
        return " ".join(line.text for each in self.readings for line in each.lines)


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--styles", type=lambda words: words.split(","), default=[*overlays.STYLES])
    overlays.add_half(parser)
    parser.add_argument("--rounds", type=int, default=1, help="pictures of each sentence and style")
    parser.add_argument("--russian", action="store_true")
    parser.add_argument("--korean", action="store_true")
    parser.add_argument("--show", action="store_true", help="print what was misread")
    parser.add_argument("--cost", action="store_true", help="compare one pass with tesseract")
    parser.add_argument("--memory", action="store_true", help="measure the memory of a worker")
    given = parser.parse_args()
    files = overlays.half(overlays.photographs(given.folder), given.half)
    analysis.warm_up()
    for style in given.styles if given.styles != [""] else []:
        pictures = overlays.captioned(files, [style], overlays.SENTENCES, rounds=given.rounds)
        _report(style, [_told(each, ("en",)) for each in pictures], show=given.show)
    others = {"ru": overlays.RUSSIAN} if given.russian else {}
    others |= {"ko": overlays.KOREAN} if given.korean else {}
    for language, texts in others.items():
        pictures = overlays.captioned(files, _OTHER_STYLES, {language: texts}, rounds=given.rounds)
        _report(language, [_told(each, (language,)) for each in pictures], show=given.show)
    if given.cost:
        _compare([*overlays.captioned(files, ["bar", "meme", "tilted"], overlays.SENTENCES)])
    if given.memory:
        _weigh(files)


def _told(picture: DrawnCaption, languages: tuple[str, ...]) -> ReadPicture:
    begun = _processor_s()
    readings = analysis.read_text(picture.data, _LIMITS, languages)
    return ReadPicture(picture, readings, _processor_s() - begun)


def _processor_s() -> float:
    own, children = (
        resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def _report(name: str, told: Sequence[ReadPicture], *, show: bool) -> None:
    exact = word_recall((each.picture.text, each.text) for each in told)
    folded = word_recall((_folded(each.picture.text), _folded(each.text)) for each in told)
    errors = statistics.mean(map(_character_errors, told))
    seconds = statistics.mean(each.seconds for each in told)
    print(
        f"{name:14} {len(told):3} pictures  WR {exact:.3f}  folded {folded:.3f}  "
        f"CER {errors:.3f}  {seconds:.2f} s",
        flush=True,
    )
    for each in told if show else ():
        if word_recall([(each.picture.text, each.text)]) < 1:
            print(f"    {each.picture.text!r}\n      {each.text!r}")


def _character_errors(told: ReadPicture) -> float:
    left, top, right, bottom = told.picture.box
    width, height = Image.open(BytesIO(told.picture.data)).size
    lines = [line for each in told.readings for line in each.lines]
    middles = [np.mean(line.quad, axis=0) * (width, height) for line in lines]
    there = [
        line.text
        for line, (x, y) in zip(lines, middles, strict=True)
        if left <= x <= right and top <= y <= bottom
    ]
    written, read = (
        "".join(each.casefold().split()) for each in (told.picture.text, " ".join(there))
    )
    return min(1.0, Levenshtein.distance(written, read) / len(written))


def word_recall(pairs: Iterable[tuple[str, str]]) -> float:
    """Return the share of the words of the first texts that the second ones have too."""
    there = seen = 0
    for written, read in pairs:
        wanted, had = (Counter(re.findall(r"\w+", each.casefold())) for each in (written, read))
        there += wanted.total()
        seen += (wanted & had).total()
    return seen / max(1, there)


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold().replace("ł", "l").replace("\u0131", "i"))
    return "".join(each for each in plain if not unicodedata.combining(each)).replace("ß", "ss")


def _compare(pictures: Sequence[DrawnCaption]) -> None:
    """Compare one pass with tesseract on the same pictures, each decoded before."""
    if shutil.which(installed.TESSERACT) is None:
        print("tesseract is not installed: no ratio")
        return
    ratios = []
    for each in pictures:
        rgb = Image.open(BytesIO(each.data)).convert("RGB")
        begun = _processor_s()
        passes.one_pass(np.asarray(rgb), ("en",), math.inf)
        ours = _processor_s() - begun
        ratios.append(ours / _tesseract_s(rgb))
    print(
        f"one pass / tesseract psm 11: median {statistics.median(ratios):.2f}, "
        f"mean {statistics.mean(ratios):.2f}, worst {max(ratios):.2f} of {len(ratios)} pictures"
    )


def _tesseract_s(rgb: Image.Image) -> float:
    buffer = BytesIO()
    rgb.save(buffer, "PPM")
    begun = _processor_s()
    subprocess.run(
        [installed.TESSERACT, "stdin", "stdout", "--psm", "11", "-l", "eng"],
        input=buffer.getvalue(),
        capture_output=True,
        env={**os.environ, "OMP_THREAD_LIMIT": "1"},
        check=True,
    )
    return _processor_s() - begun


def _weigh(files: Sequence[Path]) -> None:
    for side in _SIDES_PX:
        pool = ModelPool(_LIMITS, workers=1)
        begun = time.perf_counter()
        pool.warm_up()
        started = time.perf_counter() - begun
        # A worker knows this module by its name alone, not as the program that runs.
        task = import_module("bench.reading").read_and_weigh
        peaks = [pool._run(task, _large(file, side)) for file in files[:6]]  # noqa: SLF001
        print(f"{side:5} px: worker at most {max(peaks):.0f} MB, started in {started:.1f} s")
        pool.close()


def _large(file: Path, side: int) -> bytes:
    photo = Image.open(file).convert("RGB").resize((side, side * 3 // 4))
    return overlays.drawn(photo, "meme", "en", overlays.SENTENCES["en"][0], random.Random(1)).data


def read_and_weigh(data: bytes, limits: Limits) -> float:
    """Read a picture in a worker; return the most memory that it ever had, in MB."""
    analysis.read_text(data, limits)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
