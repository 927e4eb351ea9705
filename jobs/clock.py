"""Whether leases can be compared with the clock: not just after somebody has set it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

# More than a clock is corrected by at once while it is kept in step.
_TOLERANCE_S = 5.0


class ClockWatch:
    """Notices that the clock has jumped, by the one that only counts on.

    Leases were then written by another clock than they are read by. Workers that live renew theirs
    within `settling_s`; until that is over no lease has ended.
    """

    def __init__(
        self,
        settling_s: float,
        *,
        wall_s: Callable[[], float] = time.time,
        counted_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settling_s, self._wall_s, self._counted_s = settling_s, wall_s, counted_s
        self._lock = threading.Lock()
        self._offset_s = wall_s() - counted_s()
        self._settled_at_s = counted_s()

    def is_settled(self) -> bool:
        """Tell whether the clock has not jumped for a while; to be asked every few seconds."""
        with self._lock:
            counted_s = self._counted_s()
            offset_s = self._wall_s() - counted_s
            if abs(offset_s - self._offset_s) > _TOLERANCE_S:
                self._settled_at_s = counted_s + self._settling_s
            self._offset_s = offset_s
            return counted_s >= self._settled_at_s
