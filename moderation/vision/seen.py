"""What models find in a frame, as values that cross processes."""

from __future__ import annotations

from dataclasses import dataclass

from moderation.types import Point

Scores = tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Box:
    """An upright box, in shares of the picture's upright width and height."""

    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(frozen=True, slots=True)
class Points:
    """The five points of a face, in shares; left and right are the subject's own.

    So the left eye of somebody who looks at the camera lies to the viewer's right.
    """

    left_eye: Point
    right_eye: Point
    nose_tip: Point
    left_mouth_corner: Point
    right_mouth_corner: Point


@dataclass(frozen=True, slots=True)
class Face:
    """A face; `confidence` is the detector's, 0..1.

    `attributes` and `celebrities`, best first, are None where no model was asked for them.
    """

    confidence: float
    box: Box
    points: Points
    attributes: Scores | None = None
    celebrities: Scores | None = None


@dataclass(frozen=True, slots=True)
class Detection:
    """Something that was found at a place, with its probability, 0..1."""

    box: Box
    label: str
    probability: float


@dataclass(frozen=True, slots=True)
class FrameSeen:
    """What models found in one frame, from 0.

    `faces` holds also what is hardly one. `scores` are by model, each by key, 0..1. None is what
    nobody asked for.
    """

    frame: int
    faces: tuple[Face, ...] | None
    scores: tuple[tuple[str, Scores], ...]
    detections: tuple[Detection, ...] | None
