"""Who asks: a token in the Authorization header, and nowhere else."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request

from accounts.actors import Actor
from api.authentication import CredentialAuthentication
from common.errors import Unauthenticated

# Ximilar's own client sends long tokens as JWT, short ones as Token.
_SCHEMES = frozenset({"token", "jwt", "bearer"})


class HeaderAuthentication(CredentialAuthentication):
    """Signs a program in by its token alone, so that a large body is never read for a stranger."""

    def authenticate(self, request: Request) -> tuple[Any, Actor]:
        """Return the actor; raise Unauthenticated in the words that Ximilar's clients know."""
        scheme = request.META.get("HTTP_AUTHORIZATION", "").strip().partition(" ")[0]
        if scheme.lower() not in _SCHEMES:
            raise Unauthenticated("Authentication credentials were not provided.")
        try:
            return super().authenticate(request)
        except Unauthenticated:
            raise Unauthenticated("Invalid token.") from None
