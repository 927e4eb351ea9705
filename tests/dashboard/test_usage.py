"""What the page of API keys says of the limits."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

import pytest
import time_machine
from django.test import Client
from pytest_django import Settings

from accounts import quotas, selectors
from accounts.models import ApiCredential, Organisation, User
from accounts.permissions import Role
from accounts.services import NewCredential
from tests import hooks

pytestmark = pytest.mark.django_db

_NOON = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)


@pytest.fixture
def browser(make_user: Callable[..., User]) -> Client:
    client = Client()
    client.force_login(make_user(Role.ADMIN))
    return client


def test_without_limits_there_is_nothing_to_show(browser: Client) -> None:
    assert hooks.values(browser.get("/settings/api/"), "usage") == []


def test_quotas_are_shown_with_what_was_used(
    browser: Client, credential: NewCredential, settings: Settings
) -> None:
    settings.QUOTA_PER_DAY, settings.QUOTA_PER_MONTH = 1000, 842
    actor = selectors.actor_for_credential(credential.credential)

    with time_machine.travel(_NOON, tick=False):
        quotas.take_pictures(by=actor, count=842)
        browser.force_login(User.objects.get())
        page = browser.get("/settings/api/")

    day, month = hooks.elements(page, "quota")
    assert day == {
        "quota": "usage-day",
        "used": "842",
        "limit": "1000",
        "resets-at": "2026-11-22T00:00:00+00:00",
    }
    assert (month["used"], month["limit"]) == ("842", "842")
    text = page.content.decode()
    assert text.count("is-used-up") == 1
    assert '<progress aria-labelledby="usage-day" max="1000" value="842">' in " ".join(text.split())
    assert hooks.values(page, "requests-per-minute") == []


def test_an_organisation_sees_its_own_limits_and_use(
    browser: Client,
    organisation: Organisation,
    stranger_credential: NewCredential,
    settings: Settings,
) -> None:
    settings.RATE_LIMIT_PER_MINUTE, settings.QUOTA_PER_DAY = 60, 10
    stranger = selectors.actor_for_credential(stranger_credential.credential)
    quotas.take_pictures(by=stranger, count=7)
    Organisation.objects.filter(pk=organisation.pk).update(rate_limit_per_minute=1)

    page = browser.get("/settings/api/")

    (day,) = hooks.elements(page, "quota")
    assert (day["used"], day["limit"]) == ("0", "10")
    assert hooks.values(page, "requests-per-minute") == ["1"]


def test_keys_come_before_callbacks_and_a_new_secret_before_all(
    browser: Client, credential: NewCredential
) -> None:
    page = browser.get("/settings/api/").content.decode()
    assert page.index(credential.credential.api_user) < page.index("/settings/api/callbacks/")

    made = browser.post("/settings/api/callbacks/").content.decode()
    assert made.index("data-callback-secret") < made.index(credential.credential.api_user)
    assert made.count("/settings/api/callbacks/") == 1


def test_a_key_is_created_after_a_callback_secret_on_the_same_page(browser: Client) -> None:
    made = browser.post("/settings/api/callbacks/").content.decode()
    form = re.search(r'<form class="panel form"[^>]*action="([^"]+)"', made)

    assert form
    page = browser.post(form[1], {"name": "Bot", "role": Role.VIEWER})

    assert "data-callback-secret" not in page.content.decode()
    assert ApiCredential.objects.get().name == "Bot"
