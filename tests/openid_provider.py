"""A provider of OpenID Connect over HTTP, for tests."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import oidc_provider_mock
from flask import Response, request
from werkzeug.serving import make_server


@dataclass(slots=True)
class Provider:
    """A provider at work, and the forms that were sent for tokens.

    Its answers of JSON grow by `padding_bytes` of white space, which means nothing.
    """

    issuer: str
    padding_bytes: int = 0
    token_requests: list[dict[str, str]] = field(default_factory=list)


@contextmanager
def running(**addresses: str) -> Iterator[Provider]:
    """Run a provider whose people are named by subject, each with an address that it vouches for.

    The address of `unsure` is one that it does not vouch for.
    """
    people = [
        oidc_provider_mock.User(
            sub=subject,
            claims={
                "email": email,
                "email_verified": subject != "unsure",
                "name": subject.title(),
            },
        )
        for subject, email in addresses.items()
    ]
    app = oidc_provider_mock.app(require_nonce=True, user_claims=people)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    provider = Provider(f"http://127.0.0.1:{server.server_port}")

    @app.before_request  # type: ignore[untyped-decorator]
    def note() -> None:
        if request.path == "/oauth2/token":
            provider.token_requests.append(request.form.to_dict())

    @app.after_request  # type: ignore[untyped-decorator]
    def pad(answer: Response) -> Response:
        if answer.is_json:
            answer.set_data(answer.get_data() + b" " * provider.padding_bytes)
        return answer

    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
