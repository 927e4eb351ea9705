"""Lookalike as a client meets it: lists, items and checks over its own API."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import requests

from matching import calibrate

_MIN_SCORE = 0.1
_LIMIT = 50
_TIMEOUT_S = 120


class RemoteLookalike:
    """Makes a list on a running server, and removes it at the end."""

    default_threshold = calibrate.DUPLICATE_SCORE
    strict_threshold = True
    concurrency = 2

    def __init__(self, address: str, token: str) -> None:
        """Create the list; raise HTTPError if the server refuses."""
        self.name = f"Lookalike, over HTTP ({address})"
        self._address = address.rstrip("/")
        self._token = token
        # A session is not made for threads: each thread has its own.
        self._local = threading.local()
        created = self._call("POST", "/v1/lists/", json={"name": "Accuracy"})
        self._list = f"/v1/lists/{created.json()['id']}/"

    def add(self, items: list[tuple[str, str]]) -> None:
        """Add all items, given as (id, path), with their ids as custom ids."""
        for item_id, path in items:
            files = {"image": (Path(path).name, Path(path).read_bytes())}
            self._call("POST", f"{self._list}items/", files=files, data={"custom_id": item_id})

    def query(self, path: str) -> list[tuple[str, float]]:
        """Return the matches of a check."""
        files = {"image": (Path(path).name, Path(path).read_bytes())}
        wanted = {"min_score": _MIN_SCORE, "limit": _LIMIT}
        answer = self._call("POST", f"{self._list}check/", files=files, data=wanted).json()
        return [(match["item"]["custom_id"], match["score"]) for match in answer["matches"]]

    def close(self) -> None:
        """Take the list out of service."""
        self._call("DELETE", self._list)

    def _call(self, method: str, path: str, **request: Any) -> requests.Response:  # noqa: ANN401
        if not hasattr(self._local, "session"):
            self._local.session = requests.Session()
            self._local.session.headers["Authorization"] = f"Bearer {self._token}"
        session: requests.Session = self._local.session
        answer = session.request(method, f"{self._address}{path}", timeout=_TIMEOUT_S, **request)
        answer.raise_for_status()
        return answer
