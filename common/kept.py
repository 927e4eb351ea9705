"""What was made last and may be asked for again, as much as fits."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

V = TypeVar("V")


class KeptByWeight(Generic[V]):
    """Values by key, the one asked for longest ago the first to go; for several threads.

    All together weigh at most `max_weight`, in the unit of `weigh`; one that weighs more by itself
    is kept alone.
    """

    def __init__(self, max_weight: int, weigh: Callable[[V], int]) -> None:
        self._max_weight = max_weight
        self._weigh = weigh
        self._kept: OrderedDict[Hashable, tuple[int, V]] = OrderedDict()
        self._weight = 0
        self._lock = threading.Lock()
        self._making = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], V]) -> V:
        """Return what is kept under a key; make it when there is nothing.

        One thread makes something at a time, so that nothing is made twice.
        """
        kept = self._find(key)
        if kept is not None:
            return kept[1]
        with self._making:
            kept = self._find(key) or self._keep(key, make())
        return kept[1]

    def _find(self, key: Hashable) -> tuple[int, V] | None:
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None:
                self._kept.move_to_end(key)
            return kept

    def _keep(self, key: Hashable, made: V) -> tuple[int, V]:
        kept = self._weigh(made), made
        with self._lock:
            self._kept[key] = kept
            self._weight += kept[0]
            while self._weight > self._max_weight and len(self._kept) > 1:
                self._weight -= self._kept.popitem(last=False)[1][0]
        return kept
