"""Programs that speak the dialects, each with a credential."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from accounts import services as accounts_services
from accounts.models import Organisation
from accounts.permissions import Role
from accounts.services import NewCredential


class Caller:
    """A program with a credential, as it calls the three dialects."""

    def __init__(self, credential: NewCredential) -> None:
        self.credential = credential
        self.pair = {
            "api_user": credential.credential.api_user,
            "api_secret": credential.api_secret,
        }
        self.client = Client(headers={"authorization": f"Bearer {credential.token}"})
        self.anonymous = Client()

    def sightengine(self, path: str, photo: Any = None, **fields: Any) -> Any:
        """Post a form with the pair in it, the way Sightengine's documentation does."""
        if photo is not None:
            fields["media"] = SimpleUploadedFile("image.jpg", photo)
        return self.anonymous.post(f"/1.0/{path}", {**self.pair, **fields})

    def match(self, photo: bytes | None = None, path: str = "/v1/match/", **fields: Any) -> Any:
        """Ask the Check dialect."""
        if photo is not None:
            fields["image"] = SimpleUploadedFile("image.jpg", photo)
        return self.client.post(path, fields)

    def get(self, path: str, **query: Any) -> Any:
        """Read from our own API."""
        return self.client.get(path, query)

    def post(self, path: str, **body: Any) -> Any:
        """Post JSON to our own API."""
        return self.client.post(path, body, content_type="application/json")

    def patch(self, path: str, **body: Any) -> Any:
        """Change something by our own API."""
        return self.client.patch(path, body, content_type="application/json")

    def delete(self, path: str) -> Any:
        """Delete something by our own API."""
        return self.client.delete(path)

    def upload(self, path: str, photo: bytes, **fields: Any) -> Any:
        """Post a picture to our own API."""
        return self.client.post(path, {"image": SimpleUploadedFile("a.jpg", photo), **fields})


@pytest.fixture
def caller(credential: NewCredential) -> Caller:
    """A program of the organisation."""
    return Caller(credential)


@pytest.fixture
def stranger_caller(stranger_credential: NewCredential) -> Caller:
    """A program of another organisation."""
    return Caller(stranger_credential)


@pytest.fixture
def caller_as(organisation: Organisation) -> Callable[..., Caller]:
    """Make a program of the organisation with another role."""

    def make(role: Role, *, is_restricted: bool = False) -> Caller:
        return Caller(
            accounts_services.issue_credential(
                organisation_id=organisation.pk,
                name=role.value,
                role=role,
                is_restricted=is_restricted,
            )
        )

    return make


@dataclass
class WebSite:
    """A web site on this machine: files to fetch, and a hook that notes what is posted to it."""

    port: int = 0
    files: dict[str, bytes] = field(default_factory=dict)
    statuses: list[int] = field(default_factory=list)  # of the next answers to posts; then 200
    posts: list[tuple[str, bytes]] = field(default_factory=list)

    def url(self, path: str) -> str:
        """Return the address of a path."""
        return f"http://127.0.0.1:{self.port}{path}"


@pytest.fixture
def web_site(settings: Settings) -> Iterator[WebSite]:
    """A web site that we may fetch from and post to."""
    site = WebSite()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = site.files.get(self.path)
            self.send_response(200 if content is not None else 404)
            self.end_headers()
            self.wfile.write(content or b"nothing here")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            site.posts.append((self.path, body))
            self.send_response(site.statuses.pop(0) if site.statuses else 200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site.port = server.server_port
    settings.FETCH_ALLOW_HOSTS = [f"127.0.0.1:{site.port}"]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield site
    server.shutdown()
    thread.join()
    server.server_close()
