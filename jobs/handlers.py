"""Who runs what: a function in an app's `tasks.py` says which kind of job it handles.

A kind is a dotted slug that begins with the name of the app that asks for it. It is written once,
beside the service that enqueues it, and the handler may be further up::

    # lists/services.py
    DEEPEN_ITEM: Final = "lists.deepen_item"


    # review/tasks.py
    @handlers.job(lists_services.DEEPEN_ITEM)
    def deepen_item(payload: Payload) -> None: ...

Django imports every app's `tasks` when it starts (`jobs.apps`). The contract of a handler:

- It takes the payload and runs outside any transaction, in a thread of `manage.py work`.
- It is idempotent. A job runs at least once, and again after its worker was killed, even when all
  that was missing was the note that it is done; so doing it twice must leave what doing it once
  leaves. The payload therefore holds ids, and the handler looks up how things are now.
- When it returns, the job is done. When it raises, the job is tried again later, until its attempts
  are used up. When it raises `GiveUp`, trying again is useless and the job has failed at once.
- It ends within minutes. Longer work is cut into jobs, each enqueuing the next.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import Any

from common.errors import LookalikeError

Payload = dict[str, Any]  # what JSON can hold
Handler = Callable[[Payload], None]

_KIND = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")
_REGISTERED: dict[str, Handler] = {}


class GiveUp(LookalikeError):
    """The job can never succeed; its message, which operators read, says why."""

    code = "gave_up"


class UnknownKind(LookalikeError):
    """No app has a handler for this kind of job."""

    code = "unknown_kind"


def job(kind: str) -> Callable[[Handler], Handler]:
    """Let the decorated function run the jobs of a kind; each kind has one handler."""
    check_kind(kind)

    def register(handler: Handler) -> Handler:
        if _REGISTERED.setdefault(kind, handler) is not handler:
            raise ValueError(f"Jobs of kind {kind!r} already have another handler.")
        return handler

    return register


def known_kinds() -> list[str]:
    """Return the kinds that have a handler, sorted."""
    return sorted(_REGISTERED)


def check_known(kinds: Collection[str]) -> None:
    """Raise UnknownKind unless each of the kinds has a handler."""
    unknown = sorted(set(kinds) - set(_REGISTERED))
    if unknown:
        raise UnknownKind(
            f"There are no jobs of kind {', '.join(unknown)}. "
            f"The kinds are {', '.join(known_kinds())}."
        )


def handler_for(kind: str) -> Handler:
    """Return the handler of a kind, or raise UnknownKind."""
    try:
        return _REGISTERED[kind]
    except KeyError:
        raise UnknownKind(
            f"This version of Lookalike has no handler for jobs of kind {kind!r}. "
            "Run the version that enqueued it, then run the job again."
        ) from None


def check_kind(kind: str) -> None:
    """Raise ValueError unless the kind is a dotted slug."""
    if not _KIND.fullmatch(kind):
        raise ValueError(f"{kind!r} is no kind of job: write app.verb, such as lists.deepen_item.")
