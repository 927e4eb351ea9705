"""The frames of an animation: which ones are kept, and what a match of two of them says.

A cut between scenes gives a frame that looks like none before; the many frames within a scene look
alike, and one of them represents all. A kept frame can be found by a copy of any of its neighbours
just as a still picture is found by its edited copy.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from matching import engine
from matching.evidence import Comparison, Kind, Reason
from matching.hashers.registry import PDQ
from matching.types import DecodedGrey, Fingerprint

# PDQ codes that differ by no more than this show the same picture, as its authors recommend.
SAME_PICTURE_BITS = 31
# The PDQ fingerprints of one kept frame that has something to see: whole, and without its border.
Scene = Sequence[Fingerprint]
_WHOLE_KINDS = frozenset({Kind.NEAR, Kind.EDITED})
# A scene that was edited is still within this of its original, unlike pictures rarely are.
_SAME_SCENE_BITS = 90
# Two animations are alike as wholes when each shows more than this share of the other's scenes.
_MOST_SCENES = 0.5


@dataclass(frozen=True, slots=True)
class Place:
    """Which frame of a picture: number `frame`, from 0, of `frames`; a still picture has one."""

    frame: int
    frames: int


def distinct(frames: Iterable[DecodedGrey], max_kept: int) -> Iterator[DecodedGrey]:
    """Yield the first frame, then each that has detail and looks like none yielded before.

    After `max_kept` frames no more are yielded: an animation of more scenes is known by its first
    ones. `frames` is read to its end all the same, so that a file that breaks there is noticed.
    """
    kept: list[Fingerprint] = []
    room = max_kept
    for grey in frames:
        if not room:
            continue
        fingerprint = PDQ.fingerprint(grey)
        if engine.is_evidence(fingerprint) and _is_new(fingerprint, kept):
            kept.append(fingerprint)
        elif grey.frame:
            continue
        room -= 1
        yield grey


def placed(comparison: Comparison, query: Place, item: Place) -> Comparison:
    """Return the comparison with the frames that it compared, and the reason if one moves.

    In the evidence frames count from 0; in the reason from 1, as people count. A still that looks
    like one frame of an animation is a part of it: see `of_scenes`.
    """
    evidence = replace(comparison.evidence, query_frame=query.frame, item_frame=item.frame)
    told = replace(comparison, evidence=evidence)
    if query.frames == item.frames == 1:
        return told
    numbers = {
        "query_frame": query.frame + 1,
        "query_frames": query.frames,
        "item_frame": item.frame + 1,
        "item_frames": item.frames,
    }
    return engine.with_reasons(told, (Reason("frame", numbers),))


def of_scenes(
    comparison: Comparison, query: Collection[Scene], item: Collection[Scene]
) -> Comparison:
    """Return the comparison of two frames as that of the pictures that they are frames of.

    `query` and `item` are all their kept frames. Pictures that share a title or a few scenes are
    parts of each other, however like those are.
    """
    if comparison.kind not in _WHOLE_KINDS:
        return comparison
    of_item, of_query = _shared(item, query), _shared(query, item)
    if min(of_item, of_query) > _MOST_SCENES:
        return comparison
    return replace(comparison, kind=Kind.PART if of_item < of_query else Kind.CONTAINS)


def _shared(scenes: Collection[Scene], others: Collection[Scene]) -> float:
    """Return the share of the scenes that the others show too."""
    views = [view for other in others for view in other]
    shown = [
        any(one.distance_bits(view) < _SAME_SCENE_BITS for one in scene for view in views)
        for scene in scenes
    ]
    return sum(shown) / max(1, len(shown))


def _is_new(fingerprint: Fingerprint, kept: Iterable[Fingerprint]) -> bool:
    return all(fingerprint.distance_bits(each) > SAME_PICTURE_BITS for each in kept)
