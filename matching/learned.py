"""A slot for a learned descriptor: a network that the operator brings as an ONNX file.

None is shipped: the good ones are large, and what they were taught on is seldom free to pass on.
The folder holds the network and `model.json`, which says how to ask it:

    {"name": "…", "version": "1", "file": "….onnx", "input": "…", "output": "…",
     "width": 288, "height": 288, "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]}

The input is float32 (1, 3, height, width), RGB as (value / 255 - mean) / std; the first row of the
output, of any length, is the descriptor. Two pictures are alike by the cosine of theirs.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, Protocol

import cv2
import numpy as np
import numpy.typing as npt

from matching.evidence import Comparison
from matching.types import Rgb

_DESCRIPTION: Final = "model.json"
_RUNTIME: Final = "onnxruntime"
# How it is named among what a comparison measured.
SIGNAL: Final = "learned_cosine"
_COSINE_DIGITS = 4
_CHANNELS = 3

Vector = npt.NDArray[np.float32]


class WrongModel(Exception):
    """The learned descriptor cannot be used; the text says why."""


class _Session(Protocol):
    def run(self, outputs: list[str], inputs: dict[str, Vector]) -> list[Vector]: ...


@dataclass(frozen=True, slots=True)
class LearnedModel:
    """A network and how to ask it; `mean` and `std` are of R, G and B between 0 and 1."""

    file: Path
    name: str
    version: str
    input: str
    output: str
    width: int
    height: int
    mean: tuple[float, ...]
    std: tuple[float, ...]

    @property
    def key(self) -> str:
        """Return what vectors are kept under: those of another key are never compared."""
        return f"{self.name} {self.version}"


def model_in(folder: Path) -> LearnedModel:
    """Return the model that a folder describes; raise WrongModel where it cannot be used."""
    try:
        told = json.loads((folder / _DESCRIPTION).read_text())
        model = LearnedModel(
            file=folder / _text(told, "file"),
            name=_text(told, "name"),
            version=_text(told, "version"),
            input=_text(told, "input"),
            output=_text(told, "output"),
            width=_side(told, "width"),
            height=_side(told, "height"),
            mean=_channels(told, "mean"),
            std=_channels(told, "std"),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise WrongModel(f"{folder / _DESCRIPTION} cannot be understood: {error!r}") from error
    if not model.file.is_file():
        raise WrongModel(f"{folder / _DESCRIPTION} names {model.file.name}, which is not there.")
    if find_spec(_RUNTIME) is None:
        raise WrongModel(f"{_RUNTIME} is not installed: see requirements-learned.txt.")
    return model


def described(model: LearnedModel, rgb: Rgb) -> bytes:
    """Return the descriptor of a picture as float16 of length 1; empty where it has no direction.

    `rgb` is uint8 (height, width, 3) of any size. Raise WrongModel when the network fails.
    """
    size = (model.width, model.height)
    values = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    mean, std = (255 * np.array(each, np.float32) for each in (model.mean, model.std))
    normal = ((values - mean) / std).astype(np.float32)
    batch = np.ascontiguousarray(normal.transpose(2, 0, 1)[np.newaxis])
    try:
        (told,) = _session(model).run([model.output], {model.input: batch})
        vector = np.asarray(told, np.float32)[0].ravel()
    except Exception as error:  # the runtime has many kinds of them
        raise WrongModel(f"{model.file.name} cannot be asked: {error}") from error
    length = float(np.linalg.norm(vector))
    if not np.isfinite(length) or length == 0:
        return b""
    stored: bytes = (vector / np.float32(length)).astype(np.float16).tobytes()
    return stored


def require_answer(model: LearnedModel) -> None:
    """Raise WrongModel unless the network describes a picture."""
    gradient = np.arange(3 * 64 * 64, dtype=np.uint32).reshape(64, 64, 3) % 256
    if not described(model, gradient.astype(np.uint8)):
        raise WrongModel(f"{model.file.name} gave no descriptor of a picture.")


def vector_of(stored: bytes) -> Vector:
    """Return a descriptor as it was `described`, float32 (n,)."""
    return np.frombuffer(stored, np.float16).astype(np.float32)


def with_cosine(comparison: Comparison, cosine: float | None) -> Comparison:
    """Return the comparison with the cosine among what was measured, if there is one."""
    if cosine is None:
        return comparison
    signals = {**comparison.evidence.signals, SIGNAL: round(cosine, _COSINE_DIGITS)}
    return replace(comparison, evidence=replace(comparison.evidence, signals=signals))


@cache
def _session(model: LearnedModel) -> _Session:
    """Load the network once a process."""
    # Its builds tell their maker of their use, by the network, unless this is set.
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    runtime = import_module(_RUNTIME)
    options = runtime.SessionOptions()
    # The callers are processes that share the processors.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session: _Session = runtime.InferenceSession(
        str(model.file), options, providers=["CPUExecutionProvider"]
    )
    return session


def _text(told: dict[str, Any], key: str) -> str:
    if not isinstance(told[key], str) or not told[key].strip():
        raise ValueError(f"{key} is no text")
    return str(told[key])


def _side(told: dict[str, Any], key: str) -> int:
    if not isinstance(told[key], int) or told[key] < 1:
        raise ValueError(f"{key} is no number of pixels")
    return int(told[key])


def _channels(told: dict[str, Any], key: str) -> tuple[float, ...]:
    values = tuple(float(each) for each in told[key])
    if len(values) != _CHANNELS or (key == "std" and min(values) <= 0):
        raise ValueError(f"{key} is not one number a channel")
    return values
