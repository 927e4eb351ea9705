"""Networks small enough for tests, one for each task, with the manifests that describe them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from scripts import onnx_files

SIDE_PX = 8
_NUMBERS = 3 * SIDE_PX * SIDE_PX
_INPUT: dict[str, Any] = {"name": "picture", "width": SIDE_PX, "height": SIDE_PX}
_HALVES = {"mean": [0.5, 0.5, 0.5], "std": [0.25, 0.25, 0.25]}


def embeds() -> bytes:
    """Return a network whose vector is the picture itself."""
    return _model([onnx_files.node("Flatten", ["picture"], ["told"])], {"told": (1, _NUMBERS)})


def classifies() -> bytes:
    """Return a network whose three classes are how red, green and blue a picture is."""
    nodes = [
        onnx_files.node("GlobalAveragePool", ["picture"], ["means"]),
        onnx_files.node("Flatten", ["means"], ["told"]),
    ]
    return _model(nodes, {"told": (1, 3)})


def detects(rows: list[list[float]]) -> bytes:
    """Return a network that finds the same boxes in any picture."""
    found = onnx_files.constant("rows", np.array([rows], np.float32))
    nodes = [
        onnx_files.node("ReduceMean", ["picture"], ["mean"], {"keepdims": 0}),
        onnx_files.node("Sub", ["mean", "mean"], ["nothing"]),
        onnx_files.node("Add", ["rows", "nothing"], ["told"]),
    ]
    return _model(nodes, {"told": (1, len(rows), 6)}, found)


def with_custom_operator() -> bytes:
    """Return a network that needs a library of its own."""
    node = onnx_files.node("Guess", ["picture"], ["told"], domain="com.example")
    return _model([node], {"told": (1, 3)}, domains=("", "com.example"))


def with_external_data() -> bytes:
    """Return a network whose numbers are in another file."""
    numbers = onnx_files.constant("more", np.zeros(3, np.float32), external_file="/etc/passwd")
    node = onnx_files.node("Add", ["picture", "more"], ["told"])
    return _model([node], {"told": (1, 3)}, numbers)


def _model(
    nodes: list[bytes],
    outputs: Mapping[str, onnx_files.Shape],
    *constants: bytes,
    domains: tuple[str, ...] = ("",),
) -> bytes:
    return onnx_files.model(
        nodes=nodes,
        inputs={"picture": (1, 3, SIDE_PX, SIDE_PX)},
        outputs=outputs,
        constants=constants,
        domains=domains,
    )


def write(
    folder: Path,
    network: bytes,
    *,
    input: Mapping[str, Any] | None = None,  # noqa: A002 - the manifest's own word
    output: Mapping[str, Any] | None = None,
    **told: Any,
) -> Path:
    """Write a network and its manifest, with changes, into a new folder; return that one."""
    folder.mkdir(parents=True)
    (folder / "tiny.onnx").write_bytes(network)
    manifest = {
        "name": "tiny",
        "version": "1",
        "file": "tiny.onnx",
        "sha256": hashlib.sha256(network).hexdigest(),
        "licence": "CC0-1.0",
        "source": "made by a test",
        **told,
    }
    tables = {"input": {**_INPUT, **(input or {})}, "output": {"names": ["told"], **(output or {})}}
    text = _toml(manifest) + "".join(f"[{name}]\n{_toml(of)}" for name, of in tables.items())
    (folder / "model.toml").write_text(text)
    return folder


def write_descriptor(folder: Path, **told: Any) -> Path:
    """Write a learned descriptor: its vector is the picture itself, 8 x 8."""
    told = {"serves": "descriptor", "task": "embed", "input": _HALVES, **told}
    return write(folder, embeds(), **told)


def write_wad(folder: Path, **told: Any) -> Path:
    """Write a network for wad, which takes red for weapons, green for alcohol, blue for drugs."""
    keys = {"weapon": 0, "alcohol": 1, "drugs": 2}
    told = {"serves": "wad", "task": "classify", "output": {"keys": keys}, **told}
    return write(folder, classifies(), **told)


def write_scam(folder: Path, **told: Any) -> Path:
    """Write a network for scam, which takes red for it."""
    told = {"serves": "scam", "task": "classify", "output": {"keys": {"prob": 0}}, **told}
    return write(folder, classifies(), **told)


def write_attributes(folder: Path, **told: Any) -> Path:
    """Write a network for face-attributes, which looks at colours."""
    keys = {"female": 0, "male": 1, "minor": 2, "sunglasses": [1, 2]}
    told = {"serves": "face-attributes", "task": "classify", "output": {"keys": keys}, **told}
    return write(folder, classifies(), **told)


def write_offensive(folder: Path, **told: Any) -> Path:
    """Write a network for offensive: a likely box, an unlikely one, and one of another class."""
    rows = [[0, 0, 4, 2, 0.75, 1], [4, 4, 8, 8, 0.25, 0], [0, 0, 8, 8, 0.9, 7]]
    output = {"keys": {"swastika": 0, "confederate": 1}, "threshold": 0.5}
    told = {"serves": "offensive", "task": "detect", "output": output, **told}
    return write(folder, detects([list(map(float, row)) for row in rows]), **told)


def write_celebrities(folder: Path, pictures: Mapping[str, bytes], **told: Any) -> Path:
    """Write a network for celebrities, with a picture of each by name."""
    told = {"serves": "celebrities", "task": "embed", "input": _HALVES, **told}
    write(folder, embeds(), **told)
    for name, picture in pictures.items():
        (folder / "gallery" / name).mkdir(parents=True)
        (folder / "gallery" / name / "1.jpg").write_bytes(picture)
    return folder


def _toml(table: Mapping[str, Any]) -> str:
    return "".join(f"{key} = {_value(value)}\n" for key, value in table.items())


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key} = {_value(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    return f'"{value}"' if isinstance(value, str) else str(value)
