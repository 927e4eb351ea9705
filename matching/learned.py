"""A slot for a learned descriptor: a network that the operator brings as an ONNX file.

None is shipped: the good ones are large, and what they were taught on is seldom free to pass on.
It comes as every network does, see `matching.networks.manifest`; the first row of its output, of
any length, is the descriptor. Two pictures are alike by the cosine of theirs.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt

from matching.evidence import Comparison
from matching.networks import network as networks
from matching.networks.errors import WrongModel
from matching.networks.manifest import Offer
from matching.networks.network import Network, NetworkTask
from matching.types import Rgb

# What a network says in `serves` to be the learned descriptor.
SERVES: Final = "descriptor"
OFFER: Final = Offer(NetworkTask.EMBED)
# How it is named among what a comparison measured.
SIGNAL: Final = "learned_cosine"
_COSINE_DIGITS = 4

Vector = npt.NDArray[np.float32]


def described(model: Network, rgb: Rgb) -> bytes:
    """Return the descriptor of a picture as float16 of length 1; empty where it has no direction.

    `rgb` is uint8 (height, width, 3) of any size. Raise WrongModel when the network fails.
    """
    (told,) = networks.asked(model, rgb)
    vector = networks.unit(told[0].ravel())
    return b"" if vector is None else vector.astype(np.float16).tobytes()


def require_answer(model: Network) -> None:
    """Raise WrongModel unless the network describes a picture."""
    if not described(model, networks.sample_picture()):
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
