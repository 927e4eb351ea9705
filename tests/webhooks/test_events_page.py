"""Events as code: an event of each type as it is sent, and programs that receive it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.actors import Actor
from accounts.models import User
from accounts.permissions import Role
from dashboard import event_samples, receivers
from lists.models import Item, List
from review.clusters import selectors as clusters_selectors
from review.pairs import services as pairs_services
from tests import bare_pairs
from tests.verdicts.told import Told
from verdicts import services, submitting
from verdicts.models import Verdict
from verdicts.values import Sent, VerdictContent
from webhooks.kinds import EventType
from webhooks.messages import body_of
from webhooks.models import Event

pytestmark = pytest.mark.django_db

PATH = "/settings/api/events/"


@pytest.fixture
def admins_browser(make_user: Callable[..., User]) -> Client:
    client = Client()
    client.force_login(make_user(Role.ADMIN))
    return client


def shape(value: object) -> object:
    """Return the names in JSON, without what they stand for."""
    if isinstance(value, dict):
        return {name: shape(each) for name, each in value.items()}
    return None


def happened(by: Actor, image_list: List) -> dict[str, dict[str, Any]]:
    """Let pairs be decided and a verdict change; return the latest event of each type."""
    pairs = bare_pairs.among("AB", image_list)
    item = Item.objects.get(custom_id="A")
    sent = Sent(recipient="ann", external_id="tip-1", language="en")
    submitting.record_submission(by=by, item=item, sent=sent)
    told = Told()
    for rating in ("False", "Misleading"):
        cluster = clusters_selectors.cluster_of(by, item)
        content = VerdictContent(rating=rating, title="No shark")
        services.publish(
            by=by, verdict=services.write_draft(by=by, cluster=cluster, content=content)
        )
        told()
    services.retract(by=by, verdict=Verdict.objects.get())
    told()
    for act in (pairs_services.confirm, pairs_services.undo, pairs_services.dissociate):
        act(by=by, pair=pairs["AB"])
    return {event.type: body_of(event) for event in Event.objects.order_by("pk")}


def test_samples_have_the_names_that_real_events_have(admin: Actor, image_list: List) -> None:
    real = happened(admin, image_list)

    assert len(real) == 9
    for name, body in real.items():
        sample = json.loads(event_samples.sample(EventType(name)))
        assert (sample["type"], shape(sample)) == (name, shape(body))


@pytest.mark.parametrize("event_type", EventType)
def test_the_page_shows_the_chosen_event(admins_browser: Client, event_type: EventType) -> None:
    page = admins_browser.get(PATH, {"type": event_type.value})

    assert page.context["sample"] == event_samples.sample(event_type)
    assert admins_browser.get(PATH, {"type": "nothing"}).status_code == 200


def test_receivers_are_those_of_the_reference_for_this_address(admins_browser: Client) -> None:
    shown = admins_browser.get(PATH).context["receivers"]

    assert tuple(shown) == receivers.NAMES
    assert "http://testserver/v1/events/" in shown["curl"]
    compile(shown["python"], "receiver.py", "exec")
    assert "HTTPServer" in shown["python"]
    assert "express" in shown["javascript"]
