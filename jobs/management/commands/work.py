"""Run the jobs of the queue; started by the web server, or on its own where WORK=0."""

from __future__ import annotations

import os
import queue
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from jobs import handlers
from jobs.handlers import UnknownKind
from jobs.runner import Runner, WorkOptions

_LOOK_S = 0.25

Signals = queue.SimpleQueue[int]


class Command(BaseCommand):
    """`manage.py work [--drain] [--threads N] [--poll SECONDS] [--kind KIND]`."""

    help = "Runs jobs in the background until it is stopped (Ctrl-C)."

    def add_arguments(self, parser: CommandParser) -> None:
        """Say how to work."""
        parser.add_argument(
            "--drain", "--once", action="store_true", help="stop when no job may run now"
        )
        parser.add_argument("--threads", type=int, default=settings.WORK_THREADS, metavar="N")
        parser.add_argument(
            "--poll", type=float, default=1.0, metavar="SECONDS", help="how often to look for jobs"
        )
        parser.add_argument(
            "--kind", action="append", default=[], help="run only jobs of this kind (repeatable)"
        )
        parser.add_argument("--parent", type=int, help="stop when this process is gone")

    def handle(self, *_args: object, **options: Any) -> None:
        """Work until a signal comes, the parent is gone, or nothing is left to do."""
        if options["threads"] < 1:
            raise CommandError("Work needs at least one thread: see --threads and WORK_THREADS.")
        try:
            handlers.check_known(options["kind"])
        except UnknownKind as error:
            raise CommandError(error.message) from error
        runner = Runner(
            WorkOptions(kinds=options["kind"], threads=options["threads"], poll_s=options["poll"])
        )
        begin = runner.work_off if options["drain"] else runner.work
        with _signals() as signals:
            begin()
            while runner.is_working and not _is_told_to_stop(signals, options["parent"]):
                pass
            runner.stop()


@contextmanager
def _signals() -> Iterator[Signals]:
    """Collect SIGTERM and SIGINT in a queue, which a handler may put into at any moment."""
    asked: Signals = queue.SimpleQueue()
    before = {
        number: signal.signal(number, lambda number, _frame: asked.put(number))
        for number in (signal.SIGTERM, signal.SIGINT)
    }
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _is_told_to_stop(signals: Signals, parent_pid: int | None) -> bool:
    """Wait a moment for a signal; a process whose parent is gone has another one."""
    try:
        signals.get(timeout=_LOOK_S)
    except queue.Empty:
        return parent_pid is not None and os.getppid() != parent_pid
    return True
