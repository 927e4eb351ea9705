"""How long the phases of a piece of work took: for those who collect them, and for the metrics.

Phases are measured where they happen and never overlap: one that begins inside another stops the
clock of the outer one. What nobody measured has no figure.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from common import metrics

# What requests are measured by, in the order in which they happen.
FETCH = "fetch"  # an address was asked for its bytes
EXAMINE = "examine"  # a worker decoded a picture and computed its fingerprints, hashes, thumbnails
READ = "read"  # a worker read the text in a picture
SEARCH = "search"  # candidates were looked up
VERIFY = "verify"  # candidates were compared with the picture
STORE = "store"  # files and rows were written


@dataclass(slots=True)
class _Block:
    phase: str
    spent_s: float = 0.0


@dataclass(slots=True)
class Timings:
    """Milliseconds by phase, and since the collection began."""

    _begun_at: float = field(default_factory=time.perf_counter)
    _spent_s: dict[str, float] = field(default_factory=dict)
    _open: list[_Block] = field(default_factory=list)
    _since: float = 0.0

    @property
    def by_phase_ms(self) -> dict[str, float]:
        """Return what each phase that ran has taken so far, in the order in which they began."""
        return {phase: spent_s * 1000 for phase, spent_s in self._spent_s.items()}

    @property
    def total_ms(self) -> float:
        """Return the time since the collection began, also what belongs to no phase."""
        return (time.perf_counter() - self._begun_at) * 1000

    def begin(self, phase: str) -> None:
        """Count the time from now on for the phase."""
        self._book()
        self._open.append(_Block(phase))
        self._spent_s.setdefault(phase, 0.0)

    def end(self) -> None:
        """Count the time from now on for the phase around the one that ends."""
        self._book()
        block = self._open.pop()
        metrics.PHASE_SECONDS.labels(block.phase).observe(block.spent_s)

    def _book(self) -> None:
        now = time.perf_counter()
        if self._open:
            block = self._open[-1]
            block.spent_s += now - self._since
            self._spent_s[block.phase] += now - self._since
        self._since = now


_CURRENT: ContextVar[Timings | None] = ContextVar("timings", default=None)


@contextmanager
def collected() -> Iterator[Timings]:
    """Collect what is measured in the block, in this thread."""
    timings = Timings()
    token = _CURRENT.set(timings)
    try:
        yield timings
    finally:
        _CURRENT.reset(token)


@contextmanager
def measured(phase: str) -> Iterator[None]:
    """Measure the block as the phase."""
    timings = _CURRENT.get()
    if timings is None:
        with collected(), measured(phase):
            yield
        return
    timings.begin(phase)
    try:
        yield
    finally:
        timings.end()
