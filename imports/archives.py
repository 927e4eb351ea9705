"""The pictures in a ZIP: read one at a time where they lie, never unpacked to a disk.

What an archive may not do to its reader: have a longer directory than is kept in memory, promise
more bytes than an archive of its size can hold, lie about the size of an entry, hold further
archives, or ask for a password. Names are only shown, and those that climb out of a folder are
refused.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from functools import partial
from typing import IO

from common.errors import LookalikeError
from common.sentences import Sentence
from imports import names, unpacking
from imports.errors import RefusedRow, UnusableArchive
from imports.rows import GivenRow
from intake import sources
from intake.sources import RawImage

MAX_ENTRIES = 100_000
# The directory is read as a whole; names have some hundred characters at most.
MAX_DIRECTORY_BYTES = 32_000_000
# More than pictures are ever compressed; zlib's most is 1,032.
MAX_RATIO = 100
# A small archive of drawings may be compressed as far as it likes.
_FREE_BYTES = 1_000_000_000
_CHUNK_BYTES = 256 * 1024
_ENCRYPTED = 0x1
# What each entry of the directory begins with.
_ENTRY_MARK = b"PK\x01\x02"
_ARCHIVES = (".zip", ".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".xz")


class Archive:
    """A ZIP that was opened, and may be read."""

    def __init__(self, file: IO[bytes], *, byte_size: int, max_bytes: int) -> None:
        """Read what the archive holds; raise UnusableArchive."""
        try:
            self._zip = zipfile.ZipFile(_Guarded(file))
            entries = self._zip.infolist()
        except LookalikeError:
            raise
        except Exception as error:  # a damaged directory raises many kinds
            raise UnusableArchive(Sentence("The file is not a ZIP, or not a whole one.")) from error
        self._entries = [
            each
            for each in entries
            if not each.filename.endswith("/") and not names.is_litter(each.filename)
        ]
        self._max_bytes = max_bytes
        _require_bounded(entries, byte_size)

    @property
    def total(self) -> int:
        """Return how many files there are, without what desktops leave in folders."""
        return len(self._entries)

    def rows(self, *, after: int, place: str = "") -> Iterator[GivenRow]:  # noqa: ARG002 - as others
        """Yield the files behind a position, in the order of the archive."""
        for position, entry in enumerate(self._entries[after:], start=after + 1):
            try:
                raw = partial(_given, self._read(entry))
            except RefusedRow as error:
                raw = partial(_refuse, error)
            yield GivenRow(position=position, name=entry.filename, raw=raw)

    def _read(self, entry: zipfile.ZipInfo) -> RawImage:
        _require_plain(entry)
        if entry.file_size > self._max_bytes:
            raise _too_large(self._max_bytes)
        try:
            chunks = list(self._unpacked(entry))
        except LookalikeError:
            raise
        except Exception as error:  # each way of packing raises other kinds
            raise RefusedRow(
                "damaged_entry", Sentence("The archive is damaged here, or packed in another way.")
            ) from error
        return sources.from_chunks(chunks, name=entry.filename, max_bytes=self._max_bytes)

    def _unpacked(self, entry: zipfile.ZipInfo) -> Iterator[bytes]:
        if entry.compress_type in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            with self._zip.open(entry) as file:
                yield from iter(partial(file.read, _CHUNK_BYTES), b"")
        else:
            yield unpacking.unpacked(self._zip, entry)


class _Guarded:
    """A file that gives its reader no directory with more than can be kept in memory."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.seek = file.seek
        self.tell = file.tell
        self.seekable = file.seekable

    def read(self, size: int = -1) -> bytes:
        """Return what comes next; raise UnusableArchive."""
        if size > MAX_DIRECTORY_BYTES:
            raise _too_many()
        content = self._file.read(size)
        if content.count(_ENTRY_MARK) > MAX_ENTRIES:
            raise _too_many()
        return content


def _given(raw: RawImage) -> RawImage:
    return raw


def _refuse(error: RefusedRow) -> RawImage:
    raise error


def _require_bounded(entries: list[zipfile.ZipInfo], byte_size: int) -> None:
    if len(entries) > MAX_ENTRIES:
        raise _too_many()
    promised = sum(entry.file_size for entry in entries)
    if promised > _FREE_BYTES + MAX_RATIO * byte_size:
        raise UnusableArchive(
            Sentence("The archive promises more than one of its size can hold. It is not opened.")
        )


def _require_plain(entry: zipfile.ZipInfo) -> None:
    name = entry.filename
    if names.climbs(name) or name.startswith(("/", "\\")):
        raise RefusedRow(
            "unsafe_name", Sentence("The name leads out of the archive. Rename the file.")
        )
    if entry.flag_bits & _ENCRYPTED:
        raise RefusedRow(
            "encrypted_entry", Sentence("The file needs a password. Pack it without one.")
        )
    if name.lower().endswith(_ARCHIVES):
        raise RefusedRow(
            "nested_archive", Sentence("An archive inside an archive. Import it by itself.")
        )


def _too_many() -> UnusableArchive:
    return UnusableArchive(
        Sentence(
            "The archive has more than %(most)s files. Divide it into smaller ones.",
            most=f"{MAX_ENTRIES:,}",
        )
    )


def _too_large(max_bytes: int) -> RefusedRow:
    error = sources.too_many_bytes(max_bytes)
    return RefusedRow(error.code, error.message)
