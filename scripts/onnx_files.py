"""Writes ONNX files: no package that can is installed, and little of the format is needed.

A graph is made of `node`s and `constant`s, see https://onnx.ai/onnx/repo-docs/IR.html.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy.typing as npt

from matching.networks.wire import message, number, written_text

FLOAT = 1
_TYPES = {"float32": FLOAT, "uint8": 2, "int64": 7}
_IR_VERSION, _OPSET = 8, 13
_OF_FLOAT, _OF_INT, _OF_TEXT, _OF_FLOATS, _OF_INTS = 1, 2, 3, 6, 7

Attribute = float | int | str | Sequence[int] | Sequence[float]
Shape = Sequence[int | str]


def model(
    *,
    nodes: Sequence[bytes],
    inputs: Mapping[str, Shape],
    outputs: Mapping[str, Shape],
    constants: Sequence[bytes] = (),
    domains: Sequence[str] = ("",),
) -> bytes:
    """Return the file of a graph; inputs and outputs are of float32, a side may be a name."""
    graph = b"".join(message(1, each) for each in nodes) + written_text(2, "graph")
    graph += b"".join(message(5, each) for each in constants)
    graph += b"".join(message(11, _value(*each)) for each in inputs.items())
    graph += b"".join(message(12, _value(*each)) for each in outputs.items())
    opsets = b"".join(message(8, written_text(1, each) + number(2, _OPSET)) for each in domains)
    return number(1, _IR_VERSION) + opsets + message(7, graph)


def node(
    operator: str,
    inputs: Sequence[str],
    outputs: Sequence[str],
    attributes: Mapping[str, Attribute] = MappingProxyType({}),
    *,
    domain: str = "",
) -> bytes:
    """Return a node."""
    written = b"".join(written_text(1, each) for each in inputs)
    written += b"".join(written_text(2, each) for each in outputs) + written_text(4, operator)
    written += b"".join(message(5, _attribute(*each)) for each in attributes.items())
    return written + (written_text(7, domain) if domain else b"")


def constant(name: str, values: npt.NDArray[Any], *, external_file: str = "") -> bytes:
    """Return a constant; with a file's name it says that its values are there."""
    written = b"".join(number(1, side) for side in values.shape)
    written += number(2, _TYPES[values.dtype.name]) + written_text(8, name)
    if external_file:
        place = written_text(1, "location") + written_text(2, external_file)
        return written + message(13, place) + number(14, 1)
    return written + message(9, values.tobytes())


def _value(name: str, shape: Shape) -> bytes:
    dimensions = b"".join(
        message(1, written_text(2, side) if isinstance(side, str) else number(1, side))
        for side in shape
    )
    tensor = number(1, FLOAT) + message(2, dimensions)
    return written_text(1, name) + message(2, message(1, tensor))


def _attribute(name: str, value: Attribute) -> bytes:
    written = written_text(1, name)
    if isinstance(value, float):
        return written + bytes([2 << 3 | 5]) + struct.pack("<f", value) + number(20, _OF_FLOAT)
    if isinstance(value, int):
        return written + number(3, value) + number(20, _OF_INT)
    if isinstance(value, str):
        return written + written_text(4, value) + number(20, _OF_TEXT)
    if all(isinstance(each, int) for each in value):
        return written + b"".join(number(8, int(each)) for each in value) + number(20, _OF_INTS)
    floats = b"".join(bytes([7 << 3 | 5]) + struct.pack("<f", each) for each in value)
    return written + floats + number(20, _OF_FLOATS)
