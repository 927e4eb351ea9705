"""What a backup holds: written last, so that a folder without it holds no backup."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

_NAME = "manifest.json"
# The first that is written, and never deleted: by it a folder is known as one of backups.
_LOCK = "lock"
# What a volume of its own may have from the beginning.
_NO_FILES = {"lost+found"}
_FORMAT = 1


class BackupFailed(Exception):
    """No backup could be made or restored; the message tells an operator why."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """One complete backup: its files by name, and what they must be.

    `migrations` are those that the dumped tables have seen, as `app.name`; times are ISO 8601.
    """

    product: str
    vendor: str
    migrations: list[str]
    database: str
    database_sha256: str
    media: str
    media_sha256: str
    files: int
    file_bytes: int
    begun_at: str
    completed_at: str
    format: int = _FORMAT


def read(folder: Path) -> Manifest:
    """Return the manifest of a folder's backup; raise BackupFailed where there is none."""
    try:
        manifest = Manifest(**json.loads((folder / _NAME).read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        raise BackupFailed(f"There is no complete backup in {folder}.") from error
    except (ValueError, TypeError) as error:
        raise BackupFailed(f"{folder / _NAME} cannot be read: another version wrote it.") from error
    for name, sha256 in (
        (manifest.database, manifest.database_sha256),
        (manifest.media, manifest.media_sha256),
    ):
        if not (folder / name).is_file() or sha256_of(folder / name) != sha256:
            raise BackupFailed(f"{folder / name} is missing or damaged.")
    return manifest


def previous(folder: Path) -> Manifest | None:
    """Return the manifest of the backup that the folder holds already, if it is whole."""
    try:
        return read(folder)
    except BackupFailed:
        return None


def write(folder: Path, manifest: Manifest) -> None:
    """Make this the folder's backup, all at once, and delete the dumps of earlier ones."""
    draft = folder / f".{_NAME}"
    with draft.open("w", encoding="utf-8") as file:
        json.dump(asdict(manifest), file, indent=2)
    # All that was copied is on the disk before anything says so.
    os.sync()
    draft.replace(folder / _NAME)
    os.sync()
    for path in (*folder.glob("database-*"), *folder.glob("media-*")):
        if path.name not in {manifest.database, manifest.media}:
            path.unlink()


def sha256_of(path: Path) -> str:
    """Return a file's hash in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def only_user(folder: Path) -> Iterator[None]:
    """Keep other backups out of the folder, and other people from what is written there."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    _require_own(folder)
    others = os.umask(0o077)
    try:
        with (folder / _LOCK).open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise BackupFailed(f"Another backup is at work in {folder}.") from error
            yield
    finally:
        os.umask(others)


def _require_own(folder: Path) -> None:
    """Raise BackupFailed for a folder with other files: a backup deletes what it does not know."""
    if (folder / _LOCK).exists():
        return
    if any(each.name not in _NO_FILES for each in folder.iterdir()):
        raise BackupFailed(f"{folder} holds other files. Name an empty folder, or a backup's own.")
