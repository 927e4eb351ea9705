"""Lines of those who wait, one for each owner, served round robin."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Hashable
from typing import Generic, TypeVar

Waiting = TypeVar("Waiting")


class Turns(Generic[Waiting]):
    """Who waits longest comes first in the line of an owner; the owners take turns."""

    def __init__(self) -> None:
        self._lines: OrderedDict[Hashable, deque[Waiting]] = OrderedDict()

    def __bool__(self) -> bool:
        return bool(self._lines)

    def waiting_for(self, owner: Hashable) -> int:
        """Return how many wait in an owner's line."""
        return len(self._lines.get(owner, ()))

    def join(self, owner: Hashable, one: Waiting) -> None:
        """Wait at the end of the owner's line."""
        self._lines.setdefault(owner, deque()).append(one)

    def leave(self, owner: Hashable, one: Waiting) -> None:
        """Wait no longer."""
        self._lines[owner].remove(one)
        if not self._lines[owner]:
            del self._lines[owner]

    def take(self) -> Waiting:
        """Return whose turn it is, who waits no longer; the owner's next turn is after all others.

        Raise StopIteration when nobody waits.
        """
        owner = next(iter(self._lines))
        one = self._lines[owner][0]
        self.leave(owner, one)
        if owner in self._lines:
            self._lines.move_to_end(owner)
        return one
