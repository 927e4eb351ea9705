"""The queue that a person works through, as addresses and forms carry it from pair to pair."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import HttpRequest
from django.utils.http import urlencode

from accounts.http import actor_of
from lists import selectors as lists_selectors
from review.selectors import Queue

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class AskedQueue:
    """A queue with the parameters that name it."""

    queue: Queue
    parameters: Mapping[str, str]

    @property
    def query(self) -> str:
        """Return what an address of the queue ends with, empty for the queue of everything."""
        return f"?{urlencode(self.parameters)}" if self.parameters else ""


def asked_queue(request: HttpRequest) -> AskedQueue:
    """Return the queue that the request names, looked up once per request.

    Raise ListNotFound for a list out of reach.
    """
    known: AskedQueue | None = getattr(request, "known_queue", None)
    if known is None:
        known = _read(request)
        request.known_queue = known  # type: ignore[attr-defined]
    return known


def _read(request: HttpRequest) -> AskedQueue:
    asked = {name: _parameter(request, name) for name in ("list", "unsure")}
    parameters = {name: value for name, value in asked.items() if value}
    list_id = asked["list"]
    queue = Queue(
        image_list=lists_selectors.list_for(actor_of(request), list_id) if list_id else None,
        only_unsure=bool(asked["unsure"]),
    )
    return AskedQueue(queue=queue, parameters=parameters)


def _parameter(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "") or request.GET.get(name, "")
