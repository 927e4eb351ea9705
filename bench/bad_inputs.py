"""Send bad requests and a folder of broken files to a running server; print what it answers.

    set -a; . data/demo.env; python bench/bad_inputs.py [FOLDER] [--foreign-list ili_…]

Each named case and each file goes to the Sightengine dialect as an add; every answer must be JSON
and none a 5xx, and the list must hold just the files that were accepted. Exits 1 otherwise.
"""

from __future__ import annotations

import argparse
import io
import os
import struct
import sys
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import requests
from PIL import Image

ADDRESS = os.environ["ADDRESS"]
PAIR = {"api_user": os.environ["API_USER"], "api_secret": os.environ["API_SECRET"]}
BEARER = {"Authorization": f"Bearer {os.environ['TOKEN']}"}


@dataclass(frozen=True, slots=True)
class Case:
    """One bad request."""

    name: str
    send: Callable[[], requests.Response]


def check(files: object = None, **fields: str) -> requests.Response:
    """Post to check.json with the right credentials unless others are given."""
    return requests.post(
        f"{ADDRESS}/1.0/check.json",
        data={**PAIR, **fields},
        files=files,  # type: ignore[arg-type]
        timeout=120,
    )


def remove(list_id: str, media_id: str) -> requests.Response:
    """Post to remove-item.json."""
    fields = {**PAIR, "list_id": list_id, "media_id": media_id}
    return requests.post(f"{ADDRESS}/1.0/list/remove-item.json", data=fields, timeout=60)


def photo() -> bytes:
    """Return a small picture that is fine."""
    buffer = io.BytesIO()
    Image.linear_gradient("L").rotate(30).convert("RGB").save(buffer, "JPEG")
    return buffer.getvalue()


def huge_png(side_px: int) -> bytes:
    """Return a PNG whose header promises side x side pixels."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        checked = kind + content
        return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))

    header = struct.pack(">IIBBBBB", side_px, side_px, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 100_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels)


def cases(list_id: str, foreign_list: str | None) -> Iterator[Case]:
    """Yield the named bad requests."""
    good = photo()

    def media(content: bytes, name: str = "a.jpg") -> dict[str, tuple[str, bytes]]:
        return {"media": (name, content)}

    def two() -> requests.Response:
        files = [("media", ("a.jpg", good)), ("media", ("b.jpg", good))]
        return check(files, add_to_list=list_id)

    def twice() -> requests.Response:
        media_id = check(media(good), add_to_list=list_id).json()["media"]["id"]
        remove(list_id, media_id).raise_for_status()
        return remove(list_id, media_id)

    yield Case(
        "no credentials",
        lambda: check(media(good), add_to_list=list_id, api_user="", api_secret=""),
    )
    yield Case("wrong secret", lambda: check(media(good), add_to_list=list_id, api_secret="wrong"))
    yield Case("no image", lambda: check(add_to_list=list_id))
    yield Case("two images", two)
    yield Case("text file", lambda: check(media(b"hello, world\n"), add_to_list=list_id))
    yield Case("empty file", lambda: check(media(b""), add_to_list=list_id))
    yield Case("truncated JPEG", lambda: check(media(good[: len(good) // 2]), add_to_list=list_id))
    yield Case("20000 x 20000 PNG", lambda: check(media(huge_png(20_000)), add_to_list=list_id))
    yield Case("100 MB body", lambda: check(media(b"\xff" * 100_000_000), add_to_list=list_id))
    yield Case("unknown list", lambda: check(media(good), lists="ili_neverexisted"))
    if foreign_list is not None:
        yield Case("another organisation's list", lambda: check(media(good), lists=foreign_list))
    yield Case("remove twice", twice)
    yield Case("private address", lambda: check(url="http://127.0.0.1:1/a.jpg", lists=list_id))
    yield Case("unknown path", lambda: requests.get(f"{ADDRESS}/1.0/nothing", timeout=60))
    yield Case("wrong method", lambda: requests.put(f"{ADDRESS}/1.0/check.json", timeout=60))


def create_list(name: str) -> str:
    """Create a list and return its id."""
    answer = requests.post(f"{ADDRESS}/v1/lists/", json={"name": name}, headers=BEARER, timeout=60)
    return str(answer.json()["id"])


def count_items(list_id: str) -> int:
    """Return how many items the list holds, page by page."""
    address, count = f"{ADDRESS}/v1/lists/{list_id}/items/", 0
    while address:
        page = requests.get(address, headers=BEARER, timeout=60).json()
        count += len(page["results"])
        address = page["next"]
    return count


def is_json(answer: requests.Response) -> bool:
    """Tell whether the body is a JSON object."""
    try:
        return isinstance(answer.json(), dict)
    except ValueError:
        return False


def send_folder(folder: Path, list_id: str) -> tuple[Counter[str], int, int, float]:
    """Add every file; return the answers, how many were accepted, the bad ones, the slowest."""
    answers: Counter[str] = Counter()
    accepted = bad = 0
    slowest_s = 0.0
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        started = time.monotonic()
        answer = check({"media": (path.name, path.read_bytes())}, add_to_list=list_id)
        slowest_s = max(slowest_s, time.monotonic() - started)
        error = answer.json().get("error", {}) if is_json(answer) else {"type": "NOT JSON"}
        answers[f"{answer.status_code} {error.get('type', 'success')} {error.get('code', '')}"] += 1
        accepted += answer.status_code == 200
        if answer.status_code >= 500 or not is_json(answer):
            bad += 1
            print(f"BAD {path.name}: {answer.status_code} {answer.text[:200]}")
    return answers, accepted, bad, slowest_s


def main() -> int:
    """Send everything and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--foreign-list")
    options = parser.parse_args()
    list_id = create_list("Bad inputs")
    bad = 0
    for case in cases(list_id, options.foreign_list):
        answer = case.send()
        bad += answer.status_code >= 500 or not is_json(answer)
        print(f"{case.name:30} {answer.status_code}  {answer.text.strip()[:150]}")
    stored = count_items(list_id)
    print(f"stored by refused requests: {stored}")
    bad += stored > 0
    if options.folder is not None:
        answers, accepted, bad_files, slowest_s = send_folder(options.folder, list_id)
        for name, count in answers.most_common():
            print(f"{count:6} {name}")
        # Equal bytes without a custom_id are one item.
        print(f"accepted {accepted}, items {count_items(list_id)}, slowest {slowest_s:.1f} s")
        bad += bad_files
    health = requests.get(f"{ADDRESS}/healthz", timeout=60).status_code
    print(f"server alive: {health}; bad answers: {bad}")
    return 1 if bad or health != 200 else 0


if __name__ == "__main__":
    sys.exit(main())
