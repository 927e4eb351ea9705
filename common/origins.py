"""What the present work belongs to, in whatever layer it is done: a request, a job, a tenant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType

_NO_FACTS: Mapping[str, object] = MappingProxyType({})

# Empty for work that begins by itself.
request_id: ContextVar[str] = ContextVar("request_id", default="")
_facts: ContextVar[Mapping[str, object]] = ContextVar("facts", default=_NO_FACTS)


def facts() -> Mapping[str, object]:
    """Return ids and kinds by name; never content."""
    return _facts.get()


def add(**more: object) -> None:
    """Let what follows in this thread be known to belong to these too, until the next beginning."""
    _facts.set({**_facts.get(), **more})


def begin(of_request: str) -> None:
    """Begin the work of a request, or that of none."""
    request_id.set(of_request)
    _facts.set(_NO_FACTS)


@contextmanager
def within(of_request: str, **first: object) -> Iterator[None]:
    """Do the work of the block for a request, and go on afterwards as before."""
    tokens = request_id.set(of_request), _facts.set(first)
    try:
        yield
    finally:
        request_id.reset(tokens[0])
        _facts.reset(tokens[1])
