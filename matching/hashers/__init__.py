"""Perceptual hashes, one module per algorithm; `registry` names the ones that are kept."""

from __future__ import annotations

from typing import Protocol

from matching.types import DecodedGrey, Fingerprint


class Hasher(Protocol):
    """Turns luma into fingerprints; `version` rises whenever the bits of a picture change."""

    algorithm: str
    version: int
    bit_count: int

    def fingerprint(self, grey: DecodedGrey) -> Fingerprint:
        """Return the fingerprint of the picture as it lies."""

    def variants(self, grey: DecodedGrey) -> tuple[Fingerprint, ...]:
        """Return eight fingerprints: the picture turned by each of `ORIENTATIONS`, in order."""
