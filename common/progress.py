"""How far a long command is: a bar on a terminal, now and then a line elsewhere."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from tqdm import tqdm

# A log should not grow with the pictures.
_BETWEEN_LINES_S = 10.0


@contextmanager
def shown(
    *, total: int | None, unit: str, stream: TextIO, done: int = 0
) -> Iterator[Callable[[int], None]]:
    """Yield what is to be told how many of the `total` are done; `done` are from earlier."""
    if stream.isatty():
        # A terminal that does not tell its size gets a bar all the same.
        width, height = shutil.get_terminal_size()
        with tqdm(
            total=total, initial=done, unit=f" {unit}", file=stream, ncols=width, nrows=height
        ) as bar:
            yield lambda count: _move(bar, count)
    else:
        yield _Lines(total, unit, stream).tell


def _move(bar: tqdm[None], count: int) -> None:
    bar.update(count - bar.n)


class _Lines:
    def __init__(self, total: int | None, unit: str, stream: TextIO) -> None:
        self._of = "" if total is None else f" of {total:,}"
        self._unit = unit
        self._stream = stream
        self._told_at_s = time.monotonic()

    def tell(self, count: int) -> None:
        """Write a line, unless the last one is not long ago."""
        if time.monotonic() - self._told_at_s >= _BETWEEN_LINES_S:
            self._told_at_s = time.monotonic()
            self._stream.write(f"{count:,}{self._of} {self._unit}\n")
            self._stream.flush()
