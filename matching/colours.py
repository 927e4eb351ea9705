"""From the modes and profiles that files come in to 8 bits of grey or sRGB without transparency."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageCms

from matching import transparency
from matching.types import Grey

_WHITE = 255
# Full scale of the depths that cameras, scanners and medicine write into 16 bits.
_BYTES_OF_16_BITS = 2
_FULL_SCALES = (255, 1023, 4095, 16383, 65535)
# The share of values at each end that may be hot or dead pixels of a sensor.
_OUTLIERS = 0.001
_SRGB_GAMMA = 1 / 2.2
# Browsers take such a gamma for that of sRGB.
_GAMMA_TOLERANCE = 0.02
_SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


def as_srgb(image: Image.Image, flat: Image.Image) -> Image.Image:
    """Return mode RGB, colours as the profile in the file says.

    `flat` is what `flattened` makes of the image.
    """
    source = image if image.mode == "CMYK" else flat
    profile = _usable_profile(image.info.get("icc_profile"), source.mode)
    if profile is None:
        return _in_mode(_without_gamma(image, flat), "RGB")
    try:
        managed = ImageCms.profileToProfile(source, profile, _SRGB, outputMode="RGB")
    except ImageCms.PyCMSError:
        return _in_mode(flat, "RGB")
    return managed or _in_mode(flat, "RGB")


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


def _without_gamma(image: Image.Image, flat: Image.Image) -> Image.Image:
    """Return what a PNG with a gamma other than that of sRGB shows (ISO 15948, 13.13)."""
    gamma = image.info.get("gamma")
    if not gamma or "srgb" in image.info or abs(gamma - _SRGB_GAMMA) < _GAMMA_TOLERANCE:
        return flat
    light = (np.arange(_WHITE + 1) / _WHITE) ** (1 / gamma)
    # IEC 61966-2-1, the encoding of sRGB.
    encoded = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    table = np.rint(encoded * _WHITE).astype(int).tolist()
    return flat.point(table * len(flat.getbands()))


def flattened(image: Image.Image) -> Image.Image:
    """Return 8 bits of L or RGB, transparent parts over a ground: itself if it is that."""
    if image.mode.startswith(("I", "F")):
        return Image.fromarray(_scaled_to_8_bits(np.asarray(image)))
    if transparency.may_be_in(image):
        return transparency.over_ground(image.convert("RGBA"))
    if image.mode == "LAB":
        lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
        return ImageCms.profileToProfile(image, lab, _SRGB, outputMode="RGB") or image
    return _in_mode(image, "L" if image.mode in {"1", "L"} else "RGB")


def _in_mode(image: Image.Image, mode: str) -> Image.Image:
    # `convert` copies a picture that has the mode already, 20 ms for 12 megapixels.
    return image if image.mode == mode else image.convert(mode)


def _scaled_to_8_bits(values: npt.NDArray[Any]) -> Grey:
    """Scale deep pixels by the range that they use, not by cutting bits off.

    Values fill the least depth of 8, 10, 12, 14 or 16 bits that holds them, floats 0..1 first;
    negative or larger ones are stretched from the lowest to the highest. The few outermost values
    do not count: one hot pixel would make the picture black.
    """
    if values.dtype.itemsize == _BYTES_OF_16_BITS:
        return _scaled_by_table(values)
    finite = np.nan_to_num(values.astype(np.float32), posinf=0.0, neginf=0.0)
    low, high = _range_without_outliers(finite)
    if low >= 0 and high <= _FULL_SCALES[-1]:
        low, high = 0.0, _full_scale(finite, whole=values.dtype.kind == "i")
    finite -= low
    finite *= _WHITE / ((high - low) or 1.0)
    grey: Grey = np.rint(np.clip(finite, 0.0, _WHITE, out=finite), out=finite).astype(np.uint8)
    return grey


def _range_without_outliers(values: npt.NDArray[np.float32]) -> tuple[float, float]:
    outside = int(values.size * _OUTLIERS)
    ordered = np.partition(values, (outside, values.size - 1 - outside), axis=None)
    return float(ordered[outside]), float(ordered[-1 - outside])


def _scaled_by_table(values: npt.NDArray[Any]) -> Grey:
    """Scale unsigned 16-bit values, several times as fast as by floats."""
    shares = np.arange(_FULL_SCALES[-1] + 1) / _full_scale(values, whole=True)
    table = np.rint(np.minimum(shares, 1.0) * _WHITE).astype(np.uint8)
    grey: Grey = table[values]
    return grey


def _full_scale(values: npt.NDArray[Any], *, whole: bool) -> float:
    """Return the least full scale that nearly all values are within."""
    scales = _FULL_SCALES if whole else (1, *_FULL_SCALES)
    outside = values.size * _OUTLIERS
    # From above, as most pictures use the whole depth and then take one look.
    above = (each for each in reversed(scales[:-1]) if np.count_nonzero(values > each) > outside)
    largest = next(above, None)
    return float(scales[0] if largest is None else scales[scales.index(largest) + 1])
