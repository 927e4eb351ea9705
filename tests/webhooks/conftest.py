"""An address that receives, and pairs to decide."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from accounts.actors import Actor
from jobs import services as jobs_services
from jobs.clock import ClockWatch
from lists import services as lists_services
from lists.list_settings import ListSettings
from lists.models import List
from review.models import MatchCandidate
from tests import bare_pairs
from tests.web_site import WebSite
from webhooks import services
from webhooks.models import Webhook
from webhooks.values import WebhookSettings

HOOK = "/hook"


@pytest.fixture(autouse=True)
def own_watch(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what watches the clock for other tests not see that time is let pass here."""
    monkeypatch.setattr(jobs_services, "_clock", ClockWatch(0.0))


@pytest.fixture
def webhook(admin: Actor, web_site: WebSite) -> Webhook:
    """A webhook that is told of everything."""
    return services.create_webhook(by=admin, settings=WebhookSettings(url=web_site.url(HOOK)))


@pytest.fixture
def pairs(image_list: List) -> list[MatchCandidate]:
    """Three pairs of four pictures; the first picture is in each of them."""
    return bare_pairs.make(3, image_list)


@pytest.fixture
def received(web_site: WebSite) -> Callable[[], list[dict[str, Any]]]:
    """What has arrived so far, each body as JSON."""
    return lambda: [json.loads(body) for _, body in web_site.posts]


@pytest.fixture
def other_list(admin: Actor) -> List:
    """Another list of the organisation."""
    return lists_services.create_list(by=admin, settings=ListSettings(name="Others"))
