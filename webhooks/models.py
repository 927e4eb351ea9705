"""Events, the webhooks that are told of them, and the deliveries that are due."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, public_id_field
from webhooks.kinds import DeliveryState, EventType
from webhooks.lengths import MAX_NAME_LENGTH, MAX_URL_LENGTH

_ID_LENGTH = 32
_TYPE_LENGTH = 32
_TOKEN_LENGTH = 32


class FeedEnd(models.Model):
    """How far an organisation's feed has come: the positions given out, and those deleted since."""

    organisation = models.OneToOneField(
        Organisation, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    position = models.PositiveBigIntegerField(default=0)
    deleted_position = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(deleted_position__lte=F("position")),
                name="webhooks_feedend_deletes_what_was",
            )
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} up to {self.position}"


class Event(models.Model):
    """Something that happened, written with it.

    `position` is its place in the organisation's feed, from 1, without gaps; it is empty until the
    transaction that wrote the event has ended and the event is published. `subject` is the public
    id of what it is about: events of one subject are delivered in their order. `image_list` is the
    public id of the list that one must reach to know of it. `callback_url` is an address that is
    told of it besides the webhooks.
    """

    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    public_id = public_id_field("evt")
    type = models.CharField(max_length=_TYPE_LENGTH, choices=EventType)
    subject = models.CharField(max_length=_ID_LENGTH, db_index=True)
    image_list = models.CharField(max_length=_ID_LENGTH)
    data = models.JSONField()
    callback_url = models.CharField(
        max_length=MAX_URL_LENGTH, blank=True, default="", db_default=""
    )
    position = models.PositiveBigIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "position"], name="webhooks_event_one_per_position"
            ),
            models.CheckConstraint(
                condition=Q(type__in=EventType.values), name="webhooks_event_type_known"
            ),
        ]
        indexes = [
            models.Index(
                fields=["organisation", "id"],
                condition=Q(position__isnull=True),
                name="webhooks_event_unpublished",
            ),
            models.Index(fields=["organisation", "created_at"], name="webhooks_event_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.public_id} ({self.type})"


class Webhook(models.Model):
    """An address that is told of events; of every type, unless `types` names some.

    A callback is told of the events that name its address, and of no others: a client named it with
    what it submitted.
    `failures` counts the attempts since the last one that arrived; until `resumes_at` none is made.
    Who sends holds the webhook by `token` until `held_until`, so that no two send at once.
    """

    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="webhooks"
    )
    public_id = public_id_field("whk")
    name = models.CharField(_("name"), max_length=MAX_NAME_LENGTH, blank=True, default="")
    url = models.CharField(_("address"), max_length=MAX_URL_LENGTH)
    types = models.JSONField(_("events"), default=list, blank=True)
    is_callback = models.BooleanField(default=False, db_default=False)
    is_enabled = models.BooleanField(_("enabled"), default=True)
    failures = models.PositiveIntegerField(default=0)
    resumes_at = models.DateTimeField(null=True, blank=True)
    token = models.CharField(max_length=_TOKEN_LENGTH, blank=True, default="")
    held_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(url=""), name="webhooks_webhook_has_address"),
            models.UniqueConstraint(
                fields=["organisation", "url"],
                condition=Q(is_callback=True),
                name="webhooks_webhook_one_callback",
            ),
            models.CheckConstraint(
                condition=Q(token="", held_until__isnull=True)
                | (~Q(token="") & Q(held_until__isnull=False)),
                name="webhooks_webhook_held_for_a_while",
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

    def wants(self, event: Event) -> bool:
        """Tell whether it is told of an event."""
        if self.is_callback:
            return event.callback_url == self.url
        return not self.types or event.type in self.types


class Delivery(models.Model):
    """An event that a webhook is to be told of, once for each of the two.

    `subject` and `position` are the event's. `status` is what the receiver last answered with,
    `problem` the code of what stood in the way, if it did not answer.
    """

    webhook = models.ForeignKey(
        Webhook, on_delete=models.CASCADE, related_name="deliveries", db_index=False
    )
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="deliveries")
    subject = models.CharField(max_length=_ID_LENGTH)
    position = models.PositiveBigIntegerField()
    state = models.CharField(max_length=10, choices=DeliveryState, default=DeliveryState.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)
    give_up_at = models.DateTimeField()
    attempted_at = models.DateTimeField(null=True, blank=True)
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    problem = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["webhook", "position"], name="webhooks_delivery_once"),
            models.CheckConstraint(
                condition=Q(state__in=DeliveryState.values), name="webhooks_delivery_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state=DeliveryState.WAITING) | Q(attempted_at__isnull=False),
                name="webhooks_delivery_ends_by_an_attempt",
            ),
        ]
        indexes = [
            # What is to be sent next, and whether something of the same subject comes first. Not of
            # a condition: SQLite does not see that one holds whose value is a parameter.
            models.Index(
                fields=["webhook", "state", "position"], name="webhooks_delivery_by_state"
            ),
            models.Index(
                fields=["webhook", "state", "subject", "position"],
                name="webhooks_delivery_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} to {self.webhook_id} ({self.state})"
