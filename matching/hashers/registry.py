"""The hashers whose fingerprints are kept of every picture, and their fingerprints as a set."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from matching.hashers import Hasher
from matching.hashers.pdq import Pdq
from matching.hashers.phash import Phash
from matching.types import DecodedGrey, Fingerprint, FingerprintSet, QueryFingerprints

PDQ = Pdq()
PHASH = Phash()
# Every stored comparison measured these. Those from before a further hasher lack its distance.
FIRST = (PDQ, PHASH)

# One line per hasher, in the order of sets and of evidence. PDQ is the first: the index searches
# by it.
HASHERS: tuple[Hasher, ...] = (
    PDQ,
    PHASH,
)


def fingerprint(grey: DecodedGrey) -> FingerprintSet:
    """Return what is kept for the picture as it lies."""
    pdq, *further = (hasher.fingerprint(grey) for hasher in HASHERS)
    return FingerprintSet(pdq, tuple(further))


def query_fingerprints(grey: DecodedGrey) -> QueryFingerprints:
    """Return the fingerprints of the picture turned in all eight ways."""
    turned = zip(*(hasher.variants(grey) for hasher in HASHERS), strict=True)
    return QueryFingerprints(tuple(FingerprintSet(pdq, tuple(further)) for pdq, *further in turned))


def nearly_turned(kept_set: FingerprintSet) -> QueryFingerprints:
    """Return about what `query_fingerprints` returned of the picture that this was kept of."""
    of_each = {hasher.algorithm: hasher for hasher in HASHERS}
    turned = (of_each[each.algorithm].nearly_turned(each) for each in kept_set)
    sets = (FingerprintSet(pdq, tuple(more)) for pdq, *more in zip(*turned, strict=True))
    return QueryFingerprints(tuple(sets))


def kept(fingerprints: Iterable[Fingerprint]) -> FingerprintSet | None:
    """Return those of the present hashers and versions as a set; None when there is no PDQ."""
    by_version = {(each.algorithm, each.version): each for each in fingerprints}
    pdq, *further = (by_version.get((each.algorithm, each.version)) for each in HASHERS)
    return FingerprintSet(pdq, tuple(each for each in further if each)) if pdq else None


def measured(distances_bits: Mapping[str, int]) -> Iterator[tuple[Hasher, int]]:
    """Yield each hasher with the distance that a comparison measured by it, if it did."""
    for hasher in HASHERS:
        if hasher.algorithm in distances_bits:
            yield hasher, distances_bits[hasher.algorithm]
