"""Where what happens now was asked for: the request at work, or the command that an operator runs.

Services write it beside what they did, and nobody has to hand it to them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

# The longest address, IPv6 with a zone, has fewer characters.
MAX_ADDRESS_LENGTH = 64


@dataclass(frozen=True, slots=True)
class Origin:
    """A request by its client's address, or a command by its name.

    `device` is the cookie of accounts.known_devices as it was sent.
    """

    address: str = ""
    device: str = field(default="", repr=False)
    command: str = ""


NOWHERE = Origin()
_current: ContextVar[Origin] = ContextVar("origin", default=NOWHERE)


def current() -> Origin:
    """Return where this thread's work was asked for; NOWHERE in the background."""
    return _current.get()


@contextmanager
def asked_by(origin: Origin) -> Iterator[None]:
    """Let what is done inside have this origin."""
    token = _current.set(origin)
    try:
        yield
    finally:
        _current.reset(token)
