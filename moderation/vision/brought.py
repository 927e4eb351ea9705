"""Asking the networks that an operator brought: what pictures show, whose faces, what is where."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np

from common.errors import UnusableImage
from common.sentences import Sentence
from matching import decode
from matching.networks import network as networks
from matching.networks.errors import WrongModel
from matching.networks.manifest import gallery_pictures
from matching.networks.network import Activation, Floats, Network
from matching.types import DecodeLimits, Rgb
from moderation.vision import faces
from moderation.vision.errors import ModelFailed
from moderation.vision.seen import Box, Detection, Face, Scores

# How many people are told for a face, at most.
_MOST_PEOPLE = 4
# The side of the square that is cut out around a face, in longer sides of its box.
_AROUND_FACE = 1.3
_TOLERANCE = 1e-3
_BOX_SIDES, _ROW_NUMBERS = 4, 6
_DIGITS = 5


def classified(network: Network, rgb: Rgb) -> Scores:
    """Return the probability of each key; raise ModelFailed where it tells none.

    The classes of one key add up where they exclude each other, else the likeliest counts.
    """
    (told,) = _asked(network, rgb)
    values = _probabilities(network, told.ravel())
    together = np.sum if network.activation == Activation.SOFTMAX else np.max
    highest = max(max(classes) for _, classes in network.keys)
    if highest >= len(values):
        raise _failed(network)
    return tuple(
        (key, min(float(together(values[list(classes)])), 1.0)) for key, classes in network.keys
    )


def detected(network: Network, rgb: Rgb) -> tuple[Detection, ...]:
    """Return what is found of the network's labels, the likeliest first; raise ModelFailed.

    What is less likely than the network's threshold is told too. Its outputs are rows of x1, y1,
    x2, y2, probability and class, or boxes, probabilities and classes apart, in px of its input.
    """
    rows = _rows(network, _asked(network, rgb))
    labels = {number: key for key, classes in network.keys for number in classes}
    size = (network.input.width, network.input.height)
    found = [
        Detection(_box(row[:4], size), labels[int(row[5])], float(row[4]))
        for row in rows
        if int(row[5]) in labels
    ]
    if not all(-_TOLERANCE <= each.probability <= 1 + _TOLERANCE for each in found):
        raise _failed(network)
    return tuple(sorted(found, key=lambda each: -each.probability))


def people(network: Network, rgb: Rgb, face: Face) -> Scores:
    """Return whose faces of the gallery a face is near, with the cosine, best first.

    Raise ModelFailed.
    """
    vector = _embedded(network, around(rgb, face))
    cosines: dict[str, float] = {}
    for name, other in gallery(network):
        cosine = min(float(vector @ other), 1.0)
        if cosine >= network.threshold:
            cosines[name] = max(cosine, cosines.get(name, 0.0))
    best = sorted(cosines.items(), key=lambda each: (-each[1], each[0]))
    return tuple(best[:_MOST_PEOPLE])


def around(rgb: Rgb, face: Face) -> Rgb:
    """Return the square around a face, as far as the picture has it."""
    height, width = rgb.shape[:2]
    box = face.box
    half = max((box.x2 - box.x1) * width, (box.y2 - box.y1) * height) * _AROUND_FACE / 2
    x, y = (box.x1 + box.x2) / 2 * width, (box.y1 + box.y2) / 2 * height
    # Of a face that lies on the edge there is a pixel at least.
    left, top = (min(max(0, int(at - half)), side - 1) for at, side in ((x, width), (y, height)))
    right, bottom = max(left + 1, int(x + half)), max(top + 1, int(y + half))
    return np.ascontiguousarray(rgb[top:bottom, left:right])


@cache
def gallery(network: Network) -> Sequence[tuple[str, Floats]]:
    """Return the name and the vector of each face in a gallery: of a picture, the largest one.

    Pictures that cannot be read, or show no face, are left out. Raise ModelFailed.
    """
    found = []
    for file in gallery_pictures(network.gallery):
        try:
            rgb = decode.decode_rgb(file.read_bytes(), DecodeLimits()).rgb
        except (OSError, UnusableImage):
            continue
        shown = [each for each in faces.found(rgb) if each.confidence >= faces.MIN_CONFIDENCE]
        if shown:
            face = max(shown, key=lambda each: each.box.y2 - each.box.y1)
            found.append((file.parent.name, _embedded(network, around(rgb, face))))
    return found


def _embedded(network: Network, rgb: Rgb) -> Floats:
    (told,) = _asked(network, rgb)
    vector = networks.unit(told[0].ravel())
    if vector is None:
        raise _failed(network)
    return vector


def _asked(network: Network, rgb: Rgb) -> Sequence[Floats]:
    try:
        told = networks.asked(network, rgb)
    except WrongModel as wrong:
        raise _failed(network) from wrong
    if not all(np.isfinite(each).all() for each in told):
        raise _failed(network)
    return told


def _probabilities(network: Network, values: Floats) -> Floats:
    if network.activation == Activation.SIGMOID:
        return _floats(1 / (1 + np.exp(-np.clip(values, -50, 50))))
    if network.activation == Activation.SOFTMAX:
        powers = np.exp(values - values.max())
        return _floats(powers / powers.sum())
    if values.min() < -_TOLERANCE or values.max() > 1 + _TOLERANCE:
        raise _failed(network)
    return _floats(np.clip(values, 0, 1))


def _floats(values: np.typing.NDArray[np.floating]) -> Floats:
    return values.astype(np.float32)


def _rows(network: Network, told: Sequence[Floats]) -> Floats:
    """Return one row a box: x1, y1, x2, y2, probability, class."""
    if len(told) == 1:
        if told[0].shape[-1] != _ROW_NUMBERS:
            raise _failed(network)
        return told[0].reshape(-1, _ROW_NUMBERS)
    boxes, probabilities, classes = (
        told[0].reshape(-1, _BOX_SIDES),
        told[1].ravel(),
        told[2].ravel(),
    )
    if not len(boxes) == len(probabilities) == len(classes):
        raise _failed(network)
    return np.column_stack([boxes, probabilities, classes]).astype(np.float32)


def _box(sides: Floats, size: tuple[int, int]) -> Box:
    shares = [min(max(float(side) / size[axis % 2], 0.0), 1.0) for axis, side in enumerate(sides)]
    x1, y1, x2, y2 = (round(each, _DIGITS) for each in shares)
    return Box(x1, y1, x2, y2)


def _failed(network: Network) -> ModelFailed:
    return ModelFailed(
        Sentence(
            "The model %(name)s fails on this server. "
            "Have its operator run manage.py check --deploy.",
            name=network.serves,
        )
    )
