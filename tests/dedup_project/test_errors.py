"""Requests that fail outside every view."""

from __future__ import annotations

import json

import pytest
from django.core.exceptions import SuspiciousOperation
from django.http import Http404
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


def test_a_host_that_is_not_ours_is_refused_in_the_dialect(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["lookalike.example"]

    answer = Client().get("/1.0/check.json", headers={"host": "evil.example"})

    assert answer.status_code == 400
    assert answer.json()["status"] == "failure"
