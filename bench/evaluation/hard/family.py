"""What a family is, and how its items and queries are made."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import count, islice
from pathlib import Path
from typing import Generic, TypeVar

import cv2
import numpy as np
from PIL import Image

from bench.evaluation import files
from bench.evaluation.catalogue import EditedFile
from bench.evaluation.dice import Dice, Picture
from bench.evaluation.folder import FolderQuery, IndexedPicture

Content = TypeVar("Content")
_SEEN_STEPS = 60  # of 255: a channel of a pixel that differs by more differs to the eye
_LEAST_SEEN = 100  # so many of them are about one digit of a small font
_TRIES = 500


class FamilyPart(StrEnum):
    """What a family is for."""

    TUNE = "tune"  # engines may be tuned on it
    KEPT = "kept"  # for the final figure only


@dataclass(frozen=True, slots=True)
class FamilyAmounts:
    """How much of each family is made: `per` own copies of each kind."""

    per: int = 4
    seed: int = 1

    @property
    def items(self) -> int:
        """Return how many contents of a family are indexed."""
        return 4 + 2 * self.per


@dataclass(frozen=True, slots=True)
class Family(Generic[Content]):
    """One template: what draws a content, how an item is stored, and what makes its own copies.

    `pictures` says how many real pictures a content takes from `dice.others`, `shared` how many
    contents in a row take the same ones. They are dealt from a common pile unless the family brings
    `files`. `others` says how many contents are only asked for, for each item; `most_items` and
    `size` limit and multiply the items. `share_a_part` is for contents that hold the same part, so
    that another one is a match if it is asked for as it is.
    """

    name: str
    part: FamilyPart
    group: str
    draw: Callable[[Dice], Content]
    copies: Mapping[str, Callable[[Content, Dice], EditedFile]]
    stored: Callable[[Content, Dice], EditedFile]
    pictures: int = 0
    shared: int = 1
    others: float = 1.0
    files: tuple[Path, ...] = ()
    most_items: int | None = None
    size: int = 1
    share_a_part: bool = False

    def counts(self, amounts: FamilyAmounts) -> tuple[int, int]:
        """Return how many contents are items, and how many are only asked for."""
        items = amounts.items * self.size
        if self.most_items is not None:
            items = min(items, self.most_items)
        others = round(amounts.items * self.others)
        if self.files:
            others = min(others, len(self.files) // max(1, self.pictures) - items)
        return items, others

    def pictures_needed(self, amounts: FamilyAmounts) -> int:
        """Return how many real pictures are dealt to it."""
        contents = sum(self.counts(amounts))
        return 0 if self.files else -(-contents // self.shared) * self.pictures


@dataclass(frozen=True, slots=True)
class RowPlaces:
    """What was written of a family."""

    items: tuple[IndexedPicture, ...]
    queries: tuple[FolderQuery, ...]


def as_png(picture: Picture, _: Dice) -> EditedFile:
    """Store a picture without loss, as screenshots and drawings are."""
    return EditedFile(files.Encoding("PNG", "png").file(picture), "png")


def as_jpeg(picture: Picture, _: Dice) -> EditedFile:
    """Store a picture as scans and photographs are."""
    return EditedFile(files.jpeg(90).file(picture), "jpg")


def make_family(
    family: Family[Content], out: Path, amounts: FamilyAmounts, pictures: Sequence[Path]
) -> RowPlaces:
    """Write the items and queries of a family below `out`; raise ValueError if contents repeat."""
    item_count, other_count = family.counts(amounts)
    drawn = list(islice(contents(family, amounts.seed, pictures), item_count + other_count))
    writer = _Writer(family, out, amounts.seed)
    items = [writer.item(number, drawn[number]) for number in range(item_count)]
    queries = [
        writer.query(number, drawn[number], name, is_item=True)
        for turn, name in enumerate(family.copies)
        for number in (
            (turn * amounts.per + step) % item_count for step in range(min(amounts.per, item_count))
        )
    ]
    edits = ["as_it_is", *family.copies]
    queries += [
        writer.query(number, drawn[number], edits[number % len(edits)], is_item=False)
        for number in range(item_count, item_count + other_count)
        if not family.share_a_part or number % len(edits)
    ]
    return RowPlaces(tuple(items), tuple(queries))


def contents(family: Family[Content], seed: int, pictures: Sequence[Path]) -> Iterator[Content]:
    """Yield contents that all differ to the eye; raise ValueError if the family has no more."""
    seen: list[Content] = []
    pile = family.files or pictures
    for number in count():
        first = number // family.shared * family.pictures
        others = tuple(pile[first : first + family.pictures])
        for attempt in range(_TRIES):
            source = random.Random(f"{seed} {family.name} {number} {attempt}")
            content = family.draw(Dice(source, others))
            if all(differs_to_the_eye(content, before) for before in seen):
                break
        else:
            raise ValueError(f"{family.name} has no more than {number} contents")
        seen.append(content)
        yield content


def differs_to_the_eye(one: Content, other: Content) -> bool:
    """Tell whether at least a digit of a small font differs; scenes are never the same."""
    if not isinstance(one, Image.Image) or not isinstance(other, Image.Image):
        return True
    if one.size != other.size:
        return True
    steps = cv2.absdiff(np.asarray(one), np.asarray(other))
    return int(np.count_nonzero(steps > _SEEN_STEPS)) >= _LEAST_SEEN


@dataclass(frozen=True, slots=True)
class _Writer(Generic[Content]):
    family: Family[Content]
    out: Path
    seed: int

    def item(self, number: int, content: Content) -> IndexedPicture:
        name = self._name(number)
        stored = self.family.stored(content, self._dice(f"{name} item"))
        file = self._write("items", name, stored)
        return IndexedPicture(name, file, "base", self.family.group, *self._family())

    def query(self, number: int, content: Content, edit: str, *, is_item: bool) -> FolderQuery:
        name, family = self._name(number), self.family
        made = family.copies.get(edit, family.stored)(content, self._dice(f"{name} {edit}"))
        file = self._write("queries", f"{name}-{edit}", made)
        transform = f"{family.group} {edit}"
        truth = name if is_item else ""
        return FolderQuery(
            file, transform, family.group, name, truth, family.group, *self._family()
        )

    def _family(self) -> tuple[str, str]:
        return self.family.name, self.family.part.value

    def _name(self, number: int) -> str:
        return f"{self.family.name}_{number:02}"

    def _dice(self, use: str) -> Dice:
        return Dice(random.Random(f"{self.seed} {use}"))

    def _write(self, folder: str, name: str, made: EditedFile) -> str:
        file = f"{folder}/{name}.{made.extension}"
        (self.out / file).write_bytes(made.content)
        return file
