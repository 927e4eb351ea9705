"""Stored files in a backup: copies under their names, and a list with the hash of each.

Names and lists are walked in one order and never held whole: there may be millions.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple, dataclass
from itertools import islice
from pathlib import Path
from typing import TypeVar

from django.core.files import File
from django.core.files.storage import default_storage

from dedup_project.backups import manifest
from dedup_project.backups.manifest import BackupFailed
from lists import storage
from lists.storage import AtomicFileSystemStorage

_FOLDER = "media"
# A bucket answers many at once; a local disk is no slower for it.
_AT_ONCE = 8
_BATCH = 256

Given = TypeVar("Given")
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Entry:
    """A stored file, such as it must be."""

    name: str
    size: int
    sha256: str


def stored_names(folder: str = "") -> Iterator[str]:
    """Yield the names of all stored files, those of a folder in order; half-written ones apart."""
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    found = [(name, True) for name in folders] + [(name, False) for name in files]
    for name, is_folder in sorted(found):
        path = f"{folder}/{name}" if folder else name
        if is_folder and path != storage.DRAFTS:
            yield from stored_names(path)
        elif not is_folder:
            yield path


def copy_out(folder: Path, *, known: Iterable[Entry]) -> Iterator[Entry]:
    """Copy what is stored into a backup's folder, but for what it has already; yield each file.

    `known` is the list of the backup before, which saves reading what was copied then.
    """

    def copied(pair: tuple[str, Entry | None]) -> Entry | None:
        return _copied(folder / _FOLDER, *pair)

    for entry in at_once(copied, _with_known(stored_names(), iter(known))):
        if entry is not None:
            yield entry


def copy_in(folder: Path, entries: Iterable[Entry]) -> None:
    """Store a backup's files; raise BackupFailed for one that is missing or damaged."""

    def stored(entry: Entry) -> None:
        _store(folder / _FOLDER / entry.name, entry)

    for _ in at_once(stored, entries):
        pass


def require_outside(folder: Path) -> None:
    """Raise BackupFailed for a folder among the stored files, which would be copied into itself."""
    local = isinstance(default_storage, AtomicFileSystemStorage)
    if local and folder.resolve().is_relative_to(default_storage.path("")):
        raise BackupFailed(f"{folder} is where pictures are stored. Name a folder elsewhere.")


def prune(folder: Path, entries: Iterable[Entry]) -> int:
    """Delete the copies that are not in the list, and return how many."""
    kept = iter(entries)
    copies = (path.relative_to(folder / _FOLDER).as_posix() for path in _walk(folder / _FOLDER))
    gone = [name for name, entry in _with_known(copies, kept) if entry is None]
    for name in gone:
        (folder / _FOLDER / name).unlink()
    return len(gone)


def write_list(path: Path, entries: Iterable[Entry]) -> tuple[int, int]:
    """Write a list of files; return how many they are, and their bytes."""
    files = size = 0
    with gzip.open(path, "wt", encoding="utf-8") as lines:
        for entry in entries:
            lines.write(json.dumps(astuple(entry)) + "\n")
            files, size = files + 1, size + entry.size
    return files, size


def read_list(path: Path) -> Iterator[Entry]:
    """Yield the files of a list."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield Entry(*json.loads(line))


def _copied(folder: Path, name: str, known: Entry | None) -> Entry | None:
    """Return the file as the folder holds it now; None when it is not stored any more."""
    copy = folder / name
    if copy.is_file():
        size = copy.stat().st_size
        if known is not None and known.size == size:
            return known
        # Left by a backup that did not come to its end; copies are whole or not there.
        if size == default_storage.size(name):
            return Entry(name, size, manifest.sha256_of(copy))
    copy.parent.mkdir(parents=True, exist_ok=True)
    try:
        with default_storage.open(name) as source:
            return _written(source, name, copy, folder.parent)
    except FileNotFoundError:
        return None


def _written(source: File[bytes], name: str, copy: Path, drafts: Path) -> Entry:
    sha256, size = hashlib.sha256(), 0
    descriptor, draft = tempfile.mkstemp(dir=drafts, prefix=".draft-")
    try:
        with os.fdopen(descriptor, "wb") as target:
            for chunk in source.chunks():
                sha256.update(chunk)
                size += target.write(chunk)
        os.replace(draft, copy)
    except BaseException:
        os.unlink(draft)
        raise
    return Entry(name, size, sha256.hexdigest())


def _store(copy: Path, entry: Entry) -> None:
    if not copy.is_file() or manifest.sha256_of(copy) != entry.sha256:
        raise BackupFailed(f"{copy} is missing or damaged.")
    if default_storage.exists(entry.name):
        with default_storage.open(entry.name) as present:
            if hashlib.sha256(present.read()).hexdigest() == entry.sha256:
                return
        default_storage.delete(entry.name)
    with copy.open("rb") as file:
        default_storage.save(entry.name, File(file))


def _with_known(names: Iterable[str], known: Iterator[Entry]) -> Iterator[tuple[str, Entry | None]]:
    """Yield each name with its entry; both come in the order of their paths."""
    entry = next(known, None)
    for name in names:
        while entry is not None and entry.name.split("/") < name.split("/"):
            entry = next(known, None)
        yield name, entry if entry is not None and entry.name == name else None


def _walk(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.is_dir():
            yield from _walk(path)
        else:
            yield path


def at_once(act: Callable[[Given], Made], given: Iterable[Given]) -> Iterator[Made]:
    """Yield what is made of each, in order, a few at once."""
    remaining = iter(given)
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="backup") as threads:
        while batch := list(islice(remaining, _BATCH)):
            yield from threads.map(act, batch)
