"""What all doors have in common: pages that let people in who have not signed in yet."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Final
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import auth
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache

from accounts import http, second_factor, selectors, sign_in
from accounts.audit import AuditAct
from accounts.models import User
from common.errors import LookalikeError, Unavailable

Door = Callable[[HttpRequest], HttpResponse]
MAIL_LINK: Final = "dashboard.mail_link"
# What sessions keep: the token of an invitation or of set-up, and who has taken the first step.
INVITATION = "invitation"
SET_UP = "set_up"
_BETWEEN_STEPS = "between_steps"
_BETWEEN_STEPS_S = 600
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
def attempt_of(request: HttpRequest, user: User) -> Iterator[None]:
    """Count a code as an attempt too, and in all of the person's, wherever they are from.

    Only somebody who has the password gets here, so strangers keep nobody out; and six digits are
    guessed from many addresses.
    """
    what = f"code of {user.pk}"
    sign_in.begin_attempt(email=what, address=what)
    try:
        with attempt(request, what):
            yield
    except second_factor.WrongCode:
        details = {"step": "code"}
        sign_in.record(act=AuditAct.SIGN_IN_FAILED, email=user.email, details=details)
        raise
    sign_in.forget_attempts(email=what, address=what)


@contextmanager
def attempt(request: HttpRequest, what: str) -> Iterator[None]:
    """Count what is tried as passwords are, unless it was right: what raises was wrong.

    Raise TooManyAttempts beyond the limits of `what` from this address, and of the address.
    """
    begun = sign_in.begin_attempt(email=what, address=_address(request))
    with _unless_unavailable(begun):
        yield
    sign_in.forget_attempts(email=what, address=_address(request))


@contextmanager
def link_attempt(request: HttpRequest, what: str) -> Iterator[None]:
    """Count a link as `attempt` does, but apart from passwords."""
    address = _address(request)
    begun = sign_in.begin_attempt(email=what, address=address, by_link=True)
    with _unless_unavailable(begun):
        yield
    sign_in.forget_attempts(email=what, address=address, by_link=True)


@contextmanager
def _unless_unavailable(attempts: Collection[int]) -> Iterator[None]:
    try:
        yield
    except Unavailable:
        sign_in.take_back(attempts=attempts)
        raise


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


def enter(request: HttpRequest, user: User, *, to: str = "") -> HttpResponse:
    """Sign somebody in who has shown who they are, or ask for the second step first."""
    if second_factor.is_on(user):
        return _ask_first(request, user, "dashboard:code", to)
    if second_factor.is_required(user):
        return _ask_first(request, user, "dashboard:set-up", to)
    sign_in_fully(request, user)
    return redirect(to or _first_page(user))


def sign_in_fully(request: HttpRequest, user: User) -> str:
    """Sign in somebody who has taken every step; return the page that they wanted."""
    wanted = request.session.pop(_BETWEEN_STEPS, {}).get("to", "")
    auth.login(request, user, backend=_PASSWORDS)
    return wanted or _first_page(user)


def _first_page(user: User) -> str:
    if user.is_superuser and not selectors.has_organisation(user):
        return reverse("operations")
    return settings.LOGIN_REDIRECT_URL


def between_steps(request: HttpRequest) -> User | None:
    """Return who has taken the first step in this browser a short while ago."""
    kept = request.session.get(_BETWEEN_STEPS)
    if kept is None or time.time() > kept["until"]:
        return None
    return selectors.person_of_session(kept["user"], kept["hash"])


def _ask_first(request: HttpRequest, user: User, step: str, to: str) -> HttpResponse:
    # A new session: nothing of the person who was signed in here before.
    request.session.flush()
    request.session[_BETWEEN_STEPS] = {
        "user": user.pk,
        # Another password, or another salt, ends this too.
        "hash": user.get_session_auth_hash(),
        "until": time.time() + _BETWEEN_STEPS_S,
        "to": to,
    }
    return redirect(step)


def _address(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))
