"""Bytes that were sent to us, whole or in chunks, plain or as base64 text."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from intake.errors import NotBase64, TooManyBytes
from matching.signatures import has_known_signature

_DATA_URI = re.compile(rb"data:[^,]{0,200};base64,", re.IGNORECASE)
_WHITESPACE = b" \t\r\n\f\v"
_URL_SAFE_ALPHABET = bytes.maketrans(b"-_", b"+/")
# 16 characters are the 12 bytes of the longest signature.
_SIGNATURE_CHARACTERS = 16
_LONGEST_DATA_URI_HEAD = 256


@dataclass(frozen=True, slots=True)
class RawImage:
    """A file as it came in: nothing is known of its contents; `name` is what the sender says."""

    data: bytes
    sha256: str
    name: str

    @classmethod
    def of(cls, data: bytes, name: str = "") -> RawImage:
        """Return the file with its SHA-256 in lower-case hexadecimal."""
        return cls(data, hashlib.sha256(data).hexdigest(), name)


def from_chunks(chunks: Iterable[bytes], name: str, max_bytes: int) -> RawImage:
    """Gather an upload; raise TooManyBytes as soon as it exceeds `max_bytes`."""
    gathered = bytearray()
    for chunk in chunks:
        gathered += chunk
        require_size(len(gathered), max_bytes)
    return RawImage.of(bytes(gathered), name)


def from_base64(text: str | bytes, name: str, max_bytes: int) -> RawImage:
    """Decode base64 text, also as a `data:` URI, broken into lines, URL-safe or unpadded.

    Raises:
        NotBase64: if it is anything else.
        TooManyBytes: if more than `max_bytes` come out.

    """
    encoded = _ascii(text)
    if head := _DATA_URI.match(encoded):
        encoded = encoded[head.end() :]
    encoded = encoded.translate(_URL_SAFE_ALPHABET, delete=_WHITESPACE).rstrip(b"=")
    require_size(len(encoded) * 3 // 4, max_bytes)
    try:
        data = base64.b64decode(encoded + b"=" * (-len(encoded) % 4), validate=True)
    except binascii.Error as error:
        raise _not_base64() from error
    return RawImage.of(data, name)


def looks_like_base64(data: bytes) -> bool:
    """Tell whether a file is not a picture but the base64 text or `data:` URI of one."""
    encoded = data[: 2 * _LONGEST_DATA_URI_HEAD].lstrip(_WHITESPACE)
    if head := _DATA_URI.match(encoded):
        encoded = encoded[head.end() :]
    start = encoded.translate(_URL_SAFE_ALPHABET, delete=_WHITESPACE)[:_SIGNATURE_CHARACTERS]
    try:
        return has_known_signature(base64.b64decode(start, validate=True))
    except binascii.Error:
        return False


def require_size(byte_count: int, max_bytes: int) -> None:
    """Raise TooManyBytes if the file is larger than the limit."""
    if byte_count > max_bytes:
        raise TooManyBytes(
            f"The file has more than {max_bytes / 1e6:g} MB; send a smaller one.",
            max_bytes=max_bytes,
        )


def _ascii(text: str | bytes) -> bytes:
    if isinstance(text, bytes):
        return text.strip(_WHITESPACE)
    try:
        return text.encode("ascii").strip(_WHITESPACE)
    except UnicodeEncodeError as error:
        raise _not_base64() from error


def _not_base64() -> NotBase64:
    return NotBase64("The text is not base64; send the bytes of the picture encoded as base64.")
