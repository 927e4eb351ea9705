"""What all doors have in common: pages that let people in who have not signed in yet."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Final
from urllib.parse import urlencode

from django.contrib import auth
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache

from accounts import http, sign_in
from accounts.models import User
from common.errors import LookalikeError

Door = Callable[[HttpRequest], HttpResponse]
MAIL_LINK: Final = "dashboard.mail_link"
_PASSWORDS = "django.contrib.auth.backends.ModelBackend"


def door(view: Door) -> Door:
    """Turn the errors of services into pages; no browser keeps what is shown."""

    @never_cache
    @wraps(view)
    def answer(request: HttpRequest) -> HttpResponse:
        try:
            return view(request)
        except LookalikeError as error:
            return http.problem_page(request, error)

    return answer


@contextmanager
def attempt(request: HttpRequest, what: str) -> Iterator[None]:
    """Count what is tried as passwords are, unless it was right: what raises was wrong.

    Raise TooManyAttempts beyond the limits of `what` from this address, and of the address.
    """
    begin(request, what)
    yield
    sign_in.forget_attempts(email=what, address=_address(request))


def begin(request: HttpRequest, what: str) -> None:
    """Count an attempt; raise TooManyAttempts beyond the limits."""
    sign_in.begin_attempt(email=what, address=_address(request))


def link(request: HttpRequest, name: str, token: str) -> str:
    """Return the whole address of a door for somebody who is sent there with a token."""
    return with_token(request.build_absolute_uri(reverse(name)), token)


def with_token(page: str, token: str) -> str:
    """Put a token into the query of an address, which the log leaves out."""
    return f"{page}?{urlencode({'token': token})}"


def keep_token(request: HttpRequest, name: str) -> HttpResponse:
    """Move the token of a link from the address into the session: addresses are seen and kept."""
    request.session[name] = request.GET["token"]
    return redirect(request.path)


def enter(request: HttpRequest, user: User) -> HttpResponse:
    """Sign somebody in who has shown who they are."""
    auth.login(request, user, backend=_PASSWORDS)
    return redirect("dashboard:lists")


def _address(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))
