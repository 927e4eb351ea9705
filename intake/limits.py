"""What one picture may cost in bytes, pixels, frames, seconds and memory."""

from __future__ import annotations

from dataclasses import dataclass

from matching.networks.manifest import NOTHING_BROUGHT, BroughtModels
from matching.networks.network import Network
from matching.types import DecodeLimits


@dataclass(frozen=True, slots=True)
class Limits(DecodeLimits):
    """The decoder's limits, those around it, and the model that is asked."""

    max_bytes: int = 30_000_000
    timeout_s: float = 20.0
    worker_memory_bytes: int = 2 * 1024**3
    # Times that a picture is looked at for text: beyond 1 only where the looks before missed some.
    reading_passes: int = 4
    # Whose descriptor is wanted of each picture that local features are wanted of.
    learned: Network | None = None
    # The networks of the operator's own that pictures are judged by.
    brought: BroughtModels = NOTHING_BROUGHT
