"""What one picture may cost in bytes, pixels, frames, seconds and memory."""

from __future__ import annotations

from dataclasses import dataclass

from matching.types import DecodeLimits


@dataclass(frozen=True, slots=True)
class Limits(DecodeLimits):
    """The decoder's limits, and those around it."""

    max_bytes: int = 30_000_000
    timeout_s: float = 20.0
    # For a free worker, before the task starts.
    wait_s: float = 30.0
    worker_memory_bytes: int = 2 * 1024**3
