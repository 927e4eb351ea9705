"""The files of an evaluation folder.

    items/, queries/                                    the pictures
    items.csv     id, file, role, kind, family, part    what is indexed
    queries.csv   file, transform, group, source, truth, kind, family, part
    ignore.csv    source, item, why                     pairs that are neither hit nor error

`truth` is the id of the right item, or nothing if none may be found; `source` is the picture that
was edited, also when it is no item. The role `hardneg` marks other pictures in the same dress.
A `family` holds pictures that look alike without being copies, and its `part` says whether matchers
may be tuned on it; both may be missing.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TypeVar


@dataclass(frozen=True, slots=True)
class IndexedPicture:
    """A picture that is indexed."""

    id: str
    file: str
    role: str
    kind: str
    family: str = ""
    part: str = ""

    @property
    def is_hard_negative(self) -> bool:
        """Tell whether it is another picture in the dress of the queries."""
        return self.role == "hardneg"


@dataclass(frozen=True, slots=True)
class FolderQuery:
    """A picture that is asked for."""

    file: str
    transform: str
    group: str
    source: str
    truth: str
    kind: str
    family: str = ""
    part: str = ""


@dataclass(frozen=True, slots=True)
class Ignored:
    """A pair of a source and an item that show the same thing without being copies."""

    source: str
    item: str
    why: str


Row = TypeVar("Row", IndexedPicture, FolderQuery, Ignored)


@dataclass(frozen=True, slots=True)
class Folder:
    """An evaluation folder that has been read."""

    path: Path
    items: tuple[IndexedPicture, ...]
    queries: tuple[FolderQuery, ...]
    ignored: frozenset[tuple[str, str]]  # source, item

    @classmethod
    def read(cls, path: Path) -> Folder:
        """Read the three tables; raise SystemExit if there is no such folder."""
        if not (path / "items.csv").exists() or not (path / "queries.csv").exists():
            raise SystemExit(
                f"{path} has no items.csv and queries.csv: make it with"
                " `python -m bench.evaluation.make IMAGES FOLDER`"
            )
        ignored = read_table(path / "ignore.csv", Ignored)
        return cls(
            path=path,
            items=tuple(read_table(path / "items.csv", IndexedPicture)),
            queries=tuple(read_table(path / "queries.csv", FolderQuery)),
            ignored=frozenset((pair.source, pair.item) for pair in ignored),
        )


def read_table(path: Path, of: type[Row]) -> list[Row]:
    """Return the rows of a CSV file, none if there is no such file; further columns are skipped.

    Columns that were added later may be missing.
    """
    if not path.exists():
        return []
    names = [field.name for field in fields(of)]
    with path.open(newline="", encoding="utf-8") as file:
        rows = csv.DictReader(file)
        return [of(**{name: row[name] for name in names if name in row}) for row in rows]


def write_table(path: Path, rows: Iterable[Row], of: type[Row]) -> None:
    """Write the rows with a head line."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, [field.name for field in fields(of)], lineterminator="\n")
        writer.writeheader()
        writer.writerows(asdict(row) for row in rows)
