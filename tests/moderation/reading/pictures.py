"""Pictures with text that the tests of reading draw."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from tests.conftest import encoded, photo_path

_CYRILLIC = Path("/usr/share/fonts/truetype/liberation/LiberationSans-Bold.ttf")


def photo() -> Image.Image:
    """Return a photograph without text, 600 x 400."""
    return Image.open(photo_path("coffee.png")).convert("RGB")


def with_bar(text: str, font: ImageFont.FreeTypeFont | None = None) -> Image.Image:
    """Return the photograph below a white bar with black text, 600 x 480."""
    picture = Image.new("RGB", (600, 480), "white")
    picture.paste(photo(), (0, 80))
    font = font or plain_font()
    ImageDraw.Draw(picture).multiline_text((20, 8), text, font=font, fill="black", spacing=2)
    return picture


def plain_font(size: int = 28) -> ImageFont.FreeTypeFont:
    """Return the font that Pillow carries, which has Latin letters only."""
    font = ImageFont.load_default(size)
    assert isinstance(font, ImageFont.FreeTypeFont)
    return font


def cyrillic_font() -> ImageFont.FreeTypeFont:
    """Return a font with Cyrillic letters; skip the test where the system has none."""
    if not _CYRILLIC.is_file():
        pytest.skip("needs the system's package fonts-liberation")
    return ImageFont.truetype(_CYRILLIC, 28)


def file_of(picture: Image.Image, exif: Image.Exif | None = None) -> bytes:
    """Return the picture as a JPEG file's bytes."""
    return encoded(picture, quality=90, exif=exif or Image.Exif())
