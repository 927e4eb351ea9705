"""Requests that fail outside every view."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import Http404, HttpResponse
from django.test import Client, RequestFactory
from pytest_django import Settings

from dedup_project import errors

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
    assert f"{status}.html" in [template.name for template in answer.templates]


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
