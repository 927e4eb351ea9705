"""Which hashers make up a `FingerprintSet`: one line per hasher, one field of the set each."""

from __future__ import annotations

from matching.hashers.pdq import Pdq
from matching.hashers.phash import Phash
from matching.types import DecodedGrey, FingerprintSet, QueryFingerprints

PDQ = Pdq()
PHASH = Phash()


def fingerprint(grey: DecodedGrey) -> FingerprintSet:
    """Return what is kept for the picture as it lies."""
    return FingerprintSet(pdq=PDQ.fingerprint(grey), phash=PHASH.fingerprint(grey))


def query_fingerprints(grey: DecodedGrey) -> QueryFingerprints:
    """Return the fingerprints of the picture turned in all eight ways."""
    pairs = zip(PDQ.variants(grey), PHASH.variants(grey), strict=True)
    return QueryFingerprints(tuple(FingerprintSet(pdq, phash) for pdq, phash in pairs))
