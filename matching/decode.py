"""From bytes to pixels: the only place that gives untrusted bytes to a decoder.

Everything is judged from headers and markers before a pixel is decoded, the picture comes out
upright, and whatever a decoder raises becomes one of `matching.errors`. Meant for a worker that
may be killed: it is not safe for threads, as Python's warning filters are not.

The luma for fingerprints ignores colour profiles: fingerprints look at differences within the
picture, and a wide-gamut profile moves few bits while its transform costs more than everything
else. `decode_rgb` honours them, as people look at its pixels.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable
from typing import Any, Final, TypeVar

import numpy as np
import numpy.typing as npt
import pillow_heif
from PIL import (
    AvifImagePlugin,
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    ImageCms,
    JpegImagePlugin,
    MpoImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    UnidentifiedImageError,
    WebPImagePlugin,
)

from common.errors import UnusableImage
from matching.errors import (
    CorruptImage,
    TooCostly,
    TooManyFrames,
    TooManyPixels,
    UnsupportedFormat,
)
from matching.jpeg_scans import count_scans
from matching.orient import EXIF_ORIENTATIONS, oriented
from matching.signatures import has_known_signature
from matching.types import DecodedGrey, DecodeLimits, Grey, Orientation, Pixels

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

# PDQ of a JPEG decoded at 256 px and more a side drifts by at most 4 bits from that of all pixels,
# at 128 px by up to 20.
_GREY_MIN_SIDE = 256
_EXIF_ORIENTATION = 0x0112
_WHITE = 255
# Full scale of the depths that cameras, scanners and medicine write into 16 bits.
_BYTES_OF_16_BITS = 2
_FULL_SCALES = (255, 1023, 4095, 16383, 65535)
_SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))

Decoded = TypeVar("Decoded")


def decode_grey(data: bytes, limits: DecodeLimits) -> DecodedGrey:
    """Return the luma of the upright first frame, JPEGs decoded at a fraction of their size.

    Raises the errors of `matching.errors`.
    """
    return _decoded(data, limits, _read_grey)


def decode_rgb(data: bytes, limits: DecodeLimits) -> Pixels:
    """Return the upright first frame at full size as sRGB over white.

    Raises the errors of `matching.errors`.
    """
    return _decoded(data, limits, _read_rgb)


def _decoded(
    data: bytes, limits: DecodeLimits, read: Callable[[Image.Image, int], Decoded]
) -> Decoded:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=FORMATS) as image:
                frames = _frame_count(image)
                _require_affordable(image, frames, data, limits)
                return read(image, frames)
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
        raise CorruptImage(
            "The picture is broken or incomplete; send it again from its source.",
            reason=f"{type(error).__name__}: {error}",
        ) from error


def _frame_count(image: Image.Image) -> int:
    # The further pictures of an MPO are previews and depth maps of the first one.
    return 1 if image.format == "MPO" else int(getattr(image, "n_frames", 1))


def _require_affordable(image: Image.Image, frames: int, data: bytes, limits: DecodeLimits) -> None:
    pixels = image.width * image.height
    if pixels > limits.max_pixels:
        raise _too_many_pixels(limits, pixels=pixels)
    if frames > limits.max_frames:
        raise TooManyFrames(
            f"The file has more than {limits.max_frames} frames; send a single picture of it.",
            frames=frames,
        )
    scans = max(1, count_scans(data))
    if scans > limits.max_scans or pixels * frames * scans > limits.max_pixel_passes:
        raise TooCostly(
            "The file is built so that decoding it takes very long; save it anew and send that.",
            pixels=pixels,
            frames=frames,
            scans=scans,
        )


def _too_many_pixels(limits: DecodeLimits, pixels: int | None = None) -> TooManyPixels:
    return TooManyPixels(
        f"The picture has more than {limits.max_pixels / 1e6:g} megapixels; send a smaller one.",
        pixels=pixels,
    )


def _not_identified(data: bytes) -> UnusableImage:
    if has_known_signature(data):
        return CorruptImage("The picture is broken or incomplete; send it again from its source.")
    return UnsupportedFormat(
        "The file is no picture of a known format; send JPEG, PNG, GIF, WebP, BMP, TIFF, AVIF or "
        "HEIC."
    )


def _read_grey(image: Image.Image, frames: int) -> DecodedGrey:
    if isinstance(image, JpegImagePlugin.JpegImageFile):
        return _read_jpeg_grey(image, frames)
    image.load()
    luma = _upright(_luma(image), _orientation(image))
    height, width = luma.shape
    scale = _reduction(min(width, height))
    reduced = np.asarray(Image.fromarray(luma).reduce(scale)) if scale > 1 else luma
    return DecodedGrey(reduced, width, height, scale, _format_name(image), frames)


def _read_jpeg_grey(image: JpegImagePlugin.JpegImageFile, frames: int) -> DecodedGrey:
    width, height = image.size
    image.draft("L", (_GREY_MIN_SIDE, _GREY_MIN_SIDE))
    image.load()
    scale = round(width / image.width)
    orientation = _orientation(image)
    if orientation.degrees % 180:
        width, height = height, width
    luma = _upright(_luma(image), orientation)
    return DecodedGrey(luma, width, height, scale, _format_name(image), frames)


def _reduction(shorter_side: int) -> int:
    """Return the fraction that libjpeg would take for this side: 8, 4, 2 or 1."""
    fitting = (scale for scale in (8, 4, 2) if shorter_side >= scale * _GREY_MIN_SIDE)
    return next(fitting, 1)


def _read_rgb(image: Image.Image, frames: int) -> Pixels:
    image.load()
    orientation = _orientation(image)
    rgb = _upright(np.asarray(_as_srgb(image)), orientation)
    return Pixels(rgb, _format_name(image), frames)


def _format_name(image: Image.Image) -> str:
    name = image.format or ""
    return _FORMAT_NAMES.get(name, name)


def _orientation(image: Image.Image) -> Orientation:
    """Return what makes the loaded picture upright; TIFF and HEIC are turned by their plug-ins."""
    return EXIF_ORIENTATIONS.get(image.getexif().get(_EXIF_ORIENTATION, 1), Orientation.IDENTITY)


def _upright(array: npt.NDArray[np.uint8], orientation: Orientation) -> npt.NDArray[np.uint8]:
    return np.ascontiguousarray(oriented(array, orientation))


def _luma(image: Image.Image) -> Grey:
    return np.asarray(_flattened(image).convert("L"))


def _as_srgb(image: Image.Image) -> Image.Image:
    """Return mode RGB, colours as the profile in the file says, over white."""
    flat = image if image.mode == "CMYK" else _flattened(image)
    profile = _usable_profile(image.info.get("icc_profile"), flat.mode)
    if profile is None:
        return flat.convert("RGB")
    try:
        managed = ImageCms.profileToProfile(flat, profile, _SRGB, outputMode="RGB")
    except ImageCms.PyCMSError:
        return flat.convert("RGB")
    return managed or flat.convert("RGB")


def _usable_profile(icc: bytes | None, mode: str) -> ImageCms.ImageCmsProfile | None:
    """Return the profile unless it is broken, meant for other channels, or sRGB anyway."""
    if not icc:
        return None
    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(icc))
    except (OSError, ImageCms.PyCMSError):
        return None
    channels = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK"}
    if channels.get(profile.profile.xcolor_space.strip()) != mode:
        return None
    is_srgb = "sRGB" in (profile.profile.profile_description or "")
    return None if is_srgb else profile


def _flattened(image: Image.Image) -> Image.Image:
    """Return 8 bits of L or RGB, transparent parts over white."""
    if image.mode.startswith(("I", "F")):
        return Image.fromarray(_scaled_to_8_bits(np.asarray(image)))
    if image.has_transparency_data:
        coloured = image.convert("RGBA")
        white = Image.new("RGB", image.size, (_WHITE, _WHITE, _WHITE))
        white.paste(coloured, mask=coloured.getchannel("A"))
        return white
    if image.mode == "LAB":
        lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
        return ImageCms.profileToProfile(image, lab, _SRGB, outputMode="RGB") or image
    return image.convert("L" if image.mode in {"1", "L"} else "RGB")


def _scaled_to_8_bits(values: npt.NDArray[Any]) -> Grey:
    """Scale deep pixels by the range that they use, not by cutting bits off.

    Values fill the least depth of 8, 10, 12, 14 or 16 bits that holds them all, floats 0..1 first;
    negative or larger ones are stretched from their minimum to their maximum.
    """
    if values.dtype.itemsize == _BYTES_OF_16_BITS:
        return _scaled_by_table(values)
    finite = np.nan_to_num(values.astype(np.float32), posinf=0.0, neginf=0.0)
    low, high = float(finite.min()), float(finite.max())
    if low >= 0 and high <= _FULL_SCALES[-1]:
        low, high = 0.0, _full_scale(high, whole=values.dtype.kind == "i")
    span = (high - low) or 1.0
    grey: Grey = np.rint((finite - low) * (_WHITE / span)).astype(np.uint8)
    return grey


def _scaled_by_table(values: npt.NDArray[Any]) -> Grey:
    """Scale unsigned 16-bit values, several times as fast as by floats."""
    high = int(values.max())
    share = np.arange(high + 1) / _full_scale(high, whole=True)
    table = np.rint(share * _WHITE).astype(np.uint8)
    grey: Grey = table[values]
    return grey


def _full_scale(high: float, *, whole: bool) -> float:
    if not whole and high <= 1.0:
        return 1.0
    return float(next(scale for scale in _FULL_SCALES if high <= scale))
