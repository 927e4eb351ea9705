"""Families of real pictures: one overlay on all, parts, chains of edits, cards laid out anew."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageOps

from bench.evaluation import (
    colour,
    degrade,
    files,
    frames,
    geometry,
    lettering,
    overlay,
    photographed,
    screens,
)
from bench.evaluation.catalogue import EditedFile
from bench.evaluation.dice import Dice, Edit, Picture, chain
from bench.evaluation.hard import copies, words
from bench.evaluation.hard.copies import Copy
from bench.evaluation.hard.drawing import GREY, INK, WHITE, Canvas
from bench.evaluation.hard.flat import star

_LARGEST_PX = 900


def opened(dice: Dice) -> Picture:
    """Return the real picture of a content."""
    with Image.open(dice.others[0]) as image:
        picture = image.convert("RGB")
    picture.info.clear()
    picture.thumbnail((_LARGEST_PX, _LARGEST_PX), Image.Resampling.LANCZOS)
    return picture


def with_sticker(dice: Dice) -> Picture:
    """Put the same sticker on a picture, on 5 to 15 percent of its area, anywhere."""
    picture = opened(dice)
    side = round((dice.between(0.05, 0.15) * picture.width * picture.height) ** 0.5)
    sticker = Canvas(400, 400, (0, 0, 0, 0), "RGBA")
    sticker.shape(star((200, 200), 196, 12, 0.82), (230, 40, 60))
    sticker.text((200, 150), "SHARE", 92, "bold", WHITE, "mm")
    sticker.text((200, 250), "before it is gone", 38, "bold", (255, 230, 90), "mm")
    small = sticker.picture.resize((side, side), Image.Resampling.LANCZOS)
    place = dice.whole(0, picture.width - side), dice.whole(0, picture.height - side)
    picture.paste(small, place, small)
    return picture


def with_channel_bar(dice: Dice) -> Picture:
    """Put the same bar of a station below a picture, on about a tenth of it."""
    picture = opened(dice)
    bar = round(picture.height * 0.12)
    sheet = Canvas(900, 100, (10, 20, 90))
    sheet.box((0, 0, 190, 100), (210, 20, 40))
    sheet.text((95, 50), "TV 8", 60, "bold", WHITE, "mm")
    sheet.text((220, 50), "LIVE FROM THE NEWSROOM", 44, "bold", WHITE, "lm")
    picture.paste(sheet.picture.resize((picture.width, bar)), (0, picture.height - bar))
    return picture


USUAL_COPIES: Mapping[str, Copy] = {
    "small_70": copies.written(copies.scaled_by(0.7), files.jpeg(60)),
    "half_40": copies.written(copies.scaled_by(0.5), files.jpeg(40)),
    "in_phone": copies.written(copies.in_phone),
    "captioned": copies.written(copies.captioned),
    "askew": copies.written(copies.paper_askew),
}


def strip(picture: Picture, dice: Dice) -> Picture:
    """Cut a strip of two fifths of the longer side."""
    width, height = picture.size
    start = dice.between(0, 0.6)
    if width >= height:
        return picture.crop((round(start * width), 0, round((start + 0.4) * width), height))
    return picture.crop((0, round(start * height), width, round((start + 0.4) * height)))


PARTS: Mapping[str, Copy] = {
    "left_or_right_half": copies.written(geometry.left_or_right_half),
    "upper_or_lower_half": copies.written(geometry.upper_or_lower_half),
    "strip": copies.written(strip),
    "half_in_phone": copies.written(chain(geometry.left_or_right_half, copies.in_phone)),
    "strip_captioned": copies.written(chain(strip, copies.captioned)),
}

_STEPS: tuple[Edit, ...] = (
    geometry.crop(0.75),
    geometry.crop_to_aspect(1, 1),
    geometry.turned_and_cropped(4),
    geometry.tilted(0.05),
    colour.grey,
    colour.vivid,
    colour.exposure(0.6),
    colour.sepia,
    degrade.longer_side(480),
    degrade.blurred(0.003),
    degrade.noise(8),
    frames.caption_above,
    frames.bordered(0.06),
    frames.polaroid,
    overlay.date_stamp,
    overlay.text_box,
    overlay.diagonal_watermark,
    overlay.news_ticker,
    screens.short_post(screens.DARK),
    screens.channel_chat(screens.LIGHT),
    copies.in_phone,
    files.generations(3),
)
_LAST: tuple[Edit, ...] = (photographed.of_screen, photographed.of_print)


def chained(count: int) -> Copy:
    """Return the copy after so many edits by chance, small enough to be sent."""

    def copy(picture: Picture, dice: Dice) -> EditedFile:
        steps = dice.source.sample(_STEPS, count)
        if dice.happens(0.15):
            steps[-1] = dice.pick(_LAST)
        edited = chain(*steps, degrade.longer_side(dice.whole(640, 1100)))(picture, dice)
        return EditedFile(files.jpeg(dice.whole(50, 85)).file(edited), "jpg")

    return copy


CHAINS: Mapping[str, Copy] = {f"chain_of_{count}": chained(count) for count in (2, 3, 4, 5)}


@dataclass(frozen=True, slots=True)
class Card:
    """A post of a photograph and a text, before it is laid out."""

    photo: Picture
    title: str
    text: str
    name: str


def card(dice: Dice) -> Card:
    """Return a card with a real picture."""
    return Card(opened(dice), words.title(dice, 4), words.text(dice, 2), words.person(dice))


def as_news_app(content: Card, _: Dice) -> EditedFile:
    """Lay a card out as one app does: photograph above, title, text."""
    sheet = Canvas(560, 760)
    sheet.picture.paste(ImageOps.fit(content.photo, (560, 380)), (0, 0))
    y = sheet.paragraph((24, 400), content.title, 512, 34, "bold") + 10
    sheet.paragraph((24, y), content.text, 512, 21)
    sheet.text((24, 726), content.name, 18, ink=GREY)
    return EditedFile(files.jpeg(88).file(sheet.picture), "jpg")


def as_post(content: Card, dice: Dice) -> EditedFile:
    """Lay it out as a post: name and text first, the photograph below with round corners."""
    sheet = Canvas(600, 860, dice.pick((WHITE, (248, 249, 250))))
    sheet.disc((50, 50), 28, (40, 130, 200))
    sheet.text((92, 36), content.name, 24, "bold")
    y = sheet.paragraph((24, 92), content.text, 552, 24)
    shown = ImageOps.contain(content.photo, (552, round(840 - y)))
    sheet.picture.paste(shown, (24, round(y) + 10))
    return EditedFile(files.jpeg(dice.whole(60, 85)).file(sheet.picture), "jpg")


def as_dark_card(content: Card, dice: Dice) -> EditedFile:
    """Lay it out on a dark page, the photograph at the left."""
    sheet = Canvas(900, 420, (24, 26, 32))
    shown = ImageOps.contain(content.photo, (420, 380))
    sheet.picture.paste(shown, (20, (420 - shown.height) // 2))
    y = sheet.paragraph((470, 40), content.title, 410, 32, "bold", WHITE) + 10
    sheet.paragraph((470, y), content.text, 410, 20, ink=(200, 204, 210))
    return EditedFile(files.jpeg(dice.whole(60, 85)).file(sheet.picture), "jpg")


REFLOWED: Mapping[str, Callable[[Card, Dice], EditedFile]] = {
    "as_post": as_post,
    "as_dark_card": as_dark_card,
}


@dataclass(frozen=True, slots=True)
class Captioned:
    """A photograph and the line below it."""

    photo: Picture
    line: str


def captioned_photo(dice: Dice) -> Captioned:
    """Return a photograph with a headline."""
    return Captioned(opened(dice), dice.pick(lettering.HEADLINES))


def in_english(content: Captioned, dice: Dice) -> EditedFile:
    """Write the caption as it was."""
    return _with_line(content.photo, content.line, lettering.font(30), dice)


def translated(content: Captioned, dice: Dice) -> EditedFile:
    """Write it in another script; in Latin letters where no font has the script."""
    script = dice.pick(lettering.SCRIPTS)
    chosen = lettering.script_font(script, 30)
    line = dice.pick(script.lines) if chosen else "Compartilhe antes que apaguem"
    return _with_line(content.photo, line, chosen or lettering.font(30), dice)


def _with_line(photo: Picture, line: str, chosen: lettering.Font, dice: Dice) -> EditedFile:
    shown = ImageOps.contain(photo, (640, 640))
    page = Image.new("RGB", (shown.width, shown.height + 70), WHITE)
    page.paste(shown, (0, 0))
    middle = page.width / 2, shown.height + 35
    ImageDraw.Draw(page).text(middle, line, font=chosen, fill=INK, anchor="mm")
    return EditedFile(files.jpeg(dice.whole(70, 88)).file(page), "jpg")
