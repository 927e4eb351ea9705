"""One look at a frame for all the models that are asked about it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from matching.networks.manifest import BroughtModels
from matching.networks.network import Network
from matching.types import Rgb
from moderation.vision import brought, faces, nudity, offers, picture_type
from moderation.vision.seen import Face, FrameSeen, Scores


def seen(rgb: Rgb, frame: int, names: Collection[str], here: BroughtModels) -> FrameSeen:
    """Ask the models of these names, out of `offers.NAMES`, about a frame.

    Raise ModelNotInstalled and ModelFailed.
    """
    offensive = _network(here, offers.OFFENSIVE, names)
    return FrameSeen(
        frame=frame,
        faces=_faces(rgb, names, here) if offers.needs_faces(names) else None,
        scores=tuple(_scores(rgb, names, here)),
        detections=None if offensive is None else brought.detected(offensive, rgb),
    )


def _faces(rgb: Rgb, names: Collection[str], here: BroughtModels) -> tuple[Face, ...]:
    attributes = _network(here, offers.FACE_ATTRIBUTES, names)
    celebrities = _network(here, offers.CELEBRITIES, names)

    def known(face: Face) -> Face:
        if face.confidence < faces.MIN_CONFIDENCE:
            return face
        told = brought.classified(attributes, brought.around(rgb, face)) if attributes else None
        people = brought.people(celebrities, rgb, face) if celebrities else None
        return replace(face, attributes=told, celebrities=people)

    return tuple(map(known, faces.found(rgb)))


def _scores(rgb: Rgb, names: Collection[str], here: BroughtModels) -> list[tuple[str, Scores]]:
    ours = {offers.NUDITY: nudity.scores, offers.TYPE: picture_type.scores}
    found = [(name, scores(rgb)) for name, scores in ours.items() if name in names]
    networks = {name: _network(here, name, names) for name in (offers.WAD, offers.SCAM)}
    told = [(name, brought.classified(each, rgb)) for name, each in networks.items() if each]
    return found + told


def _network(here: BroughtModels, name: str, names: Collection[str]) -> Network | None:
    return here.serving(name) if name in names else None
