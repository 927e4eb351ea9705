"""Files that are sent for an import: kept in parts until the import is over.

Parts have one size, so that a place in the file is a place in a part, and whoever reads has one of
them at hand: local files and buckets serve alike, and memory does not grow with the file.
"""

from __future__ import annotations

import io
from typing import IO, TYPE_CHECKING

from imports.models import Import
from lists import storage

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

PART_BYTES = 8 * 1024 * 1024


class PartedFile(io.RawIOBase):
    """The whole file, to be read from any place."""

    def __init__(self, folder: str, byte_size: int) -> None:
        super().__init__()
        self._folder = folder
        self._byte_size = byte_size
        self._place = 0
        self._part: tuple[int, bytes] = (-1, b"")

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def seekable(self) -> bool:
        """Tell that it can be read from any place."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place; raise ValueError for one before the beginning."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._byte_size}[whence]
        if start + offset < 0:
            raise ValueError("There is nothing before the beginning.")
        self._place = start + offset
        return self._place

    def tell(self) -> int:
        """Return the place."""
        return self._place

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Fill the buffer from one part."""
        target = memoryview(buffer).cast("B")
        if self._place >= self._byte_size:
            return 0
        number, offset = divmod(self._place, PART_BYTES)
        found = self._content(number)[offset : offset + len(target)]
        target[: len(found)] = found
        self._place += len(found)
        return len(found)

    def _content(self, number: int) -> bytes:
        if self._part[0] != number:
            with storage.read_upload(part_name(self._folder, number)) as file:
                self._part = (number, file.read())
        return self._part[1]


def folder_of(run: Import) -> str:
    """Return the storage folder of what was sent for an import."""
    return f"imports/{run.image_list.organisation_id}/{run.public_id}"


def part_name(folder: str, number: int) -> str:
    return f"{folder}/{number:06}"


def opened(run: Import) -> IO[bytes]:
    """Open what was sent for an import; it has to be whole."""
    return io.BufferedReader(PartedFile(folder_of(run), run.byte_size))
