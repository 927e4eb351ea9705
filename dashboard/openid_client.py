"""The client of OpenID Connect: one provider, which the operator names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.django_client import DjangoOAuth2App, OAuth
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from joserfc.errors import JoseError

from accounts.openid import Claims, OpenIdRefused
from common.errors import NotFound, Unavailable
from common.sentences import Sentence
from dashboard.bounded_sessions import BoundedSession

_TIMEOUT_S = 5
_MAX_SUBJECT_LENGTH = 255  # as the standard says
_NO_TEXT = re.compile("[\x00\ud800-\udfff]")
# What a provider may answer wrongly, or somebody may forge.
_WRONG = (AuthlibBaseError, JoseError, KeyError, TypeError, ValueError, RuntimeError)


def name() -> str:
    """Return what the provider is called, empty where there is none."""
    return str(settings.OIDC_NAME) if settings.OIDC_ISSUER else ""


def redirect(request: HttpRequest, callback: str) -> HttpResponse:
    """Send somebody to the provider, with PKCE, a state and a nonce that their session keeps."""
    client = _client()
    try:
        return client.authorize_redirect(request, callback)  # type: ignore[no-any-return]
    except OSError as error:  # as all of requests' errors are
        raise _not_there() from error
    except _WRONG as error:
        raise _misunderstood() from error


def claims(request: HttpRequest) -> Claims:
    """Return what the provider says about who comes back; raise OpenIdRefused if it is forged."""
    client = _client()
    try:
        token = client.authorize_access_token(request)
        said = dict(token["userinfo"])
        if "email_verified" not in said and "userinfo_endpoint" in client.load_server_metadata():
            more = dict(client.userinfo(token=token))
            # The standard's rule against another person's answer.
            if more.get("sub") == said["sub"]:
                said = {**more, "iss": said["iss"]}
        return _read(said)
    except OSError as error:
        raise _not_there() from error
    except _WRONG as error:
        raise _misunderstood() from error


def _read(said: Mapping[str, Any]) -> Claims:
    issuer, subject = str(said["iss"]), str(said["sub"])
    if issuer.rstrip("/") != settings.OIDC_ISSUER.rstrip("/"):
        raise ValueError("another issuer")
    email, name = str(said.get("email") or ""), str(said.get("name") or "")
    # What no database column holds: JSON has it, and people choose their names at the provider.
    is_text = _NO_TEXT.search(subject + email + name) is None
    if not (is_text and 0 < len(subject) <= _MAX_SUBJECT_LENGTH):
        raise ValueError("no text of the standard")
    # Some providers send a text where the standard has a boolean.
    is_verified = str(said.get("email_verified")).lower() == "true"
    return Claims(issuer, subject, email, is_verified=is_verified, name=name)


def _client() -> DjangoOAuth2App:
    if not settings.OIDC_ISSUER:
        raise NotFound("Nobody signs in by OpenID Connect here.")
    return _made(settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET)


class _Client(DjangoOAuth2App):  # type: ignore[misc]
    client_cls = BoundedSession


@cache
def _made(issuer: str, client_id: str, client_secret: str) -> Any:  # noqa: ANN401 - Authlib has no types
    """Return the client, which remembers what the provider says about itself."""
    return OAuth().register(
        "openid",
        client_cls=_Client,
        server_metadata_url=f"{issuer.rstrip('/')}/.well-known/openid-configuration",
        client_id=client_id,
        client_secret=client_secret,
        client_kwargs={
            "scope": "openid email profile",
            "code_challenge_method": "S256",
            "default_timeout": _TIMEOUT_S,
        },
    )


def _not_there() -> Unavailable:
    return Unavailable(Sentence("The sign-in service cannot be reached. Try again in a moment."))


def _misunderstood() -> OpenIdRefused:
    return OpenIdRefused(Sentence("Signing in did not work. Begin once more."))
