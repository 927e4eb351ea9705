"""What the models of pictures answer, from what was seen in the frames of one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from moderation.vision import faces, nudity, offers, picture_type
from moderation.vision.seen import Detection, Face, FrameSeen

_PROBABILITY_DIGITS = 6
# Models whose scores belong together: what counts is the frame that has least of this.
_TOLD_BY = {offers.NUDITY: nudity.SAFE, offers.TYPE: picture_type.PHOTO}


@dataclass(frozen=True, slots=True)
class AskedModels:
    """The models that are asked what a picture shows, out of `offers.NAMES`."""

    names: tuple[str, ...]

    @property
    def models(self) -> int:
        """Return how many models are asked; `face` and `faces` are one."""
        return len({offers.FACE if name == offers.FACES else name for name in self.names})

    @property
    def counts_faces(self) -> bool:
        """Tell whether it is asked how many faces there are."""
        return not {offers.FACE, offers.FACES}.isdisjoint(self.names)

    @property
    def finds_faces(self) -> bool:
        """Tell whether one of the models is answered with faces."""
        return offers.needs_faces(self.names)


@dataclass(frozen=True, slots=True)
class SeenFace:
    """A face; `frame` is None in a still picture, here and below."""

    asked: AskedModels
    face: Face
    frame: int | None


@dataclass(frozen=True, slots=True)
class SeenSymbol:
    """An offensive symbol at a place."""

    detection: Detection
    frame: int | None


@dataclass(frozen=True, slots=True)
class Offensive:
    """How likely there is an offensive symbol, and those that are told."""

    probability: float
    symbols: Sequence[SeenSymbol]


@dataclass(frozen=True, slots=True)
class SeenModels:
    """What was found out about what a picture shows, in all its frames together.

    `single` and `multiple` are how likely there is exactly one face, and more than one. `scores`
    are by model. What was not asked for is empty or None.
    """

    asked: AskedModels
    frames: int
    single: float
    multiple: float
    faces: Sequence[SeenFace]
    scores: Mapping[str, Mapping[str, float]]
    offensive: Offensive | None

    def score(self, model: str, key: str) -> float | None:
        """Return what a model says under a key; None where it was not asked."""
        return self.scores[model][key] if model in self.scores else None


def seen_models(
    frames: Sequence[FrameSeen], asked: AskedModels, *, least_probability: float
) -> SeenModels:
    """Put together what was seen in the distinct frames: the highest scores, every face and symbol.

    Symbols below `least_probability` are not told. Of nudity and of the type, whose scores belong
    together, those of the frame count that is least safe, or least of a photograph.
    """
    is_still = len(frames) == 1
    counts = [_counted(each.faces or ()) for each in frames]
    return SeenModels(
        asked=asked,
        frames=len(frames),
        single=_rounded(max(single for single, _ in counts)),
        multiple=_rounded(max(multiple for _, multiple in counts)),
        faces=[
            SeenFace(asked, face, None if is_still else each.frame)
            for each in frames
            for face in each.faces or ()
            if face.confidence >= faces.MIN_CONFIDENCE
        ],
        scores={
            model: _highest(model, [dict(each.scores)[model] for each in frames])
            for model, _ in frames[0].scores
        },
        offensive=_offensive(frames, least_probability),
    )


def _counted(found: Sequence[Face]) -> tuple[float, float]:
    """Return how likely there is exactly one face, and more than one."""
    best = sorted((face.confidence for face in found), reverse=True)[:2]
    first, second = [*best, 0.0, 0.0][:2]
    return first * (1 - second), second


def _highest(model: str, by_frame: Iterable[Sequence[tuple[str, float]]]) -> Mapping[str, float]:
    by_key = [dict(scores) for scores in by_frame]
    if model in _TOLD_BY:
        worst = min(by_key, key=lambda scores: scores[_TOLD_BY[model]])
        told = {key: _rounded(value) for key, value in worst.items()}
        # They add up to 1 as they are told, too.
        others = sum(value for key, value in told.items() if key != _TOLD_BY[model])
        return {**told, _TOLD_BY[model]: _rounded(1 - others)}
    return {key: _rounded(max(scores[key] for scores in by_key)) for key in by_key[0]}


def _offensive(frames: Sequence[FrameSeen], least_probability: float) -> Offensive | None:
    if frames[0].detections is None:
        return None
    is_still = len(frames) == 1
    found = [
        SeenSymbol(detection, None if is_still else each.frame)
        for each in frames
        for detection in each.detections or ()
    ]
    highest = max((each.detection.probability for each in found), default=0.0)
    told = [each for each in found if each.detection.probability >= least_probability]
    return Offensive(_rounded(highest), told)


def _rounded(probability: float) -> float:
    return round(min(max(probability, 0.0), 1.0), _PROBABILITY_DIGITS)
