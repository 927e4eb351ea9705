"""Why bytes were refused as a video.

InvalidInput
├── VideoNotInstalled       the package that decodes videos is missing on this server
└── UnusableVideo
    ├── UnsupportedVideo    no container or codec that is read, or nothing that moves in it
    ├── CorruptVideo        a known format, broken or encrypted
    ├── VideoTooLong        longer than the limit
    ├── VideoTooLarge       frames of more pixels, or more frames or tracks, than the limit
    └── VideoTimedOut       what was asked of it took longer than the limit
"""

from __future__ import annotations

from common.errors import InvalidInput


class VideoNotInstalled(InvalidInput):
    """The package that decodes videos is missing on this server."""

    code = "video_not_installed"


class UnusableVideo(InvalidInput):
    """The bytes are not a video that may be taken in."""

    code = "unusable_video"


class UnsupportedVideo(UnusableVideo):
    """The bytes are in no container or codec that is read, or nothing in them moves."""

    code = "unsupported_video"


class CorruptVideo(UnusableVideo):
    """The format is known, but the video is broken or encrypted."""

    code = "corrupt_video"


class VideoTooLong(UnusableVideo):
    """The video is longer than the limit."""

    code = "video_too_long"


class VideoTooLarge(UnusableVideo):
    """The video has larger frames, or more frames or tracks, than the limit."""

    code = "video_too_large"


class VideoTimedOut(UnusableVideo):
    """What was asked of the video took longer than the limit."""

    code = "video_timed_out"
