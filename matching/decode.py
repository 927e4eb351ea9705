"""From bytes to pixels: with `matching.opening` the only place that gives bytes to a decoder.

Everything is judged from headers and markers before a pixel is decoded, the picture comes out
upright, and whatever a decoder raises becomes one of `matching.errors`. Meant for a worker that
may be killed: it is not safe for threads, as Python's warning filters are not.

The frames of an animated GIF, WebP or PNG are read one after another, each as a player shows it.
Of everything else the first picture counts: the further ones of an MPO are previews of it, those
of a TIFF are pages, and the sequences of AVIF and HEIF are bursts and films.

The luma for fingerprints ignores colour profiles: fingerprints look at differences within the
picture, and a wide-gamut profile moves few bits while its transform costs more than everything
else. `decode_rgb` honours them, as people look at its pixels.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from PIL import Image, JpegImagePlugin, UnidentifiedImageError

from common.errors import UnusableImage
from matching import colours, opening, transparency
from matching.containers import exif_orientation, is_jpeg
from matching.opening import Opened
from matching.orient import EXIF_ORIENTATIONS, oriented
from matching.types import (
    DecodedFrame,
    DecodedGrey,
    DecodeLimits,
    Grey,
    Orientation,
    Pixels,
)

_FORMAT_NAMES = {"MPO": "JPEG"}
# Chromium turns these as EXIF says, and no WebP. Of an AVIF Pillow writes there what the file's own
# box says. TIFF and HEIC, which Chromium does not show, are turned by their plug-ins.
_TURNED_BY_EXIF = frozenset({"JPEG", "MPO", "PNG", "AVIF"})

# PDQ of a JPEG decoded at 256 px and more a side drifts by at most 4 bits from that of all pixels,
# at 128 px by up to 20.
_GREY_MIN_SIDE = 256

Decoded = TypeVar("Decoded")


def decode_grey(data: bytes, limits: DecodeLimits) -> DecodedGrey:
    """Return the luma of the upright first frame, JPEGs decoded at a fraction of their size.

    Raises the errors of `matching.errors`.
    """
    with _decoding(data, limits):
        return _read_grey(opening.opened(data, limits))


def decode_rgb(data: bytes, limits: DecodeLimits) -> Pixels:
    """Return the upright first frame at full size as sRGB.

    Raises the errors of `matching.errors`.
    """
    with _decoding(data, limits):
        return _read_rgb(opening.opened(data, limits))


def decode_rgb_reduced(data: bytes, limits: DecodeLimits, side_px: int) -> Pixels:
    """Return what `decode_rgb` does, a JPEG decoded at a fraction of its size.

    Its longer side keeps at least `side_px` where it has them. Raises the errors of
    `matching.errors`.
    """
    with _decoding(data, limits):
        opened = opening.opened(data, limits)
        image = opened.image
        if not isinstance(image, JpegImagePlugin.JpegImageFile):
            return _read_rgb(opened)
        width, height = image.size
        fraction = max(1, max(width, height) // side_px)
        image.draft(None, (max(1, width // fraction), max(1, height // fraction)))
        return _read_rgb(opened, scale=round(width / image.width))


def decode_grey_frames(data: bytes, limits: DecodeLimits) -> Iterator[DecodedGrey]:
    """Yield the luma of every frame, the first one as `decode_grey` returns it.

    One frame is in memory at a time. Raises the errors of `matching.errors`, also after some
    frames: what a file shows before it breaks is not taken for the whole of it.
    """
    return _frames(data, limits, _read_grey)


def decode_rgb_frames(data: bytes, limits: DecodeLimits) -> Iterator[Pixels]:
    """Yield the pixels of every frame, the first one as `decode_rgb` returns it; raise as above."""
    return _frames(data, limits, _read_rgb)


def decode_frames(data: bytes, limits: DecodeLimits) -> Iterator[DecodedFrame]:
    """Yield luma and pixels of every frame, as the functions above do, from one decode of each.

    Only a JPEG is decoded twice: at a fraction of its size it costs next to nothing.
    """
    if is_jpeg(data):
        yield DecodedFrame(decode_grey(data, limits), decode_rgb(data, limits))
        return
    yield from _frames(data, limits, _read_frame)


def _frames(
    data: bytes, limits: DecodeLimits, read: Callable[[Opened], Decoded]
) -> Iterator[Decoded]:
    with _decoding(data, limits):
        opened = opening.opened(data, limits)
        frames = opening.frame_count(opened.image)
    for number in range(frames):
        with _decoding(data, limits):
            if number:
                opened.image.seek(number)
                # A later frame of a GIF may reach beyond the size in the header.
                opening.require_affordable(opened.image, limits)
            frame = read(opened)
        yield frame


@contextmanager
def _decoding(data: bytes, limits: DecodeLimits) -> Iterator[None]:
    """Let whatever a decoder raises within become one of `matching.errors`."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            yield
    except UnusableImage:
        raise
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise opening.too_many_pixels(limits) from error
    except UnidentifiedImageError as error:
        raise opening.not_identified(data) from error
    except MemoryError:
        raise
    # Fuzzed files make Pillow raise OSError, ValueError, SyntaxError, TypeError, IndexError and
    # more, some of them out of libraries: all of them mean that the file is broken.
    except Exception as error:
        raise opening.refused(data, f"{type(error).__name__}: {error}") from error


def _read_grey(opened: Opened) -> DecodedGrey:
    if isinstance(opened.image, JpegImagePlugin.JpegImageFile):
        return _read_jpeg_grey(opened, opened.image)
    opened.load()
    return _grey(opened, colours.flattened(opened.image), _orientation(opened.image))


def _read_jpeg_grey(opened: Opened, image: JpegImagePlugin.JpegImageFile) -> DecodedGrey:
    width, height = image.size
    image.draft("L", (_GREY_MIN_SIDE, _GREY_MIN_SIDE))
    opened.load()
    scale = round(width / image.width)
    orientation = _orientation(image)
    if orientation.degrees % 180:
        width, height = height, width
    return DecodedGrey(
        pixels=_upright(opened.completed(_luma(colours.flattened(image)), scale), orientation),
        width=width,
        height=height,
        scale=scale,
        image_format=_format_name(image),
        frames=1,
        is_truncated=opened.is_truncated,
    )


def _read_rgb(opened: Opened, scale: int = 1) -> Pixels:
    opened.load()
    flat = colours.flattened(opened.image)
    return _pixels(opened, flat, _orientation(opened.image), scale)


def _read_frame(opened: Opened) -> DecodedFrame:
    opened.load()
    flat, orientation = colours.flattened(opened.image), _orientation(opened.image)
    return DecodedFrame(
        grey=_grey(opened, flat, orientation), pixels=_pixels(opened, flat, orientation)
    )


def _grey(opened: Opened, flat: Image.Image, orientation: Orientation) -> DecodedGrey:
    upright = _upright(opened.completed(_luma(flat)), orientation)
    height, width = upright.shape
    scale = _reduction(min(width, height))
    reduced = np.asarray(Image.fromarray(upright).reduce(scale)) if scale > 1 else upright
    return DecodedGrey(
        pixels=reduced,
        width=width,
        height=height,
        scale=scale,
        image_format=_format_name(opened.image),
        frames=opening.frame_count(opened.image),
        frame=opened.image.tell(),
        is_truncated=opened.is_truncated,
    )


def _pixels(opened: Opened, flat: Image.Image, orientation: Orientation, scale: int = 1) -> Pixels:
    stored = opened.completed(np.asarray(colours.as_srgb(opened.image, flat)), scale)
    alpha = transparency.alpha_of(opened.image)
    return Pixels(
        rgb=_upright(stored, orientation),
        image_format=_format_name(opened.image),
        frames=opening.frame_count(opened.image),
        is_truncated=opened.is_truncated,
        alpha=None if alpha is None else _upright(alpha, orientation),
    )


def _reduction(shorter_side: int) -> int:
    """Return the fraction that libjpeg would take for this side: 8, 4, 2 or 1."""
    fitting = (scale for scale in (8, 4, 2) if shorter_side >= scale * _GREY_MIN_SIDE)
    return next(fitting, 1)


def _format_name(image: Image.Image) -> str:
    name = image.format or ""
    return _FORMAT_NAMES.get(name, name)


def _orientation(image: Image.Image) -> Orientation:
    """Return what makes the loaded picture upright."""
    exif = image.info.get("exif") if image.format in _TURNED_BY_EXIF else None
    return EXIF_ORIENTATIONS.get(exif_orientation(exif or b""), Orientation.IDENTITY)


def _upright(array: npt.NDArray[np.uint8], orientation: Orientation) -> npt.NDArray[np.uint8]:
    return np.ascontiguousarray(oriented(array, orientation))


def _luma(flat: Image.Image) -> Grey:
    return np.asarray(flat.convert("L"))
