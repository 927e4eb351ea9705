"""What is passed in and out of the services of webhooks."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from webhooks.kinds import EventType

if TYPE_CHECKING:
    from webhooks.models import Event


@dataclass(frozen=True, slots=True)
class NewEvent:
    """Something that happened: its type, the public ids of its subject and list, and JSON.

    `callback_url` is an address besides the webhooks (`services.keep_callback`), empty for none.
    """

    type: EventType
    subject: str
    image_list: str
    data: Mapping[str, Any]
    callback_url: str = ""


@dataclass(frozen=True, slots=True)
class WebhookSettings:
    """What can be set of a webhook; None leaves it as it is. No `types` are all of them."""

    name: str | None = None
    url: str | None = None
    types: Sequence[str] | None = None
    is_enabled: bool | None = None


@dataclass(frozen=True, slots=True)
class SoughtEvents:
    """Which events to read: after a position, so many at most.

    Of `lists` (public ids) only, unless they are None, and of these types, if any are named.
    """

    after: int
    limit: int
    lists: Collection[str] | None = None
    types: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class FeedPage:
    """Some events, the position to go on after, and whether there are more by now."""

    events: Sequence[Event]
    after: int
    has_more: bool
