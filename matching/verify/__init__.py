"""A second look at a candidate; new ways to look implement `Verifier`."""

from __future__ import annotations

from typing import Protocol

from matching.evidence import Reason
from matching.types import FingerprintSet


class Verifier(Protocol):
    """Compares a query, turned to lie like the item, with the item."""

    def verify(self, query: FingerprintSet, item: FingerprintSet) -> tuple[Reason, ...]:
        """Return what speaks for the pair or against it."""
