"""A network that an operator brought, and how it is asked about pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from matching.networks import runtime
from matching.networks.errors import WrongModel
from matching.types import Rgb

Floats = npt.NDArray[np.float32]

CHANNELS: Final = 3


class NetworkTask(StrEnum):
    """What a network does with a picture."""

    CLASSIFY = "classify"
    DETECT = "detect"
    EMBED = "embed"


class InputLayout(StrEnum):
    """In which order a network takes its numbers: planes of colours, or colours of pixels."""

    PLANES = "NCHW"
    PIXELS = "NHWC"


class Colours(StrEnum):
    """In which order a network takes the colours."""

    RGB = "RGB"
    BGR = "BGR"


class Activation(StrEnum):
    """What makes probabilities of the numbers that a network tells of its classes."""

    NONE = "none"
    SIGMOID = "sigmoid"
    SOFTMAX = "softmax"


@dataclass(frozen=True, slots=True)
class Input:
    """How a picture is put in: squeezed to the size, each colour as (value / 255 - mean) / std.

    `mean` and `std` are of red, green and blue, whatever the order of the colours.
    """

    name: str
    width: int
    height: int
    layout: InputLayout = InputLayout.PLANES
    colours: Colours = Colours.RGB
    mean: tuple[float, ...] = (0.0, 0.0, 0.0)
    std: tuple[float, ...] = (1.0, 1.0, 1.0)

    @property
    def shape(self) -> tuple[int, ...]:
        """Return the sides of what is put in."""
        if self.layout == InputLayout.PLANES:
            return (1, CHANNELS, self.height, self.width)
        return (1, self.height, self.width, CHANNELS)


@dataclass(frozen=True, slots=True)
class ToldQuality:
    """What its operator says that was found out about a network: on what, and what."""

    set: str
    figure: str


@dataclass(frozen=True, slots=True)
class Network:
    """A network, what it serves, and how it is asked.

    `keys` name the keys of an answer with the numbers of the classes that make it. `threshold` is
    the least probability of a box, or cosine of two faces, that is told. `gallery` is the folder of
    pictures that an embedded one is compared with, if any.
    """

    file: Path
    name: str
    version: str
    serves: str
    task: NetworkTask
    input: Input
    outputs: tuple[str, ...]
    keys: tuple[tuple[str, tuple[int, ...]], ...] = ()
    activation: Activation = Activation.NONE
    threshold: float = 0.5
    licence: str = ""
    source: str = ""
    measured: ToldQuality | None = None
    gallery: Path | None = None

    @property
    def key(self) -> str:
        """Return what descriptors are kept under: those of another key are never compared."""
        return f"{self.name} {self.version}"


def asked(network: Network, rgb: Rgb) -> Sequence[Floats]:
    """Return what a network tells of a picture, uint8 (height, width, 3) of any size.

    Raise WrongModel when the network fails.
    """
    inputs = {network.input.name: prepared(network.input, rgb)}
    try:
        told = runtime.session(network.file).run(list(network.outputs), inputs)
        return [np.asarray(each, np.float32) for each in told]
    except Exception as error:  # the runtime has many kinds of them
        raise WrongModel(f"{network.file.name} cannot be asked: {error}") from error


def prepared(told: Input, rgb: Rgb) -> Floats:
    """Return a picture as a network takes it."""
    size = (told.width, told.height)
    values = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    mean, std = (255 * np.array(each, np.float32) for each in (told.mean, told.std))
    normal = ((values - mean) / std).astype(np.float32)
    if told.colours == Colours.BGR:
        normal = normal[:, :, ::-1]
    if told.layout == InputLayout.PLANES:
        normal = normal.transpose(2, 0, 1)
    return np.ascontiguousarray(normal[np.newaxis])


def unit(vector: Floats) -> Floats | None:
    """Return a vector at length 1; None where it has no direction."""
    length = float(np.linalg.norm(vector))
    if not np.isfinite(length) or length == 0:
        return None
    return (vector / np.float32(length)).astype(np.float32)


def sample_picture() -> Rgb:
    """Return a picture that shows nothing, to see whether a network answers at all."""
    ramp = np.arange(CHANNELS * 64 * 64, dtype=np.uint32).reshape(64, 64, CHANNELS) % 256
    return ramp.astype(np.uint8)
