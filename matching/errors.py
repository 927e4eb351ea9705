"""Why bytes were refused as a picture; every error is an `UnusableImage` with a stable code.

UnusableImage
├── UnsupportedFormat   not one of the formats that are read
├── CorruptImage        a known format, broken or cut short
├── TooManyPixels       larger than the limit, judged before decoding
├── TooManyFrames       an animation or document with more frames than the limit
└── TooCostly           pixels x frames x scans above the budget: the file is built to be slow
"""

from __future__ import annotations

from common.errors import UnusableImage


class UnsupportedFormat(UnusableImage):
    """The bytes are in no format that is read."""

    code = "unsupported_format"


class CorruptImage(UnusableImage):
    """The format is known, but the picture is broken or cut short."""

    code = "corrupt_image"


class TooManyPixels(UnusableImage):
    """The picture is larger than the limit."""

    code = "too_many_pixels"


class TooManyFrames(UnusableImage):
    """The animation or document has more frames than the limit."""

    code = "too_many_frames"


class TooCostly(UnusableImage):
    """Decoding would pass over more pixels than the budget allows."""

    code = "too_costly"
