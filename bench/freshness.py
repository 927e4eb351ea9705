"""Count stale answers: write on one server process, ask the other one next, on new connections.

    bench/freshness.py TOKEN ADDRESS ADDRESS [--rounds 300] [--part]

Both servers share one database. A round adds a picture at one, checks a recompressed copy at the
other (it must be found), removes the item at the one, and checks again (it must not be). Rounds
alternate in direction. With --part the copy is a part of the picture, which only local features
find. Exits 1 when an answer was stale.
"""

from __future__ import annotations

import argparse
import io
import sys
import time
from dataclasses import dataclass

import numpy as np
import requests
from PIL import Image, ImageFilter

_SIDE_PX = 384
_CELLS = 32
# A third of the area: nothing that a hash of the whole would find.
_PART_PX = (90, 60, 310, 290)


Box = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Server:
    """One server process."""

    address: str
    token: str

    def call(self, method: str, path: str, **request: object) -> requests.Response:
        """Send a request on a new connection; raise on anything but success."""
        answer = requests.request(
            method,
            f"{self.address}{path}",
            headers={"Authorization": f"Bearer {self.token}", "Connection": "close"},
            timeout=60,
            **request,  # type: ignore[arg-type]
        )
        answer.raise_for_status()
        return answer


def picture(seed: int) -> Image.Image:
    """Return a picture that nobody has seen before, with structure at all scales."""
    noise = np.random.default_rng(seed).integers(0, 256, (_CELLS, _CELLS, 3), dtype=np.uint8)
    grown = Image.fromarray(noise).resize((_SIDE_PX, _SIDE_PX), Image.Resampling.BICUBIC)
    return grown.filter(ImageFilter.SMOOTH)


def jpeg(image: Image.Image, quality: int) -> bytes:
    """Return the picture as a JPEG file."""
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def count_stale(writer: Server, reader: Server, list_id: str, seed: int, part: Box | None) -> int:
    """Run one round and return how many of its two answers were stale."""
    image = picture(seed)
    files = {"image": ("a.jpg", jpeg(image, 95))}
    item = writer.call("POST", f"/v1/lists/{list_id}/items/", files=files).json()["id"]
    copy = image.crop(part) if part else image
    missed = item not in found(reader, list_id, copy)
    writer.call("DELETE", f"/v1/lists/{list_id}/items/{item}/")
    ghost = item in found(reader, list_id, copy)
    return missed + ghost


def found(reader: Server, list_id: str, image: Image.Image) -> list[str]:
    """Return the items that a copy matches as a duplicate."""
    files = {"image": ("b.jpg", jpeg(image, 60))}
    answer = reader.call("POST", f"/v1/lists/{list_id}/check/", files=files).json()
    return [match["item"]["id"] for match in answer["matches"] if match["score"] > 0.5]


def main() -> int:
    """Run the rounds and print one line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("token")
    parser.add_argument("addresses", nargs=2)
    parser.add_argument("--rounds", type=int, default=300)
    parser.add_argument("--part", action="store_true")
    options = parser.parse_args()
    servers = [Server(address.rstrip("/"), options.token) for address in options.addresses]
    created = servers[0].call("POST", "/v1/lists/", json={"name": "Freshness"}).json()
    part = _PART_PX if options.part else None
    started = time.monotonic()
    stale = sum(
        count_stale(servers[turn % 2], servers[1 - turn % 2], created["id"], turn, part)
        for turn in range(options.rounds)
    )
    seconds = time.monotonic() - started
    print(f"{options.rounds} rounds, {2 * options.rounds} answers, {stale} stale, {seconds:.0f} s")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
