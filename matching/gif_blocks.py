"""Walking the blocks of a GIF without decoding, to see whether it is all there (GIF89a)."""

from __future__ import annotations

_HEADER_LENGTH = 13
_SCREEN_FLAGS = 10
_EXTENSION = 0x21
_IMAGE = 0x2C
_TRAILER = 0x3B
# From an image's introducer to the flags of its descriptor, and on to its colours.
_IMAGE_FLAGS = 9
_DESCRIPTOR_LENGTH = 10


def is_cut_off(gif: bytes) -> bool:
    """Tell whether the file goes on after its first picture and then ends without the end mark.

    The first picture is left to the decoder. A single one that lacks the end mark alone is whole.
    """
    position = _HEADER_LENGTH + _colours_length(gif, _SCREEN_FLAGS)
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
