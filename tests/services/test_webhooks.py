"""Each service of webhooks once, in no transaction but its own."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from accounts.actors import Actor
from accounts.models import AuditEntry, Organisation
from jobs import runner
from lists.models import List
from review.models import MatchCandidate
from review.pairs import services as pairs_services
from tests import bare_pairs
from tests.threads import run_threads
from tests.web_site import WebSite
from webhooks import publishing, recording, sending, services
from webhooks.kinds import DeliveryState, EventType
from webhooks.models import Delivery, Event, FeedEnd, Webhook
from webhooks.values import NewEvent, WebhookSettings

pytestmark = pytest.mark.django_db(transaction=True)

LONG_AFTER = dt.timedelta(days=31)


@pytest.fixture
def webhook(admin: Actor, web_site: WebSite) -> Webhook:
    """A webhook that is told of everything."""
    return services.create_webhook(by=admin, settings=WebhookSettings(url=web_site.url("/hook")))


@pytest.fixture
def pairs(image_list: List) -> list[MatchCandidate]:
    """Three pairs."""
    return bare_pairs.make(3, image_list)


def test_a_webhook_is_created_changed_tried_and_removed(
    admin: Actor, web_site: WebSite, webhook: Webhook
) -> None:
    services.change_webhook(
        by=admin, webhook=webhook, settings=WebhookSettings(name="Tipline", is_enabled=False)
    )
    changed = Webhook.objects.get()
    assert (changed.name, changed.is_enabled, changed.url) == ("Tipline", False, webhook.url)

    services.try_webhook(by=admin, webhook=webhook)
    assert len(web_site.posts) == 1

    services.remove_webhook(by=admin, webhook=webhook)
    assert not Webhook.objects.exists()
    entries = AuditEntry.objects.filter(subject_kind="webhook").order_by("pk")
    assert list(entries.values_list("act", "details")) == [
        ("webhook.created", {}),
        ("webhook.changed", {"enabled": [True, False]}),
        ("webhook.removed", {}),
    ]


def test_an_event_is_recorded_published_and_sent(
    image_list: List, organisation: Organisation, webhook: Webhook, web_site: WebSite
) -> None:
    event = NewEvent(EventType.MATCH_UPDATED, "mat_1", image_list.public_id, {"match": "mat_1"})
    recording.record(organisation_id=organisation.pk, events=[event, event])

    publishing.publish_new(organisation_id=organisation.pk)
    assert list(Event.objects.order_by("pk").values_list("position", flat=True)) == [1, 2]
    sending.send_waiting(webhook_id=webhook.pk)

    assert len(web_site.posts) == 2
    assert set(Delivery.objects.values_list("state", flat=True)) == {DeliveryState.DELIVERED}


def test_deliveries_are_sent_again(
    admin: Actor, webhook: Webhook, web_site: WebSite, pairs: list[MatchCandidate]
) -> None:
    pairs_services.dissociate(by=admin, pair=pairs[0])
    runner.drain()
    assert len(web_site.posts) == 1

    assert services.replay(by=admin, webhook=webhook, after=0) == 1
    publishing.send_later(webhook=webhook)
    runner.drain()

    assert len(web_site.posts) == 2


def test_events_are_deleted_by_subject_by_id_by_age_and_with_their_organisation(
    admin: Actor, organisation: Organisation, webhook: Webhook, pairs: list[MatchCandidate]
) -> None:
    for pair in pairs:
        pairs_services.dissociate(by=admin, pair=pair)
    publishing.publish_new(organisation_id=organisation.pk)

    assert services.delete_about(subjects=[pairs[0].public_id]) == 1
    assert Delivery.objects.count() == 2
    assert services.delete_events(public_ids=["evt_unknown"]) == 0
    assert services.delete_old(now=timezone.now()) == 0
    assert services.delete_old(now=timezone.now() + LONG_AFTER) == 2
    assert FeedEnd.objects.get().deleted_position == 3
    pairs_services.undo(by=admin, pair=pairs[1])
    assert services.delete_of_organisation(organisation=organisation) == 1

    assert (Event.objects.count(), Webhook.objects.count(), FeedEnd.objects.count()) == (0, 0, 0)


def test_positions_have_no_gap_whoever_decides_and_reads_at_once(
    admin: Actor, organisation: Organisation, webhook: Webhook, image_list: List
) -> None:
    pairs = bare_pairs.make(12, image_list)

    def decide(start: int) -> None:
        for pair in pairs[start::2]:
            pairs_services.dissociate(by=admin, pair=pair)

    def publish() -> None:
        for _ in range(12):
            publishing.publish_new(organisation_id=organisation.pk)

    run_threads(lambda: decide(0), lambda: decide(1), publish, publish)
    publishing.publish_new(organisation_id=organisation.pk)

    events = Event.objects.order_by("position")
    assert list(events.values_list("position", flat=True)) == list(range(1, 13))
    assert {each.subject for each in events} == {pair.public_id for pair in pairs}
    deliveries = Delivery.objects.order_by("position")
    assert list(deliveries.values_list("position", flat=True)) == list(range(1, 13))
