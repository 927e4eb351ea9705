"""What a change of webhooks, or a reader of events, may come up against."""

from __future__ import annotations

from common.errors import Conflict, NotFound


class TooManyWebhooks(Conflict):
    """The organisation has as many webhooks as it may have."""

    code = "too_many_webhooks"


class WebhookNotFound(NotFound):
    """No such webhook within the actor's reach."""

    code = "webhook_not_found"


class EventsDeleted(Conflict):
    """Events after the position that was asked for are deleted: the reader has missed some."""

    code = "events_deleted"
