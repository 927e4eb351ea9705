"""Webhooks in the browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.actors import Actor
from accounts.models import User
from accounts.permissions import Role
from jobs import runner
from review.models import MatchCandidate
from review.pairs import services as pairs_services
from tests import hooks
from tests.web_site import WebSite
from tests.webhooks.conftest import HOOK
from webhooks.models import Delivery, Webhook

pytestmark = pytest.mark.django_db

PATH = "/settings/api/webhooks/"


@pytest.fixture
def browser_of(make_user: Callable[..., User]) -> Callable[[Role], Client]:
    """Sign somebody in with a role."""

    def sign_in(role: Role) -> Client:
        client = Client()
        client.force_login(make_user(role))
        return client

    return sign_in


def test_a_webhook_is_made_changed_tried_and_deleted(
    browser_of: Callable[[Role], Client], web_site: WebSite
) -> None:
    client = browser_of(Role.ADMIN)
    client.post(PATH, {"url": web_site.url(HOOK), "name": "Tipline", "types": ["match.closed"]})
    webhook = Webhook.objects.get()
    own = f"{PATH}{webhook.public_id}/"
    assert (webhook.types, webhook.is_enabled) == (["match.closed"], True)
    assert f'data-webhook="{webhook.public_id}"' in client.get(PATH).content.decode()

    client.post(own, {"url": webhook.url, "name": "", "types": []})
    webhook.refresh_from_db()
    assert (webhook.name, webhook.types, webhook.is_enabled) == ("", [], False)
    shown = client.post(f"{own}try/", follow=True).content.decode()
    assert "received" in shown
    web_site.answers[HOOK] = [404]
    assert "delivery_failed" in client.post(f"{own}try/", follow=True).content.decode()

    client.post(f"{own}remove/")
    assert not Webhook.objects.exists()
    assert client.get(own).status_code == 404


def test_a_mistake_is_said_beside_its_field(
    browser_of: Callable[[Role], Client], web_site: WebSite
) -> None:
    page = browser_of(Role.ADMIN).post(PATH, {"url": "http://127.0.0.1:9/"}).content.decode()

    assert 'data-mistake="url"' in page
    assert 'data-code="delivery_refused"' in page
    assert not Webhook.objects.exists()


def test_deliveries_are_listed_by_state_and_sent_again(
    browser_of: Callable[[Role], Client],
    webhook: Webhook,
    web_site: WebSite,
    admin: Actor,
    pairs: list[MatchCandidate],
) -> None:
    client = browser_of(Role.ADMIN)
    web_site.answers[HOOK] = [500]
    for pair in pairs[:2]:
        pairs_services.dissociate(by=admin, pair=pair)
    runner.drain()
    Delivery.objects.filter(state="waiting").update(state="failed")
    own = f"{PATH}{webhook.public_id}/"

    def states(**query: str) -> int:
        return client.get(own, query).content.decode().count("data-delivery=")

    assert (states(), states(state="failed"), states(state="waiting")) == (2, 1, 0)
    assert "data-replay-failed" in client.get(own).content.decode()
    client.post(f"{own}replay/")
    assert (states(state="failed"), states(state="waiting")) == (0, 1)
    client.post(f"{own}replay/", {"after": 0})
    assert states(state="waiting") == 2
    assert 'data-mistake="after"' in client.post(f"{own}replay/", {"after": "x"}).content.decode()
    assert (
        "invalid_input" in client.post(f"{own}replay/", {"after": 99}, follow=True).content.decode()
    )


def test_only_admins_and_only_their_own(
    browser_of: Callable[[Role], Client],
    webhook: Webhook,
    make_user: Callable[..., User],
    stranger: Actor,
) -> None:
    own = f"{PATH}{webhook.public_id}/"
    assert browser_of(Role.MANAGER).get(own).status_code == 403
    assert stranger.user_id
    foreign = Client()
    foreign.force_login(User.objects.get(pk=stranger.user_id))

    assert foreign.get(own).status_code == 404
    assert foreign.post(f"{own}remove/").status_code == 404
    assert Webhook.objects.exists()


def test_callbacks_are_marked_and_keep_their_address(
    browser_of: Callable[[Role], Client], admin: Actor, web_site: WebSite
) -> None:
    callback = Webhook.objects.create(
        organisation_id=admin.organisation_id, url=web_site.url(HOOK), is_callback=True
    )
    client, own = browser_of(Role.ADMIN), f"{PATH}{callback.public_id}/"

    assert hooks.elements(client.get(PATH), "callback")
    page = client.post(own, {"url": web_site.url("/other"), "is_enabled": "on"})

    assert hooks.mistakes(page) == [("url", "invalid_input")]
    client.post(own, {"url": callback.url, "name": "Bot"})
    callback.refresh_from_db()
    assert (callback.name, callback.is_enabled) == ("Bot", False)
