"""What one video may cost."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class VideoLimits:
    """The bounds on a video; `max_seconds` is where its last frame may begin.

    `max_pixels` are those of a frame: 4096 x 2304 and a little more. `max_frames` counts all that
    the file has, not those that are looked at. `timeout_s` is for everything that is asked of it.
    """

    max_bytes: int = 40_000_000
    max_seconds: float = 60.0
    max_pixels: int = 10_000_000
    max_frames: int = 18_000
    max_tracks: int = 16
    timeout_s: float = 120.0
