"""Clients that are no packages here: the requests they send, byte for byte as they send them."""

from __future__ import annotations

import hashlib
import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import requests

from tests.real_server import ProductServer

pytestmark = pytest.mark.slow

_GUZZLE_BOUNDARY = "3f0b6b8a5d0e4c1f9a7d2e8b6c4a1f5e7d9c3b2a"


@dataclass(frozen=True, slots=True)
class Sent:
    """One request."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes = b""

    def to(self, server: ProductServer) -> tuple[int, Any]:
        """Send it, and return the status and the JSON of the answer."""
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        connection.putrequest(self.method, self.target, skip_accept_encoding=True)
        for name, value in self.headers.items():
            connection.putheader(name, value)
        connection.endheaders(self.body or None)
        answer = connection.getresponse()
        read = answer.status, json.load(answer)
        connection.close()
        return read


def php(query: Mapping[str, str], photo: bytes) -> Sent:
    """PHP's `set_bytes`: Guzzle puts everything but the picture into the address of a POST.

    The picture is a part without a file name.
    """
    part = (
        f"--{_GUZZLE_BOUNDARY}\r\n"
        'Content-Disposition: form-data; name="media"\r\n'
        f"Content-Length: {len(photo)}\r\n\r\n"
    )
    body = part.encode() + photo + f"\r\n--{_GUZZLE_BOUNDARY}--\r\n".encode()
    headers = {
        "User-Agent": "GuzzleHttp/7",
        "Content-Type": f"multipart/form-data; boundary={_GUZZLE_BOUNDARY}",
        "Content-Length": str(len(body)),
    }
    return Sent("POST", f"/1.0/check.json?{urlencode(query)}", headers, body)


def ruby(query: Mapping[str, str], path: str = "/1.0/check.json") -> Sent:
    """Ruby's `check`: a GET that says its body is a form, and has none."""
    headers = {
        "User-Agent": "Faraday v0.9.2",
        "Content-Type": "application/x-www-form-urlencoded",
        "Accept": "*/*",
    }
    return Sent("GET", f"{path}?{urlencode(query)}", headers)


def try_agi(query: Mapping[str, str], fields: Mapping[str, str], photo: bytes) -> Sent:
    """TryAGI's client for .NET: the secrets in the address, all else in the multipart body."""
    boundary = "8f7f3b1e-6f0f-4c77-9a52-3d1a7c1f0c55"
    body = b""
    for name, text in fields.items():
        body += (
            f"--{boundary}\r\nContent-Type: text/plain; charset=utf-8\r\n"
            f'Content-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n'
        ).encode()
    body += (
        f"--{boundary}\r\nContent-Type: application/octet-stream\r\n"
        'Content-Disposition: form-data; name="media"; filename="image.jpg"; '
        "filename*=utf-8''image.jpg\r\n\r\n"
    ).encode()
    body += photo + f"\r\n--{boundary}--\r\n".encode()
    headers = {
        "Content-Type": f'multipart/form-data; boundary="{boundary}"',
        "Content-Length": str(len(body)),
    }
    return Sent("POST", f"/1.0/check.json?{urlencode(query)}", headers, body)


def stored_sha256(server: ProductServer, list_id: str) -> list[str]:
    """Return the checksums of the pictures in a list."""
    items = requests.get(
        f"{server.url}/v1/lists/{list_id}/items/", headers=server.headers, timeout=30
    )
    return [item["sha256"] for item in items.json()["results"]]


def test_php_adds_a_picture_without_a_file_name_whole(
    server: ProductServer, list_id: str, coffee: bytes
) -> None:
    status, body = php({**server.pair, "add_to_list": list_id}, coffee).to(server)

    assert (status, body["status"]) == (200, "success"), body
    assert body["media"]["uri"] == "media"
    assert stored_sha256(server, list_id) == [hashlib.sha256(coffee).hexdigest()]


def test_php_reads_properties_of_bytes(server: ProductServer, coffee: bytes) -> None:
    status, body = php({"models": "properties", **server.pair}, coffee).to(server)

    assert status == 200, body
    assert 0 <= body["sharpness"] <= 1


def test_php_reads_why_its_credentials_are_refused(server: ProductServer, coffee: bytes) -> None:
    status, body = php({"models": "properties", **server.pair, "api_user": "1"}, coffee).to(server)

    assert status == 401
    assert body["error"]["message"] == "Incorrect API user or API secret"


def test_ruby_checks_an_address_by_a_get_with_an_empty_form(
    server: ProductServer, list_id: str, site: str
) -> None:
    url = f"{site}/cup.jpg"
    ruby({**server.pair, "add_to_list": list_id, "url": url}).to(server)

    status, body = ruby({**server.pair, "lists": list_id, "url": url}).to(server)

    assert status == 200, body
    assert body["similarity"][0]["matches"][0]["score"] == 1


def test_ruby_reads_properties_of_an_address(server: ProductServer, site: str) -> None:
    query = {**server.pair, "models": "properties", "url": f"{site}/cup.jpg"}

    status, body = ruby(query).to(server)

    assert status == 200, body
    assert 0 <= body["sharpness"] <= 1


def test_ruby_is_answered_at_its_old_address_of_nudity(server: ProductServer, site: str) -> None:
    query = {**server.pair, "url": f"{site}/cup.jpg"}

    status, body = ruby(query, "/1.0/nudity.json").to(server)

    assert (status, body["status"]) == (200, "success")
    assert body["nudity"].keys() >= {"raw", "partial", "safe"}


def test_try_agi_posts_a_form_with_the_secrets_in_the_address(
    server: ProductServer, list_id: str, coffee: bytes
) -> None:
    added = try_agi(server.pair, {"add_to_list": list_id, "custom_id": "cup"}, coffee).to(server)
    status, body = try_agi(server.pair, {"lists": list_id}, coffee).to(server)

    assert added[0] == status == 200, body
    assert body["similarity"][0]["matches"][0]["custom_id"] == "cup"
    assert body["media"]["uri"] == "image.jpg"


# ------------------------------------------------------------ the documentation's own snippets

ADD = """
params = {
  'add_to_list': '{list_id}',
  'custom_id': '{custom_id}',
  'api_user': '{api_user}',
  'api_secret': '{api_secret}'
}
files = {'media': open('/path/to/image.jpg', 'rb')}
r = requests.post('https://api.sightengine.com/1.0/check.json', files=files, data=params)

output = json.loads(r.text)
"""

CHECK = """
params = {
  'lists': '{list_id}',
  'api_user': '{api_user}',
  'api_secret': '{api_secret}'
}
files = {'media': open('/path/to/image.jpg', 'rb')}
r = requests.post('https://api.sightengine.com/1.0/check.json', files=files, data=params)

output = json.loads(r.text)
"""

REMOVE_BY_MEDIA_ID = """
params = {
  'list_id': '{list_id}',
  'media_id': '{media_id}',
  'api_user': '{api_user}',
  'api_secret': '{api_secret}'
}

r = requests.post('https://api.sightengine.com/1.0/list/remove-item.json', data=params)

output = json.loads(r.text)
"""

REMOVE_BY_CUSTOM_ID = REMOVE_BY_MEDIA_ID.replace("media_id", "custom_id")


@dataclass(frozen=True, slots=True)
class Documentation:
    """The snippets, run with the values that they leave open and our base address."""

    server: ProductServer
    values: Mapping[str, str]
    photo: Path

    def run(self, snippet: str, **values: str) -> Any:
        """Return the `output` of a snippet."""
        text = snippet.replace("https://api.sightengine.com", self.server.url)
        text = text.replace("/path/to/image.jpg", str(self.photo))
        for name, value in {**self.values, **self.server.pair, **values}.items():
            text = text.replace(f"{{{name}}}", value)
        names: dict[str, Any] = {"requests": requests, "json": json}
        exec(text, names)  # noqa: S102 - the snippets are above
        return names["output"]


@pytest.fixture
def documentation(server: ProductServer, list_id: str, photo: Path) -> Documentation:
    """The snippets, with a list for them alone."""
    return Documentation(server, {"list_id": list_id}, photo)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("remove", [REMOVE_BY_MEDIA_ID, REMOVE_BY_CUSTOM_ID])
def test_the_documented_snippets_add_check_and_remove(
    documentation: Documentation, list_id: str, remove: str
) -> None:
    added = documentation.run(ADD, custom_id="cup")
    found = documentation.run(CHECK)
    removed = documentation.run(remove, custom_id="cup", media_id=added["media"]["id"])
    gone = documentation.run(CHECK)

    assert added.keys() == {"status", "request", "media"}
    assert added["media"]["uri"] == "image.jpg"
    (entry,) = found["similarity"]
    assert entry["list"] == {"id": list_id}
    assert entry["matches"] == [{"id": added["media"]["id"], "custom_id": "cup", "score": 1}]
    assert removed.keys() == {"status", "request"}
    assert gone["similarity"] == [{"list": {"id": list_id}, "matches": []}]
    assert [each["request"]["operations"] for each in (added, found, removed)] == [1, 1, 1]
