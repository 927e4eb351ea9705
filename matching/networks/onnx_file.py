"""What is in an ONNX file, found out without loading it; the numbers are those of onnx.proto."""

from __future__ import annotations

import mmap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from matching.networks import wire
from matching.networks.errors import WrongModel

MAX_BYTES: Final = 500_000_000
# What the runtime knows by itself; operators of any other domain are in a library of their own.
_DOMAINS: Final = frozenset({"", "ai.onnx", "ai.onnx.ml", "com.microsoft"})
_GRAPH, _FUNCTION = 7, 25
_EXTERNAL = 1
_MOST_DEEP = 16

# A side is None where the file leaves it open.
Sides = tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class OnnxFile:
    """The inputs and outputs of a network, with their shapes as far as the file tells them."""

    inputs: Mapping[str, Sides]
    outputs: Mapping[str, Sides]


def require_size(file: Path) -> None:
    """Raise WrongModel for a file that is too large to be loaded."""
    size = file.stat().st_size
    if size > MAX_BYTES:
        raise WrongModel(
            f"{file.name} has {size:,} bytes; a network may have {MAX_BYTES:,} at most."
        )


def inspected(file: Path) -> OnnxFile:
    """Return what a file says; raise WrongModel for one that is no network, or no safe one.

    It must hold all its numbers itself, and operators that the runtime knows alone.
    """
    try:
        with file.open("rb") as opened:
            # Not closed by hand: an error that is told still looks at a piece of it.
            data = mmap.mmap(opened.fileno(), 0, prot=mmap.PROT_READ)
        return _inspected(memoryview(data), file.name)
    except ValueError as error:  # also of mmap, for an empty file
        raise WrongModel(f"{file.name} is no ONNX file: {error}.") from error


def _inspected(data: memoryview, name: str) -> OnnxFile:
    graph = next(wire.messages(data, _GRAPH), None)
    if graph is None:
        raise ValueError("there is no graph in it")
    for domain, operator in _operators(data, graph):
        if domain not in _DOMAINS:
            raise WrongModel(f"{name} has the custom operator {domain}.{operator}.")
    if any(_is_external(each) for each in _tensors(graph)):
        raise WrongModel(f"{name} keeps numbers in other files. Save it as one file.")
    constants = {wire.text(each, 8) for each in wire.messages(graph, 5)}
    inputs = dict(map(_value, wire.messages(graph, 11)))
    return OnnxFile(
        {name: shape for name, shape in inputs.items() if name not in constants},
        dict(map(_value, wire.messages(graph, 12))),
    )


def _operators(data: memoryview, graph: memoryview) -> Iterator[tuple[str, str]]:
    """Yield the domain and the name of every operator, also of those that nodes are made of."""
    yield from _of_nodes(graph, 1)
    for function in wire.messages(data, _FUNCTION):
        yield from _of_nodes(function, 7)


def _of_nodes(graph: memoryview, field: int, depth: int = 0) -> Iterator[tuple[str, str]]:
    for node in wire.messages(graph, field):
        yield wire.text(node, 7), wire.text(node, 4)
        for inner in _graphs(node, depth):
            yield from _of_nodes(inner, 1, depth + 1)


def _tensors(graph: memoryview, depth: int = 0) -> Iterator[memoryview]:
    yield from wire.messages(graph, 5)
    yield from _of_sparse(wire.messages(graph, 15))
    for node in wire.messages(graph, 1):
        for attribute in wire.messages(node, 5):
            yield from wire.messages(attribute, 5)
            yield from wire.messages(attribute, 10)
            yield from _of_sparse(wire.messages(attribute, 22))
            yield from _of_sparse(wire.messages(attribute, 23))
        for inner in _graphs(node, depth):
            yield from _tensors(inner, depth + 1)


def _of_sparse(tensors: Iterator[memoryview]) -> Iterator[memoryview]:
    for each in tensors:
        yield from wire.messages(each, 1)
        yield from wire.messages(each, 2)


def _graphs(node: memoryview, depth: int) -> Iterator[memoryview]:
    """Yield the graphs in the attributes of a node, such as the branches of an If."""
    for attribute in wire.messages(node, 5):
        for field in (6, 11):
            for inner in wire.messages(attribute, field):
                if depth >= _MOST_DEEP:
                    raise ValueError("its graphs lie too deep in each other")
                yield inner


def _is_external(tensor: memoryview) -> bool:
    return any(
        number == 13 or (number == 14 and content == _EXTERNAL)
        for number, content in wire.fields(tensor)
    )


def _value(value: memoryview) -> tuple[str, Sides]:
    sides: list[int | None] = []
    for kind in wire.messages(value, 2):
        for tensor in wire.messages(kind, 1):
            for shape in wire.messages(tensor, 2):
                sides.extend(map(_side, wire.messages(shape, 1)))
    return wire.text(value, 1), tuple(sides)


def _side(dimension: memoryview) -> int | None:
    told = [each for number, each in wire.fields(dimension) if number == 1]
    return told[0] if told and isinstance(told[0], int) else None
