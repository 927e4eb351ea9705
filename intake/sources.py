"""The ways in which bytes arrive; each ends in a `RawImage`: counted and hashed, not decoded."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import threading
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

from common.sentences import Sentence
from intake.errors import NotBase64, TooManyBytes

MAX_NAME_CHARACTERS = 255

_UTF8_BOM = b"\xef\xbb\xbf"
_WHITESPACE = b" \t\r\n\f\v"
_BASE64 = re.compile(rb"[A-Za-z0-9+/_\-\s]+={0,2}\s*")
# Four of them are three bytes.
_PIECE_CHARACTERS = 4 * 16 * 1024
# No other thread computes while a large text is copied, and several would all wait for each other.
_LARGE_CHARACTERS = 1_000_000
_one_by_one = threading.Lock()
_BASE64_URI = re.compile(rb"data:[^,]{0,200};base64,", re.IGNORECASE)
_URL_SAFE = bytes.maketrans(b"-_", b"+/")
# Nearly every picture has other bytes among its first 64, and is distinguished by them alone.
_SNIFFED_BYTES = 64
# Controls, lone surrogates, and what begins a new line or paragraph.
_REMOVED_CATEGORIES = frozenset({"Cc", "Cs", "Zl", "Zp"})
# Marks, embeddings, overrides and isolates: they make "gpj.exe" read as "exe.jpg".
_BIDI_CONTROLS = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)


@dataclass(frozen=True, slots=True)
class RawImage:
    """Bytes that claim to be a picture; `sha256` is in hexadecimal, `name` is safe to show."""

    data: bytes = field(repr=False)
    sha256: str
    name: str


def from_chunks(chunks: Iterable[bytes], *, name: str, max_bytes: int) -> RawImage:
    """Collect what arrives in pieces; raise TooManyBytes as soon as there is more than the cap."""
    received = bytearray()
    for chunk in chunks:
        if len(received) + len(chunk) > max_bytes:
            raise too_many_bytes(max_bytes)
        received += chunk
    return _raw_image(bytes(received), name)


def from_base64(text: str | bytes, *, name: str, max_bytes: int) -> RawImage:
    """Decode base64 text or a `data:` URI; raise NotBase64, or TooManyBytes before decoding.

    White space, the alphabet for addresses (`-_`) and missing padding are understood.
    """
    with _one_by_one if len(text) > _LARGE_CHARACTERS else nullcontext():
        characters = _characters(text)
        if len(characters) * 3 // 4 > max_bytes:
            raise too_many_bytes(max_bytes)
        content = _decoded(characters)
    return _raw_image(content, name)


def unwrapped(raw: RawImage) -> RawImage:
    """Return the picture inside a file that is really base64 text, else the same object.

    Some client libraries encode what they upload as a file.
    """
    if not _looks_like_base64(raw.data):
        return raw
    try:
        return from_base64(raw.data, name=raw.name, max_bytes=len(raw.data))
    except NotBase64:
        return raw


def readable(text: str) -> str:
    """Return a text with a mark in place of each character that could deceive or harm a reader."""
    return "".join(
        character if _is_shown(character) else "\N{REPLACEMENT CHARACTER}" for character in text
    )


def clean_name(name: str) -> str:
    """Return the last path component without what could deceive a reader."""
    last = re.split(r"[/\\]", name)[-1]
    shown = "".join(character for character in last if _is_shown(character)).strip()
    return shown[:MAX_NAME_CHARACTERS]


def too_many_bytes(max_bytes: int) -> TooManyBytes:
    """Return the error that names the limit."""
    return TooManyBytes(
        Sentence(
            "The file has more than %(max_bytes)s bytes. Send a smaller one.",
            max_bytes=f"{max_bytes:,}",
        ),
        max_bytes=max_bytes,
    )


def _raw_image(content: bytes, name: str) -> RawImage:
    return RawImage(content, hashlib.sha256(content).hexdigest(), clean_name(name))


def _is_shown(character: str) -> bool:
    category = unicodedata.category(character)
    return category not in _REMOVED_CATEGORIES and character not in _BIDI_CONTROLS


def _looks_like_base64(content: bytes) -> bool:
    start = content[:_SNIFFED_BYTES].removeprefix(_UTF8_BOM).lstrip(_WHITESPACE)
    return start[:5].lower() == b"data:" or _BASE64.fullmatch(start) is not None


def _characters(text: str | bytes) -> bytes:
    """Return the characters of the standard alphabet alone, without what surrounds them."""
    encoded = text.encode("utf-8", "replace") if isinstance(text, str) else text
    encoded = encoded.removeprefix(_UTF8_BOM).strip(_WHITESPACE)
    if prefix := _BASE64_URI.match(encoded):
        encoded = unquote_to_bytes(encoded[prefix.end() :])
    pieces = (each.translate(_URL_SAFE, delete=_WHITESPACE) for each in _pieces(encoded))
    return b"".join(pieces).rstrip(b"=")


def _decoded(characters: bytes) -> bytes:
    padding = b"=" * (-len(characters) % 4)
    # In a piece it would be taken for the end.
    if b"=" in characters:
        raise _not_base64()
    try:
        content = b"".join(map(_decoded_piece, _pieces(characters + padding)))
    except binascii.Error:
        raise _not_base64() from None
    if not content:
        raise _not_base64()
    return content


def _decoded_piece(characters: bytes) -> bytes:
    return base64.b64decode(characters, validate=True)


def _pieces(text: bytes) -> Iterator[bytes]:
    """Yield the text in pieces: for a large one other threads would wait a tenth of a second."""
    for start in range(0, len(text), _PIECE_CHARACTERS):
        yield text[start : start + _PIECE_CHARACTERS]


def _not_base64() -> NotBase64:
    return NotBase64(
        "The text is not base64. Send the bytes of the image encoded as base64, "
        "or a URI that begins with data:image/...;base64,"
    )
