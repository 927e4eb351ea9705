"""How files of some formats are built, read without decoding: JPEG (ITU T.81, annex B), GIF89a."""

from __future__ import annotations

import re

_JPEG = b"\xff\xd8\xff"
# PNG, GIF, BMP and the two byte orders of TIFF.
_STARTS = (_JPEG, b"\x89PNG\r\n\x1a\n", b"GIF8", b"BM", b"II*\0", b"MM\0*")
# Of a JPEG, the markers.
_START_OF_SCAN = 0xDA
_END_OF_IMAGE = 0xD9
_START_OF_IMAGE = b"\xff\xd8"
# 0xFF00 is a stuffed byte and 0xFFD0..7 are restarts, both within a scan; 0xFFFF is filling.
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
# Of a GIF, what its blocks begin with and how long they are.
_GIF_HEADER_LENGTH = 13
_SCREEN_FLAGS = 10
_EXTENSION = 0x21
_IMAGE = 0x2C
_TRAILER = 0x3B
# From an image's introducer to the flags of its descriptor, and on to its colours.
_IMAGE_FLAGS = 9
_DESCRIPTOR_LENGTH = 10


def has_known_signature(data: bytes) -> bool:
    """Tell whether the first 12 bytes are those of a picture that may be read; it may be broken."""
    is_webp = data[:4] == b"RIFF" and data[8:12] == b"WEBP"
    is_avif_or_heic = data[4:8] == b"ftyp"
    return data.startswith(_STARTS) or is_webp or is_avif_or_heic


def is_jpeg(data: bytes) -> bool:
    """Tell whether the file begins as a JPEG does; it may be broken."""
    return data.startswith(_JPEG)


def count_scans(jpeg: bytes) -> int:
    """Return the number of scans before the first end of image, 0 if it is no JPEG.

    Pictures within segments (the thumbnail in EXIF) and behind the end of the image (the second
    picture of an MPO, the film of a phone's moving photo) are not counted.
    """
    if not jpeg.startswith(_START_OF_IMAGE):
        return 0
    scans = 0
    position = len(_START_OF_IMAGE)
    while found := _MARKER.search(jpeg, position):
        marker = jpeg[found.start() + 1]
        if marker == _END_OF_IMAGE:
            break
        scans += marker == _START_OF_SCAN
        length = int.from_bytes(jpeg[found.end() : found.end() + 2])
        position = found.end() + length
    return scans


def is_gif_cut_off(gif: bytes) -> bool:
    """Tell whether the file goes on after its first picture and then ends without the end mark.

    The first picture is left to the decoder. A single one that lacks the end mark alone is whole.
    """
    position = _GIF_HEADER_LENGTH + _colours_length(gif, _SCREEN_FLAGS)
    has_picture = goes_on = False
    while position < len(gif) and (introducer := gif[position]) != _TRAILER:
        goes_on |= has_picture and introducer in {_IMAGE, _EXTENSION}
        has_picture |= introducer == _IMAGE
        position = _after_block(gif, position)
    return goes_on and position >= len(gif)


def _after_block(gif: bytes, position: int) -> int:
    """Return where the next block begins: beyond the end of the file if this one is cut off."""
    if gif[position] == _IMAGE:
        colours_length = _colours_length(gif, position + _IMAGE_FLAGS)
        # One byte between the colours and the pixels tells the size of the first codes.
        return _after_sub_blocks(gif, position + _DESCRIPTOR_LENGTH + colours_length + 1)
    if gif[position] == _EXTENSION:
        return _after_sub_blocks(gif, position + 2)
    return position + 1  # filling, which decoders pass over


def _after_sub_blocks(gif: bytes, position: int) -> int:
    while position < len(gif) and (length := gif[position]):
        position += 1 + length
    return position + 1


def _colours_length(gif: bytes, flags_position: int) -> int:
    """Return the length in bytes of the colour table that these flags announce."""
    flags = gif[flags_position] if flags_position < len(gif) else 0
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0
