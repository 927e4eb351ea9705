"""Shows which edits of photographs are found: every photo in every edit against all photos.

    python -m bench.edits [FOLDER]

FOLDER holds photographs; without it they are those of scikit-image. Prints per edit how many
copies score above 0.5 with their photo and the lowest such score, then the highest scores between
unlike photos.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageEnhance, ImageOps

from intake import examine
from intake.examine import Sighting
from intake.limits import Limits
from matching import calibrate
from matching.engine import Engine
from tests.photos import PHOTOS

Edit = Callable[[Image.Image], bytes]
LIMITS = Limits()
_EXIF_ORIENTATION = 0x0112


def encoded(image: Image.Image, image_format: str, **options: Any) -> bytes:  # noqa: ANN401
    """Return the file of `image`."""
    file = io.BytesIO()
    image.save(file, image_format, **options)
    return file.getvalue()


def jpeg(image: Image.Image) -> bytes:
    """Return a JPEG as a messenger makes it."""
    return encoded(image, "JPEG", quality=75)


def resized(image: Image.Image, share: float) -> bytes:
    """Return a JPEG of this share of both sides."""
    size = round(image.width * share), round(image.height * share)
    return jpeg(image.resize(size, Image.Resampling.BICUBIC))


def turned_by_exif(image: Image.Image) -> bytes:
    """Return a JPEG that is stored lying, with the tag that makes it upright."""
    exif = Image.Exif()
    exif[_EXIF_ORIENTATION] = 6
    lying = image.transpose(Image.Transpose.ROTATE_90)
    return encoded(lying, "JPEG", quality=85, exif=exif)


def bordered(image: Image.Image, colour: str) -> bytes:
    """Return a JPEG with a border of a tenth of the width on all sides."""
    return jpeg(ImageOps.expand(image, image.width // 10, fill=colour))


def letterboxed(image: Image.Image) -> bytes:
    """Return a JPEG with black above and below, as on a telephone's screen."""
    return jpeg(ImageOps.expand(image, (0, image.height // 2), fill="black"))


def watermarked(image: Image.Image) -> bytes:
    """Return a JPEG with a small line of text in the lower right corner."""
    marked = image.copy()
    height = image.height // 20
    place = (round(image.width * 0.7), image.height - 2 * height)
    ImageDraw.Draw(marked).text(place, "photo service", fill="white", font_size=height)
    return jpeg(marked)


EDITS: dict[str, Edit] = {
    "JPEG quality 50": lambda image: encoded(image, "JPEG", quality=50),
    "JPEG quality 20": lambda image: encoded(image, "JPEG", quality=20),
    "half size": lambda image: resized(image, 0.5),
    "quarter size": lambda image: resized(image, 0.25),
    "greyscale": lambda image: jpeg(image.convert("L")),
    "brightness +30 %": lambda image: jpeg(ImageEnhance.Brightness(image).enhance(1.3)),
    "PNG": lambda image: encoded(image, "PNG"),
    "WebP": lambda image: encoded(image, "WEBP", quality=60),
    "turned by EXIF": turned_by_exif,
    "mirrored": lambda image: jpeg(image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)),
    "turned by 90": lambda image: jpeg(image.transpose(Image.Transpose.ROTATE_270)),
    "turned by 180": lambda image: jpeg(image.transpose(Image.Transpose.ROTATE_180)),
    "turned by 270": lambda image: jpeg(image.transpose(Image.Transpose.ROTATE_90)),
    "small watermark": watermarked,
    "white border": lambda image: bordered(image, "white"),
    "letterbox": letterboxed,
}


def main() -> None:
    """Print the table."""
    paths = sorted(Path(sys.argv[1]).iterdir()) if sys.argv[1:] else PHOTOS
    photos = {path.stem: path for path in paths if path.is_file()}
    stored = {name: sighting_of(path.read_bytes()) for name, path in photos.items()}
    print(f"{len(photos)} photos; found above 0.5, lowest score")
    wrong: list[tuple[float, str]] = []
    for title, edit in EDITS.items():
        scores = {}
        for name, path in photos.items():
            copy = sighting_of(edit(opened(path)))
            for other, item in stored.items():
                score = best_score(copy, item)
                if other == name:
                    scores[name] = score
                else:
                    wrong.append((score, f"{title} of {name} and {other}"))
        found = sum(score > calibrate.DUPLICATE_SCORE for score in scores.values())
        lowest = min(scores, key=lambda name: scores[name])
        print(f"{title:18}{found:>4}  {scores[lowest]:.3f} {lowest}")
    above = sum(score > calibrate.DUPLICATE_SCORE for score, _ in wrong)
    print(f"{len(wrong)} unlike pairs, {above} above 0.5; the nearest:")
    for score, pair in sorted(wrong, reverse=True)[:3]:
        print(f"  {score:.3f} {pair}")


def opened(path: Path) -> Image.Image:
    """Return the photo as RGB without its metadata."""
    with Image.open(path) as image:
        photo = image.convert("RGB")
    photo.info.clear()
    return photo


def sighting_of(file: bytes) -> Sighting:
    """Return what the product sees of a file."""
    return examine.examine(file, LIMITS).sighting


def best_score(query: Sighting, item: Sighting) -> float:
    """Return the score of the query's best view with the item."""
    scores = [Engine().compare(view.query, item.query.upright).score for view in query.views]
    return max(scores, default=0.0)


if __name__ == "__main__":
    main()
