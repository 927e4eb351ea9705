"""What all doors have in common: pages that let people in who have not signed in yet."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
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
    address = str(request.META.get("REMOTE_ADDR", ""))
    sign_in.begin_attempt(email=what, address=address)
    yield
    sign_in.forget_attempts(email=what, address=address)


def link(request: HttpRequest, name: str, token: str) -> str:
    """Return the whole address of a door for somebody who is sent there with a token.

    The token is in the query, which the log leaves out.
    """
    return request.build_absolute_uri(f"{reverse(name)}?{urlencode({'token': token})}")


def keep_token(request: HttpRequest, name: str) -> HttpResponse:
    """Move the token of a link from the address into the session: addresses are seen and kept."""
    request.session[name] = request.GET["token"]
    return redirect(request.path)


def enter(request: HttpRequest, user: User) -> HttpResponse:
    """Sign somebody in who has shown who they are."""
    auth.login(request, user, backend=_PASSWORDS)
    return redirect("dashboard:lists")
