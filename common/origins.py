"""Which request the present work belongs to, in whatever layer it is done."""

from __future__ import annotations

from contextvars import ContextVar

# Empty for work that begins by itself.
request_id: ContextVar[str] = ContextVar("request_id", default="")
