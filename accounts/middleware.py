"""What happens to every request of somebody who is signed in."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from accounts import known_devices, sessions


class SessionUseMiddleware:
    """Keeps sessions alive that are used, and their pages out of every cache.

    A browser is remembered in which somebody has just signed in, by whichever door.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer; a request without the cookie has no session to look at."""
        has_session = settings.SESSION_COOKIE_NAME in request.COOKIES
        if has_session:
            user_agent = request.headers.get("User-Agent", "")
            sessions.keep_alive(session=request.session, user_agent=user_agent)
        response = self._get_response(request)
        if has_session and not response.has_header("Cache-Control"):
            # After signing out, the button for the page before shows nothing.
            response["Cache-Control"] = "private, no-store"
        email = sessions.just_signed_in(request)
        if email:
            cookie = request.COOKIES.get(known_devices.COOKIE, "")
            known_devices.remember(response, cookie, email=email)
        return response
