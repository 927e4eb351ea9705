"""Who may send a large body: those who are known, and strangers a few at a time."""

from __future__ import annotations

import asyncio
import io
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from importlib import import_module
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from django.conf import settings
from django.contrib.auth import get_user
from django.core.handlers.wsgi import WSGIRequest

from api import authentication, dialects
from common.errors import Unauthenticated, Unavailable
from dedup_project.addresses import counted_as
from jobs.connections import drop_stale

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

# Some clients send their credential in the body, so that it is known only at the end.
_STRANGERS_OF_AN_ADDRESS = 8


class Admission:
    """Lets large bodies in."""

    def __init__(self, in_thread: Callable[[WSGIEnvironment], Awaitable[bool]]) -> None:
        """Ask by `in_thread`, which is `is_known` in a thread, who sends."""
        self._is_known = in_thread
        self._places: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    @asynccontextmanager
    async def of(self, environ: WSGIEnvironment) -> AsyncIterator[None]:
        """Let a body arrive; raise Unauthenticated or Unavailable when it may not."""
        if await self._is_known(environ):
            yield
            return
        _require_room()
        address = counted_as(environ["REMOTE_ADDR"])
        # Forgotten when nobody holds it any more.
        places = self._places.setdefault(address, asyncio.Semaphore(_STRANGERS_OF_AN_ADDRESS))
        async with places:
            yield


def is_known(environ: WSGIEnvironment) -> bool:
    """Tell whether a request's head says who sends it; raise Unauthenticated when that is wrong.

    A page's visitor has signed in; a program may still name itself in the body.
    """
    request = WSGIRequest({**environ, "wsgi.input": io.BytesIO()})
    drop_stale()
    try:
        if dialects.failure_of(request.path_info) is not None:
            return authentication.is_known_by_head(request)
        sessions = import_module(settings.SESSION_ENGINE)
        request.session = sessions.SessionStore(request.COOKIES.get(settings.SESSION_COOKIE_NAME))
        if get_user(request).is_authenticated:
            return True
        raise Unauthenticated("Sign in first.")
    finally:
        drop_stale()


def _require_room() -> None:
    """Keep strangers from filling the disk on which bodies wait."""
    if shutil.disk_usage(tempfile.gettempdir()).free < settings.STORAGE_RESERVE_BYTES:
        raise Unavailable("There is no room left for large requests.")
