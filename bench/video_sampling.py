"""What looking at a video every second costs, what repeats, what is missed, what breaks.

    python -m bench.video_sampling [--quick]

The films are drawn. CPU time of looking at a frame a second is told as a ratio to decoding the same
film, both by turns. Of slides with subtitles: of how many frames text is read, and how many planted
figures are missed that reading every frame finds. Of films with changed bits or cut off: what a
worker makes of them. `--quick` leaves out what reads text.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from PIL import Image

from intake import analysis, watching
from intake.analysis import FrameRead, ToRead
from intake.limits import Limits
from intake.pool import ModelPool
from intake.watching import ToWatch
from matching.types import Rgb
from moderation.video import container, repeats, sampling
from moderation.video.errors import UnusableVideo
from moderation.video.limits import VideoLimits
from tests import drawn_videos

_VIDEO = VideoLimits(timeout_s=600)
_ROUNDS = 9
_SIZE = (1280, 720)
_FPS = 30
_SECONDS = 20
_BROKEN_OF_EACH_KIND = 100
# How long a subtitle stays, in seconds: the figure in it changes while the slide stays.
_SUBTITLE_S = 3
_SLIDES = ("coffee.png", "rocket.jpg", "chelsea.png", "astronaut.png")


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true")
    asked = parser.parse_args()
    for name, options in (("key frames as x264 sets them", {}), ("one a second", {"g": "30"})):
        film = _moving(options)
        print(f"720p, {name}: a frame a second costs {_ratio(film):.3f} times decoding")
    if not asked.quick:
        for quality in ("20", "28", "34"):
            print(f"slides, crf {quality}: {_slides(quality)}")
    print(f"broken: {_broken()}")
    return 0


def _moving(options: dict[str, str]) -> bytes:
    """Return a film of a camera that moves over a photograph."""
    width, height = _SIZE
    photo = _photo("rocket.jpg").resize((width * 2, height * 2))
    frames = [
        np.asarray(photo.crop((at, at // 2, at + width, at // 2 + height)))
        for at in range(0, _SECONDS * _FPS * 2, 2)
    ]
    return drawn_videos.video(frames, fps=_FPS, codec="libx264", options=options)


def _ratio(film: bytes) -> float:
    """Return the median ratio of looking to decoding, by turns."""
    ratios = [_cpu_s(_look, film) / _cpu_s(_decode, film) for _ in range(_ROUNDS)]
    return statistics.median(ratios)


def _cpu_s(work: Callable[[bytes], None], film: bytes) -> float:
    began_s = time.process_time()
    work(film)
    return time.process_time() - began_s


def _decode(film: bytes) -> None:
    with container.opened(film, _VIDEO) as video:
        for packet in (*video.packets, None):
            video.track.codec_context.decode(packet)


def _look(film: bytes) -> None:
    before = None
    with container.opened(film, _VIDEO) as video:
        for shown in sampling.shown_frames(video, _VIDEO, interval_ms=1_000):
            planes = shown.planes()
            if before is None or not repeats.shows_the_same(before, planes):
                shown.pixels()
                before = planes


def _slides(quality: str) -> str:
    """Tell of how many frames text was read, and what was missed by that."""
    numbers = [f"+1 605 493 34{number:02d}" for number in range(_SECONDS * 3 // _SUBTITLE_S)]
    frames = [_slide(second, numbers[second // _SUBTITLE_S]) for second in range(_SECONDS * 3)]
    film = drawn_videos.video(
        [frame for frame in frames for _ in range(5)],
        fps=5,
        codec="libx264",
        options={"crf": quality},
    )
    wanted = ToWatch(ToRead(("en",)))
    limits = Limits(timeout_s=600, reading_passes=1)
    watched = watching.watch(film, limits, wanted=wanted, video=_VIDEO).frames
    looked_at = [each for each in watched if not each.is_copy]
    lost = sum(
        _says(numbers[at // _SUBTITLE_S], each) and not _says(numbers[at // _SUBTITLE_S], one.read)
        for at, (each, one) in enumerate(zip(_every_frame(film, limits), watched, strict=True))
    )
    return f"{len(looked_at)} of {len(watched)} frames read, {lost} figures missed"


def _every_frame(film: bytes, limits: Limits) -> Iterator[FrameRead]:
    """Yield what is read when no frame is taken for a repeat of another."""
    wanted = ToRead(("en",))
    with container.opened(film, _VIDEO) as video:
        for shown in sampling.shown_frames(video, _VIDEO, interval_ms=1_000):
            ends_at_s = time.monotonic() + limits.timeout_s
            yield analysis.look(shown.pixels(), shown.number, limits, wanted, ends_at_s)


def _says(number: str, read: FrameRead) -> bool:
    lines = read.text.lines if read.text else ()
    return "".join(number.split()) in "".join("".join(each.text.split()) for each in lines)


def _slide(second: int, number: str) -> Rgb:
    ground = _photo(_SLIDES[second // 15 % len(_SLIDES)]).resize(_SIZE)
    return drawn_videos.with_subtitle(ground, f"call {number}", 30)


def _broken() -> str:
    """Return what became of films that were spoilt, in a worker as the product has them."""
    films = {
        codec: drawn_videos.video(drawn_videos.greys(60), codec=codec, container=kind)
        for codec, kind in (("libx264", "mp4"), ("libvpx-vp9", "webm"))
    }
    pool = ModelPool(Limits(), workers=1)
    outcomes: Counter[str] = Counter()
    slowest_s = 0.0
    try:
        for film in films.values():
            for spoilt in _spoilt(film):
                began_s = time.monotonic()
                outcomes[_outcome(pool, spoilt)] += 1
                slowest_s = max(slowest_s, time.monotonic() - began_s)
    finally:
        pool.close()
    told = ", ".join(f"{count} {name}" for name, count in outcomes.most_common())
    return f"{told}; the slowest {slowest_s:.2f} s"


def _spoilt(film: bytes) -> Iterator[bytes]:
    half = _BROKEN_OF_EACH_KIND // 2
    yield from (film[: len(film) * part // half] for part in range(half))
    yield from (drawn_videos.flipped_bits(film, seed) for seed in range(half))


def _outcome(pool: ModelPool, film: bytes) -> str:
    try:
        pool.watch_whole(film, ToWatch(ToRead(), measures=True), VideoLimits())
    except UnusableVideo as error:
        return error.code
    return "watched"


def _photo(name: str) -> Image.Image:
    spec = find_spec("skimage")
    assert spec is not None
    assert spec.origin is not None
    return Image.open(Path(spec.origin).parent / "data" / name).convert("RGB")


if __name__ == "__main__":
    sys.exit(main())
