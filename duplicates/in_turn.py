"""Several things at work at once, and their outcomes in the order of the things."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Given = TypeVar("Given")
Made = TypeVar("Made")

# So many more than are at work wait for their turn, with what they hold in memory.
_AHEAD_PER_THREAD = 2


def in_turn(
    made: Callable[[Given], Made], things: Iterable[Given], *, threads: int
) -> Generator[Made]:
    """Yield what is made of each thing, in order, at work on several of them in threads.

    Things are taken only as outcomes are: few are in memory at a time. What is raised for one is
    raised in its turn, and ends all. Close the generator to end before its end.
    """
    waiting: deque[Future[Made]] = deque()
    pool = ThreadPoolExecutor(threads)
    try:
        for thing in things:
            waiting.append(pool.submit(made, thing))
            if len(waiting) >= _AHEAD_PER_THREAD * threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)
