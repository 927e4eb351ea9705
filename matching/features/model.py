"""The numbers learnt from pictures; `python -m bench.train_features` writes them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

DIMENSIONS = 64
WORD_COUNT = 4096
COARSE_COUNT = 64

MODEL_PATH = Path(__file__).with_name("model.npz")

Bytes = npt.NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Model:
    """Projection and vocabulary; `model.json` beside the file tells what they were learnt from.

    `mean` is float32 (128,) and `components` float32 (128, 64): principal components, strongest
    first, of square roots of histograms of sum 1. All else is in the units of int8 descriptors, so
    that products are sums of small integers, exact in float32 and the same on every machine:
    `centroids` int8 (4096, 64), word w being row w; `coarse` int8 (64, 64), of which cell c holds
    the words `starts[c]` to `starts[c + 1]` (int32 (65,)); `rotation` int8 (64, 64), nearly
    orthogonal in steps of 1/127; `thresholds` int16 (4096, 64), the median of the rotated
    descriptors of each word.
    """

    mean: npt.NDArray[np.float32]
    components: npt.NDArray[np.float32]
    centroids: Bytes
    coarse: Bytes
    starts: npt.NDArray[np.int32]
    rotation: Bytes
    thresholds: npt.NDArray[np.int16]


@cache
def shipped() -> Model:
    """Return the model that this release carries; read once per process."""
    return read(MODEL_PATH)


def read(path: Path) -> Model:
    """Return the model in a file written by `write`."""
    with np.load(path, allow_pickle=False) as arrays:
        return Model(**arrays)


def write(path: Path, model: Model) -> None:
    arrays = {name: getattr(model, name) for name in Model.__dataclass_fields__}
    np.savez_compressed(path, **arrays)
