"""Lets one organisation make all the work it can, and measures how long another one waits.

    FETCH_ALLOW_HOSTS=127.0.0.1 make serve
    python -m bench.attacks.noisy_neighbour http://127.0.0.1:8000 NOISY_TOKEN QUIET_TOKEN

The quiet one asks for its lists five times a second; the noisy one begins anew whatever ends or is
refused, and does not wait as it is told to. Each kind of work is tried by itself: addresses that
never answer, Ximilar's calls of a hundred of them, progressive pictures of 25 megapixels, searches
left to the background, and 40 MB of JSON. Prints milliseconds of the quiet one, and how the noisy
one was answered. `--jobs` also times a batch of one picture of the quiet one's beside the searches.
"""

from __future__ import annotations

import argparse
import io
import json
import socket
import statistics
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import requests
from PIL import Image

_LONGEST_S = 90.0
_PAUSE_S = 0.2
# Nearly all that was begun has ended by then.
_LEFT_OVER_S = 12.0
_PICTURE_SIDE_PX = 5_000
_JSON_BYTES = 40_000_000

Send = Callable[[requests.Session], requests.Response]


@dataclass(slots=True)
class Noise:
    """How the noisy one was answered: by status, and whether each refusal said when to return."""

    statuses: Counter[str] = field(default_factory=Counter)
    is_over: threading.Event = field(default_factory=threading.Event)

    def make(self, send: Send) -> None:
        """Ask again and again until it is over."""
        with requests.Session() as session:
            while not self.is_over.is_set():
                try:
                    answer = send(session)
                except requests.RequestException as error:
                    self.statuses[type(error).__name__] += 1
                    continue
                waits = " with Retry-After" if "Retry-After" in answer.headers else ""
                self.statuses[f"{answer.status_code}{waits}"] += 1
                if answer.status_code in (429, 503):
                    self.is_over.wait(_PAUSE_S)


@dataclass(frozen=True, slots=True)
class Noisy:
    """The noisy one, and what it can send; `slow_url` never answers."""

    url: str
    token: str
    slow_url: str

    def kinds(self) -> dict[str, tuple[int, Send]]:
        """Return how many threads send what."""
        picture = _picture()
        body = b'{"records":[' + b"{}," * (_JSON_BYTES // 3) + b"{}]}"
        records = json.dumps({"records": [{"_url": self.slow_url}] * 100}).encode()
        asked = json.dumps({"url": self.slow_url, "callback_url": self.slow_url}).encode()
        post = self._post
        return {
            "addresses": (
                50,
                partial(post, "/v1/match/", json.dumps({"url": self.slow_url}).encode()),
            ),
            "pictures": (8, partial(self._upload, picture)),
            "jobs": (8, partial(post, "/similarity/async/image", asked)),
            "json": (4, partial(post, "/image_matching/v2/get", body)),
            # Last, since each goes on for a minute when nobody asks any more.
            "records": (8, partial(post, "/image_matching/v2/visual_hash", records)),
        }

    def _post(self, path: str, body: bytes, session: requests.Session) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        return session.post(f"{self.url}{path}", body, headers=headers, timeout=_LONGEST_S)

    def _upload(self, picture: bytes, session: requests.Session) -> requests.Response:
        return session.post(
            f"{self.url}/v1/match/",
            files={"image": ("a.jpg", picture)},
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=_LONGEST_S,
        )


@dataclass(frozen=True, slots=True)
class Quiet:
    """The one who only wants its lists."""

    url: str
    token: str

    def waits_s(self, seconds: float) -> list[float]:
        """Ask for so long, one request after the other, and return how long each took."""
        ends_at_s = time.monotonic() + seconds
        waits_s = []
        with requests.Session() as session:
            while time.monotonic() < ends_at_s:
                begun_s = time.monotonic()
                answer = session.get(f"{self.url}/v1/lists/", headers=self._headers, timeout=300)
                waits_s.append(time.monotonic() - begun_s)
                answer.raise_for_status()
                time.sleep(_PAUSE_S)
        return waits_s

    def batch_s(self) -> float:
        """Return the seconds until a batch of one picture, which is refused at once, is done."""
        begun_s = time.monotonic()
        path = f"{self.url}/v1/match/batch/"
        asked = {"images": [{"url": "http://192.0.2.1/"}]}
        begun = requests.post(path, json=asked, headers=self._headers, timeout=60)
        begun.raise_for_status()
        where = f"{path}{begun.json()['batch']['id']}/"
        while time.monotonic() - begun_s < 300:
            if (
                requests.get(where, headers=self._headers, timeout=60).json()["batch"]["state"]
                == "done"
            ):
                break
            time.sleep(_PAUSE_S)
        return time.monotonic() - begun_s

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


@contextmanager
def silence() -> Iterator[str]:
    """Listen, and never answer; yield the address."""
    with socket.create_server(("127.0.0.1", 0), backlog=512) as listener:
        kept: list[socket.socket] = []

        def accept() -> None:
            with suppress(OSError):
                while True:
                    kept.append(listener.accept()[0])

        threading.Thread(target=accept, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/a.jpg"
        for each in kept:
            each.close()


def beside(quiet: Quiet, threads: int, send: Send, seconds: float) -> tuple[list[float], Noise]:
    """Return how long the quiet one waits while so many threads send, and how they fared."""
    noise = Noise()
    senders = [
        threading.Thread(target=noise.make, args=[send], daemon=True) for _ in range(threads)
    ]
    for each in senders:
        each.start()
    time.sleep(2)
    waits_s = quiet.waits_s(seconds)
    noise.is_over.set()
    ends_at_s = time.monotonic() + _LEFT_OVER_S
    for each in senders:
        each.join(max(0.0, ends_at_s - time.monotonic()))
    return waits_s, noise


def _picture() -> bytes:
    """Return a progressive JPEG of 25 megapixels that takes long to decode."""
    side = _PICTURE_SIDE_PX
    pixels = np.random.default_rng(7).integers(0, 256, (side // 4, side // 4, 3), dtype=np.uint8)
    large = Image.fromarray(pixels).resize((side, side), Image.Resampling.BICUBIC)
    file = io.BytesIO()
    large.save(file, "JPEG", quality=85, progressive=True)
    return file.getvalue()


def _row(waits_s: list[float]) -> str:
    in_ms = sorted(1000 * each for each in waits_s)
    p95 = in_ms[min(len(in_ms) - 1, int(len(in_ms) * 0.95))]
    return f"{statistics.median(in_ms):.0f}\t{p95:.0f}\t{in_ms[-1]:.0f}\t{len(in_ms)}"


def main() -> None:
    """Print a line for the quiet server, and one for each kind of noise."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("url")
    parser.add_argument("noisy_token")
    parser.add_argument("quiet_token")
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--kind", action="append", default=[])
    parser.add_argument("--jobs", action="store_true", help="time a batch beside the searches too")
    asked = parser.parse_args()
    quiet = Quiet(asked.url.rstrip("/"), asked.quiet_token)
    print("kind\tp50 ms\tp95 ms\tmax ms\tanswers\tthe noisy one")
    print(f"quiet\t{_row(quiet.waits_s(asked.seconds))}", flush=True)
    with silence() as slow_url:
        noisy = Noisy(quiet.url, asked.noisy_token, slow_url)
        for kind, (threads, send) in noisy.kinds().items():
            if asked.kind and kind not in asked.kind:
                continue
            waits_s, noise = beside(quiet, threads, send, asked.seconds)
            print(f"{kind}\t{_row(waits_s)}\t{dict(noise.statuses)}", flush=True)
            if kind == "jobs" and asked.jobs:
                print(f"a batch of one picture took {quiet.batch_s():.1f} s", flush=True)


if __name__ == "__main__":
    main()
