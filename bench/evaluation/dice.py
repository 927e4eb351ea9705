"""Where an edit takes its choices from."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
from PIL import Image, ImageOps

Picture = Image.Image
Colour = tuple[int, int, int]
Size = tuple[int, int]  # width, height in px
Choice = TypeVar("Choice")


@dataclass(frozen=True, slots=True)
class Dice:
    """Seeded choices, and `others`: pictures that fill the rest of a scene and are no items."""

    source: random.Random
    others: tuple[Path, ...] = ()

    def pick(self, choices: Sequence[Choice]) -> Choice:
        """Return one of them."""
        return self.source.choice(choices)

    def whole(self, lowest: int, highest: int) -> int:
        """Return an integer; both ends are included, and the lowest if they are crossed."""
        return self.source.randint(lowest, max(lowest, highest))

    def between(self, lowest: float, highest: float) -> float:
        """Return a number of this range."""
        return self.source.uniform(lowest, highest)

    def happens(self, probability: float) -> bool:
        """Tell whether something happens that does so with this probability."""
        return self.source.random() < probability

    def sign(self) -> int:
        """Return 1 or -1."""
        return self.source.choice((-1, 1))

    def arrays(self) -> np.random.Generator:
        """Return a source of random arrays."""
        return np.random.default_rng(self.source.getrandbits(64))

    def other(self, size: Size) -> Picture:
        """Return another picture, cut and scaled to this size."""
        with Image.open(self.pick(self.others)) as image:
            return ImageOps.fit(image.convert("RGB"), size, Image.Resampling.BICUBIC)


Edit = Callable[[Picture, Dice], Picture]


def chain(*edits: Edit) -> Edit:
    """Return the edit that makes all of these, one after the other."""

    def edit(picture: Picture, dice: Dice) -> Picture:
        for each in edits:
            picture = each(picture, dice)
        return picture

    return edit
