"""What pictures come from, and what becomes of each when it is looked at."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Protocol

from duplicates.clusters import ComparedPicture
from intake.examine import Examination
from matching.types import Rgb


@dataclass(frozen=True, slots=True)
class ExaminedPicture:
    """A picture and what was seen of it; None where the same bytes came before."""

    name: str
    byte_size: int
    sha256: str
    examination: Examination | None
    public_id: str = ""


@dataclass(frozen=True, slots=True)
class Unusable:
    """What could not be looked at, and why: a stable code and a sentence."""

    name: str
    code: str
    reason: str


class PictureSource(Protocol):
    """A folder or a list."""

    @property
    def total(self) -> int:
        """Return how many outcomes there will be."""

    def outcomes(self) -> Generator[ExaminedPicture | Unusable]:
        """Look at everything, the largest files first, so that copies come after their originals.

        Raise LookalikeError when it cannot go on.
        """

    def colours_of(self, picture: ComparedPicture) -> Rgb | None:
        """Return the picture for a closer look, as `lists.closer_look.KeptPicture` has it."""

    def thumbnail_of(self, picture: ComparedPicture) -> bytes | None:
        """Return a small WebP file of the picture; None when it cannot be had any more."""

    def are_apart(self, one: ComparedPicture, other: ComparedPicture) -> bool:
        """Tell whether a person has said that these two are no match."""
