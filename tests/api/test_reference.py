"""What describes the API and the server's health."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from django.db import DatabaseError
from django.test import Client
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema

from api.dialects import DIALECTS
from common.errors import Unavailable
from dedup_project import __version__
from lists import live_index
from tests.callers import Caller

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def description() -> dict[str, dict[str, dict[str, object]]]:
    """The OpenAPI description."""
    answer = Client().get("/openapi.json")
    assert answer.status_code == 200
    described: dict[str, dict[str, dict[str, object]]] = answer.json()
    return described


def test_the_description_is_made_once_whatever_is_asked(
    description: dict[str, dict[str, dict[str, object]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(SchemaGenerator, "get_schema")

    answer = Client().get("/openapi.json?lang=ar&version=x", headers={"Accept-Language": "fr"})

    assert answer.json() == description
    assert answer["Content-Type"] == "application/vnd.oai.openapi+json"


def test_every_address_is_described_once(
    description: dict[str, dict[str, dict[str, object]]],
) -> None:
    assert set(description["paths"]) == set(described_addresses())


def test_the_description_is_one_of_openapi(
    description: dict[str, dict[str, dict[str, object]]],
) -> None:
    validate_schema(description)  # type: ignore[no-untyped-call]


def test_every_operation_says_how_to_sign_in_and_what_an_error_looks_like(
    description: dict[str, dict[str, dict[str, object]]],
) -> None:
    assert set(description["components"]["securitySchemes"]) == {
        "token",
        "pair",
        "api_user",
        "api_secret",
    }
    for operations in description["paths"].values():
        for operation in operations.values():
            assert isinstance(operation, dict)
            assert operation["security"] == [
                {"token": []},
                {"pair": []},
                {"api_user": [], "api_secret": []},
            ]
            assert "401" in operation["responses"]


def test_the_reference_has_no_inline_script_or_style() -> None:
    page = Client().get("/docs/")

    html = page.content.decode()
    assert page.status_code == 200
    assert "script-src 'self'" in page["Content-Security-Policy"]
    assert re.findall(r"<script(?![^>]*\bsrc=)", html) == []
    assert "<style" not in html
    assert 'data-schema="/openapi.json"' in html


@pytest.mark.workers
@pytest.mark.parametrize(
    ("path", "more"), [("/healthz", {}), ("/readyz", {"version": __version__})]
)
def test_a_healthy_server_says_so(caller: Caller, path: str, more: dict[str, str]) -> None:
    answer = caller.anonymous.get(path)

    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", **more}


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_a_server_without_its_database_is_not_healthy(
    monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    def gone(*_: object, **__: object) -> None:
        raise DatabaseError("connection refused by 10.0.0.7")

    monkeypatch.setattr("lists.live_index.LiveIndex.catch_up", gone)

    answer = Client().get(path)

    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"
    assert answer.json()["error"]["code"] == "unavailable"
    assert "10.0.0.7" not in answer.content.decode()


def test_health_is_told_while_others_wait_for_the_index(monkeypatch: pytest.MonkeyPatch) -> None:
    """Or somebody takes the server for dead, and starts it anew, because of a lock."""
    monkeypatch.setattr("lists.readiness._PATIENCE_S", 0)
    with live_index.current()._catching_up:
        answer = Client().get("/healthz")

    assert (answer.status_code, "Retry-After" in answer) == (503, True)
    assert Client().get("/healthz").status_code == 200


@pytest.mark.workers
@pytest.mark.django_db
def test_a_server_that_cannot_store_or_look_at_pictures_lives_but_is_not_ready(
    monkeypatch: pytest.MonkeyPatch, own_media: Path
) -> None:
    def no_worker(*_: object) -> None:
        raise Unavailable("No worker starts.")

    with monkeypatch.context() as patched:
        patched.setattr("intake.pool.ImagePool.warm_up", no_worker)
        assert Client().get("/readyz").status_code == 503
        assert Client().get("/healthz").status_code == 200
    assert Client().get("/readyz").status_code == 200

    shutil.rmtree(own_media)
    own_media.write_bytes(b"no folder")

    assert Client().get("/readyz").status_code == 503
    assert Client().get("/healthz").status_code == 200


def described_addresses() -> Iterator[str]:
    """Yield every address with a name, as OpenAPI writes it; other spellings have no name.

    Views that say `schema = None` are documented elsewhere; those of the reference are no API.
    """
    for dialect in DIALECTS:
        for found in import_module(dialect.urls).urlpatterns:
            view = getattr(found.callback, "cls", None)
            if found.name and view and view.schema and dialect.urls != "api.reference.urls":
                path = f"/{dialect.prefix}{found.pattern}"
                yield re.sub(r"<str:(.+?)>", r"{\1}", path)
