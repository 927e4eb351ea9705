"""Files that lie with a command: a folder, a ZIP, a table or a bucket, read where they are.

Positions are those in the files as they were when the import began. `state` tells whether they
still are the same: only then may an import go on behind its position.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings

from common.errors import InvalidInput
from imports import buckets, plans, spoken, tables
from imports.archives import Archive
from imports.models import Import, Source
from imports.rows import GivenRow, RowSource
from imports.tables import Fetch, Table
from intake import folders
from lists.models import List

_ARCHIVES = {".zip"}
_TABLES = {".csv", ".tsv", ".jsonl", ".ndjson"}


class UnusableFile(InvalidInput):
    """What is neither a folder nor a file that can be imported, or may not be read."""

    code = "unusable_file"


@dataclass(frozen=True, slots=True)
class LocalFiles:
    """What a command found at a path; `plan` says how it is read, and is kept with the import.

    `total` is None where nobody has counted.
    """

    name: str
    source: Source
    plan: dict[str, Any]
    total: int | None

    @property
    def path(self) -> str:
        """Return where they lie, whole."""
        return str(self.plan["path"])


class LocalFolder:
    """The files of a folder as rows, each read by whoever does it."""

    def __init__(self, path: Path, *, max_bytes: int) -> None:
        """List the files; raise UnreadableFolder."""
        self._path = path
        self._names = folders.files_in(path)
        self._max_bytes = max_bytes

    @property
    def total(self) -> int:
        """Return how many files there are."""
        return len(self._names)

    @property
    def state(self) -> str:
        """Return a text that is another one when files came, went or changed in length."""
        return folders.state_of(self._path, self._names)

    def rows(self, *, after: int, place: str = "") -> Iterator[GivenRow]:  # noqa: ARG002 - as others
        """Yield the files behind a position, by name."""
        for position, name in enumerate(self._names[after:], start=after + 1):
            raw = partial(folders.read, self._path / name, max_bytes=self._max_bytes)
            yield GivenRow(position=position, name=name, raw=raw)


def look_in_bucket(image_list: List, address: str) -> LocalFiles:
    """Look at what lies in a bucket; raise InvalidInput, or SourceUnavailable."""
    with buckets.opened(image_list, address) as bucket:
        bucket.require_something()
    # Whatever came or went there, a place behind a name is still one.
    plan = {"path": bucket.address, "state": ""}
    return LocalFiles(bucket.address, Source.BUCKET, plan, None)


def look(path: Path) -> LocalFiles:
    """Look at what is to be imported; raise InvalidInput for what cannot be."""
    path = path.absolute()
    if spoken.storable(str(path)) != str(path):
        raise UnusableFile("The path is no UTF-8, and cannot be kept. Rename it.")
    if path.is_dir():
        folder = _folder(path)
        plan = {"path": str(path), "state": folder.state}
        return LocalFiles(path.name, Source.FILES, plan, folder.total)
    if not path.exists():
        raise UnusableFile(f"There is no folder and no file {path}.")
    ending = path.suffix.lower()
    if ending not in _ARCHIVES | _TABLES:
        raise UnusableFile(f"{path.name} is neither a folder nor a ZIP, CSV or JSON lines file.")
    try:
        return _archive(path) if ending in _ARCHIVES else _table(path)
    except OSError as error:
        raise UnusableFile(f"The file {path} cannot be read.") from error


@contextmanager
def opened(run: Import, *, fetch: Fetch) -> Iterator[RowSource]:
    """Open the files of an import; raise InvalidInput when they cannot be read any more."""
    path = Path(run.plan["path"])
    if run.source == Source.FILES:
        yield _folder(path)
        return
    try:
        file = path.open("rb")
    except OSError as error:
        raise UnusableFile(f"The file {path} cannot be read.") from error
    with file:
        if run.source == Source.TABLE:
            yield Table(file, plans.of(run), total=run.total or 0, fetch=fetch)
        else:
            size_bytes = path.stat().st_size
            yield Archive(file, byte_size=size_bytes, max_bytes=settings.MAX_IMAGE_BYTES)


def _folder(path: Path) -> LocalFolder:
    return LocalFolder(path, max_bytes=settings.MAX_IMAGE_BYTES)


def _archive(path: Path) -> LocalFiles:
    with path.open("rb") as file:
        size_bytes = path.stat().st_size
        archive = Archive(file, byte_size=size_bytes, max_bytes=settings.MAX_IMAGE_BYTES)
    return LocalFiles(path.name, Source.ZIP, _plan_of_file(path), archive.total)


def _table(path: Path) -> LocalFiles:
    with path.open("rb") as file:
        plan = tables.plan_of(file, byte_size=path.stat().st_size)
        total = tables.counted(file, plan)
    return LocalFiles(
        path.name, Source.TABLE, {**_plan_of_file(path), **plans.kept(plan, [])}, total
    )


def _plan_of_file(path: Path) -> dict[str, Any]:
    found = path.stat()
    return {"path": str(path), "state": f"{found.st_size} {found.st_mtime_ns}"}
