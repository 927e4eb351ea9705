"""Requests to the provider of sign-ins whose answers have a bound, in size and in time.

requests and Authlib read whatever comes, and their timeout begins anew with each byte.
"""

from __future__ import annotations

import time
from typing import Any

from authlib.integrations.requests_client import OAuth2Session
from requests import PreparedRequest, Response  # noqa: TID251 - Authlib asks with it
from requests.adapters import HTTPAdapter  # noqa: TID251 - the same
from requests.exceptions import ReadTimeout  # noqa: TID251 - the same

# What a provider says about itself, its keys or somebody are a few kilobytes.
MAX_ANSWER_BYTES = 1_000_000
_LONGEST_S = 15.0
_CHUNK_BYTES = 64 * 1024


class BoundedSession(OAuth2Session):  # type: ignore[misc]
    """Authlib's session; an answer that is too large or compressed is a ValueError."""

    def __init__(self, *given: object, **named: object) -> None:
        """Take what Authlib gives."""
        super().__init__(*given, **named)
        # A few compressed bytes would become many.
        self.headers["Accept-Encoding"] = "identity"
        for scheme in ("https://", "http://"):
            self.mount(scheme, _BoundedAdapter())


class _BoundedAdapter(HTTPAdapter):
    def send(self, request: PreparedRequest, *given: Any, **named: Any) -> Response:  # noqa: ANN401 - requests' own
        ends_at_s = time.monotonic() + _LONGEST_S
        response = super().send(request, *given, **{**named, "stream": True})
        try:
            # Where requests looks before it reads by itself, of redirects too.
            response._content = _body(response, ends_at_s)  # noqa: SLF001
        finally:
            response.close()
        return response


def _body(response: Response, ends_at_s: float) -> bytes:
    if response.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise ValueError("compressed")
    body = bytearray()
    while chunk := response.raw.read1(_CHUNK_BYTES, decode_content=False):
        body += chunk
        if len(body) > MAX_ANSWER_BYTES:
            raise ValueError("too large")
        if time.monotonic() > ends_at_s:
            raise ReadTimeout(request=response.request)
    return bytes(body)
