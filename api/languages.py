"""The language of the few sentences that answers translate; everything else they say is English."""

from __future__ import annotations

from contextlib import AbstractContextManager
from contextvars import ContextVar

from django.utils import translation

DEFAULT = "en"

_asked: ContextVar[str] = ContextVar("asked_language", default=DEFAULT)


def ask_for(language: str) -> None:
    """Remember the language that the request of this thread asks for."""
    _asked.set(language)


def asked() -> AbstractContextManager[None]:
    """Speak the language that the request asks for, within a `with`."""
    return translation.override(_asked.get())
