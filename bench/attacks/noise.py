"""One organisation that makes all the work it can, from a process and an address of its own."""

from __future__ import annotations

import io
import json
import multiprocessing
import os
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Event
from typing import Any

import numpy as np
import requests
from PIL import Image
from requests.adapters import HTTPAdapter

KINDS = ("addresses", "records", "pictures", "jobs", "json", "base64")
BEHAVIOURS = ("obedient", "rude")
_LONGEST_S = 90.0
# A refused client that is told no time.
_UNTOLD_S = 1.0
_PICTURE_SIDE_PX = 5_000
_JSON_BYTES = 40_000_000
# Its own cost is not the server's: on a machine of few cores both would be measured as one.
_NICENESS = 10
_SPAWNING = multiprocessing.get_context("spawn")

Send = Callable[[requests.Session], requests.Response]


@dataclass(frozen=True, slots=True)
class Noisy:
    """Who is noisy at which server; `behaviour` says whether Retry-After is waited for."""

    url: str
    token: str
    kind: str
    behaviour: str
    address: str = "127.0.0.2"

    def sends(self, slow_url: str) -> tuple[int, Send]:
        """Return how many threads send what; `slow_url` never answers."""
        one = {"url": slow_url, "callback_url": slow_url}
        match self.kind:
            case "addresses":
                return 50, self._posts("/v1/match/", {"url": slow_url})
            case "records":
                records = {"records": [{"_url": slow_url}] * 100}
                return 8, self._posts("/image_matching/v2/visual_hash", records)
            case "pictures":
                return 8, partial(self._upload, _picture())
            case "jobs":
                return 8, self._posts("/similarity/async/image", one)
            case "json":
                body = b'{"records":[' + b"{}," * (_JSON_BYTES // 3) + b"{}]}"
                return 4, partial(self._post, "/image_matching/v2/get", body)
            case _:
                records = {"records": [{"_base64": "A" * _JSON_BYTES}]}
                return 4, self._posts("/image_matching/v2/visual_hash", records)

    def _posts(self, path: str, body: object) -> Send:
        return partial(self._post, path, json.dumps(body).encode())

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


class Noise:
    """A process that is noisy whenever it is let."""

    def __init__(self, noisy: Noisy) -> None:
        """Start it; it is silent at first."""
        self._is_on, self._is_over = _SPAWNING.Event(), _SPAWNING.Event()
        self._counted: Queue[Counter[str]] = _SPAWNING.Queue()
        given = (noisy, self._is_on, self._is_over, self._counted)
        self._process = _SPAWNING.Process(target=_make, args=given, daemon=True)
        self._process.start()
        # Its picture takes seconds to make.
        self._counted.get(timeout=60)

    @contextmanager
    def made(self) -> Iterator[None]:
        """Be noisy until the block ends; what was begun ends soon after."""
        self._is_on.set()
        try:
            yield
        finally:
            self._is_on.clear()

    def ended(self) -> Counter[str]:
        """Return how it was answered in all: status, and whether it was told when to return."""
        self._is_over.set()
        statuses = self._counted.get(timeout=_LONGEST_S)
        self._process.kill()
        self._process.join()
        return statuses


class _Silence:
    """An address that takes connections: says nothing while the noise is on, hangs up after."""

    def __init__(self, is_on: Event) -> None:
        self._is_on = is_on
        self._kept: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/a.jpg"
        threading.Thread(target=self._accept, daemon=True).start()
        threading.Thread(target=self._hang_up, daemon=True).start()

    def _accept(self) -> None:
        while True:
            client = self._listener.accept()[0]
            self._kept.append(client)

    def _hang_up(self) -> None:
        while True:
            while not self._is_on.is_set() and self._kept:
                self._kept.pop().close()
            threading.Event().wait(0.05)


def _make(noisy: Noisy, is_on: Event, is_over: Event, counted: Queue[Counter[str]]) -> None:
    os.nice(_NICENESS)
    statuses: Counter[str] = Counter()
    threads, send = noisy.sends(_Silence(is_on).url)
    for _ in range(threads):
        given = (noisy, send, is_on, statuses)
        threading.Thread(target=_keep_sending, args=given, daemon=True).start()
    counted.put(Counter())
    is_over.wait()
    counted.put(statuses)


def _keep_sending(noisy: Noisy, send: Send, is_on: Event, statuses: Counter[str]) -> None:
    with requests.Session() as session:
        session.mount("http://", _From(noisy.address))
        while True:
            is_on.wait()
            try:
                answer = send(session)
            except requests.RequestException as error:
                statuses[type(error).__name__] += 1
                continue
            told = answer.headers.get("Retry-After")
            statuses[f"{answer.status_code}{' with Retry-After' if told else ''}"] += 1
            if noisy.behaviour == "obedient" and answer.status_code in {429, 503}:
                threading.Event().wait(float(told or _UNTOLD_S))


class _From(HTTPAdapter):
    """Connects from an address of loopback."""

    def __init__(self, address: str) -> None:
        self._address = address
        super().__init__()

    def init_poolmanager(self, *given: Any, **named: Any) -> None:  # noqa: ANN401 - requests' own
        super().init_poolmanager(*given, source_address=(self._address, 0), **named)


def _picture() -> bytes:
    """Return a progressive JPEG of 25 megapixels that takes long to decode."""
    side = _PICTURE_SIDE_PX
    pixels = np.random.default_rng(7).integers(0, 256, (side // 4, side // 4, 3), dtype=np.uint8)
    large = Image.fromarray(pixels).resize((side, side), Image.Resampling.BICUBIC)
    file = io.BytesIO()
    large.save(file, "JPEG", quality=85, progressive=True)
    return file.getvalue()
