"""What of a PNG is its picture (ISO 15948), read without decoding it.

Pillow refuses a file for much that stands beside the picture: a wrong checksum or length, more
than 1 MB of text. Browsers pass over all of it. So Pillow gets the chunks that make up the picture
and nothing else, and the colour profile is read here, with a bound.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
# Real profiles with tables for the whole gamut have 0.5 to 2 MB.
MAX_PROFILE_BYTES: Final = 4 * 1024**2
_PIECE_BYTES = 256 * 1024
# libpng writes chunks of 8 KB: 4,000 of them in 30 MB.
_MOST_CHUNKS = 50_000
_HEAD_LENGTH = 8
_CHECKSUM_LENGTH = 4
_ZLIB_HEAD_LENGTH = 2
_HEADER_LENGTH = 13
# What the picture cannot do without: a decoder that misses one shows something else. Their
# checksums are left to Pillow, which is as strict about them as Chromium.
_CRITICAL = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND"})
_FRAMES = frozenset({b"fcTL", b"fdAT"})
_SHORTEST = {b"acTL": 8, b"eXIf": 1, b"gAMA": 4, b"sRGB": 1}
_COLOUR_TYPE = 25  # where it stands in the file
# The shortest transparency by colour type; the others have an alpha channel.
_TRNS_LENGTHS = {0: 2, 2: 6, 3: 1}
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
# The first six passes of an interlaced picture have every other row in full: Adam7, by the first
# column and row and the steps between them.
_PASSES: Final = (
    (0, 0, 8, 8),
    (4, 0, 8, 8),
    (0, 4, 4, 8),
    (2, 0, 4, 4),
    (0, 2, 2, 4),
    (1, 0, 2, 2),
    (0, 1, 1, 2),
)


@dataclass(frozen=True, slots=True)
class Rows:
    """How much of a PNG that breaks off is there.

    `full` is the number of rows from the top that have all pixels. Of an interlaced picture
    `halved` are those below them of which every other one, the even ones, is there.
    """

    full: int
    halved: int = 0


@dataclass(frozen=True, slots=True)
class PngPicture:
    """The file without what is not the picture, and its profile if it has a usable one."""

    data: bytes
    profile: bytes | None


@dataclass(frozen=True, slots=True)
class _PngChunk:
    tag: bytes
    body: memoryview
    whole: memoryview  # with its length, tag and checksum

    @property
    def is_cut_off(self) -> bool:
        return len(self.whole) < int.from_bytes(self.whole[:4]) + _HEAD_LENGTH + _CHECKSUM_LENGTH

    @property
    def is_sound(self) -> bool:
        checksum = zlib.crc32(self.body, zlib.crc32(self.tag))
        return self.whole[-4:] == checksum.to_bytes(4)


def is_png(data: bytes) -> bool:
    """Tell whether the file begins as a PNG does; it may be broken."""
    return data.startswith(SIGNATURE)


def has_too_many_chunks(png: bytes) -> bool:
    """Tell whether there are more chunks than any program writes; each takes time to look at.

    What follows the end mark is not looked at: downloads that reserved room leave zeros there.
    """
    position = len(SIGNATURE)
    for _ in range(_MOST_CHUNKS):
        if position >= len(png) or png[position + 4 : position + _HEAD_LENGTH] == b"IEND":
            return False
        position += _HEAD_LENGTH + _CHECKSUM_LENGTH + int.from_bytes(png[position : position + 4])
    return True


def picture_of(png: bytes) -> PngPicture:
    """Return the chunks that make up the picture, the last one perhaps cut off.

    What is optional (transparency, gamma, orientation, animation) counts where it is sound and
    stands before the pixels, as in browsers.
    """
    kept: list[_PngChunk] = []
    profile: bytes | None = None
    is_animated = has_pixels = False
    for chunk in _chunks(png):
        has_pixels |= chunk.tag == b"IDAT"
        if has_pixels:
            is_kept = chunk.tag in _CRITICAL
        elif chunk.tag == b"iCCP":
            profile, is_kept = _profile(chunk), False
        else:
            is_kept = chunk.tag in _CRITICAL or _is_usable(chunk, colour=png[_COLOUR_TYPE])
            is_animated |= chunk.tag == b"acTL" and is_kept
        if is_kept or (is_animated and chunk.tag in _FRAMES):
            kept.append(chunk)
    shown = _animation_alone(kept) if is_animated else kept
    return PngPicture(b"".join([SIGNATURE, *(chunk.whole for chunk in shown)]), profile)


def _animation_alone(chunks: list[_PngChunk]) -> Iterable[_PngChunk]:
    """Return an animation without the picture before it, which no player of animations shows.

    Its first frame takes that place. What does not count its chunks as it should is left as it is,
    and what ends without any frame is a still picture.
    """
    numbers = [bytes(chunk.body[:4]) for chunk in chunks if chunk.tag in _FRAMES]
    if not numbers and chunks[-1].tag == b"IEND":
        return [chunk for chunk in chunks if chunk.tag != b"acTL"]
    is_in_order = numbers == [number.to_bytes(4) for number in range(len(numbers))]
    first = next((chunk.tag for chunk in chunks if chunk.tag in {b"IDAT", b"fcTL"}), b"")
    return _renumbered(chunks) if first == b"IDAT" and is_in_order else chunks


def _renumbered(chunks: list[_PngChunk]) -> Iterator[_PngChunk]:
    frame = number = 0
    for chunk in chunks:
        frame += chunk.tag == b"fcTL"
        if chunk.tag == b"fdAT" and frame == 1:
            yield _written(b"IDAT", bytes(chunk.body[4:]))
        elif chunk.tag in _FRAMES and not chunk.is_cut_off:
            yield _written(chunk.tag, number.to_bytes(4) + bytes(chunk.body[4:]))
            number += 1
        elif chunk.tag != b"IDAT":
            yield chunk


def rows_that_are_there(png: bytes) -> Rows:
    """Inflate the pixels of a still PNG without keeping them, and count what is there.

    Raises zlib.error where the pixels are damaged, not just cut off, and ValueError for a header
    of no kind that exists.
    """
    chunks = list(_chunks(png))
    if not chunks or chunks[0].tag != b"IHDR" or len(chunks[0].body) != _HEADER_LENGTH:
        raise ValueError("the file does not begin with a header")
    width, height, bits, colour, _, _, interlace = struct.unpack(">IIBBBBB", chunks[0].body)
    pixel_bits = bits * _CHANNELS.get(colour, 0)
    if not pixel_bits:
        raise ValueError("the header names no kind of pixels")
    pixels = b"".join(chunk.body for chunk in chunks if chunk.tag == b"IDAT")
    if not interlace:
        row_bytes = _row_bytes(width, pixel_bits)
        return Rows(_inflated_bytes(pixels, height * row_bytes) // row_bytes)
    passes = [_pass_size(width, height, each) for each in _PASSES]
    sizes = [rows * _row_bytes(columns, pixel_bits) for columns, rows in passes]
    missing = sum(sizes) - _inflated_bytes(pixels, sum(sizes))
    if missing > sizes[-1]:
        return Rows(0)
    odd_rows = (sizes[-1] - missing) // _row_bytes(width, pixel_bits)
    full = height if not missing else min(height, 2 * odd_rows + 1)
    return Rows(full, height - full)


def _row_bytes(columns: int, pixel_bits: int) -> int:
    """Return the length of a row with the byte that names its filter."""
    return 1 + (columns * pixel_bits + 7) // 8 if columns else 0


def _pass_size(width: int, height: int, each: tuple[int, int, int, int]) -> tuple[int, int]:
    x, y, across, down = each
    return max(0, -((x - width) // across)), max(0, -((y - height) // down))


def _inflated_bytes(pixels: bytes, wanted: int) -> int:
    """Return how many bytes there are, at most those wanted; what follows them is not looked at."""
    # Without what zlib puts around the stream: browsers do not look at its checksum.
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    count = 0
    for start in range(_ZLIB_HEAD_LENGTH, len(pixels), _PIECE_BYTES):
        waiting = pixels[start : start + _PIECE_BYTES]
        while count < wanted and (more := inflater.decompress(waiting, _PIECE_BYTES)):
            count += len(more)
            waiting = inflater.unconsumed_tail
    return min(count, wanted)


def _chunks(png: bytes) -> Iterator[_PngChunk]:
    """Yield the chunks up to the end mark, and what is there of one that is cut off."""
    view = memoryview(png)
    position = len(SIGNATURE)
    while position + _HEAD_LENGTH <= len(png):
        length = int.from_bytes(view[position : position + 4])
        start = position + _HEAD_LENGTH
        end = start + length + _CHECKSUM_LENGTH
        tag = bytes(view[position + 4 : start])
        yield _PngChunk(tag, view[start : start + length], view[position:end])
        if tag == b"IEND":
            return
        position = end


def _written(tag: bytes, body: bytes) -> _PngChunk:
    checksum = zlib.crc32(body, zlib.crc32(tag)).to_bytes(4)
    whole = len(body).to_bytes(4) + tag + body + checksum
    return _PngChunk(tag, memoryview(body), memoryview(whole))


def _is_usable(chunk: _PngChunk, *, colour: int) -> bool:
    """Tell whether a chunk that says how to show the picture is sound, and fits its colours."""
    shortest = {**_SHORTEST, b"tRNS": _TRNS_LENGTHS.get(colour)}.get(chunk.tag)
    return shortest is not None and len(chunk.body) >= shortest and chunk.is_sound


def _profile(chunk: _PngChunk) -> bytes | None:
    """Return the inflated profile: None if it is broken or above the bound."""
    _, _, rest = bytes(chunk.body).partition(b"\0")
    if rest[:1] != b"\0" or not chunk.is_sound:
        return None
    inflater = zlib.decompressobj()
    try:
        profile = inflater.decompress(rest[1:], MAX_PROFILE_BYTES)
    except zlib.error:
        return None
    return None if inflater.unconsumed_tail else profile
