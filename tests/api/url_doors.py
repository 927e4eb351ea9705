"""Every door of the HTTP surface through which somebody may name an address to fetch.

A dialect that takes addresses adds a line to DOORS or LATER_DOORS; every hostile address is tried
there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from lists.models import List
from tests.api.ximilar_caller import XimilarCaller
from tests.callers import Caller

Refusal = tuple[int, object]  # the status, and the code that the dialect has for it


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a dialect says what is wrong with an address."""

    code_of: Callable[[Any], object]
    refused: Refusal
    failed: Refusal
    too_large: Refusal
    not_an_image: Refusal

    def refusal(self, answer: Any) -> Refusal:
        """Return the status and the code of the dialect's answer."""
        return answer.status_code, self.code_of(answer.json())


@dataclass(frozen=True, slots=True)
class Door:
    """One way to hand an address to the server."""

    name: str
    dialect: Dialect
    send: Callable[[Caller, List, str], Any]


SIGHTENGINE = Dialect(
    code_of=lambda body: (body["error"]["type"], body["error"]["code"]),
    refused=(400, ("media_error", 3)),
    failed=(400, ("media_error", 3)),
    too_large=(413, ("media_error", 4)),
    not_an_image=(400, ("media_error", 2)),
)
CHECK = Dialect(
    code_of=lambda body: body["error"],
    refused=(400, "blocked_url"),
    failed=(424, "fetch_failed"),
    too_large=(413, "too_large"),
    not_an_image=(415, "not_an_image"),
)
ALEGRE = CHECK
ALEGRE_CALLBACK = replace(ALEGRE, refused=(400, "blocked_callback"))
XIMILAR = Dialect(
    code_of=lambda body: body["status"]["code"],
    refused=(400, 400),
    failed=(400, 400),
    too_large=(400, 400),
    not_an_image=(400, 400),
)
NATIVE = Dialect(
    code_of=lambda body: body["error"]["code"],
    refused=(400, "fetch_refused"),
    failed=(424, "fetch_failed"),
    too_large=(413, "too_many_bytes"),
    not_an_image=(415, "unsupported_format"),
)


def _sightengine_get(caller: Caller, image_list: List, url: str) -> Any:
    fields = {**caller.pair, "lists": image_list.public_id}
    query = "&".join(f"{name}={quote(text, safe='')}" for name, text in fields.items())
    return caller.anonymous.get(f"/1.0/check.json?{query}&url={quote(url, safe='')}")


def _sightengine_post(caller: Caller, image_list: List, url: str) -> Any:
    return caller.sightengine("check.json", lists=image_list.public_id, url=url)


def _sightengine_video(caller: Caller, image_list: List, url: str) -> Any:
    return caller.sightengine("video/check-sync.json", models="properties", stream_url=url)


def _check_json(caller: Caller, image_list: List, url: str) -> Any:
    return caller.post("/v1/match/", url=url, list=image_list.public_id)


def _check_similar(caller: Caller, image_list: List, url: str) -> Any:
    return caller.post("/v1/similar/", url=url, list=image_list.public_id)


def _ximilar(caller: Caller, image_list: List, url: str) -> Any:
    return XimilarCaller(caller)("visual_hash", records=[{"_url": url}])


def _ximilar_insert(caller: Caller, image_list: List, url: str) -> Any:
    records = [{"_id": "1", "_url": url}]
    return XimilarCaller(caller, image_list.public_id)("insert", records=records)


def _native_add(caller: Caller, image_list: List, url: str) -> Any:
    return caller.post(f"/v1/lists/{image_list.public_id}/items/", url=url)


def _native_check(caller: Caller, image_list: List, url: str) -> Any:
    return caller.client.post(f"/v1/lists/{image_list.public_id}/check/", {"url": url})


def _sightengine_feedback(caller: Caller, image_list: List, url: str) -> Any:
    return caller.sightengine("feedback.json", model="nudity", url=url, **{"class": "safe"})


def _alegre(caller: Caller, image_list: List, url: str) -> Any:
    return caller.post("/similarity/sync/image", url=url, list=image_list.public_id)


def _alegre_later(caller: Caller, image_list: List, url: str) -> Any:
    return caller.post("/similarity/async/image", url=url, requires_callback=False)


def _alegre_callback(caller: Caller, image_list: List, url: str) -> Any:
    public = "http://pictures.example/cup.jpg"
    return caller.post("/similarity/async/image", url=public, callback_url=url)


DOORS = [
    Door("Sightengine GET", SIGHTENGINE, _sightengine_get),
    Door("Sightengine POST", SIGHTENGINE, _sightengine_post),
    Door("Sightengine feedback", SIGHTENGINE, _sightengine_feedback),
    Door("Sightengine video", SIGHTENGINE, _sightengine_video),
    Door("Check", CHECK, _check_json),
    Door("Check similar", CHECK, _check_similar),
    Door("Alegre", ALEGRE, _alegre),
    Door("Ximilar", XIMILAR, _ximilar),
    Door("Ximilar insert", XIMILAR, _ximilar_insert),
    Door("native add", NATIVE, _native_add),
    Door("native check", NATIVE, _native_check),
]

# What is named here is only gone to later, and refused at once all the same.
LATER_DOORS = [
    Door("Alegre later", ALEGRE, _alegre_later),
    Door("Alegre's callback", ALEGRE_CALLBACK, _alegre_callback),
]
