"""A webhook is told of everything once, in order, whatever becomes of the receiver and of us."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from accounts.actors import Actor
from accounts.permissions import Role
from common.errors import Forbidden
from intake.errors import DeliveryFailed, DeliveryRefused
from jobs import runner
from jobs.models import Job
from lists.models import List
from review.life import services as life_services
from review.models import MatchCandidate
from review.pairs import services as pairs_services
from tests import bare_pairs
from tests.callers import Caller
from tests.jobs.conftest import end_delays
from tests.web_site import WebSite
from tests.webhooks.conftest import HOOK
from webhooks import selectors, services
from webhooks.kinds import DeliveryState, EventType
from webhooks.models import Delivery, Webhook
from webhooks.publishing import GIVEN_UP_AFTER
from webhooks.values import WebhookSettings

pytestmark = pytest.mark.django_db

Received = Callable[[], list[dict[str, Any]]]


def later(webhook: Webhook, delay: dt.timedelta = dt.timedelta(hours=2)) -> None:
    """Let time pass, and have the background do what is due by then."""
    with time_machine.travel(timezone.now() + delay):
        end_delays()
        runner.drain()


def test_every_decision_arrives_in_order_as_the_feed_has_it(
    webhook: Webhook,
    received: Received,
    caller: Caller,
    admin: Actor,
    pairs: list[MatchCandidate],
) -> None:
    pairs_services.confirm(by=admin, pair=pairs[0])
    pairs_services.undo(by=admin, pair=pairs[0])
    pairs_services.dissociate(by=admin, pair=pairs[1])

    runner.drain()

    assert received() == caller.get("/v1/events/").json()["results"]
    assert [each["type"] for each in received()] == [
        "match.confirmed", "match.reopened", "match.dissociated",
    ]  # fmt: skip
    assert set(Delivery.objects.values_list("state", "attempts", "status")) == {
        ("delivered", 1, None)
    }


def test_the_id_of_the_message_is_the_events(
    webhook: Webhook,
    web_site: WebSite,
    received: Received,
    admin: Actor,
    pairs: list[MatchCandidate],
) -> None:
    web_site.answers[HOOK] = [500]
    pairs_services.confirm(by=admin, pair=pairs[0])

    runner.drain()
    later(webhook)

    (first, second) = received()
    assert first == second
    assert [each["webhook-id"] for each in web_site.headers] == [first["id"]] * 2


def test_a_webhook_is_told_of_the_types_it_wants(
    admin: Actor,
    web_site: WebSite,
    received: Received,
    pairs: list[MatchCandidate],
) -> None:
    wants = WebhookSettings(url=web_site.url(HOOK), types=[EventType.MATCH_DISSOCIATED])
    services.create_webhook(by=admin, settings=wants)
    pairs_services.confirm(by=admin, pair=pairs[0])
    pairs_services.dissociate(by=admin, pair=pairs[1])

    runner.drain()

    assert [each["data"]["match"] for each in received()] == [pairs[1].public_id]


@pytest.mark.parametrize("status", [301, 400, 404, 429, 500, 503])
def test_what_fails_holds_up_its_own_subject_alone(
    webhook: Webhook,
    web_site: WebSite,
    received: Received,
    admin: Actor,
    pairs: list[MatchCandidate],
    status: int,
) -> None:
    web_site.answers[HOOK] = [status]
    pairs_services.dissociate(by=admin, pair=pairs[0])
    pairs_services.undo(by=admin, pair=pairs[0])
    pairs_services.dissociate(by=admin, pair=pairs[1])

    runner.drain()
    first, second = pairs[0].public_id, pairs[1].public_id
    assert [each["data"]["match"] for each in received()] == [first, second]
    failed = Delivery.objects.get(state=DeliveryState.WAITING, attempts=1)
    assert (failed.status, failed.problem) == (status, "delivery_failed")
    later(webhook)

    rest = [(each["type"], each["data"]["match"]) for each in received()[2:]]
    assert rest == [("match.dissociated", first), ("match.reopened", first)]


def test_a_receiver_that_is_down_is_left_alone_and_misses_nothing(
    webhook: Webhook,
    web_site: WebSite,
    received: Received,
    admin: Actor,
    image_list: List,
) -> None:
    pairs = bare_pairs.make(8, image_list)
    web_site.answers[HOOK] = [503] * 3
    for pair in pairs:
        pairs_services.dissociate(by=admin, pair=pair)

    runner.drain()

    assert len(web_site.posts) == 3
    webhook.refresh_from_db()
    assert webhook.failures == 1
    assert webhook.resumes_at is not None
    assert Job.objects.filter(kind="webhooks.send", run_after__gte=webhook.resumes_at).exists()
    later(webhook)
    arrived = [each["data"]["match"] for each in received()[3:]]
    assert sorted(arrived) == sorted(pair.public_id for pair in pairs)
    assert list(Webhook.objects.values_list("failures", "resumes_at")) == [(0, None)]


def test_a_receiver_that_is_gone_is_asked_no_more(
    webhook: Webhook, web_site: WebSite, admin: Actor, pairs: list[MatchCandidate]
) -> None:
    web_site.answers[HOOK] = [410]
    for pair in pairs[:2]:
        pairs_services.dissociate(by=admin, pair=pair)

    runner.drain()
    later(webhook)

    webhook.refresh_from_db()
    assert (webhook.is_enabled, len(web_site.posts)) == (False, 1)


def test_what_did_not_arrive_for_days_is_given_up_and_can_be_sent_again(
    webhook: Webhook,
    web_site: WebSite,
    received: Received,
    admin: Actor,
    pairs: list[MatchCandidate],
) -> None:
    web_site.answers[HOOK] = [500, 500]
    pairs_services.dissociate(by=admin, pair=pairs[0])
    runner.drain()
    later(webhook, GIVEN_UP_AFTER + dt.timedelta(hours=1))
    assert [each.state for each in selectors.deliveries_of(webhook)] == ["failed"]
    assert selectors.overview_of(admin, webhook.public_id).failed == 1  # type: ignore[attr-defined]

    assert services.replay(by=admin, webhook=webhook) == 1
    runner.drain()

    assert [each["data"]["match"] for each in received()] == [pairs[0].public_id] * 3
    assert services.replay(by=admin, webhook=webhook) == 0


def test_events_after_a_position_are_told_again_even_those_from_before_the_webhook(
    admin: Actor,
    web_site: WebSite,
    received: Received,
    caller: Caller,
    pairs: list[MatchCandidate],
) -> None:
    for pair in pairs[:2]:
        pairs_services.dissociate(by=admin, pair=pair)
    webhook = services.create_webhook(by=admin, settings=WebhookSettings(url=web_site.url(HOOK)))
    pairs_services.dissociate(by=admin, pair=pairs[2])
    runner.drain()
    assert len(received()) == 1

    assert services.replay(by=admin, webhook=webhook, after=1) == 2
    runner.drain()

    assert [each["position"] for each in received()] == [3, 2, 3]
    assert received()[1] == caller.get("/v1/events/").json()["results"][1]


def test_while_one_sends_no_other_does_and_one_that_ended_holds_nothing(
    webhook: Webhook, web_site: WebSite, admin: Actor, pairs: list[MatchCandidate]
) -> None:
    pairs_services.dissociate(by=admin, pair=pairs[0])
    held_until = timezone.now() + dt.timedelta(seconds=50)
    Webhook.objects.update(token="somebody", held_until=held_until)

    runner.drain()
    assert web_site.posts == []
    with time_machine.travel(held_until + dt.timedelta(seconds=20)):
        runner.drain()

    assert len(web_site.posts) == 1
    webhook.refresh_from_db()
    assert (webhook.token, webhook.held_until) == ("", None)


def test_a_webhook_that_is_not_enabled_is_told_nothing_and_then_what_waits(
    webhook: Webhook,
    web_site: WebSite,
    received: Received,
    admin: Actor,
    pairs: list[MatchCandidate],
) -> None:
    web_site.answers[HOOK] = [500]
    pairs_services.dissociate(by=admin, pair=pairs[0])
    runner.drain()
    services.change_webhook(by=admin, webhook=webhook, settings=WebhookSettings(is_enabled=False))
    pairs_services.dissociate(by=admin, pair=pairs[1])
    later(webhook)
    assert len(received()) == 1

    services.change_webhook(by=admin, webhook=webhook, settings=WebhookSettings(is_enabled=True))
    later(webhook)

    assert [each["data"]["match"] for each in received()] == [pairs[0].public_id] * 2


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:9/",
        "http://169.254.169.254/latest/",
        "http://localhost/",
        "ftp://example.org/",
        "javascript:alert(1)",
        "http://user:word@example.org/",
        "no address",
    ],
)
def test_an_address_that_may_not_be_fetched_may_not_be_posted_to(admin: Actor, url: str) -> None:
    with pytest.raises(DeliveryRefused) as refused:
        services.create_webhook(by=admin, settings=WebhookSettings(url=url))

    assert refused.value.field == "url"
    assert not Webhook.objects.exists()


def test_a_trial_says_whether_it_arrived(
    webhook: Webhook, web_site: WebSite, received: Received, admin: Actor
) -> None:
    message_id = services.try_webhook(by=admin, webhook=webhook)
    (body,) = received()
    assert (body["id"], body["type"]) == (message_id, services.TRIAL_TYPE)

    web_site.answers[HOOK] = [404]
    with pytest.raises(DeliveryFailed) as failed:
        services.try_webhook(by=admin, webhook=webhook)
    assert (failed.value.field, failed.value.context["status"]) == ("url", 404)


def test_what_is_erased_is_told_no_more(
    webhook: Webhook, web_site: WebSite, admin: Actor, image_list: List
) -> None:
    pair = bare_pairs.among("AB", image_list)["AB"]
    web_site.answers[HOOK] = [500]
    pairs_services.dissociate(by=admin, pair=pair)
    runner.drain()
    item = image_list.items.get(image=pair.item_image_id)
    life_services.erase_item(by=admin, item=item, reason="asked")
    later(webhook)

    assert len(web_site.posts) == 1
    assert not Delivery.objects.exists()


def test_only_those_who_may_change_credentials_see_webhooks(
    webhook: Webhook, make_actor: Callable[..., Actor], stranger: Actor
) -> None:
    with pytest.raises(Forbidden):
        selectors.webhooks_for(make_actor(Role.MANAGER))
    assert not selectors.webhooks_for(stranger).exists()
