"""Perceptual hashes, one module per algorithm; `registry` names the ones that are kept.

A hasher is a file here and a line in `registry.HASHERS`. Storage, `manage.py refingerprint`,
evidence, API and pages follow. Only `matching.score` says what its distance is worth.
"""

from __future__ import annotations

from typing import Protocol

from matching.types import DecodedGrey, Fingerprint


class Hasher(Protocol):
    """Turns luma into fingerprints; `version` rises whenever the bits of a picture change.

    `algorithm` is a slug of at most 16 characters: it is stored with every fingerprint, and names
    the distance in evidence. `bit_count` is a multiple of 8. Each bit says which of two things is
    brighter, so that the negative of a picture has the opposite bits.
    """

    algorithm: str
    version: int
    bit_count: int

    def fingerprint(self, grey: DecodedGrey) -> Fingerprint:
        """Return the fingerprint of the picture as it lies."""

    def variants(self, grey: DecodedGrey) -> tuple[Fingerprint, ...]:
        """Return eight fingerprints: the picture turned by each of `ORIENTATIONS`, in order."""

    def nearly_turned(self, upright: Fingerprint) -> tuple[Fingerprint, ...]:
        """Return about the same eight without the picture, the first one being `upright`."""
