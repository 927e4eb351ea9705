"""The queue that a person works through, as addresses and forms carry it from pair to pair."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode

from accounts import selectors as accounts_selectors
from accounts.http import actor_of, once_per_request
from common.errors import InvalidInput
from lists import selectors as lists_selectors
from review.pages.queue_forms import QueueFilter, Reach
from review.queue import counting

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from review.queue.filters import Queue

_NAMES = tuple(QueueFilter.base_fields)


@dataclass(frozen=True, slots=True)
class AskedQueue:
    """A queue with the parameters that name it."""

    queue: Queue
    parameters: Mapping[str, str]

    @property
    def query(self) -> str:
        """Return what an address of the queue ends with, empty for the queue of everything."""
        return query_of(self.parameters)


@once_per_request
def asked_queue(request: HttpRequest) -> AskedQueue:
    """Return the queue that the request names, looked up once per request.

    Raise ListNotFound for a list out of reach, and InvalidInput for what else makes no sense:
    nobody is led through other pairs than those asked for.
    """
    actor = actor_of(request)
    asked = {name: _parameter(request, name) for name in _NAMES}
    list_id, assignee = asked["list"], asked["assignee"]
    reach = Reach(
        lists=[lists_selectors.list_for(actor, list_id)] if list_id else [],
        people=list(accounts_selectors.colleagues_of(actor)) if "_" in assignee else [],
        user_id=actor.user_id or 0,
    )
    form = QueueFilter({name: value for name, value in asked.items() if value}, reach=reach)
    for problem in form.problems:
        raise InvalidInput(problem.text, field=problem.field)
    return AskedQueue(queue=form.queue, parameters=form.parameters)


def asked_filter(request: HttpRequest) -> QueueFilter:
    """Return what the request asks to be shown, which may hold mistakes."""
    actor = actor_of(request)
    lists = list(lists_selectors.lists_for(actor).order_by("name"))
    people = list(accounts_selectors.colleagues_of(actor))
    return QueueFilter(request.GET, reach=Reach(lists, people, actor.user_id or 0))


def query_of(parameters: Mapping[str, str]) -> str:
    """Return the parameters as the end of an address."""
    return f"?{urlencode(parameters)}" if parameters else ""


def to_review(request: HttpRequest) -> int:
    """Return how many pairs wait in the queue that the person works on."""
    return counting.count_in(actor_of(request), asked_queue(request).queue)


def queue_context(request: HttpRequest) -> dict[str, Any]:
    """Return what templates need to stay in the queue."""
    asked = asked_queue(request)
    return {
        "queue_query": asked.query,
        "queue_parameters": asked.parameters,
        "to_review": to_review(request),
    }


def in_queue(request: HttpRequest, name: str, *arguments: str) -> str:
    """Return the address of a page of review within the queue."""
    return f"{reverse(name, args=arguments)}{asked_queue(request).query}"


def _parameter(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "") or request.GET.get(name, "")
