"""Ximilar's own Python client, unchanged, against a real server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ximilar.client import client as ximilar_client
from ximilar.client.search import ImageMatchingSearchClient

from tests.api.ximilar_caller import base64_text
from tests.real_server import ProductServer

pytestmark = pytest.mark.slow


def client_of(server: ProductServer, token: str, *, list_id: str = "") -> Any:
    """Return the client as its users make it; `localhost` needs no authorisation."""
    return ImageMatchingSearchClient(
        token,
        collection_id=list_id or None,
        endpoint=f"http://localhost:{server.port}/image_matching/v2/",
    )


@pytest.fixture
def client(server: ProductServer, list_id: str) -> Any:
    """The client with an empty collection."""
    return client_of(server, server.token, list_id=list_id)


def test_ping_has_an_empty_body(client: Any) -> None:
    assert client.ping()["_service_info"]["_name"] == "Image matching service"


def test_the_four_calls_without_a_collection(client: Any, site: str) -> None:
    cup, copy, astronaut, gone = (
        {"_url": f"{site}/{name}.jpg", "_id": name} for name in ("cup", "copy", "astronaut", "gone")
    )

    hashes = client.custom_endpoint_processing([cup], "visual_hash", {"hash_type": "phash"})
    merged = client.custom_endpoint_processing(
        [cup, copy, astronaut], "remove_duplicates", {"range": 5}
    )
    ranked = client.post(
        "rank_images", data={"query_record": cup, "records": [astronaut, copy, gone]}
    )

    assert len(hashes["records"][0]["phash"]) == 64
    assert [record["_id"] for record in merged["records"]] == ["cup", "astronaut"]
    assert merged["records"][0]["removed_records"][0]["_id"] == "copy"
    assert [record["_id"] for record in ranked["answer_records"]] == ["copy", "astronaut"]
    assert ranked["status"]["code"] == 300
    client.check_json_status(merged)


def test_a_file_goes_as_base64(client: Any, astronaut: bytes, tmp_path: Path) -> None:
    path = tmp_path / "astronaut.jpg"
    path.write_bytes(astronaut)

    small = client.custom_endpoint_processing(
        [{"_file": str(path), "noresize": True}], "visual_hash"
    )
    resized = client.custom_endpoint_processing(
        [{"_base64": base64_text(astronaut)}], "visual_hash"
    )

    assert small["records"][0]["_file"] == str(path)
    assert small["records"][0]["noresize"] is True
    assert "_base64" not in small["records"][0]
    assert resized["records"][0]["_width"] == 512


def test_a_collection_from_insert_to_removal(client: Any, site: str) -> None:
    records = [
        {"_id": name, "_url": f"{site}/{name}.jpg", "kind": name[0]}
        for name in ("cup", "astronaut")
    ]

    inserted = client.insert(records)
    again = client.insert(records)
    got = client.get_records([{"_id": "cup"}], fields_to_return=["_id", "kind", "_url"])
    updated = client.update([{"_id": "cup", "kind": "drink"}])
    some = client.random(count=1)
    filtered = client.random(filter={"kind": "drink"})

    assert inserted["status"]["code"] == 210
    assert again["status"]["code"] == 411
    assert got["answer_records"] == [{"_id": "cup", "kind": "c", "_url": f"{site}/cup.jpg"}]
    assert updated["answer_records"][0]["kind"] == "drink"
    assert len(some["answer_records"]) == 1
    assert [record["_id"] for record in filtered["answer_records"]] == ["cup"]
    assert [record["_id"] for record in client.all_records_iter(batch_size=1)] == [
        "cup",
        "astronaut",
    ]
    assert client.get_all_ids(fields=["kind"])["answer_count"] == 2
    removed = client.remove([{"_id": "cup"}, {"_id": "gone"}])
    assert removed["status"]["code"] == 206
    assert client.allRecords()["answer_records"] == [{"_id": "astronaut"}]


def test_searches_in_a_collection(client: Any, site: str, coffee_copy: bytes) -> None:
    client.insert(
        [
            {"_id": name, "_url": f"{site}/{name}.jpg", "kind": name[0]}
            for name in ("cup", "astronaut")
        ]
    )
    copy = {"_url": f"{site}/copy.jpg"}

    found = client.search(copy, k=3, fields_to_return=["_id", "kind"])
    by_base64 = client.search({"_base64": base64_text(coffee_copy)})
    by_id = client.search({"_id": "cup"})
    none = client.search(copy, filter={"kind": "a"})
    ranked = client.search_and_rank(copy, [{"_id": "astronaut"}, {"_id": "cup"}])

    assert found["answer_records"] == [{"_id": "cup", "kind": "c"}]
    assert found["answer_distances"][0] < 0.5
    assert [record["_id"] for record in by_base64["answer_records"]] == ["cup"]
    assert by_id["answer_distances"] == [0.0]
    assert none["answer_records"] == []
    assert [record["_id"] for record in ranked["answer_records"]] == ["cup", "astronaut"]


def test_a_host_other_than_localhost_is_asked_for_authorisation(
    server: ProductServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The client asks its own maker's server, whatever the endpoint; here that is ours.
    monkeypatch.setattr(ximilar_client, "ENDPOINT", f"http://127.0.0.1:{server.port}/")
    endpoint = f"http://127.0.0.1:{server.port}/image_matching/v2/"

    allowed = ImageMatchingSearchClient(server.token, endpoint=endpoint)

    assert allowed.ping()["status"]["code"] == 200
    with pytest.raises(Exception, match="Invalid token"):
        ImageMatchingSearchClient("wrong", endpoint=endpoint)


def test_a_long_token_goes_as_a_jwt_and_is_told_what_is_wrong(server: ProductServer) -> None:
    client = client_of(server, "x" * 80)

    assert client.headers["Authorization"].startswith("JWT ")
    assert client.ping() == {"detail": "Invalid token."}
