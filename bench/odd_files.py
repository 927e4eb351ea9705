"""Draws files of many kinds that are seldom met: depths, palettes, turns, broken side data, cuts.

Every file is drawn anew from one photograph, so that it shows what it should.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageCms, PngImagePlugin

_SIZE = (180, 120)
_SIGNATURE_AND_HEADER = 33
_ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2))
_ORIENTATION = 0x0112
_XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-'
    b'syntax-ns#"><rdf:Description tiff:Orientation="6" xmlns:tiff="http://ns.adobe.com/tiff/1.0/"'
    b"/></rdf:RDF></x:xmpmeta>"
)


@dataclass(frozen=True, slots=True)
class OddFile:
    """A drawn file; `kind` names what is odd about it."""

    kind: str
    data: bytes


def drawn(photo: Image.Image) -> Iterator[OddFile]:
    """Yield about 250 files, always the same ones for a photograph of mode RGB."""
    for family in _FAMILIES:
        for kind, data in family(photo.resize(_SIZE)):
            yield OddFile(kind, data)


def chunk(tag: bytes, body: bytes, crc: int | None = None, length: int | None = None) -> bytes:
    """Return a PNG chunk, with a wrong checksum or length where one is given."""
    checksum = zlib.crc32(tag + body) if crc is None else crc
    announced = len(body) if length is None else length
    return struct.pack(">I", announced) + tag + body + struct.pack(">I", checksum)


def interlaced(rgb: npt.NDArray[np.uint8]) -> bytes:
    """Return the pixels (height, width, 3) as an interlaced PNG, which Pillow does not write."""
    height, width, _ = rgb.shape
    raw = b""
    for x, y, across, down in (*_ADAM7, (0, 1, 1, 2)):
        for row in rgb[y::down, x::across]:
            raw += b"\0" + row.tobytes() if row.size else b""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 1)
    signature = b"\x89PNG\r\n\x1a\n"
    return (
        signature
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(raw))
        + chunk(b"IEND", b"")
    )


def _encoded(image: Image.Image, image_format: str, **options: Any) -> bytes:  # noqa: ANN401
    buffer = io.BytesIO()
    image.save(buffer, image_format, **options)
    return buffer.getvalue()


def _exif(orientation: int) -> bytes:
    exif = Image.Exif()
    exif[_ORIENTATION] = orientation
    return exif.tobytes()


def _png_of_bits(values: npt.NDArray[Any], bits: int, colour: int, *more: bytes) -> bytes:
    """Return a PNG of any depth, (height, width, channels) of values."""
    height, width = values.shape[:2]
    flat = values.reshape(height, -1)
    if bits == 16:
        rows = flat.astype(">u2").tobytes()
        stride = flat.shape[1] * 2
    else:
        each = np.unpackbits(flat.astype(np.uint8)[..., None], axis=2)[..., 8 - bits :]
        packed = np.packbits(each.reshape(height, -1), axis=1)
        rows, stride = packed.tobytes(), packed.shape[1]
    raw = b"".join(b"\0" + rows[y * stride : (y + 1) * stride] for y in range(height))
    header = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    return b"".join(
        [
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", header),
            *more,
            chunk(b"IDAT", zlib.compress(raw)),
            chunk(b"IEND", b""),
        ]
    )


def _depths(photo: Image.Image) -> Iterator[tuple[str, bytes]]:
    rgb, grey = np.asarray(photo), np.asarray(photo.convert("L"))
    alpha = np.tile(np.linspace(0, 255, _SIZE[0]).astype(np.uint8), (_SIZE[1], 1))
    for bits in (1, 2, 4, 8):
        yield f"PNG grey {bits} bit", _png_of_bits(grey >> (8 - bits), bits, 0)
        palette = photo.quantize(2**bits)
        colours = bytes(palette.getpalette() or ())[: 3 * 2**bits]
        indices = np.asarray(palette)
        yield (
            f"PNG palette {bits} bit",
            _png_of_bits(indices, bits, 3, chunk(b"PLTE", colours)),
        )
        yield (
            f"PNG palette {bits} bit with tRNS",
            _png_of_bits(indices, bits, 3, chunk(b"PLTE", colours), chunk(b"tRNS", b"\0\x80")),
        )
    deep_grey, deep_rgb = grey.astype(np.uint16) * 257, rgb.astype(np.uint16) * 257
    deep_alpha = alpha.astype(np.uint16) * 257
    yield "PNG grey 16 bit", _png_of_bits(deep_grey, 16, 0)
    yield "PNG colour 8 bit", _png_of_bits(rgb, 8, 2)
    yield "PNG colour 16 bit", _png_of_bits(deep_rgb, 16, 2)
    yield "PNG grey and alpha 8 bit", _png_of_bits(np.dstack([grey, alpha]), 8, 4)
    yield "PNG grey and alpha 16 bit", _png_of_bits(np.dstack([deep_grey, deep_alpha]), 16, 4)
    yield "PNG colour and alpha 8 bit", _png_of_bits(np.dstack([rgb, alpha]), 8, 6)
    yield "PNG colour and alpha 16 bit", _png_of_bits(np.dstack([deep_rgb, deep_alpha]), 16, 6)
    grey_key = struct.pack(">H", int(grey[60, 90]))
    yield "PNG grey 8 bit with tRNS", _png_of_bits(grey, 8, 0, chunk(b"tRNS", grey_key))
    deep_key = struct.pack(">H", int(deep_grey[60, 90]))
    yield "PNG grey 16 bit with tRNS", _png_of_bits(deep_grey, 16, 0, chunk(b"tRNS", deep_key))
    key = struct.pack(">3H", *(int(value) for value in rgb[60, 90]))
    yield "PNG colour 8 bit with tRNS", _png_of_bits(rgb, 8, 2, chunk(b"tRNS", key))
    yield "PNG interlaced", interlaced(rgb)
    hot = grey.astype(np.uint16) * 4
    hot[0, 5] = 65535
    yield "PNG grey 10 of 16 bit with a hot pixel", _png_of_bits(hot, 16, 0)


def _png_chunks(photo: Image.Image) -> Iterator[tuple[str, bytes]]:
    plain = _encoded(photo, "PNG")

    put = partial(_put, plain)
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    noise = np.random.default_rng(1).bytes(100)
    lengthy = b"iTXt", b"k\0\1\0\0\0" + zlib.compress(b"abc " * 800_000)
    yield "PNG 3 MB zTXt", put(chunk(b"zTXt", b"k\0\0" + zlib.compress(b"abc " * 800_000)))
    yield "PNG 3 MB iTXt", put(chunk(*lengthy))
    yield "PNG 3 MB tEXt", put(chunk(b"tEXt", b"k\0" + b"abc " * 800_000))
    yield (
        "PNG 80 zTXt of 1 MB",
        put(*[chunk(b"zTXt", b"k\0\0" + zlib.compress(bytes(1_000_000)))] * 80),
    )
    yield (
        "PNG 3 MB zTXt after the picture",
        plain[:-12] + chunk(b"zTXt", b"k\0\0" + zlib.compress(b"abc " * 800_000)) + plain[-12:],
    )
    yield "PNG iCCP of 1.5 MB", put(chunk(b"iCCP", b"p\0\0" + zlib.compress(noise * 15_000)))
    padded = srgb + bytes(1_500_000)
    yield "PNG iCCP of sRGB padded to 1.5 MB", put(chunk(b"iCCP", b"p\0\0" + zlib.compress(padded)))
    yield "PNG iCCP of nonsense", put(chunk(b"iCCP", b"p\0\0" + zlib.compress(noise)))
    yield "PNG iCCP not compressed", put(chunk(b"iCCP", b"p\0\0" + noise))
    yield "PNG iCCP of an unknown method", put(chunk(b"iCCP", b"p\0\7" + zlib.compress(srgb)))
    yield "PNG iCCP without a name's end", put(chunk(b"iCCP", b"profile"))
    yield "PNG gAMA of sRGB", put(chunk(b"gAMA", struct.pack(">I", 45455)))
    yield "PNG gAMA 1.8", put(chunk(b"gAMA", struct.pack(">I", 55556)))
    yield "PNG gAMA 1.0", put(chunk(b"gAMA", struct.pack(">I", 100_000)))
    yield "PNG sRGB", put(chunk(b"sRGB", b"\0"))


def _png_checksums(photo: Image.Image) -> Iterator[tuple[str, bytes]]:
    plain = _encoded(photo, "PNG")
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    put = partial(_put, plain)
    for name, body in {
        "gAMA": struct.pack(">I", 45455),
        "pHYs": struct.pack(">IIB", 2835, 2835, 1),
        "tEXt": b"k\0text",
        "tIME": bytes(7),
        "sRGB": b"\0",
        "bKGD": bytes(6),
        "prVt": b"private",
        "iCCP": b"p\0\0" + zlib.compress(srgb),
        "tRNS": bytes(6),
    }.items():
        yield f"PNG {name} of a wrong checksum", put(chunk(name.encode(), body, crc=1))
        yield f"PNG {name} too short", put(chunk(name.encode(), body[:1]))
        yield f"PNG {name} empty", put(chunk(name.encode(), b""))
    yield (
        "PNG gAMA whose length reaches into the picture",
        put(chunk(b"gAMA", struct.pack(">I", 45455), length=40)),
    )
    yield (
        "PNG gAMA whose length reaches beyond the file",
        put(chunk(b"gAMA", struct.pack(">I", 45455), length=10_000_000)),
    )
    header_crc = bytearray(plain)
    header_crc[29] ^= 0xFF
    yield "PNG IHDR of a wrong checksum", bytes(header_crc)
    idat_crc = bytearray(plain)
    idat_crc[-13] ^= 0xFF
    yield "PNG IDAT of a wrong checksum", bytes(idat_crc)
    end_crc = bytearray(plain)
    end_crc[-1] ^= 0xFF
    yield "PNG IEND of a wrong checksum", bytes(end_crc)
    adler = _with_idat(plain, lambda body: body[:-4] + bytes(4))
    yield "PNG whose zlib checksum is wrong", adler
    broken = _with_idat(plain, lambda body: body[: len(body) * 3 // 4] + bytes(len(body) // 4))
    yield "PNG whose pixels break at 75 %", broken


def _png_oddities(photo: Image.Image) -> Iterator[tuple[str, bytes]]:
    plain = _encoded(photo, "PNG")
    put = partial(_put, plain)
    palette = _encoded(photo.quantize(16), "PNG")
    at = palette.index(b"PLTE")
    length = int.from_bytes(palette[at - 4 : at])
    spoilt = bytearray(palette)
    spoilt[at + 4 + length] ^= 0xFF
    yield "PNG PLTE of a wrong checksum", bytes(spoilt)
    yield "PNG palette without PLTE", palette[: at - 4] + palette[at + 8 + length :]
    yield "PNG colour with a PLTE of 5 bytes", put(chunk(b"PLTE", bytes(5)))
    yield "PNG two IHDR", put(plain[8:_SIGNATURE_AND_HEADER])
    yield "PNG unknown critical chunk", put(chunk(b"ABCD", b"critical"))
    yield "PNG acTL too short", put(chunk(b"acTL", b"\0"))
    yield "PNG acTL alone", put(chunk(b"acTL", struct.pack(">II", 1, 0)))
    yield (
        "PNG fcTL out of turn",
        put(
            chunk(b"acTL", struct.pack(">II", 2, 0)),
            chunk(b"fcTL", struct.pack(">I", 9) + bytes(22)),
        ),
    )
    text = PngImagePlugin.PngInfo()
    text.add_text("Raw profile type exif", "\nexif\n 26\n" + _exif(6).hex() + "\n", zip=True)
    yield "PNG raw EXIF in text, turned", _encoded(photo, "PNG", pnginfo=text)
    text = PngImagePlugin.PngInfo()
    text.add_itxt("XML:com.adobe.xmp", _XMP)
    yield "PNG turned by XMP", _encoded(photo, "PNG", pnginfo=text)
    yield "PNG eXIf after the picture", plain[:-12] + chunk(b"eXIf", _exif(6)[6:]) + plain[-12:]
    yield "PNG trailing garbage", plain + bytes(100)


def _put(plain: bytes, *chunks: bytes) -> bytes:
    """Return the file with chunks between its header and the rest."""
    return plain[:_SIGNATURE_AND_HEADER] + b"".join(chunks) + plain[_SIGNATURE_AND_HEADER:]


def _with_idat(plain: bytes, change: Callable[[bytes], bytes]) -> bytes:
    at = plain.index(b"IDAT")
    length = int.from_bytes(plain[at - 4 : at])
    body = change(plain[at + 4 : at + 4 + length])
    return plain[: at - 4] + chunk(b"IDAT", body) + plain[at + 8 + length :]


def _cut(file: bytes, *shares: float) -> Iterator[tuple[str, bytes]]:
    for share in shares:
        yield f"cut at {share:.0%}", file[: int(len(file) * share)]


def _png_cuts(photo: Image.Image) -> Iterator[tuple[str, bytes]]:
    files = {
        "PNG": _encoded(photo, "PNG"),
        "PNG grey 16 bit": _png_of_bits(
            np.asarray(photo.convert("L")).astype(np.uint16) * 257, 16, 0
        ),
        "PNG palette": _encoded(photo.quantize(64), "PNG"),
        "PNG with alpha": _encoded(photo.convert("RGBA"), "PNG"),
        "PNG interlaced": interlaced(np.asarray(photo)),
    }
    for name, file in files.items():
        for cut, data in _cut(file, 0.3, 0.55, 0.75, 0.9):
            yield f"{name} {cut}", data
    yield "PNG without IEND", files["PNG"][:-12]
    yield "PNG cut within IEND", files["PNG"][:-5]
    yield "PNG without its zlib checksum", files["PNG"][:-20]


def _jpegs(photo: Image.Image) -> Iterator[tuple[str, bytes]]:
    plain = _encoded(photo, "JPEG", quality=90)
    yield "JPEG grey", _encoded(photo.convert("L"), "JPEG")
    yield "JPEG CMYK", _encoded(photo.convert("CMYK"), "JPEG", quality=90)
    not_adobe = _encoded(photo.convert("CMYK"), "JPEG", quality=90)
    at = not_adobe.index(b"\xff\xee")
    yield "JPEG CMYK without Adobe's mark", not_adobe[:at] + not_adobe[at + 16 :]
    yield "JPEG progressive", _encoded(photo, "JPEG", progressive=True)
    yield "JPEG 4:4:4", _encoded(photo, "JPEG", subsampling=0)
    yield "JPEG 4:2:0", _encoded(photo, "JPEG", subsampling=2)
    yield "JPEG restarts", _encoded(photo, "JPEG", restart_marker_blocks=4)
    yield "JPEG stored as RGB", _encoded(photo, "JPEG", keep_rgb=True)
    yield "JPEG without an end", plain[:-2]
    yield "JPEG progressive without an end", _encoded(photo, "JPEG", progressive=True)[:-2]
    yield "JPEG trailing garbage", plain + bytes(1000)
    yield "JPEG comment of 60 kB", _encoded(photo, "JPEG", comment=bytes(60_000))
    yield "JPEG turned by XMP", _encoded(photo, "JPEG", xmp=_XMP)
    yield "JPEG turned by EXIF 3 and XMP 6", _encoded(photo, "JPEG", xmp=_XMP, exif=_exif(3))
    yield "JPEG broken EXIF", _encoded(photo, "JPEG", exif=b"Exif\0\0nonsense of no kind")
    yield "JPEG EXIF orientation 9", _encoded(photo, "JPEG", exif=_exif(9))
    yield "JPEG EXIF orientation 0", _encoded(photo, "JPEG", exif=_exif(0))
    yield "JPEG broken profile", _encoded(photo, "JPEG", icc_profile=bytes(200))
    yield "MPO", _encoded(photo, "MPO", save_all=True, append_images=[photo.rotate(180)])
    yield "JPEG garbage before a marker", plain[:20] + b"\0\0\0" + plain[20:]
    damaged = bytearray(plain)
    damaged[len(plain) // 2 : len(plain) // 2 + 30] = bytes(30)
    yield "JPEG damaged in the middle", bytes(damaged)


def _jpeg_cuts(photo: Image.Image) -> Iterator[tuple[str, bytes]]:
    files = {
        "JPEG": _encoded(photo, "JPEG", quality=90),
        "JPEG grey": _encoded(photo.convert("L"), "JPEG", quality=90),
        "JPEG progressive": _encoded(photo, "JPEG", quality=90, progressive=True),
        "JPEG CMYK": _encoded(photo.convert("CMYK"), "JPEG", quality=90),
        "JPEG restarts": _encoded(photo, "JPEG", restart_marker_blocks=4),
        "JPEG turned 6": _encoded(photo, "JPEG", exif=_exif(6)),
    }
    for name, file in files.items():
        for cut, data in _cut(file, 0.3, 0.6, 0.75, 0.9, 0.99):
            yield f"{name} {cut}", data


def _turned(photo: Image.Image) -> Iterator[tuple[str, bytes]]:
    for number in range(1, 9):
        for image_format in ("JPEG", "PNG", "WEBP", "AVIF", "TIFF", "HEIF"):
            yield (
                f"{image_format} EXIF orientation {number}",
                _encoded(photo, image_format, exif=_exif(number)),
            )
    # Pillow writes the turn of an AVIF into its own box; here only EXIF tells it.
    avif = _encoded(photo, "AVIF", exif=_exif(1))
    exif = _exif(1)
    at = avif.find(exif[6:])
    if at > 0:
        yield "AVIF turned by EXIF alone", avif[:at] + _exif(6)[6:] + avif[at + len(exif) - 6 :]


def _animations(photo: Image.Image) -> Iterator[tuple[str, bytes]]:
    turned = photo.transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    scenes = [photo, turned, photo.convert("L").convert("RGB")]
    options: dict[str, Any] = {"save_all": True, "append_images": scenes[1:], "duration": 60_000}
    yield "APNG", _encoded(photo, "PNG", **options)
    yield "APNG with a default image", _encoded(photo, "PNG", default_image=True, **options)
    yield "WebP animated", _encoded(photo, "WEBP", **options)
    moving = _encoded(photo, "GIF", **options)
    for disposal in (0, 1, 2, 3):
        yield f"GIF disposal {disposal}", _encoded(photo, "GIF", disposal=disposal, **options)
    yield "GIF without a trailer", moving[:-1]
    yield "GIF trailing garbage", moving + bytes(100)
    yield "GIF cut at 90 %", moving[: len(moving) * 9 // 10]
    still = _encoded(photo.quantize(64), "GIF")
    yield "GIF", still
    screen = struct.pack("<HH", _SIZE[0] + 60, _SIZE[1] + 40)
    yield "GIF smaller than its screen", still[:6] + screen + still[10:]
    yield "GIF interlaced", _encoded(photo.quantize(64), "GIF", interlace=1)
    yield "GIF not interlaced", _encoded(photo.quantize(64), "GIF", interlace=0)
    yield "GIF with a transparent colour", _encoded(photo.quantize(64), "GIF", transparency=3)
    yield "GIF still without a trailer", still[:-1]
    yield "GIF still cut at 75 %", still[: len(still) * 3 // 4]
    comment = b"!\xfe" + (b"\xff" + bytes(255)) * 8_000 + b"\0"
    at = still.index(b",\0\0\0\0")
    yield "GIF comment of 2 MB", still[:at] + comment + still[at:]


def _rest(photo: Image.Image) -> Iterator[tuple[str, bytes]]:
    for mode in ("1", "L", "P", "RGB", "RGBA"):
        yield f"BMP {mode}", _encoded(photo.convert(mode), "BMP")
    bmp = _encoded(photo, "BMP")
    yield "BMP trailing garbage", bmp + bytes(1000)
    yield "BMP cut at 75 %", bmp[: len(bmp) * 3 // 4]
    height = struct.pack("<i", -_SIZE[1])
    yield "BMP upside down", bmp[:22] + height + bmp[26:]
    yield "WebP lossless", _encoded(photo, "WEBP", lossless=True)
    yield "WebP with alpha", _encoded(photo.convert("RGBA"), "WEBP")
    yield "WebP turned by XMP", _encoded(photo, "WEBP", xmp=_XMP)
    webp = _encoded(photo, "WEBP")
    yield "WebP trailing garbage", webp + bytes(100)
    yield "WebP cut at 75 %", webp[: len(webp) * 3 // 4]
    yield "AVIF", _encoded(photo, "AVIF")
    yield "AVIF with alpha", _encoded(photo.convert("RGBA"), "AVIF")
    yield "AVIF turned by XMP", _encoded(photo, "AVIF", xmp=_XMP)
    avif = _encoded(photo, "AVIF")
    yield "AVIF trailing garbage", avif + bytes(100)
    yield "AVIF cut at 75 %", avif[: len(avif) * 3 // 4]
    yield "HEIC", _encoded(photo, "HEIF")
    grey = np.asarray(photo.convert("L"))
    yield "TIFF", _encoded(photo, "TIFF")
    yield "TIFF of floats", _encoded(Image.fromarray(grey.astype(np.float32) / 255), "TIFF")
    hot = grey.astype(np.float32) / 255
    hot[0, 5] = 1e6
    yield "TIFF of floats with a hot pixel", _encoded(Image.fromarray(hot), "TIFF")
    yield "TIFF of 16 bit", _encoded(Image.fromarray(grey.astype(np.uint16) * 257), "TIFF")
    yield "ICO", _encoded(photo, "ICO", sizes=[(64, 64)])
    yield "JPEG 2000", _encoded(photo, "JPEG2000")


_FAMILIES = (
    _depths,
    _png_chunks,
    _png_checksums,
    _png_oddities,
    _png_cuts,
    _jpegs,
    _jpeg_cuts,
    _turned,
    _animations,
    _rest,
)
