"""Sightengine's own client for Python, unchanged, against this server.

It knows one address, https://api.sightengine.com. Its users point it elsewhere by a subclass, or
leave it as it is and let the name lead here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import urllib3.util.connection
from sightengine.check import Check
from sightengine.client import SightengineClient

from tests.clients.telephone import assert_number
from tests.clients.tls_front import TlsFront, tls_front
from tests.drawn_codes import coded
from tests.real_server import ProductServer

pytestmark = [
    pytest.mark.slow,
    # The client never closes the files that it opens.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

_HOST = "api.sightengine.com"

MakeClient = Callable[..., SightengineClient]


@pytest.fixture(scope="module")
def front(server: ProductServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TlsFront]:
    """The server under the vendor's own name."""
    with tls_front(_HOST, to_port=server.port, folder=tmp_path_factory.mktemp("tls")) as running:
        yield running


def subclassed(base_url: str) -> MakeClient:
    """Return how a client with another address is made."""

    class Client(SightengineClient):  # type: ignore[misc]  # the package carries no types
        def __init__(self, api_user: str, api_secret: str) -> None:
            super().__init__(api_user, api_secret)
            self.endpoint = f"{base_url}/"

        def check(self, *models: str) -> Check:
            check = super().check(*models)
            check.endpoint = f"{base_url}/1.0/"
            return check

    return Client


@pytest.fixture(params=["another address", "unmodified"])
def make_client(
    server: ProductServer, front: TlsFront, request: Any, monkeypatch: pytest.MonkeyPatch
) -> MakeClient:
    """How a client of this server is made: with another address, or with nothing changed."""
    if request.param == "another address":
        return subclassed(server.url)
    connect = urllib3.util.connection.create_connection

    def connect_here(address: tuple[str, int], *rest: Any, **more: Any) -> Any:
        return connect(("127.0.0.1", front.port) if address[0] == _HOST else address, *rest, **more)

    monkeypatch.setattr(urllib3.util.connection, "create_connection", connect_here)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(front.certificate))
    client: MakeClient = SightengineClient
    return client


@pytest.fixture
def client(make_client: MakeClient, server: ProductServer) -> SightengineClient:
    """A client with a credential."""
    return make_client(server.api_user, server.api_secret)


def assert_properties(answer: Any, *, uri: str) -> None:
    """The answer has what the model `properties` measures, and costs nothing."""
    assert answer["status"] == "success", answer
    assert answer["request"]["operations"] == 0
    assert answer["media"]["uri"] == uri
    for measured in ("sharpness", "contrast", "brightness"):
        assert 0 <= answer[measured] <= 1
    assert answer["colors"]["dominant"].keys() == {"r", "g", "b", "hex"}


def assert_not_run(answer: Any) -> None:
    """The answer says that the server has no such model."""
    assert answer["status"] == "failure"
    assert (answer["error"]["type"], answer["error"]["code"]) == ("plan_error", 31)


def test_set_url(client: SightengineClient, site: str) -> None:
    url = f"{site}/cup.jpg"

    assert_properties(client.check("properties").set_url(url), uri=url)


def test_set_file(client: SightengineClient, photo: Path) -> None:
    assert_properties(client.check("properties").set_file(str(photo)), uri="image.jpg")


def test_set_bytes(client: SightengineClient, coffee: bytes) -> None:
    assert_properties(client.check("properties").set_bytes(coffee), uri="media")


def test_text_content(client: SightengineClient, site: str, number_photo: Path) -> None:
    check, url = client.check("text-content"), f"{site}/number.png"

    assert_number(check.set_url(url), uri=url)
    assert_number(check.set_file(str(number_photo)), uri="number.png")
    assert_number(check.set_bytes(number_photo.read_bytes()), uri="media")


def test_text_and_text_content_in_one_object(client: SightengineClient, number_photo: Path) -> None:
    answer = client.check("text", "text-content").set_file(str(number_photo))

    assert_number(answer, uri="number.png", operations=2)
    assert {box["label"] for box in answer["text"]["boxes"]} <= {"text-artificial", "text-natural"}
    assert answer["text"]["has_artificial"] + answer["text"]["has_natural"] > 0


def test_qr_content(client: SightengineClient, tmp_path: Path) -> None:
    photo = tmp_path / "code.png"
    photo.write_bytes(coded("https://example.com/win"))

    answer = client.check("qr-content", "text").set_file(str(photo))

    assert answer["status"] == "success", answer
    assert [(each["type"], each["match"]) for each in answer["qr"]["link"]] == [
        ("url", "https://example.com/win")
    ]
    assert answer["request"]["operations"] == 2


@pytest.mark.parametrize("how", ["form", "json", "address"])
def test_texts_are_judged_though_the_client_has_no_call_for_it(
    server: ProductServer, how: str
) -> None:
    # As the vendor's pages do it, with requests.
    address = f"{server.url}/1.0/text/check.json"
    asked = {**server.pair, "text": "Write to rick(at)gmail(dot)com", "lang": "en", "mode": "rules"}
    answers = {
        "form": lambda: requests.post(address, data=asked, timeout=30),
        "json": lambda: requests.post(address, json=asked, timeout=30),
        "address": lambda: requests.get(address, params=asked, timeout=30),
    }

    body = answers[how]().json()

    assert body["status"] == "success", body
    assert body["personal"]["matches"] == [
        {"type": "email", "match": "rick(at)gmail(dot)com", "start": 9, "end": 30}
    ]


def test_an_address_without_a_picture(client: SightengineClient, site: str) -> None:
    answer = client.check("properties").set_url(f"{site}/lost.jpg")

    assert (answer["error"]["type"], answer["error"]["code"]) == ("media_error", 3)


def test_models_that_are_not_offered(client: SightengineClient, site: str) -> None:
    assert_not_run(client.check("nudity", "wad").set_url(f"{site}/cup.jpg"))


def test_video_sync(client: SightengineClient, site: str) -> None:
    url = f"{site}/film.mp4"

    answer = client.check("nudity", "faces", "properties").video_sync(url)

    assert answer["status"] == "success", answer
    assert answer["media"]["uri"] == url
    assert answer["request"]["operations"] == 4
    frames = answer["data"]["frames"]
    assert [each["info"]["position"] for each in frames] == [0, 1_000]
    assert [each["info"]["id"].rpartition("_")[2] for each in frames] == ["1", "2"]
    assert all(each["nudity"].keys() == {"raw", "partial", "safe"} for each in frames)
    assert_not_run(client.check("nudity", "wad").video_sync(url))


def test_long_videos_are_not_moderated_here(client: SightengineClient, site: str) -> None:
    assert_not_run(client.check("nudity").video(f"{site}/film.mp4", f"{site}/callback"))


def test_feedback_by_address_and_by_file(client: SightengineClient, site: str, photo: Path) -> None:
    for image in (f"{site}/cup.jpg", str(photo)):
        answer = client.feedback("nudity", "safe", image)

        assert answer["status"] == "success", answer
        assert answer["message"] == "Thank you!"
        assert answer["request"]["operations"] == 0


@pytest.mark.parametrize("wrong", ["api_user", "api_secret"])
def test_wrong_credentials(
    make_client: MakeClient, server: ProductServer, photo: Path, site: str, wrong: str
) -> None:
    check = make_client(**{**server.pair, wrong: "1234"}).check("properties")

    for answer in (check.set_file(str(photo)), check.set_url(f"{site}/cup.jpg")):
        assert answer["status"] == "failure"
        assert answer["error"] == {
            "type": "credentials_error",
            "code": 1,
            "message": "Incorrect API user or API secret",
        }
