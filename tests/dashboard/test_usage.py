"""What the page of API keys says of the limits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
import time_machine
from django.test import Client
from pytest_django import Settings

from accounts import quotas, selectors
from accounts.models import Organisation, User
from accounts.permissions import Role
from accounts.services import NewCredential

pytestmark = pytest.mark.django_db

_NOON = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)


@pytest.fixture
def browser(make_user: Callable[..., User]) -> Client:
    client = Client()
    client.force_login(make_user(Role.ADMIN))
    return client


def page_of(browser: Client) -> str:
    """Return the page's text, with single spaces."""
    return " ".join(browser.get("/settings/api/").content.decode().split())


def test_without_limits_there_is_nothing_to_show(browser: Client) -> None:
    assert "Use by programs" not in page_of(browser)


def test_quotas_are_shown_with_what_was_used(
    browser: Client, credential: NewCredential, settings: Settings
) -> None:
    settings.QUOTA_PER_DAY, settings.QUOTA_PER_MONTH = 1000, 842
    actor = selectors.actor_for_credential(credential.credential)

    with time_machine.travel(_NOON, tick=False):
        quotas.take_pictures(by=actor, count=842)
        browser.force_login(User.objects.get())
        page = page_of(browser)

    assert "<strong>842</strong> of 1,000" in page
    assert '<progress aria-labelledby="usage-day" max="1000" value="842">' in page
    assert "Starts anew in 12 hours" in page
    assert page.count("Used up") == 1
    assert "a minute" not in page


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

    page = page_of(browser)

    assert "<strong>0</strong> of 10" in page
    assert "Each key may send 1 request a minute." in page
