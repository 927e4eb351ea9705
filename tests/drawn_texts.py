"""Pictures with text, drawn."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFont

from tests.conftest import encoded
from tests.photos import animation

_SIZE_PX = (720, 240)
_LETTERS_PX = 40
_MARGIN_PX = 30
_LINE_PX = 60


def page(*lines: str) -> Image.Image:
    """Return black lines on white."""
    picture = Image.new("RGB", _SIZE_PX, "white")
    draw = ImageDraw.Draw(picture)
    font = ImageFont.load_default(_LETTERS_PX)
    for number, line in enumerate(lines):
        place = (_MARGIN_PX, _MARGIN_PX + number * _LINE_PX)
        draw.text(place, line, fill="black", font=font)
    return picture


def drawn(*lines: str) -> bytes:
    """Return the lines as a PNG."""
    return encoded(page(*lines), "PNG")


def drawn_frames(frames: Sequence[Sequence[str]]) -> bytes:
    """Return an animation of pages, each of which looks like no other."""
    return animation([page(*lines) for lines in frames], "GIF")
