"""The models of pictures by name, and what a network of the operator's own has to tell for each."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from matching.networks.manifest import Offer
from matching.networks.network import NetworkTask

FACE: Final = "face"
FACES: Final = "faces"
NUDITY: Final = "nudity"
TYPE: Final = "type"
FACE_ATTRIBUTES: Final = "face-attributes"
CELEBRITIES: Final = "celebrities"
SCAM: Final = "scam"
OFFENSIVE: Final = "offensive"
WAD: Final = "wad"

PROBABILITY: Final = "prob"
WAD_KEYS: Final = ("weapon", "alcohol", "drugs")
ATTRIBUTES: Final = ("female", "male", "minor", "sunglasses")
OFFENSIVE_LABELS: Final = (
    "swastika", "ssbolts", "confederate", "kkk", "middlefinger", "isisflag", "ironcross",
)  # fmt: skip

# What is answered by a network that the operator brought, or not at all.
OFFERS: Final[Mapping[str, Offer]] = {
    WAD: Offer(NetworkTask.CLASSIFY, (frozenset(WAD_KEYS),)),
    # Not every network tells the sex: the documented answers have it or not.
    FACE_ATTRIBUTES: Offer(
        NetworkTask.CLASSIFY, (frozenset(ATTRIBUTES), frozenset(ATTRIBUTES[2:]))
    ),
    CELEBRITIES: Offer(NetworkTask.EMBED, has_gallery=True),
    SCAM: Offer(NetworkTask.CLASSIFY, (frozenset({PROBABILITY}),)),
    OFFENSIVE: Offer(NetworkTask.DETECT, (frozenset(OFFENSIVE_LABELS),), any_of_keys=True),
}
_WITH_FACES: Final = frozenset({FACE, FACES, FACE_ATTRIBUTES, CELEBRITIES, SCAM})
NAMES: Final = (FACE, FACES, NUDITY, TYPE, *OFFERS)


def needs_faces(names: Collection[str]) -> bool:
    """Tell whether one of the models is answered with faces."""
    return not _WITH_FACES.isdisjoint(names)
