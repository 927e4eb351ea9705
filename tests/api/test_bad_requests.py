"""Requests that are broken, hostile or odd: always JSON of the dialect, never our fault."""

from __future__ import annotations

import io
import json
import struct
import zlib
from typing import Any

import pytest
from pytest_django import Settings

from lists.models import Image as StoredImage
from lists.models import List
from tests.callers import Caller

pytestmark = pytest.mark.django_db

_DIALECTS = ["sightengine", "check", "native"]


def huge_png() -> bytes:
    """Return a small PNG whose header claims 20,000 x 20,000 pixels."""
    header = struct.pack(">IIBBBBB", 20_000, 20_000, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + header
    return (
        b"\x89PNG\r\n\x1a\n"
        + struct.pack(">I", len(header))
        + chunk
        + struct.pack(">I", zlib.crc32(chunk))
        + struct.pack(">I", 0)
        + b"IEND"
        + struct.pack(">I", zlib.crc32(b"IEND"))
    )


def submit(caller: Caller, dialect: str, image_list: List, photo: bytes) -> Any:
    """Add a picture to the list by a dialect."""
    if dialect == "sightengine":
        return caller.sightengine("check.json", photo, add_to_list=image_list.public_id)
    if dialect == "check":
        return caller.match(photo, list=image_list.public_id)
    return caller.upload(f"/v1/lists/{image_list.public_id}/items/", photo)


def code_of(answer: Any, dialect: str) -> object:
    """Return the dialect's code of an error."""
    body = answer.json()
    if dialect == "sightengine":
        return body["error"]["code"]
    return body["error"] if dialect == "check" else body["error"]["code"]


@pytest.mark.parametrize("dialect", _DIALECTS)
@pytest.mark.parametrize(
    ("photo", "expected"),
    [
        (b"Dear sir or madam, this is no picture.", (2, "not_an_image", "unsupported_format")),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", (2, "not_an_image", "unsupported_format")),
        (huge_png(), (5, "not_an_image", "too_many_pixels")),
        ("TRUNCATED", (2, "not_an_image", "corrupt_image")),
    ],
    ids=["text", "svg", "claims 20000x20000", "truncated"],
)
def test_what_is_no_picture_is_told_and_not_stored(
    caller: Caller,
    image_list: List,
    coffee: bytes,
    dialect: str,
    photo: bytes | str,
    expected: tuple[object, ...],
) -> None:
    sent = coffee[: len(coffee) // 4] if isinstance(photo, str) else photo

    answer = submit(caller, dialect, image_list, sent)

    assert 400 <= answer.status_code < 500
    assert code_of(answer, dialect) == expected[_DIALECTS.index(dialect)]
    assert not StoredImage.objects.exists()


@pytest.mark.parametrize("dialect", _DIALECTS)
def test_an_empty_file_is_no_picture(caller: Caller, image_list: List, dialect: str) -> None:
    answer = submit(caller, dialect, image_list, b"")

    assert 400 <= answer.status_code < 500
    assert answer.json()


@pytest.mark.parametrize("dialect", _DIALECTS)
def test_a_picture_with_too_many_bytes_is_too_large(
    caller: Caller, image_list: List, settings: Settings, coffee: bytes, dialect: str
) -> None:
    settings.MAX_IMAGE_BYTES = len(coffee) - 1

    answer = submit(caller, dialect, image_list, coffee)

    assert answer.status_code == 413
    assert not StoredImage.objects.exists()


@pytest.mark.parametrize(
    ("path", "keys"),
    [
        ("/1.0/check.json", {"status", "request", "error"}),
        ("/v1/match/", {"success", "match", "error", "message", "request_id"}),
        ("/v1/lists/", {"error", "request_id"}),
    ],
)
@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b"{"),
        ("application/json", b"[1, 2]"),
        ("application/json", b'"text"'),
        ("application/json", b"\xff\xfe"),
        ("application/json", b"[" * 200_000),
        ("application/json", b'{"a":' * 100_000),
        ("application/json", b'{"name": NaN}'),
        ("application/json", b'{"name": ' + b"9" * 10_000 + b"}"),
        ("application/json", b" " * 1_000_001),
        ("multipart/form-data", b"no boundary"),
        ("multipart/form-data; boundary=edge", b"nothing of the kind"),
        ("multipart/form-data; boundary=\xc3\xa9", b"x"),
        ("multipart/form-data; boundary=edge", b'--edge\r\nContent-Disposition: x; name="'),
        ("application/x-www-form-urlencoded", b"&".join(b"f%d=1" % n for n in range(1000))),
        ("application/x-www-form-urlencoded", b"name=%ED%A0%80%00"),
        ("image/jpeg", b"\xff\xd8\xff"),
        ("text/plain; charset=utf-7", b"+AGE-"),
        ("", b"x"),
        ("nonsense", b"x"),
    ],
    ids=lambda value: str(value)[:32] if isinstance(value, bytes) else None,
)
def test_a_body_that_cannot_be_read_is_told_in_the_dialect(
    caller: Caller, path: str, keys: set[str], content_type: str, body: bytes
) -> None:
    answer = caller.client.generic("POST", path, body, content_type=content_type)

    assert 400 <= answer.status_code < 500
    assert keys <= set(answer.json())


def test_too_many_files_are_told(caller: Caller) -> None:
    files = [io.BytesIO(b"x") for _ in range(30)]

    answer = caller.client.post("/v1/match/", {"image": files})

    assert answer.status_code == 400
    assert answer.json()["error"] == "param_error"


@pytest.mark.parametrize("path", ["/1.0/x", "/v1/x", "/v1/lists/a/b/c", "/v1/", "/t/x", "/api/v2/"])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "TRACE", "BREW"])
def test_an_unknown_address_or_method_answers_json(caller: Caller, path: str, method: str) -> None:
    answer = caller.client.generic(method, path)

    assert answer.status_code in (404, 405)
    assert answer["Content-Type"].startswith("application/json")
    assert json.loads(answer.content)


@pytest.mark.parametrize("path", ["/1.0/check.json", "/v1/match/", "/v1/lists/"])
def test_our_own_fault_answers_json_and_is_logged(
    caller: Caller,
    path: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(**_: object) -> None:
        raise RuntimeError("the disk is on fire")

    monkeypatch.setattr("accounts.services.sign_in_token", broken)

    answer = caller.post(path)

    assert answer.status_code == 500
    assert "fire" not in answer.content.decode()
    assert "the disk is on fire" in caplog.text


@pytest.mark.parametrize("path", ["/1.0/check.json", "/v1/lists/"])
def test_the_accept_header_and_format_change_nothing(caller: Caller, path: str) -> None:
    answer = caller.client.get(f"{path}?format=xml", headers={"accept": "text/html"})

    assert answer.status_code in (200, 400)
    assert answer["Content-Type"].startswith("application/json")


def test_secrets_are_not_logged(caller: Caller, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")

    caller.anonymous.get("/v1/lists/", {"api_user": "x", "api_secret": "hunter2"})
    caller.sightengine("check.json")
    caller.get("/v1/nothing/")

    assert "hunter2" not in caplog.text
    assert caller.credential.api_secret not in caplog.text


_ODD_VALUES = ["\ud800", "\x00", "x" * 20_000, ["a"], {"a": 1}, 5, True, None, 1e300, -1]


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        (
            "check.json",
            ["lists", "add_to_list", "custom_id", "models", "depth", "limit", "min_score", "url"],
        ),
        ("properties.json", ["models", "lists", "url"]),
        ("feedback.json", ["model", "class", "lists", "url"]),
        ("list/remove-item.json", ["list_id", "media_id", "custom_id"]),
    ],
)
def test_odd_values_of_sightengine_s_parameters_are_never_our_fault(
    caller: Caller, image_list: List, path: str, fields: list[str]
) -> None:
    right = {
        "model": "similarity",
        "class": "duplicate",
        "lists": image_list.public_id,
        "list_id": image_list.public_id,
        "url": "http://127.0.0.1:1/a.jpg",
        **caller.pair,
    }
    statuses = {
        (field, repr(odd)[:20]): caller.anonymous.post(
            f"/1.0/{path}", json.dumps({**right, field: odd}), content_type="application/json"
        ).status_code
        for field in fields
        for odd in _ODD_VALUES
    }

    assert {case: status for case, status in statuses.items() if not 400 <= status < 500} == {}
