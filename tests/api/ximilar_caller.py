"""How a test calls the Ximilar dialect."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

from tests.callers import Caller

PREFIX = "/image_matching/v2/"


@dataclass(frozen=True, slots=True)
class XimilarCaller:
    """A program with a token; `collection` is the id that it sends along, if any."""

    caller: Caller
    collection: str = ""

    def __call__(self, method: str, **body: Any) -> Any:
        """Post a method's JSON body."""
        return self.raw(f"{PREFIX}{method}", body)

    def raw(self, path: str, body: Any, **headers: str) -> Any:
        """Post anything to any address."""
        token = f"Token {self.caller.credential.token}"
        sent = {"authorization": token, **headers}
        if self.collection:
            sent["collection-id"] = self.collection
        return self.caller.anonymous.post(path, body, content_type="application/json", headers=sent)


def base64_text(photo: bytes) -> str:
    """Return a picture as it goes into `_base64`."""
    return base64.b64encode(photo).decode()
