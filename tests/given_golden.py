"""A list that mixes golden pairs in, a decided pair marked so, and people who are asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from accounts import services as accounts_services
from accounts.actors import Actor
from accounts.models import Organisation, User
from accounts.permissions import Role
from lists.models import Image, List
from review.golden import services, serving
from review.models import Act, GoldenPair, MatchCandidate
from review.pairs import services as pairs_services
from tests import bare_pairs


@dataclass(frozen=True, slots=True)
class Mixed:
    """What a test has: three pairs that wait, best first, and one that is golden."""

    waiting: list[MatchCandidate]
    golden: GoldenPair


def analyst(admin: Actor, name: str = "asha") -> User:
    """Return somebody of the admin's organisation who decides."""
    organisation = Organisation.objects.get(pk=admin.organisation_id)
    return accounts_services.ensure_member(
        organisation=organisation, email=f"{name}@example.org", password=name, role=Role.ANALYST
    )


def browser_of(user: User) -> Client:
    """Return the browser of a person, signed in."""
    client = Client()
    client.force_login(user)
    return client


def mixed(admin: Actor, image_list: List, *, truth: str = "confirm", tells: bool = True) -> Mixed:
    """Make the pairs; one in five that are handed out has a golden one before it."""
    golden, *waiting = bare_pairs.make(4, image_list)
    Image.objects.update(is_stored=True)
    pairs_services.decide(by=admin, pair=golden, act=Act(truth))
    List.objects.filter(pk=image_list.pk).update(golden_one_in=5, golden_tells=tells)
    marked = services.mark(by=admin, pair=golden, truth=truth, reason="The same flood.")
    return Mixed(waiting, marked)


def draw(monkeypatch: pytest.MonkeyPatch, lot: float = 0) -> None:
    """Let the lot fall always on a golden pair, or never."""

    class Lots:
        def random(self) -> float:
            return lot

        def choice(self, some: list[Any]) -> Any:
            return some[0]

    monkeypatch.setattr(serving, "LOTS", Lots())
