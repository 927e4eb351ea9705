"""The frames of an animation: which ones are kept, and how a match tells which ones are alike.

A cut between scenes gives a frame that looks like none before; the many frames within a scene look
alike, and one of them represents all. A kept frame can be found by a copy of any of its neighbours
just as a still picture is found by its edited copy.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from matching import engine
from matching.evidence import Comparison, Kind, Reason
from matching.hashers.registry import PDQ
from matching.types import DecodedGrey, Fingerprint

# PDQ codes that differ by no more than this show the same picture, as its authors recommend.
SAME_PICTURE_BITS = 31
_WHOLE_KINDS = frozenset({Kind.NEAR, Kind.EDITED})


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
    like one frame of an animation is a part of it: the rest may show anything.
    """
    evidence = replace(comparison.evidence, query_frame=query.frame, item_frame=item.frame)
    told = replace(comparison, evidence=evidence, kind=_kind(comparison.kind, query, item))
    if query.frames == item.frames == 1:
        return told
    numbers = {
        "query_frame": query.frame + 1,
        "query_frames": query.frames,
        "item_frame": item.frame + 1,
        "item_frames": item.frames,
    }
    return engine.with_reasons(told, (Reason("frame", numbers),))


def _kind(kind: Kind, query: Place, item: Place) -> Kind:
    if kind not in _WHOLE_KINDS or query.frames == item.frames:
        return kind
    return Kind.PART if query.frames < item.frames else Kind.CONTAINS


def _is_new(fingerprint: Fingerprint, kept: Iterable[Fingerprint]) -> bool:
    return all(fingerprint.distance_bits(each) > SAME_PICTURE_BITS for each in kept)
