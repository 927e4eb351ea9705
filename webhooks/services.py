"""Writes of webhooks: make, change and remove one, try it, and tell it again."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from accounts import audit
from accounts.actors import Actor
from accounts.audit import AuditAct, Subject, SubjectKind
from accounts.models import Organisation
from accounts.permissions import Permission
from common.errors import InvalidInput
from common.ids import new_id
from common.sentences import Sentence
from intake import deliver
from intake.errors import DeliveryFailed, DeliveryRefused
from webhooks import messages, selectors
from webhooks.addresses import delivery_policy
from webhooks.errors import EventsDeleted, TooManyWebhooks
from webhooks.kinds import DeliveryState
from webhooks.lengths import MAX_NAME_LENGTH, MAX_URL_LENGTH
from webhooks.models import Delivery, Event, FeedEnd, Webhook
from webhooks.publishing import GIVEN_UP_AFTER, publish_new, send_later
from webhooks.values import WebhookSettings

MAX_WEBHOOKS = 20
# Addresses that clients name with what they submit.
MAX_CALLBACKS = 100
# How long events can be read again and told again.
RETENTION = dt.timedelta(days=30)
# What a trial sends; it is no event and has no place in the feed.
TRIAL_TYPE = "webhook.trial"
_DELETED_AT_ONCE = 1000
_URL = "url"


@transaction.atomic
def create_webhook(*, by: Actor, settings: WebhookSettings) -> Webhook:
    """Create a webhook, which is told of what happens from now on.

    Raise InvalidInput for an address that may not be posted to, TooManyWebhooks beyond
    MAX_WEBHOOKS.
    """
    by.require(Permission.CHANGE_CREDENTIALS)
    organisation = Organisation.objects.select_for_update(no_key=True).get(pk=by.organisation_id)
    if organisation.webhooks.filter(is_callback=False).count() >= MAX_WEBHOOKS:
        raise TooManyWebhooks(
            Sentence("There can be at most %(most)s webhooks.", most=MAX_WEBHOOKS)
        )
    if not settings.url:
        raise InvalidInput(Sentence("A webhook needs an address."), field=_URL)
    publish_new(organisation_id=by.organisation_id)
    webhook = Webhook(organisation=organisation)
    _apply(settings, webhook)
    webhook.save()
    _record(by, AuditAct.WEBHOOK_CREATED, webhook)
    return webhook


@transaction.atomic
def keep_callback(*, organisation_id: int, url: str) -> str:
    """Make sure that an address is told of the events that name it; return it as it is kept.

    One that was switched off by its receiver is told again. Raise InvalidInput for an address that
    may not be posted to, TooManyWebhooks beyond MAX_CALLBACKS.
    """
    checked = _checked_url(url)
    callbacks = Webhook.objects.filter(organisation=organisation_id, is_callback=True)
    if callbacks.filter(url=checked, is_enabled=True).exists():
        return checked
    organisation = Organisation.objects.select_for_update(no_key=True).get(pk=organisation_id)
    if callbacks.filter(url=checked).update(is_enabled=True, failures=0, resumes_at=None):
        return checked
    if callbacks.count() >= MAX_CALLBACKS:
        raise TooManyWebhooks(
            Sentence("There can be at most %(most)s addresses for callbacks.", most=MAX_CALLBACKS),
            field="callback_url",
        )
    Webhook.objects.create(organisation=organisation, url=checked, is_callback=True)
    return checked


@transaction.atomic
def change_webhook(*, by: Actor, webhook: Webhook, settings: WebhookSettings) -> Webhook:
    """Change what can be set of a webhook; return it as it is then.

    Of what happens while it is not enabled it is not told. Enabled again, it is sent what waits,
    at once. The address of a callback stays (InvalidInput).
    """
    by.require(Permission.CHANGE_CREDENTIALS)
    locked = selectors.webhooks_for(by).select_for_update().get(pk=webhook.pk)
    if locked.is_callback and settings.url not in (None, locked.url):
        raise InvalidInput(
            Sentence("Clients have named this address with what they submitted. It stays."),
            field=_URL,
        )
    was_enabled = locked.is_enabled
    _apply(settings, locked)
    locked.failures, locked.resumes_at, locked.changed_at = 0, None, timezone.now()
    locked.save(
        update_fields=[
            "name", "url", "types", "is_enabled", "failures", "resumes_at", "changed_at",
        ]
    )  # fmt: skip
    changes = {"enabled": [was_enabled, locked.is_enabled]}
    _record(
        by, AuditAct.WEBHOOK_CHANGED, locked, {k: v for k, v in changes.items() if v[0] != v[1]}
    )
    if locked.is_enabled:
        send_later(webhook=locked)
    return locked


@transaction.atomic
def remove_webhook(*, by: Actor, webhook: Webhook) -> None:
    """Delete a webhook with its deliveries; the events stay in the feed."""
    by.require(Permission.CHANGE_CREDENTIALS)
    # Held until the commit: nothing is published to it meanwhile.
    locked = selectors.webhooks_for(by).select_for_update().filter(pk=webhook.pk).first()
    if locked is not None:
        locked.delete()
        _record(by, AuditAct.WEBHOOK_REMOVED, webhook)


def try_webhook(*, by: Actor, webhook: Webhook) -> str:
    """Post a message of TRIAL_TYPE now, once; return its id.

    Raise DeliveryRefused or DeliveryFailed, which say why it did not arrive.
    """
    by.require(Permission.CHANGE_CREDENTIALS)
    message_id = new_id("msg")
    body = {
        "id": message_id,
        "type": TRIAL_TYPE,
        "timestamp": messages.moment(timezone.now()),
        "position": None,
        "data": {"webhook": webhook.public_id},
    }
    try:
        messages.post(
            webhook.url, organisation_id=by.organisation_id, message_id=message_id, body=body
        )
    except (DeliveryFailed, DeliveryRefused) as error:
        error.field = _URL
        raise
    return message_id


@transaction.atomic
def replay(*, by: Actor, webhook: Webhook, after: int | None = None) -> int:
    """Tell a webhook again of every event after a position; without one, of what was given up.

    In the order of the feed, and under the events' own ids; events that were never for it are
    sent too. Return how many will be sent. Raise EventsDeleted when some of them are gone.
    """
    by.require(Permission.CHANGE_CREDENTIALS)
    publish_new(organisation_id=by.organisation_id)
    locked = selectors.webhooks_for(by).select_for_update().get(pk=webhook.pk)
    anew = _anew()
    ended = Delivery.objects.filter(webhook=locked).exclude(state=DeliveryState.WAITING)
    if after is None:
        count = ended.filter(state=DeliveryState.FAILED).update(**anew)
    else:
        selectors.require_kept(by.organisation_id, after)
        count = ended.filter(position__gt=after).update(**anew)
        count += _add_missing(locked, after)
    if count:
        Webhook.objects.filter(pk=locked.pk).update(failures=0, resumes_at=None)
        send_later(webhook=locked)
    return count


@transaction.atomic
def tell_again(*, organisation_id: int, event_id: str) -> int:
    """Have everybody told of an event again who is told of such events, at once, under its own id.

    Return how many those are. Raise EventsDeleted for an event that is kept no longer. Who asks has
    checked who may.
    """
    publish_new(organisation_id=organisation_id)
    event = Event.objects.filter(organisation=organisation_id, public_id=event_id).first()
    if event is None or event.position is None:
        raise EventsDeleted(Sentence("What was told then is not kept any more."))
    enabled = Webhook.objects.filter(organisation=organisation_id, is_enabled=True)
    webhooks = [
        each for each in enabled.order_by("pk").select_for_update(no_key=True) if each.wants(event)
    ]
    for webhook in webhooks:
        Delivery.objects.update_or_create(
            webhook=webhook,
            position=event.position,
            defaults=_anew(),
            create_defaults={"event": event, "subject": event.subject, **_anew()},
        )
        Webhook.objects.filter(pk=webhook.pk).update(failures=0, resumes_at=None)
        send_later(webhook=webhook)
    return len(webhooks)


def _anew() -> dict[str, Any]:
    """Return what is set of a delivery that begins again."""
    now = timezone.now()
    return {
        "state": DeliveryState.WAITING,
        "attempts": 0,
        "due_at": now,
        "give_up_at": now + GIVEN_UP_AFTER,
    }


def _add_missing(webhook: Webhook, after: int) -> int:
    """Add the deliveries of events that the webhook was not told of when they happened."""
    events = Event.objects.filter(organisation=webhook.organisation_id, position__gt=after)
    if webhook.is_callback:
        events = events.filter(callback_url=webhook.url)
    elif webhook.types:
        events = events.filter(type__in=webhook.types)
    give_up_at = timezone.now() + GIVEN_UP_AFTER
    missing = events.exclude(deliveries__webhook=webhook).order_by("position")
    rows = [
        Delivery(
            webhook=webhook,
            event_id=pk,
            subject=subject,
            position=position,
            give_up_at=give_up_at,
        )
        for pk, subject, position in missing.values_list("pk", "subject", "position")
        if position is not None
    ]
    return len(Delivery.objects.bulk_create(rows, batch_size=_DELETED_AT_ONCE))


def delete_about(*, subjects: Sequence[str]) -> int:
    """Delete the events of these subjects, and what waits of them; return how many they were."""
    return sum(
        _delete(Event.objects.filter(subject__in=subjects[start : start + _DELETED_AT_ONCE]))
        for start in range(0, len(subjects), _DELETED_AT_ONCE)
    )


def delete_events(*, public_ids: Sequence[str]) -> int:
    """Delete events by their ids, and what waits of them; return how many they were."""
    return sum(
        _delete(Event.objects.filter(public_id__in=public_ids[start : start + _DELETED_AT_ONCE]))
        for start in range(0, len(public_ids), _DELETED_AT_ONCE)
    )


def delete_of_organisation(*, organisation: Organisation) -> int:
    """Delete an organisation's webhooks and events; return how many events they were."""
    Webhook.objects.filter(organisation=organisation).delete()
    FeedEnd.objects.filter(organisation=organisation).delete()
    return _delete(Event.objects.filter(organisation=organisation))


def delete_old(*, now: dt.datetime) -> int:
    """Delete the events that were kept for long enough, of every organisation; return how many."""
    deleted = 0
    for organisation_id in FeedEnd.objects.values_list("organisation", flat=True):
        deleted += _delete_old_of(organisation_id, now - RETENTION)
    return deleted


@transaction.atomic
def _delete_old_of(organisation_id: int, before: dt.datetime) -> int:
    old = Event.objects.filter(
        organisation=organisation_id, created_at__lt=before, position__isnull=False
    )
    last = old.aggregate(last=Max("position"))["last"]
    if last is None:
        return 0
    FeedEnd.objects.filter(organisation=organisation_id, deleted_position__lt=last).update(
        deleted_position=last
    )
    return _delete(old)


def _delete(events: QuerySet[Event]) -> int:
    deleted = 0
    while ids := list(events.values_list("pk", flat=True)[:_DELETED_AT_ONCE]):
        Delivery.objects.filter(event__in=ids).delete()
        deleted += Event.objects.filter(pk__in=ids).delete()[0]
    return deleted


def _apply(settings: WebhookSettings, webhook: Webhook) -> None:
    if settings.name is not None:
        webhook.name = _checked_name(settings.name)
    if settings.url is not None and settings.url != webhook.url:
        webhook.url = _checked_url(settings.url)
    if settings.types is not None:
        webhook.types = selectors.checked_types(settings.types)
    if settings.is_enabled is not None:
        webhook.is_enabled = settings.is_enabled


def _checked_name(name: str) -> str:
    name = " ".join(name.split())
    if len(name) > MAX_NAME_LENGTH or any(unicodedata.category(each) == "Cc" for each in name):
        raise InvalidInput(
            Sentence("A name has at most %(most)s characters.", most=MAX_NAME_LENGTH), field="name"
        )
    return name


def _checked_url(url: str) -> str:
    if len(url) > MAX_URL_LENGTH:
        raise InvalidInput(
            Sentence("An address has at most %(most)s characters.", most=MAX_URL_LENGTH), field=_URL
        )
    try:
        deliver.check(url, delivery_policy())
    except DeliveryRefused as error:
        error.field = _URL
        raise
    return url


def _record(
    by: Actor, act: AuditAct, webhook: Webhook, details: dict[str, object] | None = None
) -> None:
    # Its address may hold the receiver's secret, and is not written down.
    about = Subject(SubjectKind.WEBHOOK, webhook.public_id, webhook.name)
    audit.record(by=by, act=act, about=about, details=details)
