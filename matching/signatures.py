"""How files of the formats that are read begin."""

from __future__ import annotations

_JPEG = b"\xff\xd8\xff"
# PNG, GIF, BMP and the two byte orders of TIFF.
_STARTS = (_JPEG, b"\x89PNG\r\n\x1a\n", b"GIF8", b"BM", b"II*\0", b"MM\0*")


def has_known_signature(data: bytes) -> bool:
    """Tell whether the first 12 bytes are those of a picture that may be read; it may be broken."""
    is_webp = data[:4] == b"RIFF" and data[8:12] == b"WEBP"
    is_avif_or_heic = data[4:8] == b"ftyp"
    return data.startswith(_STARTS) or is_webp or is_avif_or_heic


def is_jpeg(data: bytes) -> bool:
    """Tell whether the file begins as a JPEG does; it may be broken."""
    return data.startswith(_JPEG)
