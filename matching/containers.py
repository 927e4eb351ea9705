"""How files of some formats are built, read without decoding.

JPEG (ITU T.81, annex B), GIF89a, the file types of ISO 14496-12, and the orientation in EXIF 2.32.
PNG has a module for itself, `matching.pngs`.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass

_JPEG = b"\xff\xd8\xff"
# PNG, GIF, BMP and the two byte orders of TIFF.
_STARTS = (_JPEG, b"\x89PNG\r\n\x1a\n", b"GIF8", b"BM", b"II*\0", b"MM\0*")
# What AVIF and HEIC call themselves; films begin with a file type too.
_STILL_BRANDS = frozenset(
    {b"avif", b"avis", b"mif1", b"msf1", b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"}
)
_EXIF_HEADER = b"Exif\0\0"
_ORIENTATION_TAG = 0x0112
_SHORT = 3
# Of a JPEG, the markers.
_START_OF_SCAN = 0xDA
_END_OF_IMAGE = 0xD9
_START_OF_IMAGE = b"\xff\xd8"
_END = b"\xff\xd9"
# Baseline, extended and progressive; the other frames are lossless, hierarchical or arithmetic.
_COMMON_FRAMES = frozenset({0xC0, 0xC1, 0xC2})
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_TELLING = _FRAMES | {_START_OF_SCAN}
_EIGHT_BITS = b"\x08"
_COEFFICIENTS = 64
_MOST_SEGMENTS = 10_000
# Programs that reserve room for a download leave zeros behind what has arrived.
_MIN_PADDING = 8
# 0xFF00 is a stuffed byte and 0xFFD0..7 are restarts, both within a scan; 0xFFFF is filling.
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
# Of a GIF, what its blocks begin with and how long they are.
_GIF_HEADER_LENGTH = 13
_SCREEN_FLAGS = 10
_EXTENSION = 0x21
_IMAGE = 0x2C
_TRAILER = 0x3B
_ALL_COLOURS_LENGTH = 3 * 256
# Anything else between blocks is filling, of which there may be megabytes.
_BLOCK = re.compile(rb"[!,;]")
_FRAME_FOLLOWS = b"!\xf9"  # a graphic control extension
_TRANSPARENT_255 = b"!\xf9\x04\x01\0\0\xff\0"
# From an image's introducer to the flags of its descriptor, and on to its colours.
_IMAGE_FLAGS = 9
_DESCRIPTOR_LENGTH = 10


@dataclass(frozen=True, slots=True)
class JpegLayout:
    """What the markers of a JPEG say, up to the first end of image.

    `length` is where the end mark stands, or would if it is lacking (`is_ended`): behind the last
    segment that is whole. `components` and `scan_headers` are without their lengths. `is_common` is
    false of the variants that no browser shows: lossless, hierarchical, arithmetic, over 8 bits.
    """

    is_ended: bool
    length: int
    components: int = 0
    scan_headers: tuple[bytes, ...] = ()
    is_common: bool = True

    @property
    def scans(self) -> int:
        """Return the number of scans, 0 if the file is no JPEG."""
        return len(self.scan_headers)

    @property
    def has_every_scan(self) -> bool:
        """Tell whether the scans leave no coefficient out (T.81, B.2.3), if they are whole."""
        exact: set[tuple[int, int]] = set()
        for header in self.scan_headers:
            selectors, (first, last, bits) = header[1:-3:2], header[-3:]
            if bits & 15 == 0:
                exact |= {(each, number) for each in selectors for number in range(first, last + 1)}
        return len(exact) >= _COEFFICIENTS * self.components


def has_known_signature(data: bytes) -> bool:
    """Tell whether the first bytes are those of a picture that may be read; it may be broken."""
    is_webp = data[:4] == b"RIFF" and data[8:12] == b"WEBP"
    return data.startswith(_STARTS) or is_webp or _is_avif_or_heic(data)


def _is_avif_or_heic(data: bytes) -> bool:
    if data[4:8] != b"ftyp":
        return False
    length = int.from_bytes(data[:4])
    brands = data[8:12] + data[16 : min(length, 256)]
    return any(brands[at : at + 4] in _STILL_BRANDS for at in range(0, len(brands), 4))


def is_jpeg(data: bytes) -> bool:
    """Tell whether the file begins as a JPEG does; it may be broken."""
    return data.startswith(_JPEG)


def is_gif(data: bytes) -> bool:
    """Tell whether the file begins as a GIF does; it may be broken."""
    return data.startswith(b"GIF8")


def jpeg_layout(jpeg: bytes) -> JpegLayout:
    """Read the markers before the first end of image.

    Pictures within segments (the thumbnail in EXIF) and behind the end of the image (the second
    picture of an MPO, the film of a phone's moving photo) are not counted.
    """
    if not jpeg.startswith(_START_OF_IMAGE):
        return JpegLayout(is_ended=False, length=len(jpeg))
    segments: list[tuple[int, bytes]] = []
    position = len(_START_OF_IMAGE)
    while found := _MARKER.search(jpeg, position):
        marker = jpeg[found.start() + 1]
        if marker == _END_OF_IMAGE:
            return _layout(segments, is_ended=True, length=found.start())
        position = found.end() + int.from_bytes(jpeg[found.end() : found.end() + 2])
        if position > len(jpeg):
            return _layout(segments, is_ended=False, length=found.start())
        if marker in _TELLING:
            segments.append((marker, jpeg[found.end() + 2 : position]))
        if len(segments) > _MOST_SEGMENTS:  # far beyond any limit of scans
            break
    return _layout(segments, is_ended=False, length=_unpadded_length(jpeg))


def _layout(segments: list[tuple[int, bytes]], *, is_ended: bool, length: int) -> JpegLayout:
    frames = [(marker, body) for marker, body in segments if marker != _START_OF_SCAN]
    return JpegLayout(
        is_ended=is_ended,
        length=length,
        components=max((body[5] for _, body in frames if len(body) > 5), default=0),
        scan_headers=tuple(body for marker, body in segments if marker == _START_OF_SCAN),
        # Further ones are there where the pixels are damaged.
        is_common=all(
            marker in _COMMON_FRAMES and body[:1] == _EIGHT_BITS for marker, body in frames[:1]
        ),
    )


def _unpadded_length(jpeg: bytes) -> int:
    """Return where the coded pixels end, without half a marker or what was only reserved."""
    unpadded = jpeg.rstrip(b"\0")
    end = len(unpadded) if len(jpeg) - len(unpadded) >= _MIN_PADDING else len(jpeg)
    return end - 1 if jpeg[end - 1] == _END[0] else end


def ended_jpeg(jpeg: bytes, layout: JpegLayout, filling: bytes = b"") -> bytes:
    """Return a JPEG that breaks off with an end mark, which decoders wait for.

    `filling` stands before it and is decoded in place of the pixels that are missing.
    """
    return b"".join((memoryview(jpeg)[: layout.length], filling, _END))


def exif_orientation(exif: bytes) -> int:
    """Return the number of the orientation in the first directory, 1 where none can be read.

    Pillow's own reader would ask XMP next, which no browser does.
    """
    tiff = exif.removeprefix(_EXIF_HEADER)
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
    if order is None:
        return 1
    try:
        (start,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, start)
        for entry in range(count):
            tag, kind, _, value = struct.unpack_from(f"{order}HHIH", tiff, start + 2 + 12 * entry)
            if tag == _ORIENTATION_TAG and kind == _SHORT:
                return int(value)
    except struct.error:
        pass
    return 1


def is_gif_cut_off(gif: bytes) -> bool:
    """Tell whether the file ends within a block, or announces a frame that is not there.

    The first picture is left to the decoder. What lacks the end mark alone is whole.
    """
    position = _GIF_HEADER_LENGTH + _colours_length(gif, _SCREEN_FLAGS)
    has_picture = goes_on = is_announced = False
    while position < len(gif) and (introducer := gif[position]) != _TRAILER:
        is_announced = gif[position : position + 2] == _FRAME_FOLLOWS
        goes_on |= has_picture and introducer in {_IMAGE, _EXTENSION}
        has_picture |= introducer == _IMAGE
        position = _after_block(gif, position)
    return goes_on and (position > len(gif) or is_announced)


def gif_with_margin(gif: bytes) -> bytes:
    """Return the file with what its first frame leaves of the screen transparent, as browsers do.

    Decoders put the first colour of the palette there. Files that already have a transparent
    colour, or use all 256, stay as they are.
    """
    position = _GIF_HEADER_LENGTH + _colours_length(gif, _SCREEN_FLAGS)
    control = None
    while position < len(gif) and gif[position] not in {_IMAGE, _TRAILER}:
        if gif[position : position + 2] == _FRAME_FOLLOWS:
            control = position
        position = _after_block(gif, position)
    colours = _colours_length(gif, position + _IMAGE_FLAGS) or _colours_length(gif, _SCREEN_FLAGS)
    # Left, top, width and height of the frame, against those of the screen.
    is_small = gif[position + 1 : position + 9] != bytes(4) + gif[6:10]
    if not is_small or gif[position : position + 1] != b"," or colours >= _ALL_COLOURS_LENGTH:
        return gif
    if control is None:
        return gif[:position] + _TRANSPARENT_255 + gif[position:]
    flags = gif[control + 3]
    if flags & 1:
        return gif
    told = bytes((flags | 1,)) + gif[control + 4 : control + 6] + b"\xff"
    return gif[: control + 3] + told + gif[control + 7 :]


def _after_block(gif: bytes, position: int) -> int:
    """Return where the next block begins: beyond the end of the file if this one is cut off."""
    if gif[position] == _IMAGE:
        colours_length = _colours_length(gif, position + _IMAGE_FLAGS)
        # One byte between the colours and the pixels tells the size of the first codes.
        return _after_sub_blocks(gif, position + _DESCRIPTOR_LENGTH + colours_length + 1)
    if gif[position] == _EXTENSION:
        return _after_sub_blocks(gif, position + 2)
    found = _BLOCK.search(gif, position)  # decoders pass over filling
    return found.start() if found else len(gif)


def _after_sub_blocks(gif: bytes, position: int) -> int:
    while position < len(gif) and (length := gif[position]):
        position += 1 + length
    return position + 1


def _colours_length(gif: bytes, flags_position: int) -> int:
    """Return the length in bytes of the colour table that these flags announce."""
    flags = gif[flags_position] if flags_position < len(gif) else 0
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0
