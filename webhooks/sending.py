"""Posting what waits: in order for each subject, each event until it has arrived once.

A receiver may be told of the same event twice, where a sender ended between the answer and its
note of it; the event's id is the same. What fails holds up later events of its own subject only.
When several attempts in a row fail, the receiver is taken to be down, and is left alone for longer
each time.
"""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import dataclass

from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet
from django.utils import timezone

from common.ids import random_text
from intake.errors import DeliveryFailed, DeliveryRefused
from jobs import services as jobs_services
from webhooks import messages
from webhooks.kinds import DeliveryState
from webhooks.models import Delivery, Webhook
from webhooks.publishing import send_later

# Longer than an attempt may take.
_HOLD = dt.timedelta(seconds=60)
_RENEWED_AFTER_S = 15.0
# What is left is the next job's, before which others of the organisation come: where one runs at a
# time, people wait for what a webhook with a backlog holds up.
_RUN_S = 15.0
_SENT_AT_ONCE = 100
# So many failures in a row mean that the receiver is down.
_DOWN_AFTER = 3
_GONE = 410
_TOKEN_LENGTH = 32


def send_waiting(*, webhook_id: int) -> None:
    """Post what is due to a webhook, unless somebody else does at the moment."""
    webhook = Webhook.objects.filter(pk=webhook_id, is_enabled=True).first()
    if webhook is None:
        return
    hold = _Hold.take(webhook)
    if hold is None:
        # Who sends now may be one that was killed.
        send_later(webhook=webhook, at=timezone.now() + _HOLD)
        return
    try:
        _Sender(webhook, hold).run()
    finally:
        hold.release()
    _plan_next(webhook)


@dataclass(slots=True)
class _Hold:
    """The right to send to a webhook, for a while."""

    webhook: Webhook
    token: str
    renewed_at_s: float

    @classmethod
    def take(cls, webhook: Webhook) -> _Hold | None:
        now = timezone.now()
        # One that ends too late was taken by a clock that was set back since.
        is_free = Q(token="") | Q(held_until__lte=now) | Q(held_until__gt=now + 2 * _HOLD)
        token = random_text(_TOKEN_LENGTH)
        free = Webhook.objects.filter(is_free, pk=webhook.pk, is_enabled=True)
        taken = free.update(token=token, held_until=now + _HOLD)
        return cls(webhook, token, time.monotonic()) if taken else None

    def renew(self) -> bool:
        """Keep it; tell whether it still is ours."""
        if time.monotonic() - self.renewed_at_s < _RENEWED_AFTER_S:
            return True
        self.renewed_at_s = time.monotonic()
        return bool(self._own().update(held_until=timezone.now() + _HOLD))

    def release(self) -> None:
        self._own().update(token="", held_until=None)

    def _own(self) -> QuerySet[Webhook]:
        return Webhook.objects.filter(pk=self.webhook.pk, token=self.token)


class _Sender:
    """One run over what is due to a webhook."""

    def __init__(self, webhook: Webhook, hold: _Hold) -> None:
        self._webhook = webhook
        self._hold = hold
        self._held_up: set[str] = set()  # subjects
        self._failed_in_a_row = 0
        self._ends_at_s = time.monotonic() + _RUN_S

    def run(self) -> None:
        if self._webhook.resumes_at and self._webhook.resumes_at > timezone.now():
            return
        while self._may_go_on() and (some := list(self._due()[:_SENT_AT_ONCE])):
            for delivery in some:
                if not self._may_go_on():
                    return
                if delivery.subject not in self._held_up:
                    self._attempt(delivery)

    def _may_go_on(self) -> bool:
        is_in_time = time.monotonic() < self._ends_at_s
        is_there = self._webhook.is_enabled and self._failed_in_a_row < _DOWN_AFTER
        return is_in_time and is_there and self._hold.renew()

    def _due(self) -> QuerySet[Delivery]:
        """Return what is due, in the order of the feed, unless something earlier holds it up."""
        now = timezone.now()
        earlier = _waiting(self._webhook).filter(
            subject=OuterRef("subject"), position__lt=OuterRef("position"), due_at__gt=now
        )
        due = _waiting(self._webhook).filter(~Exists(earlier), due_at__lte=now)
        return due.select_related("event").order_by("position")

    def _attempt(self, delivery: Delivery) -> None:
        """Post one, and note what came of it."""
        event = delivery.event
        problem, status = "", None
        try:
            messages.post(
                self._webhook.url,
                organisation_id=self._webhook.organisation_id,
                message_id=event.public_id,
                body=messages.body_of(event),
            )
        except (DeliveryFailed, DeliveryRefused) as error:
            problem = error.code
            status = error.context.get("status")
        _note(delivery, problem=problem, status=status)
        own = Webhook.objects.filter(pk=self._webhook.pk)
        if not problem:
            self._failed_in_a_row = 0
            if self._webhook.failures:
                self._webhook.failures = 0
                own.update(failures=0, resumes_at=None)
            return
        self._held_up.add(delivery.subject)
        self._failed_in_a_row += 1
        if status == _GONE:
            self._webhook.is_enabled = False
            own.update(is_enabled=False, changed_at=timezone.now())
        elif self._failed_in_a_row >= _DOWN_AFTER:
            self._leave_alone()

    def _leave_alone(self) -> None:
        attempt = self._webhook.failures + 1
        delay = dt.timedelta(seconds=jobs_services.retry_delay_s(attempt=attempt))
        Webhook.objects.filter(pk=self._webhook.pk).update(
            failures=attempt, resumes_at=timezone.now() + delay
        )


def _note(delivery: Delivery, *, problem: str, status: object) -> None:
    now = timezone.now()
    state = DeliveryState.DELIVERED
    due_at = now
    if problem:
        is_over = now >= delivery.give_up_at
        state = DeliveryState.FAILED if is_over else DeliveryState.WAITING
        attempt = delivery.attempts + 1
        due_at += dt.timedelta(seconds=jobs_services.retry_delay_s(attempt=attempt))
    waiting = Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.WAITING)
    waiting.update(
        state=state,
        attempts=F("attempts") + 1,
        attempted_at=now,
        due_at=due_at,
        status=status,
        problem=problem,
    )


def _plan_next(webhook: Webhook) -> None:
    """Have the rest sent when the first of it is due."""
    earlier = _waiting(webhook).filter(
        subject=OuterRef("subject"), position__lt=OuterRef("position")
    )
    heads = _waiting(webhook).filter(~Exists(earlier))
    due_at = heads.aggregate(first=Min("due_at"))["first"]
    now = Webhook.objects.filter(pk=webhook.pk, is_enabled=True).first()
    if due_at is not None and now is not None:
        send_later(webhook=now, at=max(filter(None, (due_at, now.resumes_at))))


def _waiting(webhook: Webhook) -> QuerySet[Delivery]:
    return Delivery.objects.filter(webhook=webhook, state=DeliveryState.WAITING)
