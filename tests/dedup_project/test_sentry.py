"""Faults are told to Sentry where it is asked for, and nothing of what people sent."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import sentry_sdk
from django.http import HttpResponse
from django.test import Client
from django.urls import include, path
from pytest_django import Settings
from sentry_sdk.envelope import Envelope
from sentry_sdk.transport import Transport

from common import origins
from common.errors import NotFound
from dedup_project import sentry

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).parents[2]
DSN = "https://key@sentry.example.org/1"
SECRET = "s3cret-of-somebody"
_log = logging.getLogger("tests.sentry")


class Kept(Transport):
    """Sends nothing anywhere."""

    def __init__(self, options: object = None) -> None:
        super().__init__()
        self.sent: list[dict[str, object]] = []

    def capture_envelope(self, envelope: Envelope) -> None:
        event = envelope.get_event()
        if event is not None:
            self.sent.append(dict(event))


@pytest.fixture
def transport() -> Iterator[Kept]:
    """What is sent to Sentry until the test ends."""
    kept = Kept()
    sentry.begin(DSN, release="1.0.0", transport=kept)
    yield kept
    sentry_sdk.init(default_integrations=False)


def fail(request: object) -> HttpResponse:
    """Be a page that fails with something secret at hand."""
    secret = SECRET
    raise ZeroDivisionError(f"not with {secret}")


urlpatterns = [path("fail/", fail), path("", include("dedup_project.urls"))]
handler500 = "dedup_project.errors.server_error"


def test_a_fault_is_told_once_with_its_ids_and_without_any_content(
    transport: Kept, settings: Settings
) -> None:
    settings.ROOT_URLCONF = __name__
    client = Client(raise_request_exception=False)

    with origins.within("req_1", organisation_id=7):
        client.post(f"/fail/?api_secret={SECRET}", {"api_secret": SECRET}, HTTP_COOKIE=SECRET)

    (event,) = transport.sent
    assert event["tags"] == {"request_id": "req_1", "organisation_id": "7"}
    assert "ZeroDivisionError" in json.dumps(event)
    assert SECRET not in json.dumps(event)


def test_refusals_and_lines_without_a_fault_are_not_told(transport: Kept) -> None:
    Client().get("/nowhere/")
    Client().get("/", HTTP_HOST="other.example.org")
    _log.error("Something about %s", SECRET)
    _log.error("A refusal.", exc_info=NotFound("No such list."))

    assert transport.sent == []


def test_nothing_is_imported_where_nobody_asks() -> None:
    code = (
        "import django, sys; django.setup();"
        "print([name for name in sys.modules if name.startswith('sentry')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        check=True,
        env={"DJANGO_SETTINGS_MODULE": "tests.settings", "PATH": ""},
    )

    assert done.stdout == b"[]\n"
