"""Searching by an index finds the clusters that comparing every two pictures finds."""

from __future__ import annotations

from collections.abc import Generator
from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from duplicates import finding
from duplicates.clusters import ComparedPicture, CopyLink, connected
from duplicates.sources import ExaminedPicture, Unusable
from intake.examine import Examination, Sighting
from lists.depths import Depth
from matching.engine import Engine
from matching.evidence import Kind
from matching.hashers import registry
from matching.hashers.registry import PDQ, PHASH
from matching.types import Fingerprint, FingerprintSet, QueryFingerprints, Rgb


class Drawn:
    """Pictures of which only the fingerprints are known."""

    def __init__(self, fingerprints: list[QueryFingerprints]) -> None:
        """Number them from 1."""
        self.fingerprints = fingerprints

    @property
    def total(self) -> int:
        """Return how many there are."""
        return len(self.fingerprints)

    def outcomes(self) -> Generator[ExaminedPicture | Unusable]:
        """Yield each."""
        for number, each in enumerate(self.fingerprints, start=1):
            sighting = Sighting("jpeg", 640, 480, 1, 1, each)
            yield ExaminedPicture(str(number), number, f"{number:064}", Examination(sighting))

    def colours_of(self, picture: ComparedPicture) -> Rgb | None:
        """Return nothing: there are no files."""

    def thumbnail_of(self, picture: ComparedPicture) -> bytes | None:
        """Return nothing: there are no files."""

    def are_apart(self, one: ComparedPicture, other: ComparedPicture) -> bool:
        """Tell that nobody said so."""
        return False


def fingerprints(pdq: bytes, phash: bytes, quality: int) -> QueryFingerprints:
    upright = FingerprintSet(
        Fingerprint(PDQ.algorithm, PDQ.version, pdq, quality),
        (Fingerprint(PHASH.algorithm, PHASH.version, phash, 100),),
    )
    return registry.nearly_turned(upright)


def drawn(seed: int, count: int) -> list[QueryFingerprints]:
    """Return fingerprints about a few centres, some turned, some equal, some of flat pictures."""
    chance = np.random.default_rng(seed)
    centres = [fingerprints(chance.bytes(32), chance.bytes(8), 100) for _ in range(3)]
    made = []
    for _ in range(count):
        variant = centres[chance.integers(3)].variants[chance.integers(8)]
        pdq, (phash,) = variant.pdq.bits, (each.bits for each in variant.further)
        quality = 100 if chance.random() < 0.9 else 20
        made.append(
            fingerprints(
                changed(chance, pdq, int(chance.choice([0, 20, 40, 70]))),
                changed(chance, phash, int(chance.choice([0, 6, 16]))),
                quality,
            )
        )
    return made


def changed(chance: np.random.Generator, code: bytes, bits: int) -> bytes:
    """Return the code with so many bits changed, some of them perhaps twice."""
    number = int.from_bytes(code)
    for place in chance.integers(0, 8 * len(code), bits):
        number ^= 1 << int(place)
    return number.to_bytes(len(code))


def by_every_pair(pictures: list[QueryFingerprints], threshold: float) -> set[frozenset[int]]:
    links: dict[int, list[CopyLink]] = {}
    for one, other in combinations(range(1, len(pictures) + 1), 2):
        asked, kept = pictures[other - 1], pictures[one - 1].upright
        score = Engine().compare(asked, kept).score
        if score > threshold:
            for number in (one, other):
                links.setdefault(number, []).append(CopyLink(other, one, score, Kind.NEAR))
    return {frozenset(each) for each in connected(links)}


@given(seed=st.integers(0, 10_000), threshold=st.sampled_from([0.2, 0.5, 0.8]))
@settings(max_examples=15)
def test_the_clusters_are_those_of_comparing_every_two(seed: int, threshold: float) -> None:
    pictures = drawn(seed, 24)
    found = finding.find(
        Drawn(pictures),
        depth=Depth.FAST,
        threshold=threshold,
        threads=2,
        on_progress=lambda _count: None,
    )

    told = {frozenset(m.picture.number for m in each.members) for each in found.clusters}
    assert told == by_every_pair(pictures, threshold)
