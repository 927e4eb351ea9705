"""The rows of an import, wherever they come from: a name, and a picture or where to find one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from intake.sources import RawImage


@dataclass(frozen=True, slots=True)
class RowDetails:
    """What a row says of its image; None where it says nothing."""

    custom_id: str | None = None
    name: str | None = None
    tags: Sequence[str] | None = None
    context: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class GivenRow:
    """One image of an import.

    `position` counts from 1; `place` is what its source needs to go on behind it. `raw` returns the
    picture and may raise for the row alone; it is None where nothing says how to come by one.
    `media_id` and `sha256` name an image that may be there already.
    """

    position: int
    name: str
    raw: Callable[[], RawImage] | None = None
    place: str = ""
    media_id: str = ""
    sha256: str = ""
    details: RowDetails = field(default_factory=RowDetails)
    cells: Sequence[str] = ()


class RowSource(Protocol):
    """Where rows come from, opened; `total` is None where nobody has counted them."""

    @property
    def total(self) -> int | None: ...

    def rows(self, *, after: int, place: str) -> Iterator[GivenRow]:
        """Yield the rows behind a position, one at a time, each read when its turn comes."""
        ...
