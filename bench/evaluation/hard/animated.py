"""Animations of 2 to 30 scenes, and stills of one scene."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping

from PIL import Image

from bench.evaluation import degrade, files
from bench.evaluation.catalogue import EditedFile
from bench.evaluation.dice import Dice, Picture
from bench.evaluation.hard import words
from bench.evaluation.hard.drawing import WHITE, Canvas, bright, face
from bench.evaluation.hard.flat import star

Scenes = tuple[Picture, ...]
_SIZE = 400, 300
_SCENE_MS = 700


def _scene(dice: Dice) -> Picture:
    """Draw a scene: a portrait, shapes, or a sentence on a coloured ground."""
    sheet, kind = Canvas(*_SIZE, bright(dice)), dice.whole(0, 2)
    if kind == 0:
        sheet.picture.paste(face(dice, (180, 220)), (dice.whole(10, 200), 50))
    for _ in range(dice.whole(3, 7)):
        x, y, size = dice.whole(20, 380), dice.whole(20, 280), dice.whole(15, 60)
        if dice.happens(0.5):
            sheet.disc((x, y), size, bright(dice))
        else:
            sheet.shape(star((x, y), size, dice.whole(3, 7), 0.6), bright(dice))
    if kind:
        sheet.paragraph((20, 30), words.sentence(dice, 3, 8), 360, 34, "bold", WHITE)
    return sheet.picture


def short_clip(dice: Dice) -> Scenes:
    """Draw two to eight scenes."""
    return tuple(_scene(dice) for _ in range(dice.whole(2, 8)))


def long_clip(dice: Dice) -> Scenes:
    """Draw nine to thirty scenes."""
    return tuple(_scene(dice) for _ in range(dice.whole(9, 30)))


def titled_clip(dice: Dice) -> Scenes:
    """Draw five to twenty scenes after the title that the whole family shares."""
    return _title("Channel Nine Presents"), *(_scene(dice) for _ in range(dice.whole(5, 20)))


def titled_short_clip(dice: Dice) -> Scenes:
    """Draw two to six scenes after another shared title."""
    return _title("Stories of the Day"), *(_scene(dice) for _ in range(dice.whole(2, 6)))


def _title(text: str) -> Picture:
    sheet = Canvas(*_SIZE, (20, 24, 60))
    sheet.paragraph((40, 90), text, 340, 52, "bold", (250, 210, 60))
    return sheet.picture


def as_gif(scenes: Scenes, _: Dice) -> EditedFile:
    """Store an animation as GIF."""
    return EditedFile(_animation(scenes, "GIF"), "gif")


def _animation(scenes: Scenes, image_format: str) -> bytes:
    file = io.BytesIO()
    first, *others = scenes
    options = {"quality": 70, "method": 0} if image_format == "WEBP" else {"optimize": False}
    first.save(
        file,
        image_format,
        save_all=True,
        append_images=others,
        duration=_SCENE_MS,
        loop=0,
        **options,
    )
    return file.getvalue()


Copy = Callable[[Scenes, Dice], EditedFile]


def still(lowest: float, highest: float) -> Copy:
    """Return the copy that is one scene from this part of the animation, never the first."""

    def copy(scenes: Scenes, dice: Dice) -> EditedFile:
        last = len(scenes) - 1
        number = dice.whole(max(1, round(last * lowest)), max(1, round(last * highest)))
        shown = degrade.scaled(scenes[number], dice.between(0.6, 1.3))
        return EditedFile(files.jpeg(dice.whole(60, 88)).file(shown), "jpg")

    return copy


def smaller_webp(scenes: Scenes, _: Dice) -> EditedFile:
    """Write all scenes as a smaller WebP."""
    return EditedFile(_animation(tuple(degrade.scaled(s, 0.7) for s in scenes), "WEBP"), "webp")


def later_half(scenes: Scenes, dice: Dice) -> EditedFile:
    """Keep the later half of the scenes only."""
    return as_gif(scenes[len(scenes) // 2 :], dice)


def with_border(scenes: Scenes, dice: Dice) -> EditedFile:
    """Show one scene in the middle of a larger white picture."""
    scene = dice.pick(scenes[1:])
    page = Image.new("RGB", (scene.width + 160, scene.height + 160), "white")
    page.paste(scene, (80, 80))
    return EditedFile(files.jpeg(80).file(page), "jpg")


STILLS: Mapping[str, Copy] = {
    "early_still": still(0.05, 0.35),
    "middle_still": still(0.4, 0.6),
    "late_still": still(0.7, 0.95),
    "last_still": still(1.0, 1.0),
    "bordered_still": with_border,
}
COPIES: Mapping[str, Copy] = {
    **STILLS,
    "smaller_webp": smaller_webp,
    "later_half": later_half,
}
