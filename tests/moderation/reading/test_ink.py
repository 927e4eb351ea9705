"""Letters of one colour come out of what is behind them."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from matching.types import Rgb
from moderation.reading import ink
from tests.moderation.reading import pictures

GREY = 120


def changing_ground() -> Rgb:
    """Return a ground that is darker than GREY on the left and brighter on the right."""
    row = np.linspace(GREY - 70, GREY + 70, 480)
    stripes = 25 * np.sin(np.arange(48) / 3)[:, None]
    grey = np.clip(row + stripes, 0, 255).astype(np.uint8)
    return np.dstack([grey, grey[::-1], grey])


def written_on(
    ground: Rgb, text: str
) -> tuple[Rgb, np.ndarray[tuple[int, ...], np.dtype[np.bool_]]]:
    """Write in GREY; return the picture, and where the letters are."""
    picture, mask = Image.fromarray(ground), Image.new("L", (ground.shape[1], ground.shape[0]))
    font = pictures.plain_font(40)
    ImageDraw.Draw(picture).text((6, 0), text, font=font, fill=(GREY, GREY, GREY))
    ImageDraw.Draw(mask).text((6, 0), text, font=font, fill=255)
    return np.asarray(picture), np.asarray(mask) == np.iinfo(np.uint8).max


def test_letters_come_out_dark_on_a_ground_that_crosses_their_brightness() -> None:
    line, letters = written_on(changing_ground(), "Nobody told us here")

    shown = ink.of_one_colour(line)

    assert shown is not None
    grey = shown[:, :, 0].astype(float)
    assert grey[letters].mean() < 60
    assert grey[~letters].mean() > 120


def test_a_ground_without_a_colour_of_its_own_has_no_letters() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (48, 400, 3), dtype=np.uint8)

    assert ink.of_one_colour(noise) is None


def test_one_flat_colour_has_no_letters() -> None:
    assert ink.of_one_colour(np.full((30, 200, 3), 90, np.uint8)) is None
