"""Requests about what somebody erases while they are worked on: it is unknown, and no fault."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.actors import Actor
from accounts.models import User
from lists import transactions
from lists.models import Item, List
from review.life import services as life_services
from review.models import MatchCandidate
from review.pairs import invariants
from review.submissions import run
from tests import bare_pairs
from tests.callers import Caller

pytestmark = pytest.mark.django_db(transaction=True)

# A browser shows the page of a server's fault; the test client would raise it.
browser = Client(raise_request_exception=False)


def before(
    monkeypatch: pytest.MonkeyPatch, place: object, name: str, act: Callable[[], object]
) -> None:
    """Let an act happen once, just before a function of a module is called."""
    function, acts = getattr(place, name), [act]

    def called(*given: object) -> object:
        while acts:
            acts.pop()()
        return function(*given)

    monkeypatch.setattr(place, name, called)


def erase_list(admin: Actor, image_list: List) -> None:
    erasure = life_services.erase_list(by=admin, image_list=image_list, reason="Asked for.")
    life_services.erase_list_in_steps(erasure=erasure, list_id=image_list.pk)


def erase_item_of(admin: Actor, pair: MatchCandidate) -> None:
    item = Item.objects.get(image=pair.image_high)
    life_services.erase_item(by=admin, item=item, reason="Asked for.")


def test_an_image_is_not_added_to_a_list_that_is_erased_meanwhile(
    caller: Caller,
    admin: Actor,
    image_list: List,
    coffee: bytes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before(monkeypatch, run, "_write_files", lambda: erase_list(admin, image_list))

    answer = caller.upload(f"/v1/lists/{image_list.public_id}/items/", coffee)

    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "list_not_found")
    assert not Item.objects.exists()


def test_a_pair_that_is_erased_meanwhile_is_unknown_to_who_decides_it(
    caller: Caller, admin: Actor, image_list: List, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair = bare_pairs.among("AB", image_list)["AB"]
    before(monkeypatch, invariants, "take_turn", lambda: erase_item_of(admin, pair))

    answer = caller.post(f"/v1/matches/{pair.public_id}/confirm/")

    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


def test_a_person_gets_the_page_of_what_is_not_there(
    admin: Actor, image_list: List, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair = bare_pairs.among("AB", image_list)["AB"]
    browser.force_login(User.objects.get(membership__organisation=admin.organisation_id))
    before(monkeypatch, invariants, "take_turn", lambda: erase_item_of(admin, pair))

    answer = browser.post(f"/review/pair/{pair.public_id}/decide/", {"act": "confirm"})

    assert answer.status_code == 404
    assert "errors/problem.html" in [template.name for template in answer.templates]


def test_what_refers_to_erased_rows_is_tried_again(
    admin: Actor, image_list: List, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair = bare_pairs.among("AB", image_list)["AB"]
    attempts = []

    @transactions.tried_again
    def act() -> None:
        attempts.append(pair.pk)
        if len(attempts) == 1:
            MatchCandidate.objects.create(
                image_list_id=0,
                image_low_id=0,
                image_high_id=1,
                query_image_id=0,
                score=1,
                evidence={},
            )

    act()

    assert len(attempts) == 2
