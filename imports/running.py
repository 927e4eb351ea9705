"""A step of an import: its next rows, several at once, for a few seconds.

What is done outlives the worker: each row is noted in the transaction that stores its picture, and
the rows behind the counted position that are noted are not done again. When a batch is through,
one transaction counts its rows and moves the position. Two workers that have the same import both
come to know each row's note, so none is done twice.
"""

from __future__ import annotations

import contextvars
import logging
import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import islice

from django.conf import settings
from django.db import InterfaceError, OperationalError

from accounts import quotas
from accounts.actors import Actor
from common.errors import Forbidden, LookalikeError, QuotaExceeded, Unauthenticated, Unavailable
from common.sentences import Sentence
from imports import placing, selectors, services, sources
from imports.errors import RefusedRow
from imports.models import Import
from imports.rows import GivenRow
from jobs import connections
from lists.selectors import ListNotFound

# Others' jobs wait no longer for their turn.
STEP_S = 5.0
BATCH_ROWS = 32
_PAUSE_S = 30.0

_log = logging.getLogger(__name__)

# What stops all rows and not one of them.
_STOPPING = (Unavailable, QuotaExceeded, Forbidden, Unauthenticated, ListNotFound)


def step(*, import_id: int) -> None:
    """Do the next rows of an import that runs, and leave the rest to a further job."""
    run = selectors.running(import_id)
    if run is None:
        return
    try:
        is_over = work(run=run, by=selectors.actor_of(run), ends_at_s=time.monotonic() + STEP_S)
    except (OperationalError, InterfaceError):
        raise
    except Unavailable as error:
        # It passes by itself.
        services.note_reason(run=run, error=error)
        services.work_later(run=run, delay_s=_PAUSE_S)
    except LookalikeError as error:
        services.stop(run=run, error=error)
    except Exception:  # noqa: BLE001 - whatever a file makes of our code
        # Nobody would go on with it, and its page would say for ever that it runs.
        _log.exception("The import %s cannot go on.", run.public_id)
        services.stop(run=run, error=_failed())
    else:
        if not is_over:
            services.work_later(run=run)


def work(
    *,
    run: Import,
    by: Actor,
    ends_at_s: float = float("inf"),
    on_progress: Callable[[int], None] = lambda _: None,
) -> bool:
    """Do rows until the time is over, and tell whether nothing is left to be done by anybody.

    `on_progress` is told the position after each batch. Raise what stops the whole import.
    """
    with sources.opened(run, by=by) as source:
        services.note_total(run=run, total=source.total)
        rows = source.rows(after=run.position, place=run.place)
        while batch := list(_taken(run, by, rows)):
            if not services.settle(run=run, last=batch[-1]):
                return True
            on_progress(run.position)
            if time.monotonic() >= ends_at_s:
                return False
    services.finish(run=run)
    return True


def _taken(run: Import, by: Actor, rows: Iterator[GivenRow]) -> Iterator[GivenRow]:
    """Do a batch of rows and yield them, in their order, when all are done."""
    done = selectors.noted_names(run)
    batch: list[GivenRow] = []
    with closing(_Crew(lambda row: _do(run, by, row), settings.IMPORT_THREADS)) as crew:
        for row in islice(rows, BATCH_ROWS):
            batch.append(_without_picture(row))
            if done.get(row.position) != placing.noted_name(row):
                if row.position in done:
                    placing.forget(run=run, row=row)
                crew.give(row)
            if crew.has_stopped:
                break
    crew.require_well()
    return iter(batch)


def _without_picture(row: GivenRow) -> GivenRow:
    """Return what is needed to count a row: pictures are in memory while they are worked on."""
    return GivenRow(position=row.position, name=row.name, place=row.place)


def _do(run: Import, by: Actor, row: GivenRow) -> None:
    try:
        with _counted(by):
            placing.place(by=by, run=run, row=row)
    except placing.RowTaken:
        return
    except _STOPPING:
        raise
    except LookalikeError as error:
        placing.refuse(run=run, row=row, error=error)
    except (OperationalError, InterfaceError):
        # The database is gone for a while, or two waited for each other.
        raise
    except Exception:  # noqa: BLE001 - whatever a picture or a text makes of our code
        # One picture must not keep the others out.
        _log.exception("A row of %s could not be imported.", run.public_id)
        placing.refuse(run=run, row=row, error=_failed())


def _failed() -> RefusedRow:
    return RefusedRow("failed", Sentence("The picture could not be imported. Tell the operator."))


@contextmanager
def _counted(by: Actor) -> Iterator[None]:
    """Count a picture against the limits of who began it, unless it is refused."""
    taken = quotas.take_pictures(by=by, count=1)
    try:
        yield
    except BaseException:
        quotas.give_back(taken=taken, count=1)
        raise


@dataclass
class _Crew:
    """Threads that do rows as they come; with one, the caller's own thread does them.

    A row waits until a thread takes it, so that as many pictures are in memory as threads, and one.
    """

    do: Callable[[GivenRow], None]
    count: int
    errors: list[BaseException] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._rows: queue.Queue[GivenRow | None] = queue.Queue(maxsize=1)
        self._threads: Sequence[threading.Thread] = []
        if self.count > 1:
            self._threads = [
                threading.Thread(target=contextvars.copy_context().run, args=(self._work,))
                for _ in range(self.count)
            ]
            for thread in self._threads:
                thread.start()

    @property
    def has_stopped(self) -> bool:
        """Tell whether something happened that stops all rows."""
        return bool(self.errors)

    def give(self, row: GivenRow) -> None:
        """Have a row done, soon."""
        if self._threads:
            self._rows.put(row)
        else:
            self._attempt(row)

    def close(self) -> None:
        """Wait for the rows that were given."""
        for _ in self._threads:
            self._rows.put(None)
        for thread in self._threads:
            thread.join()

    def require_well(self) -> None:
        """Raise the first of what stopped the rows."""
        if self.errors:
            raise self.errors[0]

    def _work(self) -> None:
        with connections.own_connections():
            while (row := self._rows.get()) is not None:
                self._attempt(row)

    def _attempt(self, row: GivenRow) -> None:
        if self.has_stopped:
            return
        try:
            self.do(row)
        except Exception as error:  # noqa: BLE001 - it is raised where they are given
            self.errors.append(error)
