"""Imports drawn pictures on a real server, by ZIP or by addresses, beside a bare decode of them.

    python -m bench.imports [--source zip] [--database sqlite] [--pictures 1000] [--kills 0]

`--source table` sends a CSV of addresses that a server on loopback answers. The rate is from the
moment the file is there until the import is over, with as many processes to decode as Pillow has;
its ratio to what Pillow alone decodes tells how much the rest costs on any machine. Meanwhile a
person looks at pages: how long each took is printed, and what memory the server and all that it
has started have at every tenth of the import. With `--kills` all of them are killed with signal 9
so many times on the way, and started again. Exits 1 unless each picture is in the list once.
"""

from __future__ import annotations

import argparse
import csv
import io
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import requests
from PIL import Image, ImageDraw

from bench.attacks import picture_server
from bench.attacks.installation import PASSWORD, AttackedServer, installed

_LOOK_AGAIN_S = 0.5
_PAGE_WITHIN_S = 0.1
# Run apart, in the installation's environment.
_BEGIN = """
import sys
from pathlib import Path
import django
django.setup()
from accounts import selectors
from accounts.models import User
from imports import services, staging
from imports.models import ImportState, Source
from lists import services as lists_services
from lists.list_settings import ListSettings

by = selectors.actor_for_user(User.objects.get())
made = lists_services.create_list(by=by, settings=ListSettings(name="Imported"))
content, source = Path(sys.argv[1]).read_bytes(), Source(sys.argv[2])
run = services.begin(
    by=by, image_list=made, source=source, name=sys.argv[1], byte_size=len(content)
)
for offset in range(0, len(content), staging.PART_BYTES):
    part = content[offset : offset + staging.PART_BYTES]
    run = services.receive(by=by, run=run, offset=offset, content=part)
if run.state == ImportState.READY:
    services.start(by=by, run=run)
print(made.public_id)
"""
# Answers a line for each that it is told, since to start Django takes longer than a look.
_WATCH = """
import sys
import django
django.setup()
from imports.models import Import
from lists.models import Item
for _ in sys.stdin:
    run = Import.objects.get()
    if run.state == "paused":
        sys.exit(f"The import was paused: {run.reason}")
    counts = [run.added, run.known, run.refused]
    if run.state == "done":
        items = Item.objects.filter(image_list=run.image_list, removed_at=None)
        counts += [items.count(), items.values("image").distinct().count()]
    print(run.state, run.position, *counts, flush=True)
"""


class Person:
    """Somebody signed in, who looks at pages, and how long each of them took."""

    def __init__(self, server: AttackedServer, list_id: str) -> None:
        self._pages = (f"/lists/{list_id}/", "/imports/", "/review/")
        self._server = server
        self._session = requests.Session()
        self.seconds: list[float] = []
        self.failures = 0

    def sign_in(self) -> None:
        """Open a session, which outlives a server that is killed."""
        address = f"{self._server.url}/login/"
        page = self._session.get(address, timeout=60).text
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        form = {
            "username": "a@bench.example",
            "password": PASSWORD,
            "csrfmiddlewaretoken": token[1] if token else "",
        }
        self._session.post(address, form, headers={"Referer": address}, timeout=60)
        self._session.get(self._server.url + "/lists/", timeout=60).raise_for_status()

    def look(self) -> None:
        """Open the next page."""
        page = self._pages[len(self.seconds) % len(self._pages)]
        begun_s = time.monotonic()
        answer = self._session.get(self._server.url + page, timeout=60, allow_redirects=False)
        self.seconds.append(time.monotonic() - begun_s)
        self.failures += answer.status_code != 200

    def summary(self) -> str:
        """Return how long the pages took."""
        slow = sum(each > _PAGE_WITHIN_S for each in self.seconds)
        ordered = sorted(self.seconds)
        return (
            f"{len(ordered)} pages, {self.failures} not answered by 200: median"
            f" {statistics.median(ordered) * 1000:.0f} ms, p95"
            f" {ordered[len(ordered) * 95 // 100] * 1000:.0f} ms, {slow} above 100 ms"
        )


class Watcher:
    """A process that tells how far the import is."""

    def __init__(self, server: AttackedServer) -> None:
        self._process = subprocess.Popen(
            [server.python, "-c", _WATCH],
            cwd=server.root, env=server.environ, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    def look(self) -> tuple[str, list[int]]:
        """Return the state and the counts."""
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("The watcher has no pipes.")
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        state, *counts = self._process.stdout.readline().split()
        return state, [int(each) for each in counts]

    def end(self) -> None:
        """Let it go."""
        self._process.kill()
        self._process.wait()


def main(arguments: Sequence[str] | None = None) -> int:
    """Draw, decode, import and print; return the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--source", choices=["zip", "table"], default="zip")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--pictures", type=int, default=1_000)
    parser.add_argument("--side", type=int, default=640)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--kills", type=int, default=0)
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="lookalike-imports-") as name:
        folder = Path(name)
        with ProcessPoolExecutor(asked.processes) as pool:
            draw = partial(_draw, folder=folder, side=asked.side)
            drawn = list(pool.map(draw, range(asked.pictures), chunksize=20))
            begun_s = time.monotonic()
            list(pool.map(_decode, drawn, chunksize=20))
            decoded_s = time.monotonic() - begun_s
        print(f"Pillow decodes {asked.pictures / decoded_s:.0f} pictures a second", flush=True)
        with _sent(asked.source, folder, drawn) as file:
            return _measured(file, asked, decoded_s)


@contextmanager
def _sent(source: str, folder: Path, drawn: list[Path]) -> Iterator[Path]:
    """Yield a file to import, the addresses of which answer until the block ends."""
    if source == "zip":
        with zipfile.ZipFile(folder / "drawn.zip", "w") as archive:
            for each in drawn:
                archive.write(each, each.relative_to(folder))
        yield folder / "drawn.zip"
        return
    with picture_server.serving(lambda name: (folder / name).read_bytes()) as address:
        with (folder / "drawn.csv").open("w", newline="") as file:
            table = csv.writer(file)
            table.writerow(["url", "custom_id", "context"])
            for each in drawn:
                table.writerow([f"{address}{each.relative_to(folder)}", each.stem, "{}"])
        yield folder / "drawn.csv"


def _measured(file: Path, asked: argparse.Namespace, decoded_s: float) -> int:
    with installed(
        asked.database, DECODE_WORKERS=str(asked.processes), FETCH_ALLOW_HOSTS="127.0.0.1"
    ) as server:
        server.manage("collectstatic", "--no-input", "-v0")
        server.start()
        begin = [server.python, "-c", _BEGIN, str(file), asked.source]
        begun = subprocess.run(
            begin, cwd=server.root, env=server.environ, capture_output=True, text=True, check=True
        )
        person = Person(server, begun.stdout.split()[-1])
        person.sign_in()
        watcher = Watcher(server)
        begun_s = time.monotonic()
        try:
            counts = _watched(server, watcher, person, asked)
        finally:
            watcher.end()
        imported_s = time.monotonic() - begun_s
    print(
        f"imported {asked.pictures / imported_s:.1f} pictures a second, "
        f"{decoded_s / imported_s:.3f} of the bare decode, with {asked.kills} kills"
    )
    print(person.summary())
    added, known, refused, items, images = counts
    print(f"{added} added, {known} known, {refused} refused; {items} items, {images} images")
    is_whole = counts == [asked.pictures, 0, 0, asked.pictures, asked.pictures]
    print("each picture once" if is_whole else "LOST OR DOUBLED")
    return 0 if is_whole else 1


def _watched(
    server: AttackedServer, watcher: Watcher, person: Person, asked: argparse.Namespace
) -> list[int]:
    """Look at pages until the import is over, kill on the way, and return the last counts."""
    places = sorted(random.Random().sample(range(1, asked.pictures), asked.kills))
    tenths = iter([asked.pictures * tenth // 10 for tenth in range(1, 10)])
    tenth = next(tenths)
    while True:
        state, (position, *counts) = watcher.look()
        if state == "done":
            return counts
        if position >= tenth:
            print(f"behind row {position}: {_memory_mb(server)}", flush=True)
            tenth = next(tenths, asked.pictures + 1)
        if places and position >= places[0]:
            places.pop(0)
            server.kill()
            print(f"killed behind row {position}, back in {server.start():.1f} s", flush=True)
        person.look()
        time.sleep(_LOOK_AGAIN_S)


def _memory_mb(server: AttackedServer) -> str:
    """Return the megabytes of memory that each process has to itself or shares in part."""
    found = []
    for pid in server.processes():
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        pss = next(line for line in rollup.splitlines() if line.startswith("Pss:"))
        found.append(int(pss.split()[1]) // 1000)
    return f"{sum(found)} MB ({' '.join(map(str, sorted(found, reverse=True)))})"


def _draw(number: int, folder: Path, side: int) -> Path:
    """Write a JPEG that is like no other number's, and return its path."""
    dice = random.Random(number)
    picture = Image.effect_noise((side, side * 3 // 4), 40).convert("RGB")
    draw = ImageDraw.Draw(picture)
    for _ in range(30):
        x, y = dice.randrange(side), dice.randrange(side * 3 // 4)
        size, colour = dice.randrange(20, 120), tuple(dice.randrange(256) for _ in range(3))
        draw.ellipse((x, y, x + size, y + dice.randrange(20, 120)), fill=colour)
    path = folder / str(number % 10) / f"{number}.jpg"
    path.parent.mkdir(exist_ok=True)
    picture.save(path, "JPEG", quality=85)
    return path


def _decode(path: Path) -> None:
    with Image.open(io.BytesIO(path.read_bytes())) as picture:
        picture.convert("RGB").load()


if __name__ == "__main__":
    sys.exit(main())
