"""Import a ZIP of drawn pictures with a worker of its own, beside a bare decode of the same files.

    python -m bench.imports [--pictures 1000] [--side 640] [--processes 2] [--kills 0]

The rate is of the background's work, from the moment the file is there until the import is over, on
SQLite, with as many processes to decode as Pillow has; the ratio to what Pillow alone decodes tells
how much the rest costs on any machine. With `--kills` the worker and what it started are killed
with signal 9 so many times on the way. Exits 1 unless each picture is in the list once.
"""

from __future__ import annotations

import argparse
import io
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from pathlib import Path

from PIL import Image, ImageDraw

from tests import made_once

_LOOK_AGAIN_S = 0.2
_DATABASE = "lookalike.sqlite3"
_BEGIN = """
import sys
import django
django.setup()
from accounts.actors import Actor, Surface
from accounts.permissions import Role
from accounts.models import Organisation
from imports import services, staging
from imports.models import Source
from lists import services as lists_services
from lists.list_settings import ListSettings

organisation = Organisation.objects.create(name="Bench")
by = Actor(organisation.pk, Role.MANAGER, Surface.SYSTEM)
made = lists_services.create_list(by=by, settings=ListSettings(name="Imported"))
with open(sys.stdin.read().strip(), "rb") as file:
    content = file.read()
run = services.begin(
    by=by, image_list=made, source=Source.ZIP, name="drawn.zip", byte_size=len(content)
)
for offset in range(0, len(content), staging.PART_BYTES):
    part = content[offset : offset + staging.PART_BYTES]
    run = services.receive(by=by, run=run, offset=offset, content=part)
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Draw, decode, import and print; return the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pictures", type=int, default=1_000)
    parser.add_argument("--side", type=int, default=640)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--kills", type=int, default=0)
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="lookalike-imports-") as name:
        return _measured(Path(name), asked)


def _measured(folder: Path, asked: argparse.Namespace) -> int:
    with ProcessPoolExecutor(asked.processes) as pool:
        drawn = list(pool.map(_drawn, range(asked.pictures), [asked.side] * asked.pictures))
        begin = time.monotonic()
        list(pool.map(_decode, drawn, chunksize=20))
        decoded_s = time.monotonic() - begin
    with zipfile.ZipFile(folder / "drawn.zip", "w") as archive:
        for number, content in enumerate(drawn):
            archive.writestr(f"{number % 10}/{number}.jpg", content)
    print(f"Pillow decodes {asked.pictures / decoded_s:.0f} pictures a second", flush=True)
    made_once.put_database_into(folder)
    environment = made_once.environ(folder) | {"DECODE_WORKERS": str(asked.processes)}
    made_once.run(_BEGIN, environment, told=str(folder / "drawn.zip"))
    begin = time.monotonic()
    _work(folder, environment, asked)
    imported_s = time.monotonic() - begin
    print(
        f"imported {asked.pictures / imported_s:.1f} pictures a second, "
        f"{decoded_s / imported_s:.3f} of the bare decode, with {asked.kills} kills"
    )
    return _verdict(folder, asked.pictures)


def _work(folder: Path, environment: dict[str, str], asked: argparse.Namespace) -> None:
    """Let a worker run until the import is over, and kill it at random places on the way."""
    places = sorted(random.Random().sample(range(1, asked.pictures), asked.kills))
    worker = _worker(folder, environment)
    try:
        while _facts(folder)[0] != "done":
            if places and _facts(folder)[1] >= places[0]:
                print(f"killed behind row {_facts(folder)[1]}", flush=True)
                places.pop(0)
                os.killpg(worker.pid, signal.SIGKILL)
                worker.wait()
                worker = _worker(folder, environment)
            if worker.poll() is not None:
                raise SystemExit((folder / "worker.log").read_text()[-2_000:])
            time.sleep(_LOOK_AGAIN_S)
    finally:
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()


def _worker(folder: Path, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    with (folder / "worker.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "manage.py", "work", "--parent", str(os.getpid())],
            cwd=made_once.ROOT,
            env=environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def _facts(folder: Path) -> tuple[str, int, int, int, int]:
    return _row(folder, "SELECT state, position, added, known, refused FROM imports_import")


def _row(folder: Path, query: str) -> tuple[str, int, int, int, int]:
    with closing(sqlite3.connect(folder / _DATABASE, timeout=30)) as database:
        row: tuple[str, int, int, int, int] = database.execute(query).fetchone()
    return row


def _verdict(folder: Path, pictures: int) -> int:
    state, _, added, known, refused = _facts(folder)
    with closing(sqlite3.connect(folder / _DATABASE, timeout=30)) as database:
        items, images = database.execute(
            "SELECT count(*), count(DISTINCT image_id) FROM lists_item"
        ).fetchone()
    print(
        f"{state}: {added} added, {known} known, {refused} refused; {items} items, {images} images"
    )
    is_whole = (added, known, refused, items, images) == (pictures, 0, 0, pictures, pictures)
    print("each picture once" if is_whole else "LOST OR DOUBLED")
    return 0 if is_whole else 1


def _drawn(number: int, side: int) -> bytes:
    """Return a JPEG that is like no other number's."""
    dice = random.Random(number)
    picture = Image.effect_noise((side, side * 3 // 4), 40).convert("RGB")
    draw = ImageDraw.Draw(picture)
    for _ in range(30):
        x, y = dice.randrange(side), dice.randrange(side * 3 // 4)
        size, colour = dice.randrange(20, 120), tuple(dice.randrange(256) for _ in range(3))
        draw.ellipse((x, y, x + size, y + dice.randrange(20, 120)), fill=colour)
    kept = io.BytesIO()
    picture.save(kept, "JPEG", quality=85)
    return kept.getvalue()


def _decode(content: bytes) -> None:
    with Image.open(io.BytesIO(content)) as picture:
        picture.convert("RGB").load()


if __name__ == "__main__":
    sys.exit(main())
