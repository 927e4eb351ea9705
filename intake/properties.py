"""What a worker measures of a picture's looks."""

from __future__ import annotations

from intake.limits import Limits
from matching import decode, properties
from matching.properties import Properties


def measure(data: bytes, limits: Limits) -> Properties:
    """Measure a picture, of an animation the first frame; raise the errors of `matching.errors`.

    The first frame is what is seen wherever an animation does not play.
    """
    return properties.measured(decode.decode_rgb(data, limits))
