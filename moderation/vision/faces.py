"""Faces and their five points, by CenterFace.

Xu, Yan, Qin, Zhong, Lin: CenterFace, joint face detection and alignment using face as point, 2019
(arXiv 1911.03599). At a quarter of the picture's size it tells for each place how likely the centre
of a face is there, the face's size, how far off the centre is, and the points.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from matching.networks import runtime, wire
from matching.networks.manifest import NOTHING_BROUGHT
from matching.networks.runtime import Session
from matching.types import Rgb
from moderation.types import Point
from moderation.vision import installed, offers
from moderation.vision.seen import Box, Face, Points

# From here on a face is told as one; below, it counts for how likely there is none.
MIN_CONFIDENCE: Final = 0.5
_LEAST_CONFIDENCE = 0.05
_INPUT = "input.1"
_HEAT, _SIZE, _OFFSET, _POINTS = _OUTPUTS = ("537", "538", "539", "540")
_CHANNELS = dict(zip(_OUTPUTS, (1, 2, 2, 10), strict=True))
# The longer side at which faces are looked for, and that of a second look for small ones.
_SIDE_PX, _SECOND_SIDE_PX = 480, 960
_STEP_PX, _CELL_PX = 32, 4
_MOST_OVERLAP = 0.3
# More than anybody counts; what is beyond is the least likely.
_MOST_FACES, _MOST_PLACES = 100, 2_000
_DIGITS = 4

_Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Found:
    """Faces in px of what the network was given: boxes (n, 4), points (n, 5, 2) as (x, y)."""

    confidences: _Floats
    boxes: _Floats
    points: _Floats


def found(rgb: Rgb) -> tuple[Face, ...]:
    """Find faces in a picture, the likeliest first; raise ModelNotInstalled.

    Also what is hardly a face is told, down to a confidence of 0.05. Small faces are looked for
    once more where no face was found and the picture is large.
    """
    longer = max(rgb.shape[:2])
    first = _found_at(rgb, min(_SIDE_PX, longer))
    has_face = bool(first) and first[0].confidence >= MIN_CONFIDENCE
    if has_face or longer < _SECOND_SIDE_PX:
        return first
    second = _found_at(rgb, _SECOND_SIDE_PX)
    return max(first, second, key=lambda faces: faces[0].confidence if faces else 0.0)


def warm_up() -> None:
    """Load the network and have it run once; raise ModelNotInstalled without it."""
    found(np.zeros((_STEP_PX, _STEP_PX, 3), np.uint8))


def _found_at(rgb: Rgb, side_px: int) -> tuple[Face, ...]:
    height, width = rgb.shape[:2]
    scale = side_px / max(height, width)
    size = (_whole_steps(width * scale), _whole_steps(height * scale))
    small = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    batch = np.ascontiguousarray(small.transpose(2, 0, 1)[np.newaxis])
    told = dict(zip(_OUTPUTS, _session().run(_OUTPUTS, {_INPUT: batch}), strict=True))
    return tuple(_faces(_decoded(told), size))


def _whole_steps(side_px: float) -> int:
    return max(1, round(side_px / _STEP_PX)) * _STEP_PX


def _decoded(told: dict[str, _Floats]) -> _Found:
    """Turn what the network tells of each place into faces, each once."""
    heat = told[_HEAT][0, 0]
    rows, columns = np.nonzero(heat >= _LEAST_CONFIDENCE)
    likeliest = np.argsort(-heat[rows, columns], kind="stable")[:_MOST_PLACES]
    rows, columns = rows[likeliest], columns[likeliest]
    # (n, 2), each as (y, x), as the network has it.
    sides = np.exp(told[_SIZE][0][:, rows, columns].T) * _CELL_PX
    offsets = told[_OFFSET][0][:, rows, columns].T
    centres = (np.stack([rows, columns], axis=1) + offsets + 0.5) * _CELL_PX
    corners = centres - sides / 2
    relative = told[_POINTS][0][:, rows, columns].T.reshape(-1, 5, 2)
    points = corners[:, np.newaxis] + relative * sides[:, np.newaxis]
    boxes = np.concatenate([corners[:, ::-1], (corners + sides)[:, ::-1]], axis=1)
    kept = _apart(boxes)
    return _Found(heat[rows, columns][kept], boxes[kept], points[kept][:, :, ::-1])


def _apart(boxes: _Floats) -> list[int]:
    """Return the numbers of the boxes that overlap none before them by much."""
    kept: list[int] = []
    for number, box in enumerate(boxes):
        if len(kept) == _MOST_FACES:
            break
        if not kept or float(_overlaps(box, boxes[kept]).max()) < _MOST_OVERLAP:
            kept.append(number)
    return kept


def _overlaps(box: _Floats, others: _Floats) -> _Floats:
    """Return the shares of a box and each other that are in both: intersection over union."""
    least, most = np.maximum(box[:2], others[:, :2]), np.minimum(box[2:], others[:, 2:])
    both = np.prod(np.clip(most - least, 0, None), axis=1)
    areas = np.prod(others[:, 2:] - others[:, :2], axis=1) + np.prod(box[2:] - box[:2])
    shares: _Floats = both / np.maximum(areas - both, 1e-6)
    return shares


def _faces(told: _Found, size: tuple[int, int]) -> Iterator[Face]:
    whole = np.array(size, np.float32)
    shares = np.clip(told.boxes.reshape(-1, 2, 2) / whole, 0, 1)
    at = np.clip(told.points / whole, 0, 1)
    for confidence, corners, points in zip(told.confidences, shares, at, strict=True):
        (x1, y1), (x2, y2) = map(_point, corners)
        # The network tells first what the viewer sees on the left, which is the subject's right.
        right_eye, left_eye, nose, right_corner, left_corner = map(_point, points)
        yield Face(
            confidence=float(min(confidence, 1.0)),
            box=Box(x1, y1, x2, y2),
            points=Points(left_eye, right_eye, nose, left_corner, right_corner),
        )


def _point(at: _Floats) -> Point:
    return round(float(at[0]), _DIGITS), round(float(at[1]), _DIGITS)


@cache
def _session() -> Session:
    installed.require([offers.FACE], NOTHING_BROUGHT)
    file = installed.faces_file()
    assert file is not None  # noqa: S101 - was required
    return runtime.loaded(_of_any_size(file.read_bytes()))


def _of_any_size(network: bytes) -> bytes:
    """Return the network without the fixed size of its input, and its constants as such.

    It was saved for ten pictures of 32 px, with its constants among its inputs, which keeps the
    runtime from working out anything beforehand.
    """
    changed = b""
    for field, content in wire.fields(network):
        if field == 7:
            changed += wire.message(field, _graph_of_any_size(memoryview(content)))  # type: ignore[arg-type]
        elif field != 1:
            changed += _copied(field, content)
    return wire.number(1, 8) + changed


def _graph_of_any_size(graph: memoryview) -> bytes:
    kept = [_copied(*each) for each in wire.fields(graph) if each[0] not in {11, 12, 13}]
    inputs = wire.message(11, _value(_INPUT, 3))
    outputs = [wire.message(12, _value(*each)) for each in _CHANNELS.items()]
    return b"".join([*kept, inputs, *outputs])


def _copied(field: int, content: int | memoryview) -> bytes:
    if isinstance(content, int):
        return wire.number(field, content)
    return wire.message(field, content)


def _value(name: str, channels: int) -> bytes:
    """Describe one picture's worth of floats, in planes of any size."""
    sides = [wire.number(1, 1), wire.number(1, channels), b"", b""]
    shape = b"".join(wire.message(1, each) for each in sides)
    tensor = wire.number(1, 1) + wire.message(2, shape)
    return wire.written_text(1, name) + wire.message(2, wire.message(1, tensor))
