"""Draws captions over photographs in the styles that people use, with the words known."""

from __future__ import annotations

import io
import random
import zlib
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

_FONTS = Path("/usr/share/fonts/truetype")
BOLD = _FONTS / "liberation/LiberationSans-Bold.ttf"
REGULAR = _FONTS / "liberation/LiberationSans-Regular.ttf"
NARROW = _FONTS / "liberation/LiberationSansNarrow-Bold.ttf"
# Its second face is the Korean one; fonts-noto-cjk in Debian.
HANGUL = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc")
_KOREAN_FACE = 1
_FIRST_SYLLABLE, _LAST_SYLLABLE = "가", "힣"
_PICTURES = frozenset({".jpg", ".jpeg", ".png", ".webp"})
_MIN_SIDE_PX = 300
HALVES = ("tuned", "held-out")

# Made up for this, with what each alphabet has beyond the English one.
SENTENCES: dict[str, tuple[str, ...]] = {
    "en": ("They closed the old bridge this morning", "Nobody told us about the flood"),
    "de": ("Über den Fluss führt keine Brücke mehr", "Größere Äpfel kosten jetzt fünf Euro"),
    "fr": ("L'élève a reçu une leçon très sévère", "Où êtes-vous allés pendant l'été"),
    "es": ("El niño comió piña y bebió café", "Mañana habrá más lluvia en León"),
    "pt": ("Não há água na região até amanhã", "A eleição não será adiada, avó"),
    "it": ("La città è più bella di così", "Perché non c'è più caffè qui"),
    "pl": ("Żółta łódź płynie przez rzekę", "Zażółć gęślą jaźń już dziś"),
    "sv": ("Björn åt tre äpplen på ön", "Får får lamm när våren går"),
    "tr": (
        "Güneş bugün çok geç doğdu",
        "Köprü kapal\u0131, ağaçlar devrildi",
    ),
}
RUSSIAN = (
    "Сегодня утром закрыли старый мост",
    "Вода поднялась выше крыши дома",
    "Завтра будет дождь и сильный ветер",
    "Никто не знает когда приедет поезд",
    "Большой корабль плывёт через реку",
    "Цены на хлеб снова выросли",
)
KOREAN = (
    "오늘 아침 오래된 다리가 닫혔습니다",
    "내일은 비가 많이 올 것입니다",
    "아무도 홍수를 알려 주지 않았다",
    "빵값이 또다시 크게 올랐습니다",
    "큰 배가 천천히 강을 건너고 있다",
    "기차가 언제 오는지 아무도 모른다",
)


@dataclass(frozen=True, slots=True)
class DrawnCaption:
    """A photograph with a caption: the file, and what was written where, in px of the picture."""

    style: str
    language: str
    text: str
    data: bytes
    box: tuple[int, int, int, int]


Drawn = tuple[Image.Image, tuple[int, int, int, int]]
Style = Callable[[Image.Image, str, random.Random], Drawn]


def photographs(folder: Path) -> list[Path]:
    """Return the pictures in a folder, in order."""
    return sorted(each for each in folder.iterdir() if each.suffix.lower() in _PICTURES)


def half(files: Sequence[Path], name: str) -> list[Path]:
    """Return those photographs that reading is tuned on, or those held out, told by their names.

    Their order is mixed, but the same every time, so that the first few are of all kinds.
    """
    few = [each for each in files if zlib.crc32(each.name.encode()) % 2 == HALVES.index(name)]
    random.Random(5).shuffle(few)
    return few


def add_half(parser: ArgumentParser) -> None:
    """Let a command line choose the half."""
    parser.add_argument(
        "--half", choices=HALVES, default=HALVES[1], help="of the photographs, by their names"
    )


def captioned(
    files: Sequence[Path],
    styles: Sequence[str],
    sentences: Mapping[str, tuple[str, ...]],
    seed: int = 1,
    *,
    rounds: int = 1,
) -> Iterator[DrawnCaption]:
    """Draw each style with each sentence, over one photograph after the other."""
    chance = random.Random(seed)
    number = 0
    for style in [style for style in styles for _ in range(rounds)]:
        for language, texts in sentences.items():
            for text in texts:
                photo = opened(files[number % len(files)])
                number += 1
                yield drawn(photo, style, language, text, chance)


def drawn(
    photo: Image.Image, style: str, language: str, text: str, chance: random.Random
) -> DrawnCaption:
    """Write the text over a photograph in a style of `STYLES`."""
    picture, box = STYLES[style](photo, text, chance)
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=30 if style == "q30" else 88)
    return DrawnCaption(style, language, text, buffer.getvalue(), box)


def opened(file: Path) -> Image.Image:
    photo = Image.open(file).convert("RGB")
    scale = max(1.0, _MIN_SIDE_PX / min(photo.size))
    scale = min(scale, 900 / max(photo.size)) if max(photo.size) > 900 else scale
    return photo.resize((round(photo.width * scale), round(photo.height * scale)))


def _font(file: Path, size_px: int, text: str) -> ImageFont.FreeTypeFont:
    if any(_FIRST_SYLLABLE <= each <= _LAST_SYLLABLE for each in text):
        return ImageFont.truetype(HANGUL, size_px, index=_KOREAN_FACE)
    return ImageFont.truetype(file, size_px)


def wrapped(text: str, font: ImageFont.FreeTypeFont, width_px: float) -> str:
    """Break the text into lines that fit."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) <= width_px or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return "\n".join(lines)


def _bar(photo: Image.Image, text: str, _: random.Random) -> Drawn:
    """Black on a white bar above the photograph."""
    font = _font(BOLD, max(22, photo.width // 18), text)
    lines = wrapped(text, font, photo.width * 0.94)
    high = round(font.size * 1.25 * (lines.count("\n") + 1)) + font.size // 2
    canvas = Image.new("RGB", (photo.width, photo.height + int(high)), "white")
    canvas.paste(photo, (0, int(high)))
    return canvas, _write(canvas, (photo.width * 0.03, font.size * 0.2), lines, font, "black")


def _small(photo: Image.Image, text: str, _: random.Random) -> Drawn:
    """20 px high, white on a dark strip at the foot."""
    font = _font(REGULAR, 20, text)
    lines = wrapped(text, font, photo.width * 0.94)
    high = 26 * (lines.count("\n") + 1) + 8
    ImageDraw.Draw(photo).rectangle(
        (0, photo.height - high, photo.width, photo.height), fill=(20, 20, 20)
    )
    return photo, _write(photo, (12, photo.height - high + 3), lines, font, (240, 240, 240))


def _meme(photo: Image.Image, text: str, chance: random.Random) -> Drawn:
    """White capitals with a black outline."""
    font = _font(chance.choice((BOLD, NARROW)), max(24, photo.width // 13), text)
    lines = wrapped(text.upper(), font, photo.width * 0.9)
    high = font.size * 1.2 * (lines.count("\n") + 1)
    top = chance.choice((photo.height * 0.03, photo.height * 0.97 - high))
    place = (photo.width * 0.05, max(0.0, top))
    return photo, _write(photo, place, lines, font, "white", outline=round(font.size / 14))


def _q30(photo: Image.Image, text: str, chance: random.Random) -> Drawn:
    """The same, 450 px wide and compressed hard by `drawn`."""
    scale = 450 / photo.width
    return _meme(photo.resize((450, max(1, round(photo.height * scale)))), text, chance)


def _tilted(photo: Image.Image, text: str, chance: random.Random) -> Drawn:
    """A sticker in narrow type, tilted by 8 to 18 degrees."""
    font = _font(NARROW, max(26, photo.width // 16), text)
    lines = wrapped(text, font, photo.width * 0.7)
    ink, ground = chance.choice((("black", "white"), ("white", "#b00020"), ("black", "#ffd600")))
    probe = ImageDraw.Draw(photo).multiline_textbbox((0, 0), lines, font=font)
    sticker = Image.new("RGBA", (int(probe[2]) + 24, int(probe[3]) + 24), ground)
    ImageDraw.Draw(sticker).multiline_text((12, 10), lines, font=font, fill=ink)
    degrees = chance.choice((-1, 1)) * chance.uniform(8, 18)
    turned = sticker.rotate(degrees, expand=True, resample=Image.Resampling.BICUBIC)
    scale = min(1.0, photo.width / turned.width, photo.height / turned.height)
    if scale < 1:
        turned = turned.resize((int(turned.width * scale), int(turned.height * scale)))
    left = chance.randint(0, photo.width - turned.width)
    top = chance.randint(0, photo.height - turned.height)
    photo.paste(turned, (left, top), turned)
    return photo, (left, top, left + turned.width, top + turned.height)


def _faint(photo: Image.Image, text: str, chance: random.Random) -> Drawn:
    """A shade that hardly differs from the photograph around it."""
    font = _font(BOLD, max(26, photo.width // 15), text)
    lines = wrapped(text, font, photo.width * 0.9)
    high = font.size * 1.2 * (lines.count("\n") + 1)
    top = chance.uniform(0, max(1.0, photo.height - high))
    strip = np.asarray(photo)[int(top) : int(top + high) + 1]
    mean = strip.reshape(-1, 3).mean(axis=0)
    step = 38 if mean.mean() < 128 else -38
    ink = tuple(int(np.clip(value + step, 0, 255)) for value in mean)
    return photo, _write(photo, (photo.width * 0.05, top), lines, font, ink)


STYLES: dict[str, Style] = {
    "bar": _bar,
    "small": _small,
    "meme": _meme,
    "q30": _q30,
    "tilted": _tilted,
    "low contrast": _faint,
}


def _write(
    picture: Image.Image,
    place: tuple[float, float],
    lines: str,
    font: ImageFont.FreeTypeFont,
    ink: str | tuple[int, ...],
    *,
    outline: int = 0,
) -> tuple[int, int, int, int]:
    pen = ImageDraw.Draw(picture)
    pen.multiline_text(
        place, lines, font=font, fill=ink, stroke_width=outline, stroke_fill="black", spacing=6
    )
    box = pen.multiline_textbbox(place, lines, font=font, stroke_width=outline, spacing=6)
    return int(box[0]), int(box[1]), int(box[2]), int(box[3])
