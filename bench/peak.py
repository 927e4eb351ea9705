"""Submit pictures as a tipline does at its peak, to a list with many items and to an empty one.

    python -m bench.peak PHOTOS [--items 1000000] [--submissions 4167] [--clients 2]

PHOTOS is a folder of pictures; each submission sends one of them, encoded in its own way, so that
all differ in bytes. An hour of ten times 10,000 a day is 4,167 submissions; each client sends one
after the other, so the hour is over sooner. Each has a recipient and an external id. A real server
on SQLite keeps a list of `--items` images with random fingerprints, and one that begins empty. Both
are asked in turns, and the ratio of their times is printed. Exits 1 when a submission is lost.
"""

from __future__ import annotations

import argparse
import io
import itertools
import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import requests
from PIL import Image as Picture

from tests import made_once
from tests.real_server import ProductServer, gunicorn, product

_LONGEST_SIDE_PX = 640
_AT_ONCE = 5_000
# Run apart, since the server's settings are those of its folder.
_FILL = """
import secrets, sys
import django
django.setup()
from django.db import transaction
from lists.models import Image, ImageFingerprint, Item, List
from matching.hashers.registry import HASHERS

image_list = List.objects.get(public_id=sys.argv[1])
count, at_once = int(sys.argv[2]), int(sys.argv[3])
bytes_of = {"pdq": 32, "phash": 8}
for begin in range(0, count, at_once):
    with transaction.atomic():
        images = Image.objects.bulk_create(
            Image(organisation_id=image_list.organisation_id, sha256=secrets.token_hex(32),
                  format="jpeg", width=640, height=480, byte_size=1)
            for _ in range(min(at_once, count - begin))
        )
        Item.objects.bulk_create(Item(image_list=image_list, image=image) for image in images)
        ImageFingerprint.objects.bulk_create(
            ImageFingerprint(image=image, algorithm=hasher.algorithm, version=hasher.version,
                             bits=secrets.token_bytes(bytes_of[hasher.algorithm]), quality=100)
            for image in images for hasher in HASHERS
        )
"""
_COUNT = """
import django
django.setup()
from verdicts.models import Submission
print(Submission.objects.count())
"""


def main() -> int:
    """Fill, submit, and print; return the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("photos", type=Path)
    parser.add_argument("--items", type=int, default=1_000_000)
    parser.add_argument("--submissions", type=int, default=4_167)
    parser.add_argument("--clients", type=int, default=2)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lookalike-peak-") as name:
        folder = Path(name)
        with product(folder) as server:
            lists = [server.new_list("Many"), server.new_list("Few")]
        begin = time.monotonic()
        _run(folder, _FILL, lists[0], str(asked.items), str(_AT_ONCE))
        print(f"{asked.items:,} items written in {time.monotonic() - begin:.0f} s", flush=True)
        begin = time.monotonic()
        with gunicorn({**made_once.environ(folder), "THREADS": "4"}, folder / "log") as running:
            again = ProductServer(
                running.port, running.process.pid, server.api_user, server.api_secret,
                server.token, folder / "log",
            )  # fmt: skip
            print(f"served again after {time.monotonic() - begin:.0f} s", flush=True)
            sent, times = _submit(again, lists, asked)
        kept = int(_run(folder, _COUNT))
    _print(times, sent)
    print(f"submitted {sent}, kept {kept}, lost {sent - kept}")
    return 0 if kept == sent else 1


def _submit(
    server: ProductServer, lists: list[str], asked: argparse.Namespace
) -> tuple[int, dict[str, list[float]]]:
    """Send everything; return how many were answered, and the seconds of each by list."""
    times: dict[str, list[float]] = {image_list: [] for image_list in lists}
    pictures = _pictures(asked.photos)
    lock, refused = threading.Lock(), 0

    def client(number: int) -> None:
        nonlocal refused
        with requests.Session() as session:
            for place in range(number, asked.submissions, asked.clients):
                with lock:
                    content = next(pictures)
                image_list = lists[place // asked.clients % 2]
                begin = time.perf_counter()
                answer = _send(session, server, image_list, place, content)
                taken_s = time.perf_counter() - begin
                with lock:
                    times[image_list].append(taken_s)
                    refused += answer.status_code != 200

    threads = [threading.Thread(target=client, args=(number,)) for number in range(asked.clients)]
    begin = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rate = asked.submissions / (time.monotonic() - begin)
    print(f"{rate:.1f} submissions a second, {refused} refused", flush=True)
    return asked.submissions - refused, times


def _send(
    session: requests.Session, server: ProductServer, image_list: str, place: int, content: bytes
) -> requests.Response:
    fields: dict[str, Any] = {
        "list": image_list,
        "external_id": f"tip-{place}",
        "recipient": f"person-{place % 997}",
        "include": "verdict",
    }
    return session.post(
        f"{server.url}/v1/match/",
        headers=server.headers,
        data=fields,
        files={"image": ("a.jpg", content)},
        timeout=120,
    )


def _pictures(folder: Path) -> Iterator[bytes]:
    """Yield pictures without end, each cropped and encoded in its own way."""
    chance = random.Random(5)
    paths = sorted(path for path in folder.rglob("*.jp*g") if path.is_file())
    for path in itertools.cycle(paths):
        with Picture.open(path) as opened:
            picture = opened.convert("RGB")
        picture.thumbnail((_LONGEST_SIDE_PX, _LONGEST_SIDE_PX))
        left, top = chance.randrange(8), chance.randrange(8)
        cut = picture.crop((left, top, picture.width - left, picture.height - top))
        buffer = io.BytesIO()
        cut.save(buffer, "JPEG", quality=chance.randrange(60, 96))
        yield buffer.getvalue()


def _print(times: dict[str, list[float]], sent: int) -> None:
    if not sent:
        return
    print(f"{'list':<8}{'calls':>7}{'median ms':>11}{'p95 ms':>9}")
    medians = []
    for name, spent in zip(("many", "few"), times.values(), strict=True):
        medians.append(statistics.median(spent))
        p95 = statistics.quantiles(spent, n=20)[-1]
        print(f"{name:<8}{len(spent):>7}{medians[-1] * 1e3:>11.1f}{p95 * 1e3:>9.1f}")
    print(f"ratio of the medians {medians[0] / medians[1]:.2f}")


def _run(folder: Path, program: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        env={**os.environ, **made_once.environ(folder)},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
