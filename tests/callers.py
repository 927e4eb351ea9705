"""Programs that speak the dialects, each with a credential."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

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

    def put(self, path: str, **body: Any) -> Any:
        """Replace something by our own API."""
        return self.client.put(path, body, content_type="application/json")

    def delete(self, path: str) -> Any:
        """Delete something by our own API."""
        return self.client.delete(path)

    def upload(self, path: str, photo: bytes, **fields: Any) -> Any:
        """Post a picture to our own API."""
        return self.client.post(path, {"image": SimpleUploadedFile("a.jpg", photo), **fields})
