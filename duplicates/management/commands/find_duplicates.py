"""Find the pictures that are there several times, in a folder or in a list."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.template.defaultfilters import filesizeformat
from django.utils import translation
from django.utils.translation import gettext as _

from common import progress
from common.errors import LookalikeError
from duplicates import finding, report, told
from duplicates.clusters import ComparedPicture
from duplicates.finding import FoundDuplicates
from duplicates.folder import PictureFolder
from duplicates.in_turn import in_turn
from duplicates.sources import PictureSource
from duplicates.stored import StoredList
from intake import sources
from lists import image_pool
from lists.depths import Depth
from lists.management.chosen import chosen_lists
from lists.models import DEFAULT_DUPLICATE_THRESHOLD, List

SOME_UNUSABLE = 3
INTERRUPTED = 130
_REPORT_NAME = "duplicates.html"
_SHOWN_CLUSTERS = 10
_SHOWN_MEMBERS = 5
_SHOWN_UNUSABLE = 20
_STDOUT = Path("-")


class Command(BaseCommand):
    """`manage.py find_duplicates FOLDER | --list ili_… [--json FILE] [--report FILE]`."""

    help = (
        "Finds the pictures that show the same in a folder, or in a list. Changes nothing, neither "
        "files nor database. Ends with status 0 when everything was looked at, whether or not "
        "there are duplicates, 3 when some files could not be read, 1 when it cannot go on, 130 "
        "after Ctrl-C."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Say what is looked at, how, and where it is told."""
        parser.add_argument("folder", nargs="?", type=Path, help="a folder with pictures")
        parser.add_argument("--list", metavar="ili_…", help="a list, instead of a folder")
        parser.add_argument(
            "--depth",
            choices=Depth.values,
            default=Depth.FULL.value,
            help="full (the default) finds crops, screenshots and collages too; fast finds whole "
            "copies only, in a fraction of the time",
        )
        parser.add_argument(
            "--threshold",
            type=float,
            metavar="SCORE",
            help="take pairs above this score, between 0 and 1, for duplicates; otherwise "
            f"{DEFAULT_DUPLICATE_THRESHOLD}, or what the list says",
        )
        parser.add_argument(
            "--json", type=Path, metavar="FILE", help="write everything as JSON; - prints it"
        )
        parser.add_argument(
            "--report",
            type=Path,
            metavar="FILE",
            help=f"write an HTML page with pictures; in a folder it is named {_REPORT_NAME}",
        )
        parser.add_argument(
            "--language",
            choices=[code for code, _name in settings.LANGUAGES],
            help="of the HTML page",
        )

    def handle(self, **options: Any) -> None:
        """Look at everything, and tell what was found."""
        _require_sense(options)
        depth = Depth(options["depth"])
        image_list = _list(options)
        threshold = _threshold(options["threshold"], image_list)
        begin = time.monotonic()
        try:
            with _until_interrupted(decodes=image_list is None):
                source = _source(options["folder"], image_list, depth)
                found = _found(source, depth, threshold)
                about = _about(options["folder"], image_list, depth, threshold)
                about["seconds"] = round(time.monotonic() - begin, 1)
                self._write(source, found, about, options)
        except LookalikeError as error:
            raise CommandError(error.message) from error
        except OSError as error:
            where = error.filename or "The folder for temporary files"
            raise CommandError(f"{where}: {error.strerror}.") from error
        except KeyboardInterrupt:
            raise CommandError(
                "Stopped. Nothing was changed, and nothing was written.", returncode=INTERRUPTED
            ) from None
        self._say(source, found, is_json=options["json"] == _STDOUT)

    def _write(
        self,
        source: PictureSource,
        found: FoundDuplicates,
        about: dict[str, Any],
        options: dict[str, Any],
    ) -> None:
        language = options["language"] or settings.LANGUAGE_CODE
        if options["json"]:
            with translation.override("en"):
                text = json.dumps(told.as_json(found, about), indent=1)
            if options["json"] == _STDOUT:
                self.stdout.write(text)
            else:
                _write_whole(options["json"], text + "\n")
        if options["report"]:
            thumbnails = _thumbnails(source, report.pictures_shown(found))
            with translation.override(language):
                page = report.written(
                    found,
                    title=str(about["folder"] or about["list"]["name"]),
                    thumbnails=thumbnails,
                    about=_settings(about),
                    is_fast=about["depth"] == Depth.FAST,
                )
            _write_whole(_report_file(options["report"]), page)

    def _say(self, source: PictureSource, found: FoundDuplicates, *, is_json: bool) -> None:
        """Print what was found, unless JSON was printed; raise CommandError for what was not."""
        out = self.stderr if is_json else self.stdout
        out.write(
            f"{found.pictures:,} pictures, {len(found.clusters):,} clusters with "
            f"{found.clustered:,} of them; {_size(found.spare_bytes)} could be saved."
        )
        if not is_json:
            self._name(found)
        lacking = getattr(source, "without_features", 0)
        if lacking:
            out.write(
                f"{lacking:,} have no local features and were compared as wholes: "
                "manage.py refingerprint extracts them."
            )
        if found.unusable:
            raise CommandError(
                f"{len(found.unusable):,} could not be read.", returncode=SOME_UNUSABLE
            )

    def _name(self, found: FoundDuplicates) -> None:
        for cluster in found.clusters[:_SHOWN_CLUSTERS]:
            self.stdout.write(f"{len(cluster.members)} × {sources.readable(cluster.best.name)}")
            for member in cluster.members[1 : _SHOWN_MEMBERS + 1]:
                if member.link:
                    name = sources.readable(member.picture.name)
                    self.stdout.write(f"  {member.link.score:.2f} {member.role.value:<5} {name}")
            left = len(cluster.members) - 1 - _SHOWN_MEMBERS
            if left > 0:
                self.stdout.write(f"  and {left:,} more")
        if len(found.clusters) > _SHOWN_CLUSTERS:
            left = len(found.clusters) - _SHOWN_CLUSTERS
            self.stdout.write(f"and {left:,} more clusters: --report or --json names them all")
        for each in found.unusable[:_SHOWN_UNUSABLE]:
            self.stdout.write(f"  {sources.readable(each.name)}: {each.reason}")
        if len(found.unusable) > _SHOWN_UNUSABLE:
            left = len(found.unusable) - _SHOWN_UNUSABLE
            self.stdout.write(f"  and {left:,} more: --json names them all")


def _require_sense(options: dict[str, Any]) -> None:
    """Raise CommandError for options that contradict, before anything is looked at."""
    folder, json_file, report_file = (options[name] for name in ("folder", "json", "report"))
    if bool(folder) == bool(options["list"]):
        raise CommandError("Name either a folder or a list: FOLDER, or --list ili_….")
    threshold = options["threshold"]
    if threshold is not None and not 0 < threshold < 1:
        raise CommandError(f"--threshold is above 0 and below 1, and not {threshold:g}.")
    if options["language"] and not report_file:
        raise CommandError("--language is that of --report: name a file for it.")
    if report_file and json_file and _report_file(report_file) == json_file:
        raise CommandError("--json and --report name the same file.")
    if folder and not folder.is_dir():
        raise CommandError(f"There is no folder {folder}.")
    written = [json_file] if json_file and json_file != _STDOUT else []
    for path in [*written, *([_report_file(report_file)] if report_file else [])]:
        _require_writable(path)


def _require_writable(path: Path) -> None:
    """Raise CommandError before hours of work, and not after them."""
    if path.is_dir() or not path.absolute().parent.is_dir():
        raise CommandError(f"{path} cannot be written: it is a folder, or lies in none.")
    if not os.access(path if path.exists() else path.absolute().parent, os.W_OK):
        raise CommandError(f"{path} cannot be written.")


def _report_file(path: Path) -> Path:
    return path / _REPORT_NAME if path.is_dir() else path


def _list(options: dict[str, Any]) -> List | None:
    if not options["list"]:
        return None
    (image_list,) = chosen_lists([options["list"]], every=False)
    return image_list


def _threshold(asked: float | None, image_list: List | None) -> float:
    if asked is not None:
        return asked
    return image_list.duplicate_threshold if image_list else DEFAULT_DUPLICATE_THRESHOLD


def _source(folder: Path, image_list: List | None, depth: Depth) -> PictureSource:
    if image_list is not None:
        return StoredList(image_list, depth=depth)
    return PictureFolder(
        folder,
        image_pool.current(),
        depth=depth,
        max_bytes=settings.MAX_IMAGE_BYTES,
        threads=_threads(),
    )


def _threads() -> int:
    # One more than decodes, so that the next file is read by then.
    return int(settings.DECODE_WORKERS) + 1


def _found(source: PictureSource, depth: Depth, threshold: float) -> FoundDuplicates:
    with progress.shown(total=source.total, unit="pictures", stream=sys.stderr) as show:
        return finding.find(
            source, depth=depth, threshold=threshold, threads=_threads(), on_progress=show
        )


def _about(
    folder: Path | None, image_list: List | None, depth: Depth, threshold: float
) -> dict[str, Any]:
    return {
        "folder": str(folder.absolute()) if folder else None,
        "list": image_list and {"id": image_list.public_id, "name": image_list.name},
        "depth": depth.value,
        "threshold": threshold,
    }


def _settings(about: dict[str, Any]) -> list[tuple[str, str]]:
    """Return how it was looked at, for the head of the report."""
    return [
        (_("Depth"), str(Depth(about["depth"]).label)),
        (_("Duplicate above"), f"{about['threshold']:.2f}"),
    ]


def _thumbnails(source: PictureSource, pictures: list[ComparedPicture]) -> dict[int, bytes]:
    with progress.shown(total=len(pictures), unit="thumbnails", stream=sys.stderr) as show:
        made = in_turn(source.thumbnail_of, pictures, threads=_threads())
        return {
            picture.number: thumbnail
            for picture, thumbnail in zip(pictures, _counted(made, show), strict=True)
            if thumbnail
        }


def _counted(made: Iterable[bytes | None], show: finding.OnProgress) -> Iterator[bytes | None]:
    for count, each in enumerate(made, start=1):
        show(count)
        yield each


def _write_whole(path: Path, text: str) -> None:
    """Write a file that is there whole or not at all; raise OSError."""
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_text(text, encoding="utf-8", errors="backslashreplace")
        part.replace(path)
    except OSError as error:
        # A full disk does not say which one it is.
        raise OSError(error.errno, error.strerror, str(path)) from error
    finally:
        part.unlink(missing_ok=True)


def _size(size_bytes: int) -> str:
    # It has a space that breaks no line, which not every terminal shows.
    return str(filesizeformat(size_bytes)).replace("\N{NO-BREAK SPACE}", " ")


@contextmanager
def _until_interrupted(*, decodes: bool) -> Iterator[None]:
    """Let a second Ctrl-C end at once; workers start deaf to it, as a terminal tells them too."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)

    def on_signal(_number: int, _frame: object) -> None:
        signal.signal(signal.SIGINT, lambda *_: os._exit(INTERRUPTED))
        raise KeyboardInterrupt

    try:
        if decodes:
            image_pool.current().warm_up()
        signal.signal(signal.SIGINT, on_signal)
        yield
    finally:
        signal.signal(signal.SIGINT, before)
