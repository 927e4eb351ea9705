"""The second look by one more hash, which sees other frequencies of a smaller picture than PDQ."""

from __future__ import annotations

from dataclasses import dataclass

from matching.evidence import Reason
from matching.hashers import Hasher
from matching.types import FingerprintSet


@dataclass(frozen=True, slots=True)
class SecondHash:
    """Tells whether a further hash agrees, up to `agreeing_bits`; nothing without that hash."""

    hasher: Hasher
    agreeing_bits: int

    def verify(self, query: FingerprintSet, item: FingerprintSet) -> tuple[Reason, ...]:
        """Return one reason with the distance of the two hashes."""
        distance_bits = query.distances_bits(item).get(self.hasher.algorithm)
        if distance_bits is None:
            return ()
        agrees = distance_bits <= self.agreeing_bits
        told = {"distance_bits": distance_bits, "of_bits": self.hasher.bit_count}
        return (Reason("second_hash_agrees" if agrees else "second_hash_differs", told),)
