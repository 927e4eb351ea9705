"""Who runs what: apps register a callable for each kind of job when Django starts.

A kind is a dotted slug that begins with the app's name, such as `review.deepen`::

    class ReviewConfig(AppConfig):
        def ready(self) -> None:
            handlers.register("review.deepen", tasks.deepen)

The contract of a handler:

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
from collections.abc import Callable
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
    """No app has registered this kind of job."""

    code = "unknown_kind"


def register(kind: str, handler: Handler) -> None:
    """Let the handler run the jobs of a kind; each kind has one."""
    check_kind(kind)
    if _REGISTERED.setdefault(kind, handler) is not handler:
        raise ValueError(f"Jobs of kind {kind!r} already have another handler.")


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
        raise ValueError(f"{kind!r} is no kind of job: write app.verb, such as review.deepen.")
