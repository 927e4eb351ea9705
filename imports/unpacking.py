"""Entries of a ZIP that are packed in a rare way: unpacked to as many bytes as they say.

`zipfile` bounds what it unpacks by DEFLATE alone. Of the other ways a few bytes may be gigabytes.
"""

from __future__ import annotations

import bz2
import copy
import lzma
import struct
import zipfile
import zlib
from typing import IO

_CHUNK_BYTES = 64 * 1024
# Two bytes of a version, then how many bytes of properties follow, which are always five.
_LZMA_HEADER = struct.Struct("<2xHBI")
_LZMA_PROPERTIES_BYTES = 5
_LEAST_DICTIONARY_BYTES = 4096


def unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """Return the bytes of an entry that BZIP2 or LZMA has packed.

    Raise whatever the unpacker raises for damaged ones, and BadZipFile for an entry that is not
    what the directory says.
    """
    with archive.open(_as_stored(entry)) as packed:
        content = _content(_unpacker(packed, entry), packed, entry.file_size)
    if len(content) != entry.file_size or zlib.crc32(content) != entry.CRC:
        raise zipfile.BadZipFile("The entry is not what the directory says.")
    return content


def _as_stored(entry: zipfile.ZipInfo) -> zipfile.ZipInfo:
    """Return the entry such that its bytes are read as they lie."""
    stored = copy.copy(entry)
    stored.compress_type, stored.file_size = zipfile.ZIP_STORED, entry.compress_size
    # It is of what is unpacked.
    del stored.CRC
    return stored


def _content(
    unpacker: bz2.BZ2Decompressor | lzma.LZMADecompressor, packed: IO[bytes], size_bytes: int
) -> bytes:
    content = bytearray()
    while len(content) < size_bytes and not unpacker.eof:
        given = packed.read(_CHUNK_BYTES) if unpacker.needs_input else b""
        if unpacker.needs_input and not given:
            break
        content += unpacker.decompress(given, size_bytes - len(content))
    return bytes(content)


def _unpacker(
    packed: IO[bytes], entry: zipfile.ZipInfo
) -> bz2.BZ2Decompressor | lzma.LZMADecompressor:
    if entry.compress_type == zipfile.ZIP_BZIP2:
        return bz2.BZ2Decompressor()
    if entry.compress_type == zipfile.ZIP_LZMA:
        return _lzma_unpacker(packed.read(_LZMA_HEADER.size), entry.file_size)
    raise NotImplementedError(f"compression type {entry.compress_type}")


def _lzma_unpacker(header: bytes, size_bytes: int) -> lzma.LZMADecompressor:
    count, bits, dictionary_bytes = _LZMA_HEADER.unpack(header)
    if count != _LZMA_PROPERTIES_BYTES:
        raise zipfile.BadZipFile("The properties of LZMA have another length.")
    both, literals = divmod(bits, 9)
    positions, literal_positions = divmod(both, 5)
    properties = {
        "id": lzma.FILTER_LZMA1,
        "lc": literals,
        "lp": literal_positions,
        "pb": positions,
        # It is made at once, up to 4 GB. What is unpacked needs none that is larger.
        "dict_size": max(_LEAST_DICTIONARY_BYTES, min(dictionary_bytes, size_bytes)),
    }
    return lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[properties])
