"""What the models of what pictures show find, and what they cost.

    python -m bench.image_models FOLDER [--portraits FOLDER] [--names]

FOLDER has pictures that are safe, and its people may be counted by hand: `--names` lists the files
in which a face was found. `--portraits` has pictures with somebody who looks at the camera. CPU
time is told as a ratio to `imagehash.phash` of the same files, decoding included on both sides.
"""

from __future__ import annotations

import argparse
import io
import statistics
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import imagehash
from PIL import Image

from intake import analysis
from intake.analysis import ToRead
from intake.limits import Limits
from matching.errors import UnsupportedFormat
from moderation.vision import faces, nudity, offers
from moderation.vision.seen import Face, FrameSeen

_LIMITS = Limits()
_ALL = ToRead(models=(offers.FACE, offers.NUDITY))
_LIKELY = 0.5
_ENDINGS = {".jpg", ".jpeg", ".png", ".webp"}


@dataclass(frozen=True, slots=True)
class Looked:
    """What was seen in the first frame of a file, and what it took."""

    path: Path
    seen: FrameSeen
    cpu_s: float
    phash_cpu_s: float

    @property
    def found(self) -> list[Face]:
        """Return the faces that are told."""
        return [each for each in self.seen.faces or () if each.confidence >= faces.MIN_CONFIDENCE]

    def nudity(self, key: str) -> float:
        """Return one of the probabilities of nudity."""
        return dict(dict(self.seen.scores)[offers.NUDITY])[key]

    @property
    def is_swapped(self) -> bool:
        """Tell whether a face that is upright has its eyes or mouth corners the wrong way about."""
        return any(
            each.points.left_eye[0] < each.points.right_eye[0]
            or each.points.left_mouth_corner[0] < each.points.right_mouth_corner[0]
            for each in self.found
        )


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--portraits", type=Path)
    parser.add_argument("--names", action="store_true")
    asked = parser.parse_args()
    analysis.warm_up()
    safe = list(looked(files(asked.folder)))
    print(f"{len(safe)} pictures")
    print(f"with a face: {_share(safe, lambda each: bool(each.found))}")
    print(f"raw > {_LIKELY}: {_share(safe, lambda each: each.nudity(nudity.RAW) > _LIKELY)}")
    print(
        f"partial > {_LIKELY}: {_share(safe, lambda each: each.nudity(nudity.PARTIAL) > _LIKELY)}"
    )
    print(f"faces with left and right swapped: {_share(safe, lambda each: each.is_swapped)}")
    ratios = [each.cpu_s / each.phash_cpu_s for each in safe]
    together = sum(each.cpu_s for each in safe) / sum(each.phash_cpu_s for each in safe)
    print(
        f"CPU: {statistics.median(each.cpu_s for each in safe) * 1000:.0f} ms, "
        f"{together:.1f} times imagehash.phash (median {statistics.median(ratios):.1f})"
    )
    if asked.names:
        for each in safe:
            if each.found:
                print(f"  {each.path.name} {each.found[0].confidence:.2f}")
    if asked.portraits:
        portraits = list(looked(files(asked.portraits)))
        print(f"portraits: {_share(portraits, lambda each: bool(each.found))} found")
        print(f"portraits swapped: {_share(portraits, lambda each: each.is_swapped)}")
    return 0


def files(folder: Path) -> list[Path]:
    """Return the pictures below a folder, in order."""
    return sorted(each for each in folder.rglob("*") if each.suffix.lower() in _ENDINGS)


def looked(paths: Iterable[Path]) -> Iterable[Looked]:
    """Look at each picture."""
    for path in paths:
        data = path.read_bytes()
        started = time.process_time()
        try:
            (first, *_) = analysis.read(data, _LIMITS, _ALL)
        except UnsupportedFormat:
            continue
        middle = time.process_time()
        imagehash.phash(Image.open(io.BytesIO(data)))
        ended = time.process_time()
        assert first.seen is not None
        yield Looked(path, first.seen, middle - started, ended - middle)


def _share(of: list[Looked], holds: Callable[[Looked], bool]) -> str:
    count = sum(map(holds, of))
    return f"{count} of {len(of)} ({count / max(len(of), 1):.1%})"


if __name__ == "__main__":
    sys.exit(main())
