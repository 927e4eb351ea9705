"""Clients that add, check, decide, remove and import, and remember what was promised."""

from __future__ import annotations

import copy
import hashlib
import random
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import requests

from bench.attacks.picture_server import named_picture
from bench.attacks.promises import Acknowledged, Answers, WhatStands, broken

# A client that is told to wait does.
_PAUSE_S = 0.2
_TOGETHER = 3
_IMPORTED_AT_ONCE = 4
_IMPORTS_WITHIN_S = 240.0
_PATIENCE_S = 20.0


def _picture() -> bytes:
    return named_picture(uuid.uuid4().hex)


class Traffic:
    """Threads that call a server until they are stopped.

    With the address of a server of pictures they import from there too.
    """

    def __init__(self, url: str, token: str, threads: int = 4, pictures_url: str = "") -> None:
        """Prepare; nothing is sent yet."""
        self.known = Acknowledged()
        self._url, self._headers = url, {"Authorization": f"Bearer {token}"}
        self._pictures_url = pictures_url
        self._list = ""
        # Of imports that are over, so that they are not asked for in each round.
        self._over: dict[str, Answers] = {}
        self._seen: set[str] = set()
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

    def wait(self, *, answers: int, in_import: bool) -> None:
        """Let so many requests be answered, and where asked, an import be answered in part.

        On a machine that is too busy for that, not for long.
        """
        begun_s, before = time.monotonic(), self.known.statuses.total()
        while time.monotonic() < begun_s + _PATIENCE_S:
            is_within = not in_import or any(map(self._is_within, self.now_known().imports))
            if is_within and self.known.statuses.total() >= before + answers:
                return
            time.sleep(0.05)

    @contextmanager
    def watched(self) -> Iterator[list[tuple[str, float]]]:
        """Ask /healthz all the while; yields its answers, and the seconds that each took."""
        answers: list[tuple[str, float]] = []
        has_ended = threading.Event()

        def ask() -> None:
            while not answers or not has_ended.wait(_PAUSE_S):
                begun_s = time.monotonic()
                try:
                    said = str(requests.get(f"{self._url}/healthz", timeout=60).status_code)
                except requests.RequestException as error:
                    said = type(error).__name__
                answers.append((said, time.monotonic() - begun_s))

        asking = threading.Thread(target=ask)
        asking.start()
        try:
            yield answers
        finally:
            has_ended.set()
            asking.join()

    def moved_to(self, url: str) -> None:
        """Ask another server from now on."""
        self._url = url

    def now_known(self) -> Acknowledged:
        """Return a copy of what is promised by now."""
        with self._lock:
            return copy.deepcopy(self.known)

    def lost(
        self, *, url: str = "", promised: Acknowledged | None = None, since_last: bool = False
    ) -> list[str]:
        """Ask for all that was promised, by default here and until now; return what is otherwise.

        What was under way then or since may be so or not. With `since_last`, decisions and ended
        imports that were found before are not asked for again.
        """
        known, now = promised or self.known, self.now_known()
        if not since_last:
            self._over, self._seen = {}, set()
        found = self._found(url or self._url, known)
        unsure = known.open | now.open | now.gone - known.gone
        wrong = list(broken(known, found, unsure=unsure))
        if since_last and not wrong:
            self._seen |= found.states.keys()
            self._over |= {key: each for key, each in found.before.items() if None not in each}
        return wrong

    def finish_imports(self) -> Counter[str]:
        """Wait until every import is answered; return how often which error, "" for none."""
        ends_s = time.monotonic() + _IMPORTS_WITHIN_S
        waiting = set(self.known.imports)
        while waiting and time.monotonic() < ends_s:
            time.sleep(1)
            waiting = {each for each in waiting if None in self._answered(self._url, each)}
        return Counter(
            answer.get("error", "") if answer else "unanswered"
            for each in self.known.imports
            for answer in self._answered(self._url, each)
        )

    def _found(self, url: str, known: Acknowledged) -> WhatStands:
        return WhatStands(
            before={each: self._answered(url, each) for each in known.imports},
            items=self._rows(url, f"/v1/lists/{self._list}/items/?limit=100"),
            after={each: self._answered(url, each) for each in known.imports},
            states={
                each: self._get(f"{url}/v1/matches/{each}/").get("state")
                for each in known.states.keys() - self._seen
            },
        )

    def _run(self, rng: random.Random) -> None:
        acts: list[Callable[[random.Random], None]] = [
            self._add, self._add, self._check, self._decide, self._decide, self._remove,
        ]  # fmt: skip
        if self._pictures_url:
            acts += [self._import, self._import, self._add_together]
        while not self._is_stopping.is_set():
            rng.choice(acts)(rng)

    def _add(self, _: random.Random) -> None:
        made = self._sent(
            "POST", f"/v1/lists/{self._list}/items/", files={"image": ("a.jpg", _picture())}
        )
        if made is not None:
            with self._lock:
                self.known.there[made["id"]] = True

    def _check(self, _: random.Random) -> None:
        self._sent("POST", f"/v1/lists/{self._list}/check/", files={"image": ("a.jpg", _picture())})

    def _decide(self, rng: random.Random) -> None:
        waiting = self._sent("GET", f"/v1/matches/?state=suggested&list={self._list}")
        ids = [row["id"] for row in waiting["results"]] if waiting else []
        match = self._taken(rng, ids)
        if not match:
            return
        act = rng.choice(["confirm", "dissociate"])
        made = self._sent("POST", f"/v1/matches/{match}/{act}/")
        if made is not None:
            with self._lock:
                self.known.states[match] = made["state"]
                self.known.open.discard(match)

    def _remove(self, rng: random.Random) -> None:
        with self._lock:
            there = [item for item, is_there in self.known.there.items() if is_there]
        item = self._taken(rng, there)
        if item and self._sent("DELETE", f"/v1/lists/{self._list}/items/{item}/") is not None:
            with self._lock:
                self.known.there[item] = False
                self.known.open.discard(item)

    def _is_within(self, batch: str) -> bool:
        """Tell whether some pictures of an import are answered and others not yet."""
        answers = self._answered(self._url, batch)
        if answers and None not in answers:
            self._over[batch] = answers
        return None in answers and any(answers)

    def _import(self, _: random.Random) -> None:
        names = [uuid.uuid4().hex for _ in range(_IMPORTED_AT_ONCE)]
        images = [{"url": f"{self._pictures_url}{name}", "external_id": name} for name in names]
        made = self._sent("POST", "/v1/match/batch/", json={"list": self._list, "images": images})
        if made is not None:
            with self._lock:
                self.known.imports[made["batch"]["id"]] = names

    def _add_together(self, _: random.Random) -> None:
        pictures = [_picture() for _ in range(_TOGETHER)]
        hashes = tuple(hashlib.sha256(each).hexdigest() for each in pictures)
        with self._lock:
            self.known.together[hashes] = False
        made = self._sent(
            "POST",
            "/1.0/check.json",
            data={"add_to_list": self._list},
            files=[("media[]", ("a.jpg", each)) for each in pictures],
        )
        if made is not None:
            with self._lock:
                self.known.together[hashes] = True

    def _taken(self, rng: random.Random, names: list[str]) -> str:
        """Return one that nobody else acts on: which of two answers counts would be a guess."""
        with self._lock:
            taken = self.known.open | self.known.states.keys()
            name = rng.choice([each for each in names if each not in taken] or [""])
            if name:
                self.known.open.add(name)
            return name

    def _answered(self, url: str, batch: str) -> Answers:
        if batch in self._over:
            return self._over[batch]
        return list(self._get(f"{url}/v1/match/batch/{batch}/").get("results", []))

    def _rows(self, url: str, path: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        following = f"{url}{path}"
        while following:
            page = self._get(following)
            rows += page.get("results", [])
            following = str(page.get("next") or "")
        return rows

    def _get(self, url: str) -> dict[str, Any]:
        return dict(requests.get(url, headers=self._headers, timeout=60).json())

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
