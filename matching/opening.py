"""Opens a file with Pillow: what it may cost, what is passed over, and what is there of it.

A browser shows more than Pillow reads, and what it shows is read here: a PNG whatever stands beside
its picture (`matching.pngs`), a JPEG or PNG that breaks off from half of its rows on.

`ImageFile.LOAD_TRUNCATED_IMAGES` would be the short way to the last one. It is left alone: it holds
for the whole process and every format, hides where the picture ends, and also lets broken headers
pass. Instead a JPEG gets the end mark that it lacks, which libjpeg takes as it takes any end; and
of a PNG Pillow's decoder has written every row that arrived by the time it complains.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pillow_heif
from PIL import (
    AvifImagePlugin,
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    ImageChops,
    JpegImagePlugin,
    MpoImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from common.errors import UnusableImage
from common.sentences import Sentence
from matching import containers, pngs
from matching.containers import JpegLayout
from matching.errors import (
    CorruptImage,
    TooCostly,
    TooManyFrames,
    TooManyPixels,
    UnsupportedFormat,
)
from matching.pngs import Rows
from matching.types import DecodeLimits

pillow_heif.register_heif_opener()
PLUGINS: Final = (
    JpegImagePlugin,
    MpoImagePlugin,
    PngImagePlugin,
    GifImagePlugin,
    WebPImagePlugin,
    BmpImagePlugin,
    TiffImagePlugin,
    AvifImagePlugin,
)
# Pillow's JPEG opener itself returns the first picture of an MPO; naming "MPO" here makes it fail
# on every other file.
FORMATS: Final = ("JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF", "AVIF", "HEIF")
_ANIMATED_FORMATS = frozenset({"GIF", "WEBP", "PNG"})
_WHITE = 255
# A JPEG that breaks off is decoded twice to see where, and then once more.
_PASSES_TO_FIND_THE_END = 3
_SELDOM = (170, 85, 170, 85)
# What Pillow says.
_RAN_OUT = "truncated"
_SAID_OF_VARIANTS = ("Unsupported BMP", "unknown pixel mode")
# Any bytes that decode to something else than the uniform grey of pixels that are missing.
_FILLING = bytes(range(1, 251)) * 4


@dataclass(slots=True)
class Opened:
    """A file with its header read. `rows` says what is there of one that breaks off, else None."""

    image: Image.Image
    data: bytes
    rows: Rows | None = None

    @property
    def is_truncated(self) -> bool:
        """Tell whether the picture breaks off; of a PNG known once it is loaded."""
        return self.rows is not None

    def load(self) -> None:
        """Decode the frame; raise CorruptImage where less than half of the rows are there."""
        image = self.image
        if not isinstance(image, PngImagePlugin.PngImageFile) or picture_count(image) > 1:
            image.load()
            return
        before = _prepare_last_rows(image)
        try:
            image.load()
        except OSError as error:
            self.rows = self._png_rows(str(error))
            # What the decoder has written stays; there is nothing more to load.
            image.tile = []
        else:
            # Pillow does not mind pixels that end properly, but before the last row.
            if before is not None and _is_row_kept(before, _last_rows(image)):
                self.rows = self._png_rows(_RAN_OUT)

    def _png_rows(self, complaint: str) -> Rows | None:
        height = self.image.height
        there = pngs.rows_that_are_there(self.data)
        if there.full < height:
            return _enough(there, height)
        if _RAN_OUT in complaint:
            return None
        # The checksum of the pixels is wrong, which costs Pillow the row that it reads last: of an
        # interlaced picture the last odd one.
        lost = height - 1 - (height % 2 if self.image.info.get("interlace") else 0)
        return _enough(Rows(lost, height - lost if lost else 0), height)

    def completed(self, array: npt.NDArray[np.uint8], scale: int = 1) -> npt.NDArray[np.uint8]:
        """Return the picture as it is stored with what is missing white, or as the row above.

        `scale` is the fraction that it was decoded at.
        """
        if self.rows is None:
            return array
        filled = array.copy()
        first = self.rows.full // scale
        if self.rows.halved:
            missing = filled[first::2]
            missing[:] = filled[first - 1 :: 2][: len(missing)]
        else:
            filled[first:] = _WHITE
        return filled


def opened(data: bytes, limits: DecodeLimits) -> Opened:
    """Read the header and judge what decoding may cost; raise the errors of `matching.errors`.

    Whatever Pillow raises is passed on.
    """
    if pngs.is_png(data):
        return _opened_png(data, limits)
    if containers.is_jpeg(data):
        return _opened_jpeg(data, limits)
    is_gif = containers.is_gif(data)
    image = _image(containers.gif_with_margin(data) if is_gif else data)
    require_affordable(image, limits)
    # Pillow turns a TIFF by XMP when its own tag is lacking.
    image.info.pop("xmp", None)
    if is_gif and containers.is_gif_cut_off(data):
        raise broken("the file ends within an animation")
    return Opened(image, data)


def picture_count(image: Image.Image) -> int:
    """Return how many pictures may be decoded."""
    # The further pictures of an MPO cost nothing, as they are never looked for.
    return 1 if image.format == "MPO" else int(getattr(image, "n_frames", 1))


def frame_count(image: Image.Image) -> int:
    """Return how many frames a player shows."""
    return picture_count(image) if image.format in _ANIMATED_FORMATS else 1


def require_affordable(image: Image.Image, limits: DecodeLimits, passes: int = 1) -> None:
    """Raise TooManyPixels, TooManyFrames or TooCostly; `passes` is how often pixels are decoded."""
    pixels, frames = image.width * image.height, picture_count(image)
    if pixels > limits.max_pixels:
        raise too_many_pixels(limits, pixels=pixels)
    if frames > limits.max_frames:
        raise TooManyFrames(
            Sentence(
                "The file has more than %(max_frames)s frames; send a single picture of it.",
                max_frames=limits.max_frames,
            ),
            frames=frames,
        )
    if pixels * frames * passes > limits.max_pixel_passes:
        raise _too_costly(pixels=pixels, frames=frames, scans=passes)


def too_many_pixels(limits: DecodeLimits, pixels: int | None = None) -> TooManyPixels:
    """Return the error for a picture of more pixels than the limit."""
    return TooManyPixels(
        Sentence(
            "The picture has more than %(megapixels)g megapixels; send a smaller one.",
            megapixels=limits.max_pixels / 1e6,
        ),
        pixels=pixels,
    )


def broken(reason: str) -> CorruptImage:
    """Return the error for a file of a known format; the reason is for the log."""
    return CorruptImage(
        Sentence("The picture is broken or incomplete; send it again from its source."),
        reason=reason,
    )


def refused(data: bytes, reason: str) -> UnusableImage:
    """Return the error for a file that its decoder refuses: broken, or a variant that is not read.

    `reason` is what Pillow said.
    """
    is_rare_jpeg = containers.is_jpeg(data) and not containers.jpeg_layout(data).is_common
    is_variant = is_rare_jpeg or any(said in reason for said in _SAID_OF_VARIANTS)
    return _unsupported() if is_variant else broken(reason)


def not_identified(data: bytes) -> UnusableImage:
    """Return the error for a file that no decoder wants."""
    if containers.has_known_signature(data):
        return refused(data, _what_tiff_says(data) or "no decoder of the format recognises it")
    return _unsupported()


def _what_tiff_says(data: bytes) -> str:
    """Return why the file is no TIFF that Pillow reads, which `Image.open` keeps to itself."""
    try:
        TiffImagePlugin.TiffImageFile(io.BytesIO(data))
    # As in `matching.decode`: whatever a broken file makes it raise.
    except Exception as error:  # noqa: BLE001
        return str(error)
    return ""


def _image(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data), formats=FORMATS)


def _opened_png(data: bytes, limits: DecodeLimits) -> Opened:
    if pngs.has_too_many_chunks(data):
        raise _too_costly()
    picture = pngs.picture_of(data)
    image = _image(picture.data)
    require_affordable(image, limits)
    if picture.profile is not None:
        image.info["icc_profile"] = picture.profile
    return Opened(image, picture.data)


def _opened_jpeg(data: bytes, limits: DecodeLimits) -> Opened:
    layout = containers.jpeg_layout(data)
    scans = max(1, layout.scans)
    passes = scans if layout.is_ended else scans * _PASSES_TO_FIND_THE_END
    image = _image(data)
    require_affordable(image, limits, passes)
    if scans > limits.max_scans:
        raise _too_costly(scans=scans)
    if layout.is_ended:
        return Opened(image, data)
    ended = containers.ended_jpeg(data, layout)
    return Opened(_image(ended), ended, _jpeg_rows(data, layout))


def _prepare_last_rows(image: PngImagePlugin.PngImageFile) -> npt.NDArray[Any] | None:
    """Give the last two rows a colour that they seldom have, and return them.

    Two, as of an interlaced picture every other one comes last. Return None for a frame of an
    animation that does not fill the picture.
    """
    if image.tile[0].extents != (0, 0, *image.size):
        return None
    canvas = Image.new(image.mode, image.size, None)
    bands = len(canvas.getbands())
    colour = _SELDOM[:bands] if bands > 1 else _SELDOM[0]
    canvas.paste(colour, (0, max(0, image.height - 2), *image.size))
    image.im = canvas.im
    return _last_rows(canvas)


def _last_rows(image: Image.Image) -> npt.NDArray[Any]:
    return np.asarray(image.crop((0, max(0, image.height - 2), *image.size)))


def _is_row_kept(before: npt.NDArray[Any], after: npt.NDArray[Any]) -> bool:
    return any(np.array_equal(*rows) for rows in zip(before, after, strict=True))


def _jpeg_rows(data: bytes, layout: JpegLayout) -> Rows | None:
    """Find out what is there of a JPEG without its end mark; return None if that is all.

    libjpeg makes uniform grey of what is missing and does not say so. With other bytes in place of
    what is missing it makes something else of the same rows, and only of them. Once the first of
    several scans is whole every row is there, in less detail.
    """
    as_it_is = _image(containers.ended_jpeg(data, layout))
    filled = _image(containers.ended_jpeg(data, layout, _FILLING))
    difference = ImageChops.difference(as_it_is, filled).getbbox()
    if difference is None and layout.has_every_scan:
        return None
    height = as_it_is.height
    return _enough(Rows(difference[1] if difference and layout.scans == 1 else height), height)


def _enough(rows: Rows, height: int) -> Rows:
    if 2 * (rows.full + rows.halved) < height:
        raise broken(f"{rows.full} of {height} rows are there")
    return rows


def _too_costly(**facts: object) -> TooCostly:
    return TooCostly(
        Sentence(
            "The file is built so that decoding it takes very long; save it anew and send that."
        ),
        field=None,
        **facts,
    )


def _unsupported() -> UnsupportedFormat:
    return UnsupportedFormat(
        Sentence(
            "The file is no picture of a known format; send JPEG, PNG, GIF, WebP, BMP, TIFF, AVIF "
            "or HEIC."
        )
    )
