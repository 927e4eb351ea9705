"""Import the pictures of a folder, a ZIP, a table or a bucket into a list."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from common import progress, spreadsheets
from common.errors import LookalikeError, Unavailable
from imports import buckets, local, running, selectors, services, spoken
from imports.models import Import, ImportState
from lists import image_pool
from lists.management.chosen import chosen_lists
from lists.models import List

SOME_REFUSED = 3
INTERRUPTED = 130
_SHOWN = 20
# Longer than a restart of the database or of a worker takes.
_ATTEMPTS = 10
_PAUSE_S = 5.0


class Command(BaseCommand):
    """`manage.py import_images PATH|s3://BUCKET/PREFIX --list ili_… [--refused FILE] [--json]`."""

    help = (
        "Imports the pictures of a folder, a ZIP, a CSV or JSON lines file, or a bucket into a "
        "list. Stopped or killed, the same command goes on where it was. Ends with status 0 when "
        "every picture is in the list, 3 when some were refused, 1 when it cannot go on, 130 after "
        "Ctrl-C."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Say what is imported, and where to."""
        parser.add_argument(
            "path", help="a folder, a ZIP, CSV or JSON lines file, or s3://BUCKET/PREFIX"
        )
        parser.add_argument(
            "--list", required=True, metavar="ili_…", help="the list to import into"
        )
        parser.add_argument(
            "--refused", type=Path, metavar="FILE", help="write what was refused, and why, as CSV"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, **options: Any) -> None:
        """Begin or go on, work, and say what became of the pictures."""
        (image_list,) = chosen_lists([options["list"]], every=False)
        _require_writable(options["refused"])
        try:
            run = self._begun(image_list, _found(image_list, options["path"]))
            self._work(run)
        except LookalikeError as error:
            raise CommandError(error.message) from error
        run.refresh_from_db()
        if options["refused"]:
            _write_refused(options["refused"], run)
        self._report(run, as_json=options["json"])

    def _begun(self, image_list: List, files: local.LocalFiles) -> Import:
        """Return the import that a command before this one left, or a new one."""
        run = selectors.begun_locally(image_list, path=files.path)
        by = selectors.system_actor(image_list)
        if run is not None and run.plan["state"] != files.plan["state"]:
            # Positions are others now; what is in the list already is passed over quickly.
            services.cancel(by=by, run=run)
            self.stderr.write("The files have changed since the last time: starting over.")
            run = None
        if run is None:
            return services.begin_local(by=by, image_list=image_list, files=files)
        if run.state == ImportState.PAUSED:
            services.resume(by=by, run=run)
            run.refresh_from_db()
        if run.position:
            self.stderr.write(f"Going on after {_place(run)}.")
        return run

    def _work(self, run: Import) -> None:
        by = selectors.actor_of(run)
        try:
            with (
                progress.shown(
                    total=run.total, unit="pictures", stream=sys.stderr, done=run.position
                ) as show,
                _stopping_between_batches(show) as on_progress,
            ):
                for is_last in _attempts():
                    try:
                        running.work(run=run, by=by, on_progress=on_progress)
                    except Unavailable:
                        if is_last:
                            raise
                        time.sleep(_PAUSE_S)
                    else:
                        return
        except KeyboardInterrupt:
            raise CommandError(
                f"Stopped after {_place(run)}. The same command goes on.",
                returncode=INTERRUPTED,
            ) from None
        except LookalikeError as error:
            services.stop(run=run, error=error)
            raise

    def _report(self, run: Import, *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(_told(run), ensure_ascii=False))
        else:
            self.stdout.write(
                f"{run.added:,} added, {run.known:,} already there, {run.refused:,} refused."
            )
            self._name_refused(run)
        if run.state != ImportState.DONE:
            raise CommandError(
                f"The import is not over: it is {run.state}. The same command goes on."
            )
        if run.refused:
            raise CommandError(f"{run.refused:,} were refused.", returncode=SOME_REFUSED)

    def _name_refused(self, run: Import) -> None:
        for row in selectors.refused_rows(run)[:_SHOWN]:
            self.stdout.write(f"  {row.name}: {spoken.sentence(row.said)}")
        if run.refused > _SHOWN:
            self.stdout.write(f"  and {run.refused - _SHOWN:,} more: --refused FILE names them all")


def _found(image_list: List, path: str) -> local.LocalFiles:
    if buckets.is_address(path):
        return local.look_in_bucket(image_list, path)
    return local.look(Path(path))


def _place(run: Import) -> str:
    """Return how far an import is; nobody counts a bucket before."""
    return f"{run.position:,}" if run.total is None else f"{run.position:,} of {run.total:,}"


@contextmanager
def _stopping_between_batches(show: Callable[[int], None]) -> Iterator[Callable[[int], None]]:
    """Raise KeyboardInterrupt after the batch in which Ctrl-C came; a second one ends at once.

    A second one is as safe as a kill is. Workers that decode start deaf to Ctrl-C, which a terminal
    sends to them too.
    """
    if threading.current_thread() is not threading.main_thread():
        yield show
        return
    is_asked = False

    def on_signal(_number: int, _frame: object) -> None:
        nonlocal is_asked
        if is_asked:
            os._exit(INTERRUPTED)
        is_asked = True
        os.write(2, b"\nStopping after the pictures at work.\n")

    def on_progress(position: int) -> None:
        show(position)
        if is_asked:
            raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        image_pool.current().warm_up()
        signal.signal(signal.SIGINT, on_signal)
        yield on_progress
    finally:
        signal.signal(signal.SIGINT, before)


def _attempts() -> Iterator[bool]:
    """Yield for each attempt whether it is the last one."""
    for left in reversed(range(_ATTEMPTS)):
        yield not left


def _told(run: Import) -> dict[str, Any]:
    return {
        "id": run.public_id,
        "list": run.image_list.public_id,
        "state": run.state,
        "total": run.total,
        "added": run.added,
        "known": run.known,
        "refused": run.refused,
        "seconds": round(run.worked_s, 1),
        "reasons": [
            {"row": row.position, "name": row.name, "code": row.code, "reason": _reason(row.said)}
            for row in selectors.all_refused(run)
        ],
    }


def _reason(said: dict[str, Any]) -> str:
    return str(spoken.sentence(said))


def _require_writable(path: Path | None) -> None:
    """Raise CommandError before hours of work, and not after them."""
    if path is None:
        return
    try:
        path.open("a").close()
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}.") from error


def _write_refused(path: Path, run: Import) -> None:
    rows = (
        (str(row.position), spreadsheets.harmless(row.name), row.code, _reason(row.said))
        for row in selectors.all_refused(run)
    )
    with path.open("w", encoding="utf-8", newline="") as file:
        file.writelines(spreadsheets.lines(("row", "name", "code", "reason"), rows))
