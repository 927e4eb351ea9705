"""What stands beside a picture in its file: passed over as Chromium passes over it."""

from __future__ import annotations

import os
import struct
import tracemalloc
import zlib

import numpy as np
import pytest
from PIL import Image, ImageCms, PngImagePlugin

from bench.odd_files import chunk
from matching import decode, pngs
from matching.errors import CorruptImage, TooCostly
from matching.types import DecodeLimits
from tests.matching.test_decode import as_wide_gamut, wide_gamut_profile
from tests.photos import animation, encoded, photo

LIMITS = DecodeLimits()
SCENE = photo("coffee").resize((120, 80))
PLAIN = encoded(SCENE, "PNG")
XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-'
    b'syntax-ns#"><rdf:Description tiff:Orientation="6" xmlns:tiff="http://ns.adobe.com/tiff/1.0/"'
    b"/></rdf:RDF></x:xmpmeta>"
)
LONG_TEXT = zlib.compress(b"abc " * 800_000, 9)
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
GAMMA = struct.pack(">I", 45455)


def rotated(orientation: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif.tobytes()


def before_pixels(*chunks: bytes) -> bytes:
    return PLAIN[:33] + b"".join(chunks) + PLAIN[33:]


def after_pixels(*chunks: bytes) -> bytes:
    return PLAIN[:-12] + b"".join(chunks) + PLAIN[-12:]


def shows_the_scene(file: bytes) -> bool:
    pixels = decode.decode_rgb(file, LIMITS)
    return not pixels.is_truncated and np.array_equal(pixels.rgb, np.asarray(SCENE))


@pytest.mark.parametrize(
    "file",
    [
        before_pixels(chunk(b"zTXt", b"workflow\0\0" + LONG_TEXT)),
        before_pixels(chunk(b"iTXt", b"k\0\1\0\0\0" + LONG_TEXT)),
        after_pixels(chunk(b"zTXt", b"workflow\0\0" + LONG_TEXT)),
        before_pixels(*[chunk(b"zTXt", b"k\0\0" + zlib.compress(bytes(1_000_000)))] * 80),
        before_pixels(chunk(b"iCCP", b"p\0\0" + zlib.compress(os.urandom(100) * 15_000))),
        before_pixels(chunk(b"iCCP", b"p\0\0" + zlib.compress(bytes(20_000_000)))),
        before_pixels(chunk(b"iCCP", b"p\0\7" + zlib.compress(SRGB))),
        before_pixels(chunk(b"iCCP", b"profile")),
        before_pixels(chunk(b"iCCP", b"")),
        before_pixels(chunk(b"tRNS", b"\0")),
        before_pixels(chunk(b"tRNS", bytes(6), crc=1)),
        before_pixels(chunk(b"gAMA", GAMMA, crc=1)),
        before_pixels(chunk(b"gAMA", GAMMA[:3])),
        before_pixels(chunk(b"pHYs", b"")),
        before_pixels(chunk(b"sRGB", b"")),
        before_pixels(chunk(b"acTL", b"\0")),
        before_pixels(chunk(b"fcTL", bytes(26))),
        after_pixels(chunk(b"tEXt", b"k\0text", crc=1)),
        after_pixels(chunk(b"eXIf", rotated(6)[6:])),
        PLAIN[:-1] + b"?",
        PLAIN + b"more",
    ],
)
def test_a_png_is_read_whatever_stands_beside_its_picture(file: bytes) -> None:
    assert shows_the_scene(file)


def test_a_png_whose_pixels_have_a_wrong_checksum_is_read() -> None:
    at = PLAIN.index(b"IDAT")
    length = int.from_bytes(PLAIN[at - 4 : at])
    pixels = PLAIN[at + 4 : at + 4 + length]

    assert shows_the_scene(PLAIN[: at - 4] + chunk(b"IDAT", pixels, crc=1) + PLAIN[-12:])
    wrong = PLAIN[: at - 4] + chunk(b"IDAT", pixels[:-4] + bytes(4)) + PLAIN[-12:]
    assert np.array_equal(decode.decode_rgb(wrong, LIMITS).rgb[:-1], np.asarray(SCENE)[:-1])


@pytest.mark.parametrize(
    "file",
    [
        PLAIN[:29] + bytes(4) + PLAIN[33:],  # the checksum of the header
        before_pixels(chunk(b"gAMA", GAMMA, length=10_000_000)),
        encoded(SCENE.quantize(16), "PNG").replace(b"PLTE", b"PLTX"),
    ],
)
def test_a_png_whose_picture_cannot_be_known_is_broken(file: bytes) -> None:
    with pytest.raises(CorruptImage):
        decode.decode_rgb(file, LIMITS)


def test_what_side_data_inflates_to_is_bounded() -> None:
    bomb = zlib.compress(bytes(20_000_000), 1)
    file = before_pixels(chunk(b"iCCP", b"p\0\0" + bomb), chunk(b"zTXt", b"k\0\0" + bomb))
    tracemalloc.start()

    assert shows_the_scene(file)

    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak_bytes < 4 * pngs.MAX_PROFILE_BYTES


def test_a_png_of_very_many_chunks_is_refused_at_once() -> None:
    for filling in (chunk(b"tEXt", b""), chunk(b"IDAT", b"")):
        with pytest.raises(TooCostly):
            decode.decode_rgb(before_pixels(filling * 60_000), LIMITS)
        assert shows_the_scene(before_pixels(filling * 1_000))


def test_zeros_behind_a_png_are_no_chunks() -> None:
    assert shows_the_scene(PLAIN + bytes(60_000 * 12))


def test_a_png_that_announces_an_animation_and_has_no_frame_is_a_still_picture() -> None:
    assert shows_the_scene(before_pixels(chunk(b"acTL", struct.pack(">II", 2, 0))))


def test_a_profile_above_a_megabyte_is_honoured() -> None:
    padded = bytearray(wide_gamut_profile() + bytes(1_500_000))
    padded[0:4] = len(padded).to_bytes(4)
    wide = encoded(as_wide_gamut(SCENE), "PNG")
    file = wide[:33] + chunk(b"iCCP", b"p\0\0" + zlib.compress(bytes(padded))) + wide[33:]

    rgb = decode.decode_rgb(file, LIMITS).rgb.astype(int)

    assert np.abs(rgb - np.asarray(SCENE)).mean() < 1


def test_transparency_of_a_png_still_counts() -> None:
    key = struct.pack(">3H", *(int(value) for value in np.asarray(SCENE)[40, 60]))

    rgb = decode.decode_rgb(before_pixels(chunk(b"tRNS", key)), LIMITS).rgb

    assert rgb[40, 60].tolist() != np.asarray(SCENE)[40, 60].tolist()


def test_an_animated_png_keeps_its_frames() -> None:
    file = animation([SCENE, photo("rocket").resize(SCENE.size)], "PNG")
    text = chunk(b"zTXt", b"k\0\0" + LONG_TEXT)

    assert len(list(decode.decode_frames(file[:33] + text + file[33:], LIMITS))) == 2


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP", "AVIF", "TIFF"])
def test_xmp_turns_nothing(image_format: str) -> None:
    options = {"xmp": XMP}
    if image_format == "PNG":
        text = PngImagePlugin.PngInfo()
        text.add_itxt("XML:com.adobe.xmp", XMP.decode())
        options = {"pnginfo": text}  # type: ignore[dict-item]
    if image_format == "TIFF":
        options = {"tiffinfo": {700: XMP}}  # type: ignore[dict-item]

    assert decode.decode_grey(encoded(SCENE, image_format, **options), LIMITS).width == 120


def test_exif_in_text_turns_no_png() -> None:
    text = PngImagePlugin.PngInfo()
    text.add_text("Raw profile type exif", f"\nexif\n 26\n{rotated(6).hex()}\n", zip=True)

    assert decode.decode_grey(encoded(SCENE, "PNG", pnginfo=text), LIMITS).width == 120


@pytest.mark.parametrize(
    ("image_format", "width"), [("JPEG", 80), ("PNG", 80), ("AVIF", 80), ("WEBP", 120)]
)
def test_exif_turns_what_chromium_turns(image_format: str, width: int) -> None:
    file = encoded(SCENE, image_format, exif=rotated(6))

    assert decode.decode_grey(file, LIMITS).width == width
    assert decode.decode_rgb(file, LIMITS).width == width


@pytest.mark.parametrize(
    "exif", [b"", b"Exif\0\0", b"Exif\0\0nonsense", b"Exif\0\0II*\0\xff\xff\0\0", rotated(9)]
)
def test_exif_of_no_sense_turns_nothing(exif: bytes) -> None:
    assert decode.decode_rgb(encoded(SCENE, "JPEG", exif=exif), LIMITS).width == 120


def test_a_gamma_other_than_that_of_srgb_is_honoured() -> None:
    light = 255 * (np.asarray(SCENE) / 255) ** 2.2
    linear = encoded(Image.fromarray(np.rint(light).astype(np.uint8)), "PNG")
    gamma = chunk(b"gAMA", struct.pack(">I", 100_000))

    rgb = decode.decode_rgb(linear[:33] + gamma + linear[33:], LIMITS).rgb.astype(int)
    srgb = decode.decode_rgb(
        linear[:33] + gamma + chunk(b"sRGB", b"\0") + linear[33:], LIMITS
    ).rgb.astype(int)

    assert np.abs(rgb - np.asarray(SCENE)).mean() < 4
    assert np.abs(srgb - light).mean() < 1


def test_the_picture_before_an_animated_png_is_passed_over() -> None:
    scenes = [SCENE, photo("rocket").resize(SCENE.size), photo("chelsea").resize(SCENE.size)]
    file = animation(scenes, "PNG", default_image=True)

    frames = list(decode.decode_rgb_frames(file, LIMITS))

    assert [frame.frames for frame in frames] == [2, 2]
    for frame, scene in zip(frames, scenes[1:], strict=True):
        assert np.array_equal(frame.rgb, np.asarray(scene))
    with pytest.raises(CorruptImage):
        list(decode.decode_rgb_frames(file[: len(file) * 9 // 10], LIMITS))
