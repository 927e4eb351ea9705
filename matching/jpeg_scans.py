"""Counting the scans of a JPEG by its markers, without decoding (ITU T.81, annex B)."""

from __future__ import annotations

import re

_START_OF_SCAN = 0xDA
_END_OF_IMAGE = 0xD9
_START_OF_IMAGE = b"\xff\xd8"
# 0xFF00 is a stuffed byte and 0xFFD0..7 are restarts, both within a scan; 0xFFFF is filling.
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")


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
