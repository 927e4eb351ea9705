"""A hasher that the product does not have, to see that everything follows the registry."""

from __future__ import annotations

import numpy as np
import pytest

from matching.hashers import registry
from matching.hashers.shrink import shrunk, turned
from matching.types import DecodedGrey, Fingerprint, Grey


class Steps:
    """Eight bits: whether each ninth of the picture is brighter than the one to its left."""

    algorithm = "steps"
    version = 1
    bit_count = 8

    def fingerprint(self, grey: DecodedGrey) -> Fingerprint:
        """Return the fingerprint of the picture as it lies."""
        return self._hashed(shrunk(grey, 9, 1))

    def variants(self, grey: DecodedGrey) -> tuple[Fingerprint, ...]:
        """Return the fingerprints of the picture turned in all eight ways."""
        return tuple(self._hashed(each) for each in turned(grey, 9, 1))

    def nearly_turned(self, upright: Fingerprint) -> tuple[Fingerprint, ...]:
        """Return the same for every way: one row of pixels tells nothing of the others."""
        return (upright,) * 8

    def _hashed(self, pixels: Grey) -> Fingerprint:
        bits = np.packbits(pixels[:, 1:] > pixels[:, :-1]).tobytes()
        return Fingerprint(self.algorithm, self.version, bits, quality=100)


def add(monkeypatch: pytest.MonkeyPatch) -> None:
    """Register the hasher in this process until the test ends."""
    monkeypatch.setattr(registry, "HASHERS", (*registry.HASHERS, Steps()))
