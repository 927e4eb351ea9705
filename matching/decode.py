"""From bytes to pixels: the only place that gives untrusted bytes to a decoder.

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

import io
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, TypeVar

import numpy as np
import numpy.typing as npt
import pillow_heif
from PIL import (
    AvifImagePlugin,
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    JpegImagePlugin,
    MpoImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    UnidentifiedImageError,
    WebPImagePlugin,
)

from common.errors import UnusableImage
from common.sentences import Sentence
from matching import colours
from matching.containers import count_scans, has_known_signature, is_gif_cut_off, is_jpeg
from matching.errors import (
    CorruptImage,
    TooCostly,
    TooManyFrames,
    TooManyPixels,
    UnsupportedFormat,
)
from matching.orient import EXIF_ORIENTATIONS, oriented
from matching.types import (
    DecodedFrame,
    DecodedGrey,
    DecodeLimits,
    Grey,
    Orientation,
    Pixels,
)

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
_FORMAT_NAMES = {"MPO": "JPEG"}
_ANIMATED_FORMATS = frozenset({"GIF", "WEBP", "PNG"})

# PDQ of a JPEG decoded at 256 px and more a side drifts by at most 4 bits from that of all pixels,
# at 128 px by up to 20.
_GREY_MIN_SIDE = 256
_EXIF_ORIENTATION = 0x0112

Decoded = TypeVar("Decoded")


def decode_grey(data: bytes, limits: DecodeLimits) -> DecodedGrey:
    """Return the luma of the upright first frame, JPEGs decoded at a fraction of their size.

    Raises the errors of `matching.errors`.
    """
    with _decoding(data, limits):
        return _read_grey(_opened(data, limits))


def decode_rgb(data: bytes, limits: DecodeLimits) -> Pixels:
    """Return the upright first frame at full size as sRGB over white.

    Raises the errors of `matching.errors`.
    """
    with _decoding(data, limits):
        return _read_rgb(_opened(data, limits))


def decode_rgb_reduced(data: bytes, limits: DecodeLimits, side_px: int) -> Pixels:
    """Return what `decode_rgb` does, a JPEG decoded at a fraction of its size.

    Its longer side keeps at least `side_px` where it has them. Raises the errors of
    `matching.errors`.
    """
    with _decoding(data, limits):
        image = _opened(data, limits)
        if isinstance(image, JpegImagePlugin.JpegImageFile):
            fraction = max(1, max(image.size) // side_px)
            image.draft(None, (max(1, image.width // fraction), max(1, image.height // fraction)))
        return _read_rgb(image)


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
    data: bytes, limits: DecodeLimits, read: Callable[[Image.Image], Decoded]
) -> Iterator[Decoded]:
    with _decoding(data, limits):
        image = _opened(data, limits)
        frames = _frame_count(image)
    for number in range(frames):
        with _decoding(data, limits):
            if number:
                image.seek(number)
                # A later frame of a GIF may reach beyond the size in the header.
                _require_affordable(image, data, limits)
            frame = read(image)
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
        raise _too_many_pixels(limits) from error
    except UnidentifiedImageError as error:
        raise _not_identified(data) from error
    except MemoryError:
        raise
    # Fuzzed files make Pillow raise OSError, ValueError, SyntaxError, TypeError, IndexError and
    # more, some of them out of libraries: all of them mean that the file is broken.
    except Exception as error:
        raise _broken(f"{type(error).__name__}: {error}") from error


def _opened(data: bytes, limits: DecodeLimits) -> Image.Image:
    image = Image.open(io.BytesIO(data), formats=FORMATS)
    _require_affordable(image, data, limits)
    if image.format == "GIF" and is_gif_cut_off(data):
        raise _broken("the file ends within an animation")
    return image


def _picture_count(image: Image.Image) -> int:
    # The further pictures of an MPO cost nothing, as they are never looked for.
    return 1 if image.format == "MPO" else int(getattr(image, "n_frames", 1))


def _frame_count(image: Image.Image) -> int:
    return _picture_count(image) if image.format in _ANIMATED_FORMATS else 1


def _require_affordable(image: Image.Image, data: bytes, limits: DecodeLimits) -> None:
    pixels, frames = image.width * image.height, _picture_count(image)
    if pixels > limits.max_pixels:
        raise _too_many_pixels(limits, pixels=pixels)
    if frames > limits.max_frames:
        raise TooManyFrames(
            Sentence(
                "The file has more than %(max_frames)s frames; send a single picture of it.",
                max_frames=limits.max_frames,
            ),
            frames=frames,
        )
    scans = max(1, count_scans(data))
    if scans > limits.max_scans or pixels * frames * scans > limits.max_pixel_passes:
        raise TooCostly(
            Sentence(
                "The file is built so that decoding it takes very long; save it anew and send that."
            ),
            pixels=pixels,
            frames=frames,
            scans=scans,
        )


def _too_many_pixels(limits: DecodeLimits, pixels: int | None = None) -> TooManyPixels:
    return TooManyPixels(
        Sentence(
            "The picture has more than %(megapixels)g megapixels; send a smaller one.",
            megapixels=limits.max_pixels / 1e6,
        ),
        pixels=pixels,
    )


def _broken(reason: str) -> CorruptImage:
    return CorruptImage(
        Sentence("The picture is broken or incomplete; send it again from its source."),
        reason=reason,
    )


def _not_identified(data: bytes) -> UnusableImage:
    if has_known_signature(data):
        return _broken("no decoder of the format recognises it")
    return UnsupportedFormat(
        Sentence(
            "The file is no picture of a known format; send JPEG, PNG, GIF, WebP, BMP, TIFF, AVIF "
            "or HEIC."
        )
    )


def _read_grey(image: Image.Image) -> DecodedGrey:
    if isinstance(image, JpegImagePlugin.JpegImageFile):
        return _read_jpeg_grey(image)
    image.load()
    return _grey(image, _luma(image), _orientation(image))


def _read_jpeg_grey(image: JpegImagePlugin.JpegImageFile) -> DecodedGrey:
    width, height = image.size
    image.draft("L", (_GREY_MIN_SIDE, _GREY_MIN_SIDE))
    image.load()
    scale = round(width / image.width)
    orientation = _orientation(image)
    if orientation.degrees % 180:
        width, height = height, width
    luma = _upright(_luma(image), orientation)
    return DecodedGrey(luma, width, height, scale, _format_name(image), frames=1)


def _read_rgb(image: Image.Image) -> Pixels:
    image.load()
    return _pixels(image, colours.flattened(image), _orientation(image))


def _read_frame(image: Image.Image) -> DecodedFrame:
    image.load()
    flat, orientation = colours.flattened(image), _orientation(image)
    return DecodedFrame(
        grey=_grey(image, np.asarray(flat.convert("L")), orientation),
        pixels=_pixels(image, flat, orientation),
    )


def _grey(image: Image.Image, luma: Grey, orientation: Orientation) -> DecodedGrey:
    upright = _upright(luma, orientation)
    height, width = upright.shape
    scale = _reduction(min(width, height))
    reduced = np.asarray(Image.fromarray(upright).reduce(scale)) if scale > 1 else upright
    return DecodedGrey(
        pixels=reduced,
        width=width,
        height=height,
        scale=scale,
        image_format=_format_name(image),
        frames=_frame_count(image),
        frame=image.tell(),
    )


def _pixels(image: Image.Image, flat: Image.Image, orientation: Orientation) -> Pixels:
    rgb = _upright(np.asarray(colours.as_srgb(image, flat)), orientation)
    return Pixels(rgb, _format_name(image), _frame_count(image))


def _reduction(shorter_side: int) -> int:
    """Return the fraction that libjpeg would take for this side: 8, 4, 2 or 1."""
    fitting = (scale for scale in (8, 4, 2) if shorter_side >= scale * _GREY_MIN_SIDE)
    return next(fitting, 1)


def _format_name(image: Image.Image) -> str:
    name = image.format or ""
    return _FORMAT_NAMES.get(name, name)


def _orientation(image: Image.Image) -> Orientation:
    """Return what makes the loaded picture upright; TIFF and HEIC are turned by their plug-ins."""
    return EXIF_ORIENTATIONS.get(image.getexif().get(_EXIF_ORIENTATION, 1), Orientation.IDENTITY)


def _upright(array: npt.NDArray[np.uint8], orientation: Orientation) -> npt.NDArray[np.uint8]:
    return np.ascontiguousarray(oriented(array, orientation))


def _luma(image: Image.Image) -> Grey:
    return np.asarray(colours.flattened(image).convert("L"))
