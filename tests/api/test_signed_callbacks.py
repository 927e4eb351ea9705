"""Callbacks are signed in the manner of Standard Webhooks, and recognised when they come again."""

from __future__ import annotations

import base64
import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts import callback_secrets
from accounts.actors import Actor
from accounts.models import CallbackSecret, User
from accounts.permissions import Role
from intake import signing
from jobs import runner
from tests.callers import Caller
from tests.jobs.conftest import end_delays
from tests.web_site import WebSite

pytestmark = pytest.mark.django_db

DOCS = Path(__file__).parents[2] / "docs" / "reference" / "callbacks.md"
HOOK = "/hook"


@pytest.fixture(scope="module")
def verify() -> Callable[[str, dict[str, str], bytes], str]:
    """The function that the documentation gives to receivers."""
    (snippet,) = re.findall(r"```python\n(.*?)```", DOCS.read_text(), re.DOTALL)
    names: dict[str, Any] = {}
    exec(snippet, names)  # noqa: S102 - it is ours
    found: Callable[[str, dict[str, str], bytes], str] = names["verify"]
    return found


def delivered(caller: Caller, site: WebSite, coffee: bytes) -> tuple[dict[str, str], bytes]:
    """Have a result delivered; return its headers and its body."""
    site.files["/cup.jpg"] = coffee
    body = {"url": site.url("/cup.jpg"), "callback_url": site.url(HOOK), "context": {}}
    caller.post("/similarity/async/image", doc_id="one", threshold=0.9, **body)
    runner.drain()
    return site.headers[-1], site.posts[-1][1]


def test_the_signature_is_that_of_standard_webhooks() -> None:
    """The example of the specification's own verifier."""
    headers = signing.headers(
        [base64.b64decode("plJ3nmyCDGBKInavdOK15jsl")],
        delivery_id="msg_loFOjxBNrRLzqYUf",
        timestamp_s=1731705121,
        body=b'{"event_type":"ping","data":{"success":true}}',
    )

    assert headers["webhook-signature"] == "v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0="


def test_a_receiver_trusts_what_is_signed_and_nothing_else(
    caller: Caller,
    admin: Actor,
    web_site: WebSite,
    coffee: bytes,
    verify: Callable[[str, dict[str, str], bytes], str],
) -> None:
    secret = callback_secrets.make_callback_secret(by=admin)

    headers, body = delivered(caller, web_site, coffee)

    assert verify(secret, headers, body) == headers["webhook-id"]
    with pytest.raises(ValueError, match="wrong"):
        verify(secret, headers, body + b" ")
    with pytest.raises(ValueError, match="wrong"):
        verify(secret, {**headers, "webhook-id": "msg_other"}, body)
    with (
        time_machine.travel(timezone.now() + dt.timedelta(minutes=6)),
        pytest.raises(ValueError, match="old"),
    ):
        verify(secret, headers, body)


def test_without_a_secret_a_delivery_can_still_be_recognised(
    caller: Caller, web_site: WebSite, coffee: bytes
) -> None:
    headers, _ = delivered(caller, web_site, coffee)

    assert headers["webhook-id"].startswith("msg_")
    assert "webhook-signature" not in headers
    assert headers["content-type"] == "application/json"


def test_a_delivery_that_is_tried_again_has_the_same_id(
    caller: Caller, web_site: WebSite, coffee: bytes
) -> None:
    web_site.answers[HOOK] = [500]
    first, _ = delivered(caller, web_site, coffee)

    end_delays()
    runner.drain()

    assert len(web_site.posts) == 2
    assert web_site.headers[-1]["webhook-id"] == first["webhook-id"]


def test_a_secret_that_has_a_successor_signs_for_a_day(
    admin: Actor, verify: Callable[[str, dict[str, str], bytes], str]
) -> None:
    before, after = (callback_secrets.make_callback_secret(by=admin) for _ in range(2))
    assert before != after

    def trusted(secret: str) -> bool:
        headers = signing.headers(
            callback_secrets.signing_keys(admin.organisation_id),
            delivery_id="msg_1",
            timestamp_s=int(timezone.now().timestamp()),
            body=b"{}",
        )
        try:
            return bool(verify(secret, dict(headers), b"{}"))
        except ValueError:
            return False

    assert (trusted(before), trusted(after)) == (True, True)
    with time_machine.travel(timezone.now() + callback_secrets.OVERLAP, tick=False):
        assert (trusted(before), trusted(after)) == (False, True)


def test_the_database_holds_no_secret_and_organisations_share_none(
    admin: Actor, stranger: Actor
) -> None:
    ours, theirs = (callback_secrets.make_callback_secret(by=each) for each in (admin, stranger))

    assert ours != theirs
    assert callback_secrets.signing_keys(admin.organisation_id) == [
        base64.b64decode(ours.removeprefix("whsec_"))
    ]
    assert [
        each for each in CallbackSecret.objects.values_list("seed", flat=True) if each in ours
    ] == []


def test_the_page_shows_a_new_secret_once(make_user: Callable[..., User]) -> None:
    client = Client()
    client.force_login(make_user(Role.ADMIN))

    made = client.post("/settings/api/callbacks/")
    later = client.get("/settings/api/")

    assert "whsec_" in made.content.decode()
    assert "no-store" in made["Cache-Control"]
    assert "whsec_" not in later.content.decode()
