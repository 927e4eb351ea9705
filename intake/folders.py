"""The files in a folder and the folders inside it, in an order that does not change.

Hidden files, and what desktops leave behind, are passed over. Links to files are followed, links to
folders are not.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from common.errors import InvalidInput
from common.sentences import Sentence
from intake import sources
from intake.sources import RawImage

_LITTER = frozenset({"thumbs.db", "desktop.ini", "__macosx"})
_CHUNK_BYTES = 256 * 1024


class UnreadableFolder(InvalidInput):
    """A folder that is not there, or that may not be read."""

    code = "unreadable_folder"


class UnreadableFile(InvalidInput):
    """A file that may not be read, or that is gone since the folder was listed."""

    code = "unreadable_file"


def files_in(folder: Path) -> list[str]:
    """Return the names of the files, relative to the folder; raise UnreadableFolder.

    A folder inside it that cannot be listed is among them: reading it says why.
    """
    return sorted(_walked(folder))


def _walked(folder: Path) -> Iterator[str]:
    unlisted: list[OSError] = []
    for parent, folders, files in os.walk(folder, onerror=unlisted.append):
        folders[:] = [each for each in folders if _is_wanted(each)]
        for name in files:
            path = Path(parent, name)
            if _is_wanted(name) and _may_be_file(path):
                yield path.relative_to(folder).as_posix()
    for error in unlisted:
        path = Path(error.filename)
        if path == folder:
            raise UnreadableFolder(f"The folder {folder} cannot be read.") from error
        yield path.relative_to(folder).as_posix()


def _is_wanted(name: str) -> bool:
    return not name.startswith(".") and name.lower() not in _LITTER


def _may_be_file(path: Path) -> bool:
    """Tell whether it is a file; what cannot be told counts as one, so that reading it says why."""
    try:
        return path.is_file()
    except OSError:
        return True


def state_of(folder: Path, names: Sequence[str]) -> str:
    """Return a text that is another one when files came, went or changed in length."""
    hashed = hashlib.sha256()
    for name in names:
        path = folder / name
        try:
            size_bytes = path.stat().st_size
        except OSError:
            size_bytes = -1
        hashed.update(os.fsencode(name) + b"\0%d\0" % size_bytes)
    return hashed.hexdigest()


def read(path: Path, *, max_bytes: int) -> RawImage:
    """Read a file; raise UnreadableFile, or TooManyBytes."""
    try:
        with path.open("rb") as file:
            chunks = iter(lambda: file.read(_CHUNK_BYTES), b"")
            return sources.from_chunks(chunks, name=path.name, max_bytes=max_bytes)
    except OSError as error:
        raise UnreadableFile(Sentence("The file cannot be read.")) from error
