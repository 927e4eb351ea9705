"""The wire format of protocol buffers, which ONNX files are written in.

What looks into a file needs a handful of fields of it, so that no library is asked; see
https://protobuf.dev/programming-guides/encoding/.
"""

from __future__ import annotations

from collections.abc import Iterator

Content = bytes | memoryview

_VARINT, _FIXED_64, _LENGTH, _FIXED_32 = 0, 1, 2, 5
_FIXED_BYTES = {_FIXED_64: 8, _FIXED_32: 4}
_MOST_VARINT_BITS = 70


def fields(message: Content) -> Iterator[tuple[int, int | memoryview]]:
    """Yield the number and the content of each field; raise ValueError where it is no message.

    A varint is its number, anything else the bytes that it has, which are not copied.
    """
    view, at = memoryview(message), 0
    while at < len(view):
        tag, at = _varint(view, at)
        number, kind = tag >> 3, tag & 7
        if kind == _VARINT:
            value, at = _varint(view, at)
            yield number, value
            continue
        if kind == _LENGTH:
            size, at = _varint(view, at)
        elif kind in _FIXED_BYTES:
            size = _FIXED_BYTES[kind]
        else:
            raise ValueError(f"a field of the unknown kind {kind}")
        if at + size > len(view):
            raise ValueError("a field that ends behind the file")
        yield number, view[at : at + size]
        at += size


def messages(message: Content, wanted: int) -> Iterator[memoryview]:
    """Yield the content of each field of this number that is a message."""
    for number, content in fields(message):
        if number == wanted and isinstance(content, memoryview):
            yield content


def text(message: Content, wanted: int) -> str:
    """Return the text of a field, empty without it."""
    return next((bytes(each).decode("utf-8", "replace") for each in messages(message, wanted)), "")


def message(field: int, content: Content) -> bytes:
    """Return a field with bytes in it."""
    return _written(field << 3 | _LENGTH) + _written(len(content)) + bytes(content)


def written_text(field: int, content: str) -> bytes:
    """Return a field with a text in it."""
    return message(field, content.encode())


def number(field: int, value: int) -> bytes:
    """Return a field with a whole number from 0 in it."""
    return _written(field << 3) + _written(value)


def _varint(view: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while shift < _MOST_VARINT_BITS and at < len(view):
        byte = view[at]
        value |= (byte & 127) << shift
        at += 1
        if byte < 128:
            return value, at
        shift += 7
    raise ValueError("a number that does not end")


def _written(value: int) -> bytes:
    low, rest = value & 127, value >> 7
    return bytes([low | 128]) + _written(rest) if rest else bytes([low])
