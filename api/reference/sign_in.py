"""How programs sign in, for the OpenAPI description."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema


class CredentialScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """The places of a credential."""

    target_class = "api.authentication.CredentialAuthentication"
    name = ["token", "pair", "api_user", "api_secret"]
    match_subclasses = True

    def get_security_definition(self, auto_schema: AutoSchema) -> list[dict[str, Any]]:
        """Return the schemes, in the order of their names."""
        return [
            {
                "type": "http",
                "scheme": "bearer",
                "description": "`api_user.api_secret`; the schemes Token and JWT mean the same.",
            },
            {
                "type": "http",
                "scheme": "basic",
                "description": "`api_user` as the user name, `api_secret` as the password.",
            },
            {
                "type": "apiKey",
                "in": "query",
                "name": "api_user",
                "description": "Better in the body of a form: addresses end up in logs.",
            },
            {"type": "apiKey", "in": "query", "name": "api_secret"},
        ]

    def get_security_requirement(self, auto_schema: AutoSchema) -> list[dict[str, list[str]]]:
        """Return the token, or the pair together."""
        return [{"token": []}, {"pair": []}, {"api_user": [], "api_secret": []}]
