"""What events there are, and how a delivery ends."""

from __future__ import annotations

from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class EventType(TextChoices):
    """What happened; the codes are kept for good, since receivers name them."""

    MATCH_SUGGESTED = "match.suggested", _("Match suggested")
    MATCH_CONFIRMED = "match.confirmed", _("Match confirmed")
    MATCH_DISSOCIATED = "match.dissociated", _("Not a match")
    MATCH_REOPENED = "match.reopened", _("Match reopened")
    MATCH_CLOSED = "match.closed", _("Match closed")
    MATCH_UPDATED = "match.updated", _("Match updated")
    VERDICT_PUBLISHED = "verdict.published", _("Verdict published")
    VERDICT_UPDATED = "verdict.updated", _("Verdict updated")
    VERDICT_RETRACTED = "verdict.retracted", _("Verdict retracted")
    NOTICE_VERDICT = "notice.verdict", _("Notice: verdict")
    NOTICE_CORRECTION = "notice.correction", _("Notice: correction")
    NOTICE_RETRACTION = "notice.retraction", _("Notice: retraction")


EVENT_TYPES: Final = tuple(EventType.values)


class DeliveryState(TextChoices):
    """How far a delivery has come."""

    WAITING = "waiting", _("Waiting")
    DELIVERED = "delivered", _("Delivered")
    FAILED = "failed", _("Given up")
