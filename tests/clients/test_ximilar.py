"""Ximilar's own Python client, unchanged, against a real server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
from PIL import Image
from ximilar.client import client as ximilar_client
from ximilar.client.search import ImageMatchingSearchClient

from tests.api.ximilar_caller import Site, base64_text, serving
from tests.conftest import encoded, photo_path
from tests.real_server import ROOT, gunicorn

pytestmark = pytest.mark.slow


@dataclass(frozen=True, slots=True)
class Server:
    """A running server, a token for it, and a list there."""

    port: int
    token: str
    list_id: str

    def client(self, token: str | None = None) -> Any:
        """Return the client as its users make it; `localhost` needs no authorisation."""
        return ImageMatchingSearchClient(
            self.token if token is None else token,
            collection_id=self.list_id,
            endpoint=f"http://localhost:{self.port}/image_matching/v2/",
        )


@pytest.fixture(scope="module")
def photos() -> dict[str, bytes]:
    """Two photographs, and a copy of the first."""
    coffee = Image.open(photo_path("coffee.png")).convert("RGB")
    astronaut = Image.open(photo_path("astronaut.png")).convert("RGB")
    return {
        "/coffee.jpg": encoded(coffee, quality=92),
        "/copy.jpg": encoded(coffee.resize((300, 200)), quality=70),
        "/astronaut.jpg": encoded(astronaut, quality=92),
    }


@pytest.fixture(scope="module")
def site(photos: dict[str, bytes]) -> Iterator[Site]:
    """A web site on this machine with the photographs."""
    with serving(photos) as site:
        yield site


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, site: Site) -> Iterator[Server]:
    """The product on gunicorn with a fresh SQLite file."""
    folder = tmp_path_factory.mktemp("server")
    environ = {
        **{name: text for name, text in os.environ.items() if name != "DATABASE_URL"},
        "DATA_DIR": str(folder),
        "STATIC_ROOT": str(folder / "static"),
        "DJANGO_SETTINGS_MODULE": "dedup_project.settings",
        "DECODE_WORKERS": "1",
        "FETCH_ALLOW_HOSTS": site.url.removeprefix("http://"),
        "WORK": "0",
    }

    def manage(*arguments: str) -> str:
        command = [sys.executable, "manage.py", *arguments]
        ran = subprocess.run(
            command, cwd=ROOT, env=environ, capture_output=True, text=True, check=True
        )
        return ran.stdout

    manage("migrate", "-v0")
    manage("collectstatic", "--no-input", "-v0")
    person = ["--organisation", "Acme", "--email", "a@acme.example", "--password", "long enough!"]
    token = json.loads(manage("create_credentials", *person, "--json"))["token"]
    with gunicorn(environ) as running:
        created = requests.post(
            f"{running.url}/v1/lists/",
            json={"name": "Products"},
            headers={"Authorization": f"Bearer {token}"},
            timeout=30,
        )
        yield Server(running.port, token, created.json()["id"])


@pytest.fixture
def client(server: Server) -> Any:
    """The client with an empty collection."""
    client = server.client()
    if records := client.get_all_ids()["answer_records"]:
        client.remove(records)
    return client


def test_ping_has_an_empty_body(client: Any) -> None:
    assert client.ping()["_service_info"]["_name"] == "Image matching service"


def test_the_four_calls_without_a_collection(client: Any, site: Site) -> None:
    coffee, copy, astronaut, gone = (
        {"_url": f"{site.url}/{name}.jpg", "_id": name}
        for name in ("coffee", "copy", "astronaut", "gone")
    )

    hashes = client.custom_endpoint_processing([coffee], "visual_hash", {"hash_type": "phash"})
    merged = client.custom_endpoint_processing(
        [coffee, copy, astronaut], "remove_duplicates", {"range": 5}
    )
    ranked = client.post(
        "rank_images", data={"query_record": coffee, "records": [astronaut, copy, gone]}
    )

    assert len(hashes["records"][0]["phash"]) == 64
    assert [record["_id"] for record in merged["records"]] == ["coffee", "astronaut"]
    assert merged["records"][0]["removed_records"][0]["_id"] == "copy"
    assert [record["_id"] for record in ranked["answer_records"]] == ["copy", "astronaut"]
    assert ranked["status"]["code"] == 300
    client.check_json_status(merged)


def test_a_file_goes_as_base64(client: Any, photos: dict[str, bytes], tmp_path: Path) -> None:
    path = tmp_path / "astronaut.jpg"
    path.write_bytes(photos["/astronaut.jpg"])

    small = client.custom_endpoint_processing(
        [{"_file": str(path), "noresize": True}], "visual_hash"
    )
    resized = client.custom_endpoint_processing(
        [{"_base64": base64_text(photos["/astronaut.jpg"])}], "visual_hash"
    )

    assert small["records"][0]["_file"] == str(path)
    assert small["records"][0]["noresize"] is True
    assert "_base64" not in small["records"][0]
    assert resized["records"][0]["_width"] == 512


def test_a_collection_from_insert_to_removal(client: Any, site: Site) -> None:
    records = [
        {"_id": name, "_url": f"{site.url}/{name}.jpg", "kind": name[0]}
        for name in ("coffee", "astronaut")
    ]

    inserted = client.insert(records)
    again = client.insert(records)
    got = client.get_records([{"_id": "coffee"}], fields_to_return=["_id", "kind", "_url"])
    updated = client.update([{"_id": "coffee", "kind": "drink"}])
    some = client.random(count=1)
    filtered = client.random(filter={"kind": "drink"})

    assert inserted["status"]["code"] == 210
    assert again["status"]["code"] == 411
    assert got["answer_records"] == [
        {"_id": "coffee", "kind": "c", "_url": f"{site.url}/coffee.jpg"}
    ]
    assert updated["answer_records"][0]["kind"] == "drink"
    assert len(some["answer_records"]) == 1
    assert [record["_id"] for record in filtered["answer_records"]] == ["coffee"]
    assert [record["_id"] for record in client.all_records_iter(batch_size=1)] == [
        "coffee",
        "astronaut",
    ]
    assert client.get_all_ids(fields=["kind"])["answer_count"] == 2
    removed = client.remove([{"_id": "coffee"}, {"_id": "gone"}])
    assert removed["status"]["code"] == 206
    assert client.allRecords()["answer_records"] == [{"_id": "astronaut"}]


def test_searches_in_a_collection(client: Any, site: Site, photos: dict[str, bytes]) -> None:
    client.insert(
        [
            {"_id": name, "_url": f"{site.url}/{name}.jpg", "kind": name[0]}
            for name in ("coffee", "astronaut")
        ]
    )
    copy = {"_url": f"{site.url}/copy.jpg"}

    found = client.search(copy, k=3, fields_to_return=["_id", "kind"])
    by_base64 = client.search({"_base64": base64_text(photos["/copy.jpg"])})
    by_id = client.search({"_id": "coffee"})
    none = client.search(copy, filter={"kind": "a"})
    ranked = client.search_and_rank(copy, [{"_id": "astronaut"}, {"_id": "coffee"}])

    assert found["answer_records"] == [{"_id": "coffee", "kind": "c"}]
    assert found["answer_distances"][0] < 0.5
    assert [record["_id"] for record in by_base64["answer_records"]] == ["coffee"]
    assert by_id["answer_distances"] == [0.0]
    assert none["answer_records"] == []
    assert [record["_id"] for record in ranked["answer_records"]] == ["coffee", "astronaut"]


def test_a_host_other_than_localhost_is_asked_for_authorisation(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The client asks its own maker's server, whatever the endpoint; here that is ours.
    monkeypatch.setattr(ximilar_client, "ENDPOINT", f"http://127.0.0.1:{server.port}/")
    endpoint = f"http://127.0.0.1:{server.port}/image_matching/v2/"

    allowed = ImageMatchingSearchClient(server.token, endpoint=endpoint)

    assert allowed.ping()["status"]["code"] == 200
    with pytest.raises(Exception, match="Invalid token"):
        ImageMatchingSearchClient("wrong", endpoint=endpoint)


def test_a_long_token_goes_as_a_jwt_and_is_told_what_is_wrong(server: Server) -> None:
    client = server.client("x" * 80)

    assert client.headers["Authorization"].startswith("JWT ")
    assert client.ping() == {"detail": "Invalid token."}
