"""A learned model small enough for tests: its descriptor is the picture itself, 8 x 8."""

from __future__ import annotations

import json
from pathlib import Path

SIDE_PX = 8
_FLOAT, _OPSET, _IR_VERSION = 1, 13, 8
DESCRIPTION = {
    "name": "tiny",
    "version": "1",
    "file": "tiny.onnx",
    "input": "picture",
    "output": "descriptor",
    "width": SIDE_PX,
    "height": SIDE_PX,
    "mean": [0.5, 0.5, 0.5],
    "std": [0.25, 0.25, 0.25],
}


def write(folder: Path, **told: object) -> Path:
    """Write the network and its description, with changes, and return the folder."""
    (folder / "tiny.onnx").write_bytes(network())
    (folder / "model.json").write_text(json.dumps({**DESCRIPTION, **told}))
    return folder


def network() -> bytes:
    """Return an ONNX file that flattens its input, written out by the format's own numbers."""
    node = _text(1, "picture") + _text(2, "descriptor") + _text(4, "Flatten")
    graph = _message(1, node) + _text(2, "tiny")
    graph += _message(11, _value("picture", (1, 3, SIDE_PX, SIDE_PX)))
    graph += _message(12, _value("descriptor", (1, 3 * SIDE_PX * SIDE_PX)))
    opset = _number(2, _OPSET)
    return _number(1, _IR_VERSION) + _message(8, opset) + _message(7, graph)


def _value(name: str, shape: tuple[int, ...]) -> bytes:
    dimensions = b"".join(_message(1, _number(1, side)) for side in shape)
    tensor = _number(1, _FLOAT) + _message(2, dimensions)
    return _text(1, name) + _message(2, _message(1, tensor))


def _text(field: int, text: str) -> bytes:
    return _message(field, text.encode())


def _message(field: int, content: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(content)) + content


def _number(field: int, number: int) -> bytes:
    return _varint(field << 3) + _varint(number)


def _varint(number: int) -> bytes:
    low, rest = number & 127, number >> 7
    return bytes([low | 128]) + _varint(rest) if rest else bytes([low])
