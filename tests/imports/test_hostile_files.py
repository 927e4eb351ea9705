"""Files for imports that are made to hurt: none takes more memory or time than a good one."""

from __future__ import annotations

import bz2
import io
import json
import lzma
import struct
import tracemalloc
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from common.errors import LookalikeError
from imports import archives, tables
from imports.archives import Archive
from imports.errors import UnusableArchive, UnusableImageTable
from intake.sources import RawImage

_MEGABYTE = 1_000_000
_ZEROS = bytes(40 * _MEGABYTE)


@contextmanager
def within(most_bytes: int) -> Iterator[None]:
    """Fail when more than so much memory is taken at any moment."""
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < most_bytes
    finally:
        tracemalloc.stop()


def lying(kind: int, packed: bytes, *, size_bytes: int) -> bytes:
    """Return a ZIP whose one entry unpacks to far more than it says."""
    name, crc = b"a.png", zlib.crc32(_ZEROS[:size_bytes])
    facts = struct.pack(
        "<HHHHHIIIHH", 63, 0, kind, 0, 33, crc, len(packed), size_bytes, len(name), 0
    )
    local = b"PK\x03\x04" + facts + name + packed
    central = b"PK\x01\x02" + struct.pack("<H", 63) + facts + struct.pack("<HHHII", 0, 0, 0, 0, 0)
    central += name
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 1, 1, len(central), len(local), 0)
    return local + central + end


def lzma_of(content: bytes) -> bytes:
    """Return the bytes as a ZIP has them, with the header that it puts before."""
    filters = [{"id": lzma.FILTER_LZMA1, "preset": 6}]
    packed = lzma.compress(content, lzma.FORMAT_RAW, filters=filters)
    return struct.pack("<2BHBI", 9, 4, 5, 93, 1 << 23) + packed


def opened(content: bytes) -> Archive:
    return Archive(io.BytesIO(content), byte_size=len(content), max_bytes=_MEGABYTE)


def given(archive: Archive) -> list[RawImage | str]:
    """Return what each entry is, or the code of why it is refused."""
    found: list[RawImage | str] = []
    for row in archive.rows(after=0):
        assert row.raw
        try:
            found.append(row.raw())
        except LookalikeError as error:
            found.append(error.code)
    return found


@pytest.mark.parametrize(
    ("kind", "packed"),
    [(zipfile.ZIP_BZIP2, bz2.compress(_ZEROS)), (zipfile.ZIP_LZMA, lzma_of(_ZEROS))],
)
def test_an_entry_is_unpacked_to_no_more_than_it_says(kind: int, packed: bytes) -> None:
    archive = opened(lying(kind, packed, size_bytes=1_000))

    with within(16 * _MEGABYTE):
        (raw,) = given(archive)

    assert isinstance(raw, RawImage)
    assert raw.data == bytes(1_000)


def test_a_directory_of_entries_without_end_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_ENTRIES", 1_000)
    entry = b"PK\x01\x02" + bytes(42)
    for directory in (entry * 50_000, bytes(archives.MAX_DIRECTORY_BYTES + 1)):
        end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 1, 1, len(directory), 0, 0)
        content = directory + end

        with within(2 * len(directory)), pytest.raises(UnusableArchive):
            opened(content)


def test_a_name_that_is_no_text_refuses_its_file_alone() -> None:
    content = bytearray(zipped({"ab": b"1", "cd": b"2"}))
    # Said to be UTF-8, and that only by the header of the file itself.
    content[7] |= 8
    content[30:32] = b"\xff\xfe"

    refused, raw = given(opened(bytes(content)))

    assert refused == "damaged_entry"
    assert isinstance(raw, RawImage)
    assert raw.data == b"2"


def zipped(files: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, file in files.items():
            archive.writestr(name, file)
    return content.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"url" + b"," * 30 * _MEGABYTE,
        b"url\n" + b'"\n",' * 8 * _MEGABYTE,
        b'{"url": "' + b"x" * 30 * _MEGABYTE + b'"}',
    ],
    ids=["a line", "lines in quotes", "an object"],
)
def test_a_row_without_end_is_not_kept_in_memory(content: bytes) -> None:
    file = io.BytesIO(content)

    def read() -> None:
        plan = tables.plan_of(file, byte_size=len(content))
        tables.counted(file, plan)

    with within(40 * _MEGABYTE), pytest.raises(UnusableImageTable):
        read()


def test_no_key_of_a_file_of_json_lines_is_lost() -> None:
    long_name = "fact " * 40
    rows = [{"url": "http://a.example/1.png"} for _ in range(30)]
    rows.append({" url ": "http://a.example/2.png", "tags": "a|b", long_name: "said"})
    content = "\n".join(json.dumps(row) for row in rows).encode()
    file = io.BytesIO(content)

    plan = tables.plan_of(file, byte_size=len(content))
    table = tables.Table(file, plan, total=31, fetch=lambda _: RawImage(b"", "", ""))
    *_, last = table.rows(after=0)

    assert (last.raw is not None, last.details.tags) == (True, ["a", "b"])
    assert list((last.details.context or {}).values()) == ["said"]
