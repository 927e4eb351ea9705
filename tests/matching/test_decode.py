from __future__ import annotations

import io
import struct
import time
import zlib
from typing import Any, Never

import numpy as np
import pytest
from PIL import Image, ImageCms, ImageFile

from matching import decode
from matching.errors import (
    CorruptImage,
    TooCostly,
    TooManyFrames,
    TooManyPixels,
    UnsupportedFormat,
)
from matching.hashers import registry
from matching.orient import EXIF_ORIENTATIONS
from matching.types import DecodeLimits, Fingerprint
from tests.photos import STORED_AS, encoded, file_of, photo

LIMITS = DecodeLimits()
STEMS = ["astronaut", "camera", "chelsea", "coffee", "coins", "moon", "motorcycle_left", "retina"]


def pdq(file: bytes) -> Fingerprint:
    return registry.PDQ.fingerprint(decode.decode_grey(file, LIMITS))


def drift_bits(name: str, file: bytes) -> int:
    return pdq(file).distance_bits(pdq(file_of(name, "PNG")))


def luma(name: str) -> np.ndarray:
    return np.asarray(photo(name).convert("L"))


def exif_orientation(number: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = number
    return exif


def wide_gamut_profile() -> bytes:
    """Write a matrix profile with the primaries of Adobe RGB (1998) and gamma 2.2."""

    def fixed(*numbers: float) -> bytes:
        return b"".join(struct.pack(">i", round(number * 65536)) for number in numbers)

    def xyz(*numbers: float) -> bytes:
        return b"XYZ \0\0\0\0" + fixed(*numbers)

    name = b"wide gamut\0"
    gamma = b"curv\0\0\0\0" + struct.pack(">IHH", 1, round(2.2 * 256), 0)
    white = (0.9642, 1.0, 0.8249)
    tags = {
        b"desc": b"desc\0\0\0\0" + struct.pack(">I", len(name)) + name + bytes(79),
        b"wtpt": xyz(*white),
        b"rXYZ": xyz(0.60974, 0.31111, 0.01947),
        b"gXYZ": xyz(0.20528, 0.62567, 0.06087),
        b"bXYZ": xyz(0.14919, 0.06322, 0.74457),
        b"rTRC": gamma,
        b"gTRC": gamma,
        b"bTRC": gamma,
    }
    start = 128 + 4 + 12 * len(tags)
    table, body = struct.pack(">I", len(tags)), b""
    for signature, content in tags.items():
        padded = content + bytes(-len(content) % 4)
        table += signature + struct.pack(">II", start + len(body), len(content))
        body += padded
    header = bytearray(128)
    header[0:4] = struct.pack(">I", start + len(body))
    header[8:24] = b"\x02\x10\0\0mntrRGB XYZ "
    header[36:40] = b"acsp"
    header[68:80] = fixed(*white)
    return bytes(header) + table + body


def as_wide_gamut(image: Image.Image) -> Image.Image:
    profile = ImageCms.ImageCmsProfile(io.BytesIO(wide_gamut_profile()))
    srgb = ImageCms.createProfile("sRGB")
    converted = ImageCms.profileToProfile(image, srgb, profile, outputMode="RGB")
    assert converted is not None
    return converted


# --- every format, every way of storing pixels


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF", "AVIF"])
def test_every_format_of_the_list_is_read(image_format: str) -> None:
    file = file_of("coffee", image_format)

    grey, pixels = decode.decode_grey(file, LIMITS), decode.decode_rgb(file, LIMITS)

    assert grey.image_format == pixels.image_format == image_format
    assert (grey.width, grey.height) == (pixels.width, pixels.height) == photo("coffee").size
    assert drift_bits("coffee", file) <= 6


def test_heic_is_read_upright() -> None:
    stored = photo("coffee").transpose(STORED_AS[6])
    file = encoded(stored, "HEIF", exif=exif_orientation(6).tobytes())

    assert decode.decode_rgb(file, LIMITS).rgb.shape == (400, 600, 3)
    assert decode.decode_grey(file, LIMITS).image_format == "HEIF"
    assert drift_bits("coffee", file) <= 6


def test_a_phone_picture_of_two_is_read_as_its_first() -> None:
    file = encoded(photo("coffee"), "MPO", save_all=True, append_images=[photo("rocket")])
    with Image.open(io.BytesIO(file)) as opened:
        assert getattr(opened, "n_frames", 1) == 2

    assert decode.decode_grey(file, LIMITS).image_format == "JPEG"
    assert decode.decode_grey(file, LIMITS).frames == 1
    assert drift_bits("coffee", file) <= 6


@pytest.mark.parametrize("name", STEMS)
def test_fingerprints_survive_other_ways_to_store_the_pixels(name: str) -> None:
    image = photo(name)
    palette = image.quantize(256)
    stored = {
        "palette GIF": encoded(palette, "GIF"),
        "palette PNG": encoded(palette, "PNG"),
        "CMYK JPEG": encoded(image.convert("CMYK"), "JPEG", quality=90),
        "CMYK TIFF": encoded(image.convert("CMYK"), "TIFF"),
        "16-bit PNG": encoded(Image.fromarray(luma(name).astype(np.uint16) * 257), "PNG"),
        "12-bit PNG": encoded(Image.fromarray(luma(name).astype(np.uint16) * 16), "PNG"),
        "float TIFF": encoded(Image.fromarray(luma(name).astype(np.float32) / 255), "TIFF"),
        "integer TIFF": encoded(Image.fromarray(luma(name).astype(np.int32)), "TIFF"),
        "grey with alpha": encoded(image.convert("LA"), "PNG"),
        "wide gamut": encoded(as_wide_gamut(image), "PNG", icc_profile=wide_gamut_profile()),
    }

    drifts = {way: drift_bits(name, file) for way, file in stored.items()}

    assert max(drifts.values()) <= 10, drifts
    assert drift_bits(name, encoded(image.convert("1"), "PNG")) <= 31


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "TIFF", "AVIF"])
@pytest.mark.parametrize("number", STORED_AS)
def test_pictures_come_out_upright(image_format: str, number: int) -> None:
    stored = photo("rocket").transpose(STORED_AS[number])
    file = encoded(stored, image_format, exif=exif_orientation(number), quality=90)

    rgb = decode.decode_rgb(file, LIMITS).rgb

    assert drift_bits("rocket", file) <= 6
    assert rgb.shape == (427, 640, 3)
    assert np.abs(rgb.astype(int) - np.asarray(photo("rocket"))).mean() < 5


def test_each_exif_orientation_is_known() -> None:
    assert set(EXIF_ORIENTATIONS) == {1, *STORED_AS}


def test_large_jpegs_are_decoded_at_a_fraction_with_at_least_256_px_a_side() -> None:
    file = encoded(photo("retina").resize((2100, 4203)), "JPEG", exif=exif_orientation(6))

    grey = decode.decode_grey(file, LIMITS)

    assert (grey.width, grey.height, grey.scale) == (4203, 2100, 8)
    assert grey.pixels.shape == (263, 526)


def test_large_pictures_of_other_formats_are_averaged_alike() -> None:
    as_jpeg = encoded(photo("hubble_deep_field").resize((1500, 1201)), "JPEG", quality=95)
    as_png = encoded(photo("hubble_deep_field").resize((1500, 1201)), "PNG")

    assert decode.decode_grey(as_png, LIMITS).scale == 4
    assert pdq(as_jpeg).distance_bits(pdq(as_png)) <= 4


@pytest.mark.parametrize(("side_px", "shape"), [(960, (1051, 526, 3)), (1100, (2102, 1051, 3))])
def test_a_reduced_jpeg_keeps_the_side_that_is_asked_for(
    side_px: int, shape: tuple[int, int, int]
) -> None:
    file = encoded(photo("retina").resize((4203, 2102)), "JPEG", exif=exif_orientation(6))

    assert decode.decode_rgb_reduced(file, LIMITS, side_px).rgb.shape == shape


@pytest.mark.parametrize("side_px", [1, 640, 5000])
def test_a_picture_without_a_fraction_to_decode_comes_whole(side_px: int) -> None:
    file = file_of("rocket", "PNG")

    reduced = decode.decode_rgb_reduced(file, LIMITS, side_px).rgb

    assert np.array_equal(reduced, decode.decode_rgb(file, LIMITS).rgb)


def test_a_reduced_jpeg_has_the_colours_of_its_profile() -> None:
    wide = as_wide_gamut(photo("motorcycle_left").resize((1482, 1000)))
    file = encoded(wide, "JPEG", icc_profile=wide_gamut_profile(), quality=95)

    reduced = decode.decode_rgb_reduced(file, LIMITS, 700).rgb.astype(int)

    whole = Image.fromarray(decode.decode_rgb(file, LIMITS).rgb).reduce(2)
    assert reduced.shape == (500, 741, 3)
    assert np.abs(reduced - np.asarray(whole)).mean() < 2
    assert np.abs(reduced - np.asarray(wide.reduce(2))).mean() > 3


def test_transparent_parts_lie_over_white() -> None:
    image = Image.new("RGBA", (40, 30), (255, 0, 0, 0))
    image.paste((0, 0, 255, 255), (0, 0, 20, 30))
    file = encoded(image, "PNG")

    rgb = decode.decode_rgb(file, LIMITS).rgb
    grey = decode.decode_grey(file, LIMITS).pixels

    assert rgb[0, 0].tolist() == [0, 0, 255]
    assert rgb[0, 30].tolist() == [255, 255, 255]
    assert (grey[0, 0], grey[0, 30]) == (29, 255)


def test_a_transparent_palette_colour_lies_over_white() -> None:
    image = Image.new("P", (40, 30), 1)
    image.putpalette([0, 0, 0, 200, 0, 0])

    rgb = decode.decode_rgb(encoded(image, "GIF", transparency=1), LIMITS).rgb

    assert rgb[0, 0].tolist() == [255, 255, 255]


def test_colour_profiles_are_honoured() -> None:
    file = encoded(as_wide_gamut(photo("motorcycle_left")), "PNG", icc_profile=wide_gamut_profile())

    rgb = decode.decode_rgb(file, LIMITS).rgb.astype(int)

    assert np.abs(rgb - np.asarray(as_wide_gamut(photo("motorcycle_left")))).mean() > 3
    assert np.abs(rgb - np.asarray(photo("motorcycle_left"))).mean() < 1


@pytest.mark.parametrize("profile", [b"nonsense", bytes(200), wide_gamut_profile()[:150]])
def test_broken_colour_profiles_are_ignored(profile: Any) -> None:
    file = encoded(photo("coffee"), "PNG", icc_profile=profile)

    assert np.array_equal(decode.decode_rgb(file, LIMITS).rgb, np.asarray(photo("coffee")))


def test_a_profile_for_other_channels_is_ignored() -> None:
    file = encoded(photo("coffee").convert("L"), "PNG", icc_profile=wide_gamut_profile())

    assert decode.decode_rgb(file, LIMITS).rgb.shape == (400, 600, 3)


def test_a_few_hot_pixels_do_not_make_a_deep_picture_black() -> None:
    for deep in (luma("coffee").astype(np.uint16) * 4, luma("coffee").astype(np.float32) / 255):
        hot = deep.copy()
        hot[0, :5] = 65_535
        image_format = "PNG" if deep.dtype == np.uint16 else "TIFF"

        grey = decode.decode_grey(encoded(Image.fromarray(hot), image_format), LIMITS)

        assert np.abs(grey.pixels[1:].astype(int) - luma("coffee")[1:]).mean() < 1


def test_a_deep_picture_keeps_the_brightness_of_what_it_uses() -> None:
    # A tenth of it is bright: that is no sensor's fault.
    deep = luma("coffee").astype(np.uint16) * 4
    deep[:40] = 65_535

    grey = decode.decode_grey(encoded(Image.fromarray(deep), "PNG"), LIMITS)

    assert grey.pixels[0, 0] == 255
    assert grey.pixels[40:].max() <= 4


def test_lab_pictures_are_read() -> None:
    lab = ImageCms.createProfile("LAB")
    srgb = ImageCms.createProfile("sRGB")
    image = ImageCms.profileToProfile(photo("coffee"), srgb, lab, outputMode="LAB")

    assert image is not None
    assert drift_bits("coffee", encoded(image, "TIFF")) <= 6


@pytest.mark.parametrize(
    "values", [[np.nan, 1.0], [-5.0, 5.0], [-3.0, -3.0], [0.0, 1e30], [np.inf, 0.5]]
)
def test_odd_floats_become_grey_values(values: Any) -> None:
    file = encoded(Image.fromarray(np.array([values], np.float32)), "TIFF")

    assert decode.decode_grey(file, LIMITS).pixels.shape == (1, 2)


@pytest.mark.parametrize("size", [(1, 1), (1, 10_000), (10_000, 1), (3, 2)])
@pytest.mark.parametrize("image_format", ["PNG", "JPEG"])
def test_tiny_and_thin_pictures_are_no_evidence(size: tuple[int, int], image_format: str) -> None:
    noise = np.random.default_rng(1).integers(0, 256, size[::-1], dtype=np.uint8)
    file = encoded(Image.fromarray(noise), image_format)

    grey = decode.decode_grey(file, LIMITS)

    assert (grey.width, grey.height) == size
    assert registry.query_fingerprints(grey).quality == 0


# --- what is refused


@pytest.mark.parametrize(
    "file",
    [
        b"",
        b"no picture",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"<html><body>404</body></html>",
        b"%PDF-1.7\n",
        encoded(photo("coffee"), "PPM"),
        encoded(photo("coffee"), "ICO", sizes=[(16, 16)]),
        encoded(photo("coffee"), "EPS"),
        b"\0\0\0\x18ftypisom\0\0\2\0isommp42" + bytes(100),  # a film
        encoded(photo("coffee").convert("L"), "BMP").replace(b"\1\0\x08\0", b"\1\0\x03\0", 1),
        # 12 bits, and lossless.
        file_of("coffee", "JPEG").replace(b"\xff\xc0\0\x11\x08", b"\xff\xc1\0\x11\x0c"),
        file_of("coffee", "JPEG").replace(b"\xff\xc0\0\x11\x08", b"\xff\xc3\0\x11\x0c"),
    ],
)
def test_other_contents_are_refused_as_unsupported(file: bytes) -> None:
    with pytest.raises(UnsupportedFormat, match="send JPEG"):
        decode.decode_grey(file, LIMITS)


@pytest.mark.parametrize("read", [decode.decode_grey, decode.decode_rgb])
@pytest.mark.parametrize("share", [0.02, 0.5, 0.97])
@pytest.mark.parametrize(
    ("image_format", "options"),
    [
        ("GIF", {}),
        ("WEBP", {}),
        ("BMP", {}),
        ("TIFF", {}),
        ("AVIF", {}),
        ("HEIF", {}),
    ],
)
def test_truncated_files_are_refused_and_never_padded(
    read: Any, share: float, image_format: str, options: dict[str, Any]
) -> None:
    file = file_of("coffee", image_format, **options)

    with pytest.raises(CorruptImage, match="incomplete"):
        read(file[: int(share * len(file))], LIMITS)


def test_the_switch_that_pads_truncated_files_is_off() -> None:
    assert ImageFile.LOAD_TRUNCATED_IMAGES is False


@pytest.mark.parametrize("kind", [OSError, ValueError, SyntaxError, TypeError, IndexError])
def test_whatever_the_decoder_raises_means_a_corrupt_picture(
    monkeypatch: pytest.MonkeyPatch, kind: type[Exception]
) -> None:
    def broken(*_arguments: object) -> Never:
        raise kind("inside")

    file = encoded(photo("coffee"), "PNG")
    monkeypatch.setattr(ImageFile.ImageFile, "load", broken)

    with pytest.raises(CorruptImage) as caught:
        decode.decode_grey(file, LIMITS)

    assert "inside" in str(caught.value.context["reason"])
    assert "inside" not in caught.value.message


@pytest.mark.parametrize("side", [8_000, 10_000, 20_000])
def test_a_header_that_claims_too_many_pixels_is_refused_unread(side: int) -> None:
    small = encoded(Image.new("L", (8, 8)), "PNG")
    header = b"IHDR" + struct.pack(">II", side, side) + small[24:29]
    claiming = small[:12] + header + struct.pack(">I", _crc(header)) + small[33:]

    with pytest.raises(TooManyPixels, match="50 megapixels"):
        decode.decode_grey(claiming, LIMITS)


def _crc(chunk: bytes) -> int:
    return zlib.crc32(chunk)


def test_a_jpeg_of_very_many_scans_is_refused_at_once() -> None:
    baseline = encoded(photo("coffee"), "JPEG", progressive=True)
    last_scan = baseline.rindex(b"\xff\xda")
    many = baseline[:-2] + baseline[last_scan:-2] * 1500 + b"\xff\xd9"
    started = time.process_time()

    with pytest.raises(TooCostly):
        decode.decode_grey(many, LIMITS)

    assert time.process_time() - started < 1


def test_scans_and_pixels_together_are_bounded() -> None:
    file = encoded(photo("coffee"), "JPEG", progressive=True)
    passes = 600 * 400 * 10

    decode.decode_grey(file, DecodeLimits(max_pixel_passes=passes))
    with pytest.raises(TooCostly):
        decode.decode_grey(file, DecodeLimits(max_pixel_passes=passes - 1))


@pytest.mark.parametrize("image_format", ["GIF", "WEBP", "TIFF", "PNG"])
def test_too_many_frames_are_refused(image_format: str) -> None:
    frames = [Image.new("L", (8, 8), number * 40) for number in range(6)]
    file = encoded(frames[0], image_format, save_all=True, append_images=frames[1:])

    decode.decode_grey(file, DecodeLimits(max_frames=6))
    with pytest.raises(TooManyFrames, match="more than 5 frames"):
        decode.decode_grey(file, DecodeLimits(max_frames=5))
