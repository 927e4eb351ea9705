"""An address that receives, and pairs to decide."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pytest_django import Settings

from accounts import services as accounts_services
from accounts.actors import Actor
from accounts.models import Organisation
from accounts.permissions import Role
from accounts.services import NewCredential
from lists import services as lists_services
from lists.list_settings import ListSettings
from lists.models import List
from review.models import MatchCandidate
from tests import bare_pairs
from tests.api.conftest import Caller
from tests.web_site import WebSite, serving
from webhooks import services
from webhooks.models import Webhook
from webhooks.values import WebhookSettings

HOOK = "/hook"


@pytest.fixture
def receiver(settings: Settings) -> Iterator[WebSite]:
    """A web site that may be posted to."""
    with serving({}) as site:
        settings.FETCH_ALLOW_HOSTS = [site.host]
        yield site


@pytest.fixture
def webhook(admin: Actor, receiver: WebSite) -> Webhook:
    """A webhook that is told of everything."""
    return services.create_webhook(by=admin, settings=WebhookSettings(url=receiver.url(HOOK)))


@pytest.fixture
def pairs(image_list: List) -> list[MatchCandidate]:
    """Three pairs of four pictures; the first picture is in each of them."""
    return bare_pairs.make(3, image_list)


@pytest.fixture
def received(receiver: WebSite) -> Callable[[], list[dict[str, Any]]]:
    """What has arrived so far, each body as JSON."""
    return lambda: [json.loads(body) for _, body in receiver.posts]


@pytest.fixture
def other_list(admin: Actor) -> List:
    """Another list of the organisation."""
    return lists_services.create_list(by=admin, settings=ListSettings(name="Others"))


@pytest.fixture
def caller(credential: NewCredential) -> Caller:
    """A program of the organisation that may keep lists."""
    return Caller(credential)


@pytest.fixture
def stranger_caller(stranger_credential: NewCredential) -> Caller:
    """A program of another organisation."""
    return Caller(stranger_credential)


@pytest.fixture
def caller_as(organisation: Organisation) -> Callable[..., Caller]:
    """Make a program of the organisation with another role."""

    def make(role: Role, *, is_restricted: bool = False) -> Caller:
        return Caller(
            accounts_services.issue_credential(
                organisation_id=organisation.pk,
                name=role.value,
                role=role,
                is_restricted=is_restricted,
            )
        )

    return make
