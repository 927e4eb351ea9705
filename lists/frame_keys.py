"""One number for one frame of one item: what the in-memory indexes know a row by.

`key = item row id * 1024 + frame`, where `frame` is the frame's number in its file, from 0. That is
room for all: files of more than `DecodeLimits.max_frames` frames, 1,000, are refused. An item has
as many keys as its picture has frames that are kept; a still picture has the first one only.
"""

from __future__ import annotations

KEYS_PER_ITEM = 1024


def key_of(item_id: int, frame: int) -> int:
    """Return the key of a frame of an item; raise ValueError if the frame has no number here."""
    if not 0 <= frame < KEYS_PER_ITEM:
        raise ValueError(f"frame {frame} of item {item_id} is beyond {KEYS_PER_ITEM - 1}")
    return item_id * KEYS_PER_ITEM + frame


def item_of(key: int) -> int:
    """Return the row id of the item."""
    return key // KEYS_PER_ITEM


def frame_of(key: int) -> int:
    """Return the number of the frame."""
    return key % KEYS_PER_ITEM


def keys_of(item_id: int) -> range:
    """Return every key that the item may have."""
    return range(key_of(item_id, 0), key_of(item_id + 1, 0))
