"""Clients that add, check, decide and remove all the time, and remember what was acknowledged."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import requests

from bench.freshness import jpeg, picture

# A client that is told to wait does.
_PAUSE_S = 0.2
_SOURCES = 12


@dataclass
class Acknowledged:
    """What the server has promised: items that are there or gone, pairs and how they stand."""

    there: dict[str, bool] = field(default_factory=dict)
    states: dict[str, str] = field(default_factory=dict)
    # Asked for and never answered: may be so or not.
    open: set[str] = field(default_factory=set)
    statuses: Counter[str] = field(default_factory=Counter)
    last_good_s: float = 0.0


class Traffic:
    """Threads that call a server until they are stopped."""

    def __init__(self, url: str, token: str, threads: int = 3) -> None:
        """Prepare; nothing is sent yet."""
        self.known = Acknowledged()
        self._url, self._headers = url, {"Authorization": f"Bearer {token}"}
        self._list = ""
        self._is_stopping = threading.Event()
        self._lock = threading.Lock()
        self._count = threads
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Send until `stop`; may be started again."""
        self._is_stopping.clear()
        if not self._list:
            made = self._sent("POST", "/v1/lists/", json={"name": "Attack", "depth": "fast"})
            assert made is not None, "no list was made"
            self._list = made["id"]
        self._threads = [
            threading.Thread(target=self._run, args=(random.Random(),)) for _ in range(self._count)
        ]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Send no more, and wait for the answers."""
        self._is_stopping.set()
        for thread in self._threads:
            thread.join()

    def moved_to(self, url: str) -> None:
        """Ask another server from now on."""
        self._url = url

    def lost(self) -> list[str]:
        """Ask for all that was acknowledged, and return what is otherwise."""
        wrong = []
        for item, is_there in self.known.there.items():
            status = self._status(f"/v1/lists/{self._list}/items/{item}/")
            if item not in self.known.open and (status == 200) != is_there:
                wrong.append(f"item {item}: {status}, acknowledged {is_there}")
        for match, state in self.known.states.items():
            answer = self._sent("GET", f"/v1/matches/{match}/")
            found = answer["state"] if answer else None
            # A removal of one of its items may have followed.
            if match not in self.known.open and found not in {state, "superseded"}:
                wrong.append(f"pair {match}: {found}, acknowledged {state}")
        return wrong

    def _run(self, rng: random.Random) -> None:
        acts: list[Callable[[random.Random], None]] = [
            self._add, self._add, self._check, self._decide, self._decide, self._remove,
        ]  # fmt: skip
        while not self._is_stopping.is_set():
            rng.choice(acts)(rng)

    def _file(self, rng: random.Random) -> dict[str, tuple[str, bytes]]:
        image = picture(rng.randrange(_SOURCES))
        return {"image": ("a.jpg", jpeg(image, rng.randrange(50, 95)))}

    def _add(self, rng: random.Random) -> None:
        made = self._sent("POST", f"/v1/lists/{self._list}/items/", files=self._file(rng))
        if made is not None:
            with self._lock:
                self.known.there[made["id"]] = True

    def _check(self, rng: random.Random) -> None:
        self._sent("POST", f"/v1/lists/{self._list}/check/", files=self._file(rng))

    def _decide(self, rng: random.Random) -> None:
        waiting = self._sent("GET", f"/v1/matches/?state=suggested&list={self._list}")
        if not waiting or not waiting["results"]:
            return
        match = rng.choice(waiting["results"])["id"]
        act = rng.choice(["confirm", "dissociate"])
        self._promised(match)
        made = self._sent("POST", f"/v1/matches/{match}/{act}/")
        if made is not None:
            with self._lock:
                self.known.states[match] = made["state"]
                self.known.open.discard(match)

    def _remove(self, rng: random.Random) -> None:
        with self._lock:
            there = [item for item, is_there in self.known.there.items() if is_there]
            # By one client alone: which of two answers counts would be anybody's guess.
            item = rng.choice([each for each in there if each not in self.known.open] or [""])
            self.known.open.add(item)
        if not item:
            return
        if self._sent("DELETE", f"/v1/lists/{self._list}/items/{item}/") is not None:
            with self._lock:
                self.known.there[item] = False
                self.known.open.discard(item)

    def _promised(self, name: str) -> None:
        with self._lock:
            self.known.open.add(name)

    def _status(self, path: str) -> int:
        return requests.get(f"{self._url}{path}", headers=self._headers, timeout=60).status_code

    def _sent(self, method: str, path: str, **request: object) -> dict[str, Any] | None:
        """Return the answer to a good request; count all, and wait after a refusal."""
        try:
            answer = requests.request(
                method,
                f"{self._url}{path}",
                headers=self._headers,
                timeout=60,
                **request,  # type: ignore[arg-type]
            )
        except requests.RequestException as error:
            self._counted(type(error).__name__)
            time.sleep(_PAUSE_S)
            return None
        self._counted(str(answer.status_code))
        if answer.ok:
            self.known.last_good_s = time.monotonic()
            return answer.json() if answer.content else {}
        if "Retry-After" in answer.headers:
            time.sleep(_PAUSE_S)
        elif answer.status_code >= 500:
            self._counted("without Retry-After")
        return None

    def _counted(self, what: str) -> None:
        with self._lock:
            self.known.statuses[what] += 1
