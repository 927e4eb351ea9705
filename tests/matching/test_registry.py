"""Fingerprints of some hashers and versions: what is kept of them, compared and scored."""

from __future__ import annotations

from matching import decode, score, signals
from matching.engine import Engine
from matching.hashers import registry
from matching.types import DecodeLimits, Fingerprint, FingerprintSet, QueryFingerprints

PDQ = Fingerprint("pdq", registry.PDQ.version, bytes(32), 100)
PHASH = Fingerprint("phash", registry.PHASH.version, bytes(8), 100)
QUERY = QueryFingerprints((FingerprintSet(PDQ, (PHASH,)),) * 8)


def test_fingerprints_are_kept_in_the_order_of_the_registry() -> None:
    assert registry.kept([PHASH, PDQ]) == FingerprintSet(PDQ, (PHASH,))


def test_fingerprints_of_other_versions_and_of_former_hashers_are_left_out() -> None:
    later = Fingerprint("phash", registry.PHASH.version + 1, bytes(8), 100)
    former = Fingerprint("former", 1, bytes(8), 100)

    assert registry.kept([former, PDQ, later]) == FingerprintSet(PDQ)


def test_without_the_fingerprint_of_the_index_there_is_no_set() -> None:
    assert registry.kept([PHASH]) is None


def test_an_item_that_lacks_a_hash_is_compared_by_the_others() -> None:
    comparison = Engine().compare(QUERY, FingerprintSet(PDQ))

    assert comparison.evidence.distances_bits == {"pdq": 0}
    assert [reason.code for reason in comparison.evidence.reasons] == ["same_structure"]
    # The score needs both hashes.
    assert comparison.score == 0.0


def test_a_hash_that_is_lacking_is_worth_nothing_to_the_model() -> None:
    far = score.nearness("phash", reach_bits=24)

    assert far(signals.of_fingerprints({"pdq": 0}, 100, 100)) == 0.0
    assert far(signals.of_fingerprints({"pdq": 0, "phash": 24}, 100, 100)) == 0.0
    assert far(signals.of_fingerprints({"pdq": 0, "phash": 6}, 100, 100)) == 0.75


def test_kept_fingerprints_are_turned_nearly_as_the_picture_would_be(coffee: bytes) -> None:
    (grey,) = decode.decode_grey_frames(coffee, DecodeLimits())
    seen = registry.query_fingerprints(grey)
    turned = registry.nearly_turned(seen.upright)

    off = [
        sum(one.distances_bits(other).values())
        for one, other in zip(seen.variants, turned.variants, strict=True)
    ]
    # As it lies and transposed exactly; otherwise far nearer than another picture, at 160 bits.
    assert [off[0], off[6]] == [0, 0]
    assert max(off) <= 40
