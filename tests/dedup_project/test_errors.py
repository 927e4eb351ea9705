"""Requests that fail outside every view."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.db import Error, InternalError, OperationalError, connection, transaction
from django.db.backends.utils import CursorWrapper
from django.http import Http404, HttpResponse
from django.test import Client, RequestFactory
from pytest_django import Settings

from accounts.actors import Actor
from accounts.models import Organisation, User
from accounts.services import NewCredential
from api import errors as api_errors
from api import request_ids
from common.errors import Unavailable
from dedup_project import errors
from tests import hooks

_PROGRAMS = [
    "/1.0/x",
    "/v1/match/",
    "/v1/x",
    "/openapi.json",
    "/healthz",
    "/readyz",
    "/t/x",
    "/o/x",
]


@pytest.mark.parametrize("path", _PROGRAMS)
def test_programs_get_json(path: str) -> None:
    request = RequestFactory().get(path)

    answers = [
        errors.bad_request(request, SuspiciousOperation()),
        errors.permission_denied(request, PermissionError()),
        errors.not_found(request, Http404()),
        errors.server_error(request),
    ]

    assert [answer.status_code for answer in answers] == [400, 403, 404, 500]
    assert all(json.loads(answer.content) for answer in answers)


def test_people_get_pages() -> None:
    request = RequestFactory().get("/lists/nothing/")

    answer = errors.not_found(request, Http404())

    assert answer.status_code == 404
    assert answer["Content-Type"].startswith("text/html")


def test_a_page_about_a_fault_names_the_request() -> None:
    request = RequestFactory().get("/lists/")

    page = errors.server_error(request).content.decode()

    assert request_ids.of(request) in page
    assert 'href="/lists/"' in page


@pytest.mark.parametrize(
    ("path", "status"), [("/settings/theme/", 400), ("/lists/", 400), ("/nothing/", 404)]
)
def test_a_form_that_cannot_be_read_gets_a_page_too(path: str, status: int) -> None:
    token = "t" * 32
    client = Client(enforce_csrf_checks=True, headers={"X-CSRFToken": token})
    client.cookies["csrftoken"] = token

    answer = client.post(
        path, "theme=dark", content_type="application/x-www-form-urlencoded; charset=utf-7"
    )

    assert answer.status_code == status
    assert hooks.values(answer, "code") == [str(status)]


@pytest.mark.parametrize(
    ("answer_to", "status"), [(errors.bad_request, 400), (errors.permission_denied, 403)]
)
def test_no_error_page_reads_the_form(answer_to: Callable[..., HttpResponse], status: int) -> None:
    request = RequestFactory().post(
        "/lists/", "a=b", content_type="application/x-www-form-urlencoded; charset=utf-7"
    )
    request.COOKIES["csrftoken"] = request.META["HTTP_X_CSRFTOKEN"] = "t" * 32

    assert answer_to(request, BadRequest()).status_code == status
    assert errors.server_error(request).status_code == 500


@pytest.mark.parametrize("path", ["/1.0/x", "/v1/x"])
def test_a_form_that_cannot_be_read_is_no_fault_of_ours(
    path: str, caplog: pytest.LogCaptureFixture
) -> None:
    answer = errors.bad_request(RequestFactory().post(path), BadRequest())

    assert answer.status_code == 400
    assert not caplog.records


def test_a_host_that_is_not_ours_is_refused_in_the_dialect(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["lookalike.example"]

    answer = Client().get("/1.0/check.json", headers={"host": "evil.example"})

    assert answer.status_code == 400
    assert answer.json()["status"] == "failure"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    [
        *("/v1/lists/", "/v1/match/", "/1.0/check.json", "/image_matching/v2/ping"),
        *("/image/similarity/", "/lists/", "/login/"),
    ],
)
def test_an_outage_of_the_database_is_told_to_try_again(
    credential: NewCredential, admin: Actor, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = Client(
        raise_request_exception=False, headers={"Authorization": f"Bearer {credential.token}"}
    )
    client.force_login(User.objects.get(pk=admin.user_id or 0))

    def gone(*_: object) -> None:
        raise OperationalError("the server 10.0.0.7 closed the connection")

    monkeypatch.setattr(CursorWrapper, "execute", gone)
    pair = {"api_user": credential.credential.api_user, "api_secret": credential.api_secret}
    answer = client.get(path, {**pair, "url": "https://example.org/"})

    assert answer.status_code == 503
    assert int(answer["Retry-After"]) > 0
    assert "10.0.0.7" not in answer.content.decode()


@pytest.mark.postgres
@pytest.mark.django_db
def test_no_request_waits_for_a_lock_without_end() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('lock_timeout')")
        assert cursor.fetchone() == ("10s",)


@pytest.mark.postgres
@pytest.mark.django_db
def test_a_server_that_has_become_a_standby_is_an_outage() -> None:
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute("SET TRANSACTION READ ONLY")
        with pytest.raises(InternalError) as caught, transaction.atomic():
            cursor.execute("DELETE FROM lists_itemchange")

    assert isinstance(api_errors.outage(caught.value), Unavailable)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_read_in_pieces_that_waits_too_long_for_a_lock_is_an_outage() -> None:
    """Django closes its cursor, which is not there, and what the driver says of that passes it."""
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '10ms'")
    with closing(connection.copy()) as other, other.cursor() as cursor:
        other.set_autocommit(False)
        cursor.execute("LOCK TABLE accounts_organisation")
        with pytest.raises(Exception) as caught:
            list(Organisation.objects.iterator())
    connection.close()

    assert not isinstance(caught.value, Error)
    assert isinstance(api_errors.outage(caught.value), Unavailable)


@pytest.mark.django_db(transaction=True)
def test_a_file_that_another_program_has_locked_is_an_outage(credential: NewCredential) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL locks no whole database.")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 0")
    with closing(sqlite3.connect(connection.settings_dict["NAME"])) as other:
        other.execute("BEGIN IMMEDIATE")
        answer = Client().post(
            "/v1/lists/",
            {"name": "Fakes"},
            content_type="application/json",
            headers={"Authorization": f"Bearer {credential.token}"},
        )
    connection.close()

    assert (answer.status_code, "Retry-After" in answer) == (503, True)
