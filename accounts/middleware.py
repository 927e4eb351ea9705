"""What happens to every request of somebody who is signed in."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from accounts import sessions


class SessionUseMiddleware:
    """Keeps sessions alive that are used, and ends those that are too old."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Remember what answers."""
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer; a request without the cookie has no session to look at."""
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            user_agent = request.headers.get("User-Agent", "")
            sessions.keep_alive(session=request.session, user_agent=user_agent)
        return self._get_response(request)
