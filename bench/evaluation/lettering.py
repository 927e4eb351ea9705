"""Texts, and how they are set: in Pillow's own font, other scripts in what the machine has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

from bench.evaluation.dice import Dice

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont
Ink = tuple[int, ...] | str

HEADLINES = (
    "Save it before they delete it",
    "My cat at four in the morning",
    "Some days are just like that",
    "Tell me you are not surprised",
    "The camera never lies, they said",
    "First of all: wow",
    "Every family has this one uncle",
    "How it started, how it is going",
    "Wait for the end of the month",
    "Nothing to see here, move along",
    "Look closely at the left side",
    "They told us it was impossible",
)
SENTENCES = (
    "Is it true what they say about it?",
    "My colleague got it in another group.",
    "It was taken yesterday near the old bridge, or so I hear.",
    "Somebody please check where it comes from.",
    "I had seen it before, a few years ago I think.",
    "No idea. Ask Pedro!",
    "Forward it to everybody you know",
    "Good morning to all of you",
    "That can't be real, can it?",
    "What is that in the background?",
    "Thanks, I will have a look this evening.",
    "Our local paper did not write a word about it.",
)
NAMES = (
    "Marta Kowal",
    "northern.lights22",
    "Neighbours of block 7",
    "Daily Lantern",
    "Amina & Joe",
    "the_real_observer",
    "Hiking Saturday",
    "Radio Harbour",
)


@dataclass(frozen=True, slots=True)
class Script:
    """A writing system: the files of fonts that have it, the best one first, and lines in it."""

    fonts: tuple[str, ...]
    lines: tuple[str, ...]


SCRIPTS = (
    Script(
        ("DejaVuSans.ttf", "NotoSans-Regular.ttf", "Arial.ttf", "arial.ttf"),
        (
            "Передайте дальше своим друзьям",
            "Об этом молчат в новостях",  # noqa: RUF001
            "Διαδώστε το παντού σήμερα",
        ),
    ),
    Script(
        ("NotoSansArabic-Regular.ttf", "NotoNaskhArabic-Regular.ttf", "DejaVuSans.ttf"),
        ("انشر هذه الصورة قبل حذفها", "هل هذا الخبر صحيح؟"),
    ),
    Script(
        ("NotoSansDevanagari-Regular.ttf", "Mangal.ttf", "mangal.ttf"),
        ("इसे सभी को भेजें", "क्या यह तस्वीर सच है?"),
    ),
    Script(
        ("NotoSansBengali-Regular.ttf", "vrinda.ttf"),
        ("সবাইকে জানিয়ে দিন", "এই ছবিটি কি সত্যি?"),
    ),
    Script(
        ("NotoSansThai-Regular.ttf", "Thonburi.ttc", "tahoma.ttf"),
        ("ส่งต่อให้ทุกคนรู้", "ภาพนี้เป็นเรื่องจริงไหม"),
    ),
    Script(
        ("NotoSansHebrew-Regular.ttf", "DejaVuSans.ttf", "Arial.ttf", "arial.ttf"),
        ("תעבירו את זה הלאה לכולם",),
    ),
)


@lru_cache(maxsize=256)
def font(size_px: int) -> Font:
    """Return Pillow's own font, which has Latin letters only."""
    return ImageFont.load_default(max(9, size_px))


@lru_cache(maxsize=64)
def script_font(script: Script, size_px: int) -> Font | None:
    """Return the best font of the script that is installed, or None."""
    for name in script.fonts:
        try:
            return ImageFont.truetype(name, max(9, size_px))
        except OSError:
            continue
    return None


def width_px(text: str, chosen: Font) -> float:
    """Return how wide a line is."""
    return chosen.getlength(text)


def wrapped(text: str, chosen: Font, room_px: float) -> Iterator[str]:
    """Yield the lines of a text that is broken between words."""
    line = ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if line and width_px(longer, chosen) > room_px:
            yield line
            longer = word
        line = longer
    yield line


def fitted(lines: list[str], size_px: float, room_px: float) -> Font:
    """Return the largest font up to this size in which no line is wider than the room."""
    chosen = font(round(size_px))
    while size_px > 9 and max(width_px(line, chosen) for line in lines) > room_px:
        size_px *= 0.93
        chosen = font(round(size_px))
    return chosen


def paragraph(
    draw: ImageDraw.ImageDraw,
    place: tuple[float, float],
    text: str,
    *,
    size_px: int,
    room_px: float,
    ink: Ink,
) -> float:
    """Write a text with its upper left corner at the place; return where it ends, in px down."""
    x, y = place
    chosen = font(size_px)
    for line in wrapped(text, chosen, room_px):
        draw.text((x, y), line, font=chosen, fill=ink)
        y += size_px * 1.3
    return y


def clock(dice: Dice) -> str:
    """Return a time of the day."""
    return f"{dice.whole(0, 23):02}:{dice.whole(0, 59):02}"


def date(dice: Dice) -> str:
    """Return a date, written in one of the ways cameras do."""
    year, month, day = dice.whole(2004, 2025), dice.whole(1, 12), dice.whole(1, 28)
    layout = dice.pick(("{d:02}.{m:02}.{y}", "{y}/{m:02}/{d:02}", "'{s:02} {m:>2} {d:>2}"))
    return layout.format(d=day, m=month, y=year, s=year % 100)


def slanted_text(text: str, size_px: int, angle: float, ink: Ink) -> Image.Image:
    """Return a line turned by so many degrees, on a transparent ground."""
    chosen = font(size_px)
    layer = Image.new("RGBA", (round(width_px(text, chosen)) + 8, round(size_px * 1.5)))
    ImageDraw.Draw(layer).text((4, size_px * 0.15), text, font=chosen, fill=ink)
    return layer.rotate(angle, Image.Resampling.BICUBIC, expand=True)
