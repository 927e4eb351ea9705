"""What makes an own copy of a drawn picture: sizes, photographs, scans, frames."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageOps

from bench.evaluation import degrade, files, geometry, lettering, photographed, screens
from bench.evaluation.catalogue import EditedFile
from bench.evaluation.colour import Floats, floats, from_floats
from bench.evaluation.dice import Dice, Edit, Picture
from bench.evaluation.files import Encoding

Copy = Callable[[Picture, Dice], EditedFile]
_CAMERA_PX = 900  # the least side of what is photographed or scanned
_LARGEST_PX = 2600


def written(edit: Edit, encoding: Encoding | None = None) -> Copy:
    """Return the copy that is an edit, written as a JPEG if nothing else is told."""

    def copy(picture: Picture, dice: Dice) -> EditedFile:
        edited = edit(picture, dice)
        chosen = encoding or files.jpeg(dice.whole(74, 90))
        return EditedFile(chosen.file(edited), chosen.extension)

    return copy


def as_it_is(picture: Picture, _: Dice) -> Picture:
    """Change nothing."""
    return picture


def scaled_by(share: float) -> Edit:
    """Return the edit that scales both sides, up to a size that cameras have."""

    def edit(picture: Picture, _: Dice) -> Picture:
        return degrade.scaled(picture, min(share, _LARGEST_PX / max(picture.size)))

    return edit


def paper_askew(picture: Picture, dice: Dice) -> Picture:
    """Photograph the sheet on a table: perspective, grain, uneven light, blur, noise."""
    sheet = ImageOps.expand(_for_camera(picture), 6, (250, 249, 245))
    size = round(sheet.width * 1.14), round(sheet.height * 1.14)
    corners = photographed.seen_from_a_side(size, dice)
    photo = geometry.placed(sheet, corners, photographed.table(size, dice))
    pixels = photographed.shadow(floats(photo) * np.float32(dice.between(0.8, 1)), dice)
    warm = np.array([1, dice.between(0.95, 1), dice.between(0.86, 1)], np.float32)
    soft = from_floats(pixels * warm).filter(ImageFilter.GaussianBlur(dice.between(0.5, 1.1)))
    return degrade.noise(dice.between(3, 7))(soft, dice)


def screen_askew(picture: Picture, dice: Dice) -> Picture:
    """Photograph it from a screen."""
    return photographed.of_screen(_for_camera(picture), dice)


def _for_camera(picture: Picture) -> Picture:
    return degrade.scaled(picture, max(1.0, _CAMERA_PX / max(picture.size)))


def in_phone(picture: Picture, dice: Dice) -> Picture:
    """Show it on a telephone: bars above and below, as wide as the screen."""
    theme = dice.pick((screens.LIGHT, screens.DARK))
    shown = screens.fitting(picture, 540, 920)
    height = dice.pick((1080, 1170))
    page = Image.new("RGB", (540, height), dice.pick((theme.paper, (0, 0, 0))))
    draw = ImageDraw.Draw(page)
    screens.status_bar(draw, theme, dice)
    draw.rounded_rectangle((200, height - 14, 340, height - 9), 2, fill=theme.faint)
    page.paste(shown, ((540 - shown.width) // 2, 40 + (height - 110 - shown.height) // 2))
    return page


def captioned(picture: Picture, dice: Dice) -> Picture:
    """Add a bar with a line of text above or below."""
    bar = max(34, round(picture.height * dice.between(0.07, 0.12)))
    dark = dice.happens(0.5)
    above = dice.happens(0.5)
    page = Image.new("RGB", (picture.width, picture.height + bar), "black" if dark else "white")
    page.paste(picture, (0, bar if above else 0))
    text = dice.pick((*lettering.HEADLINES, *lettering.SENTENCES))
    line = Image.new("RGB", (picture.width, bar), "black" if dark else "white")
    room = picture.width - 16
    chosen = lettering.fitted([text], bar * 0.5, room)
    ImageDraw.Draw(line).text(
        (picture.width / 2, bar / 2),
        text,
        font=chosen,
        fill="white" if dark else "black",
        anchor="mm",
    )
    page.paste(line, (0, 0 if above else picture.height))
    return page


def scanned(picture: Picture, dice: Dice) -> Picture:
    """Print and scan it: one scanner is grey and soft, the other coloured, pale and sharp."""
    printed = _folded(floats(_for_camera(picture)), dice)
    if dice.happens(0.5):
        grey = printed.mean(axis=2, keepdims=True).repeat(3, axis=2)
        pixels = 255 * (grey / 255) ** np.float32(dice.between(0.75, 0.95))
        soft, deviation = dice.between(0.6, 1.0), dice.between(3, 6)
    else:
        pixels = 22 + 0.88 * printed * np.array([1, 0.985, 0.95], np.float32)
        pixels = 255 * np.clip(pixels / 255, 0, 1) ** np.float32(dice.between(1.05, 1.3))
        soft, deviation = dice.between(0.3, 0.6), dice.between(2, 4)
    page = from_floats(pixels.astype(np.float32)).filter(ImageFilter.GaussianBlur(soft))
    angle = dice.sign() * dice.between(0.3, 1.6)
    fill = (dice.whole(205, 250),) * 3
    page = ImageOps.expand(page, round(page.width * dice.between(0, 0.03)) + 1, fill)
    turned = page.rotate(angle, Image.Resampling.BICUBIC, fillcolor=fill)
    return degrade.scaled(degrade.noise(deviation)(turned, dice), dice.between(0.75, 1))


def _folded(pixels: Floats, dice: Dice) -> Floats:
    """Darken one to three creases with a bright rim, and tint the panels between them."""
    height, width = pixels.shape[:2]
    light = np.ones((height, width), np.float32)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    for _ in range(dice.whole(1, 3)):
        along = dice.happens(0.6)
        line = y / height if along else x / width
        line = line + (x / width if along else y / height) * dice.between(-0.03, 0.03)
        away = (line - dice.pick((1 / 3, 0.5, 2 / 3)) - dice.between(-0.02, 0.02)) * (
            height if along else width
        )
        light -= np.float32(dice.between(0.08, 0.25)) * np.exp(-((away / 2.2) ** 2))
        light += np.float32(0.04) * np.tanh(away / (0.08 * max(height, width)))
    result: Floats = (pixels * light[..., np.newaxis]).astype(np.float32)
    return result


_SIZES: Mapping[str, Copy] = {
    "small_70": written(scaled_by(0.7), files.jpeg(60)),
    "half_40": written(scaled_by(0.5), files.jpeg(40)),
    "three_times": written(scaled_by(3)),
}
_SHOWN: Mapping[str, Copy] = {
    "in_phone": written(in_phone),
    "captioned": written(captioned),
    "scanned": written(scanned),
}
ON_PAPER: Mapping[str, Copy] = {**_SIZES, "askew": written(paper_askew), **_SHOWN}
ON_SCREEN: Mapping[str, Copy] = {**_SIZES, "askew": written(screen_askew), **_SHOWN}
