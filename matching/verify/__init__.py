"""A second look at a candidate; new ways to look implement `Verifier`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from matching.evidence import Reason
from matching.types import FingerprintSet, Orientation, QueryFingerprints


@dataclass(frozen=True, slots=True)
class Verification:
    """What the second look saw: a distance in bits, and how to say it to a person."""

    distance_bits: int
    reason: Reason


class Verifier(Protocol):
    """Compares a query with an item in the orientation in which the index found it."""

    def verify(
        self, query: QueryFingerprints, item: FingerprintSet, orientation: Orientation
    ) -> Verification:
        """Return what is seen when the query lies like the item."""
