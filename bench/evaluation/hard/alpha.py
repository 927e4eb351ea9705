"""Logos on transparent ground, and their copies over white, black and colours."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PIL import Image

from bench.evaluation import degrade, files
from bench.evaluation.catalogue import EditedFile
from bench.evaluation.dice import Colour, Dice, Picture
from bench.evaluation.files import Encoding
from bench.evaluation.hard import words
from bench.evaluation.hard.drawing import WHITE, Canvas, bright
from bench.evaluation.hard.flat import star

_CLEAR = (0, 0, 0, 0)
_BLACK: Colour = (0, 0, 0)


def _wordmark(dice: Dice, ink: Colour) -> Picture:
    sheet = Canvas(520, 220, _CLEAR, "RGBA")
    style = "bold"
    sheet.text((260, 90), words.title(dice, 1), 84, style, ink, "mm")
    sheet.text((260, 170), words.title(dice, 2), 34, "sans", ink, "mm")
    return sheet.picture


def white_wordmark(dice: Dice) -> Picture:
    """Draw a name in white."""
    return _wordmark(dice, WHITE)


def black_wordmark(dice: Dice) -> Picture:
    """Draw a name in black."""
    return _wordmark(dice, _BLACK)


def _symbol(dice: Dice, ink: Colour) -> Picture:
    sheet = Canvas(400, 400, _CLEAR, "RGBA")
    sheet.disc((200, 200), 180, None, ink, dice.pick((8, 30)))
    kind = dice.whole(0, 2)
    if kind == 0:
        sheet.shape(star((200, 200), 120, dice.whole(3, 9), dice.pick((0.35, 0.65))), ink)
    elif kind == 1:
        sheet.text((200, 200), words.letters(dice, 2), 150, "bold", ink, "mm")
    else:
        for _ in range(4):
            x, y = dice.whole(110, 290), dice.whole(110, 290)
            sheet.disc((x, y), dice.whole(20, 50), ink)
    return sheet.picture


def white_symbol(dice: Dice) -> Picture:
    """Draw a round sign in white."""
    return _symbol(dice, WHITE)


def black_symbol(dice: Dice) -> Picture:
    """Draw a round sign in black."""
    return _symbol(dice, _BLACK)


def colour_badge(dice: Dice) -> Picture:
    """Draw a badge in two colours."""
    sheet, first = Canvas(400, 400, _CLEAR, "RGBA"), bright(dice)
    sheet.shape(star((200, 200), 190, dice.whole(9, 18), 0.85), first)
    sheet.disc((200, 200), 120, WHITE)
    sheet.text((200, 180), words.letters(dice, 3), 84, "bold", first, "mm")
    sheet.text((200, 250), str(dice.whole(1900, 2026)), 40, "bold", bright(dice), "mm")
    return sheet.picture


def colour_sticker(dice: Dice) -> Picture:
    """Draw a round sticker: a face of one colour and a word."""
    sheet = Canvas(420, 420, _CLEAR, "RGBA")
    sheet.disc((210, 180), 160, bright(dice))
    for x in (150, 270):
        sheet.disc((x, 140), dice.pick((18, 40)), WHITE)
        sheet.disc((x + dice.whole(-8, 8), 140), 10, _BLACK)
    sheet.draw.arc((130, 160, 290, 280), dice.whole(0, 30), dice.whole(120, 180), _BLACK, 12)
    sheet.text((210, 380), words.word(dice).upper(), 50, "bold", bright(dice), "mm")
    return sheet.picture


Copy = Callable[[Picture, Dice], EditedFile]


def over(*grounds: Colour) -> Copy:
    """Return the copy over one of these colours, smaller and as a JPEG."""

    def copy(picture: Picture, dice: Dice) -> EditedFile:
        page = Image.new("RGBA", picture.size, (*dice.pick(grounds), 255))
        page.alpha_composite(picture)
        shown = degrade.scaled(page.convert("RGB"), dice.between(0.6, 1.0))
        return EditedFile(files.jpeg(dice.whole(70, 90)).file(shown), "jpg")

    return copy


def transparent(share: float, encoding: Encoding) -> Copy:
    """Return the copy that is still transparent, in another size."""

    def copy(picture: Picture, _: Dice) -> EditedFile:
        return EditedFile(encoding.file(degrade.scaled(picture, share)), encoding.extension)

    return copy


_KEPT_CLEAR: Mapping[str, Copy] = {
    "smaller_png": transparent(0.6, Encoding("PNG", "png")),
    "larger_png": transparent(2.2, Encoding("PNG", "png")),
    "webp": transparent(0.8, files.webp(80)),
}
_OVER_COLOUR = over((40, 60, 110), (150, 40, 60), (30, 90, 60))
WHITE_COPIES: Mapping[str, Copy] = {
    **_KEPT_CLEAR,
    "over_black": over(_BLACK),
    "over_colour": _OVER_COLOUR,
}
BLACK_COPIES: Mapping[str, Copy] = {
    **_KEPT_CLEAR,
    "over_white": over(WHITE),
    "over_pale": over((240, 220, 160), (190, 220, 240)),
}
COLOUR_COPIES: Mapping[str, Copy] = {
    **_KEPT_CLEAR,
    "over_white": over(WHITE),
    "over_black": over(_BLACK),
}
