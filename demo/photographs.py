"""The pictures of the demo: real photographs, and what people do to them before they send them on.

The photographs come with the scikit-image package.
"""

from __future__ import annotations

import importlib.util
import io
from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageDraw, ImageEnhance, ImageFont, ImageOps

Edit = Callable[[Image.Image], Image.Image]

_JPEG_QUALITY = 85
_CHAT_FONT = ImageFont.load_default(24)

# Photographs in the wheel of scikit-image; those that an installation lacks are left out.
_PACKAGE = "skimage"
_PHOTOGRAPHS = (
    "astronaut.png",
    "brick.png",
    "camera.png",
    "chelsea.png",
    "coffee.png",
    "coins.png",
    "grass.png",
    "gravel.png",
    "hubble_deep_field.jpg",
    "ihc.png",
    "moon.png",
    "motorcycle_left.png",
    "page.png",
    "retina.jpg",
    "rocket.jpg",
    "text.png",
)


def photographs() -> list[Path]:
    """Return the real photographs that the installed package carries."""
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        return []
    folder = Path(spec.origin).parent / "data"
    return [folder / name for name in _PHOTOGRAPHS if (folder / name).exists()]


def edited(path: Path, edit: Edit, *, quality: int = _JPEG_QUALITY) -> bytes:
    """Return an edited copy of a photograph as JPEG."""
    with Image.open(path) as opened:
        copy = edit(opened.convert("RGB"))
    buffer = io.BytesIO()
    copy.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def _half(picture: Image.Image) -> Image.Image:
    return picture.resize((picture.width // 2, picture.height // 2))


def _brighter(picture: Image.Image) -> Image.Image:
    return ImageEnhance.Brightness(picture).enhance(1.2)


def _turned(picture: Image.Image) -> Image.Image:
    return picture.transpose(Image.Transpose.ROTATE_90)


def _cropped(picture: Image.Image) -> Image.Image:
    x_px, y_px = picture.width // 5, picture.height // 6
    return picture.crop((x_px, y_px, picture.width - x_px // 2, picture.height - y_px // 2))


def _captioned(picture: Image.Image) -> Image.Image:
    bar_px = picture.height // 6
    captioned = ImageOps.expand(picture, (0, bar_px, 0, 0), "white")
    font = ImageFont.load_default(bar_px * 0.5)
    ImageDraw.Draw(captioned).text((bar_px // 4, bar_px // 4), "SEEN THIS?", "black", font)
    return captioned


def _tilted(picture: Image.Image) -> Image.Image:
    return picture.rotate(7, Image.Resampling.BICUBIC, expand=True, fillcolor="black")


def _sent_in_chat(picture: Image.Image) -> Image.Image:
    """Return a telephone's screen with the picture in a conversation."""
    screen = Image.new("RGB", (540, 960), "#e8e2da")
    draw = ImageDraw.Draw(screen)
    draw.rectangle((0, 0, 540, 90), "#0a5f54")
    draw.text((80, 28), "Neighbours", "white", ImageFont.load_default(26))
    sent = ImageOps.contain(picture, (380, 460))
    box = (520 - sent.width, 200)
    draw.rounded_rectangle(
        (box[0] - 8, box[1] - 8, 528, box[1] + sent.height + 48), 10, fill="#d8f3c6"
    )
    screen.paste(sent, box)
    draw.text((box[0], box[1] + sent.height + 10), "Is this real?", "black", _CHAT_FONT)
    draw.rounded_rectangle((20, 800, 360, 860), 10, fill="white")
    draw.text((36, 816), "Where did you get it?", "black", _CHAT_FONT)
    return screen


def _watermarked(picture: Image.Image) -> Image.Image:
    marked = picture.copy()
    width_px, height_px = marked.width // 4, marked.height // 12
    box = (marked.width - width_px - 8, marked.height - height_px - 8)
    draw = ImageDraw.Draw(marked)
    draw.rectangle((*box, box[0] + width_px, box[1] + height_px), fill="white")
    draw.text((box[0] + 6, box[1] + height_px // 3), "@reposted", fill="black")
    return marked


EDITS: dict[str, Edit] = {
    "half": _half,
    "brighter": _brighter,
    "mirrored": ImageOps.mirror,
    "watermarked": _watermarked,
    "turned": _turned,
    "grey": lambda picture: ImageOps.grayscale(picture).convert("RGB"),
    "cropped": _cropped,
    "captioned": _captioned,
    "chat": _sent_in_chat,
    "tilted": _tilted,
}
