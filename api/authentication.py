"""Who asks: a credential in the Authorization header, or as api_user and api_secret."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.http import HttpRequest
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from accounts import refused_credentials, selectors, services
from accounts.actors import Actor
from accounts.models import User
from api.parameters import parameters_of
from common.errors import Unauthenticated

_SCHEMES = frozenset({"bearer", "token", "jwt"})
_MAX_LENGTH = 200


class CredentialAuthentication(BaseAuthentication):
    """Signs a program in; `request.auth` becomes the actor. Cookies are no credential here."""

    def authenticate(self, request: Request) -> tuple[Any, Actor]:
        """Return the actor; raise Unauthenticated alike for no pair, a wrong and a revoked one."""
        token = _header_token(request.META.get("HTTP_AUTHORIZATION", ""))
        if token is not None:
            return None, _actor_for_token(token)
        parameters = parameters_of(request)
        pair = {name: _bounded(parameters.get(name)) for name in ("api_user", "api_secret")}
        with _refusals_recorded(pair["api_user"]):
            return None, selectors.actor_for_credential(services.sign_in_credential(**pair))


class BrowserOrTokenAuthentication(BaseAuthentication):
    """Also knows people by their browser's session.

    Only for what changes nothing: a cookie comes along with requests that nobody meant to make.
    """

    def authenticate(self, request: Request) -> tuple[Any, Actor]:
        """Return the actor; raise Unauthenticated for a wrong token and for nobody."""
        token = _header_token(request.META.get("HTTP_AUTHORIZATION", ""))
        if token is not None:
            return None, _actor_for_token(token)
        user = request._request.user  # noqa: SLF001 - where REST framework itself finds it
        if isinstance(user, User):
            return None, selectors.actor_for_user(user)
        raise Unauthenticated("Sign in, or send your API token in the Authorization header.")


def is_known_by_head(request: HttpRequest) -> bool:
    """Tell whether address or headers hold a credential that opens, before the body is there.

    Raise Unauthenticated for a wrong one in the header; what the address says, a body may change.
    """
    token = _header_token(request.META.get("HTTP_AUTHORIZATION", ""))
    if token is not None:
        services.sign_in_token(token=_bounded(token))
        return True
    pair = {name: _bounded(request.GET.get(name)) for name in ("api_user", "api_secret")}
    with suppress(Unauthenticated):
        services.sign_in_credential(**pair)
        return True
    return False


def actor_of(request: Request) -> Actor:
    """Return who asks, after CredentialAuthentication has let them in."""
    if not isinstance(request.auth, Actor):
        raise Unauthenticated("Incorrect API user or API secret")
    return request.auth


def _actor_for_token(token: str) -> Actor:
    token = _bounded(token)
    with _refusals_recorded(token.partition(".")[0]):
        return selectors.actor_for_credential(services.sign_in_token(token=token))


@contextmanager
def _refusals_recorded(api_user: str) -> Iterator[None]:
    try:
        yield
    except Unauthenticated:
        refused_credentials.record(api_user=api_user)
        raise


def _header_token(header: str) -> str | None:
    scheme, _, token = header.strip().partition(" ")
    if scheme.lower() == "basic":
        return _token_of_pair(token.strip())
    return token.strip() if scheme.lower() in _SCHEMES else None


def _token_of_pair(encoded: str) -> str:
    """Return the token that `api_user:api_secret` in base64 stands for; nothing opens with ""."""
    try:
        pair = base64.b64decode(_bounded(encoded), validate=True).decode("utf-8")
    except ValueError:  # no base64, or no text in it
        return ""
    return pair.replace(":", ".", 1)


def _bounded(text: object) -> str:
    """Return the text, or nothing for what can be no credential and is not worth hashing."""
    return text if isinstance(text, str) and len(text) <= _MAX_LENGTH else ""
