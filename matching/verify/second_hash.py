"""The second look by pHash, which sees other frequencies of a smaller picture than PDQ."""

from __future__ import annotations

from matching.evidence import Reason
from matching.types import PHASH_BITS, FingerprintSet, Orientation, QueryFingerprints
from matching.verify import Verification

# The customary limit of 10 of 64 bits: alone it lets 4 wrong pairs per million in.
AGREEING_BITS = 10


class SecondHash:
    """Takes the pHash of the query turned like the item."""

    def verify(
        self, query: QueryFingerprints, item: FingerprintSet, orientation: Orientation
    ) -> Verification:
        """Return the distance of the two pHashes, 0..64 bits."""
        distance_bits = query.variant(orientation).phash.distance_bits(item.phash)
        agrees = distance_bits <= AGREEING_BITS
        reason = Reason(
            "second_hash_agrees" if agrees else "second_hash_differs",
            {"distance_bits": distance_bits, "of_bits": PHASH_BITS},
        )
        return Verification(distance_bits, reason)
