"""Golden pairs on pages: asked like any other, told afterwards, and marked by managers."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.actors import Actor
from lists.models import List
from review.models import Decision, GoldenAnswer, GoldenPair, MatchCandidate
from tests import given_golden, hooks

pytestmark = pytest.mark.django_db

FRAGMENT = {"X-Fragment": "1"}


@pytest.fixture
def asked(admin: Actor, image_list: List, monkeypatch: pytest.MonkeyPatch) -> given_golden.Mixed:
    """A list with a golden pair, which every lot falls on."""
    given_golden.draw(monkeypatch)
    return given_golden.mixed(admin, image_list)


@pytest.fixture
def asha(admin: Actor) -> Client:
    """The browser of an analyst."""
    return given_golden.browser_of(given_golden.analyst(admin))


def names_of(page: bytes) -> set[str]:
    """Return the names of all hooks of a page."""
    words = page.decode().replace("=", " ").replace(">", " ").split()
    return {word for word in words if word.startswith("data-")}


@pytest.mark.parametrize(
    ("start", "one"),
    [("/review/start/", "/review/pair/"), ("/review/pictures/", "/review/picture/")],
)
def test_a_golden_pair_is_asked_about_and_told_of_without_a_script(
    asha: Client, asked: given_golden.Mixed, start: str, one: str
) -> None:
    address = asha.get(start)["Location"]
    page = asha.get(address)
    ordinary = asha.get(f"{one}{asked.waiting[0].public_id}/")

    (name,) = address.removeprefix(one).strip("/").split("/")
    assert not MatchCandidate.objects.filter(public_id=name).exists()
    # It says nothing that the page of a pair that waits does not.
    assert names_of(page.content) <= names_of(ordinary.content)
    assert asked.golden.pair.public_id not in page.content.decode()
    if "picture" in one:
        sent = asha.post(f"{address}mark/", {"mark": f"{name} 1 dissociate"})
    else:
        sent = asha.post(f"{address}decide/", {"act": "dissociate", "version": 1})
    assert sent["Location"] == f"{one}{asked.waiting[0].public_id}/"
    page = asha.get(sent["Location"])
    assert hooks.told(page) == ["golden"]
    assert asked.golden.reason in page.content.decode()
    assert Decision.objects.count() == 1
    assert GoldenAnswer.objects.get().act == "dissociate"
    undone = asha.post("/review/undo/" if "pair" in one else "/review/pictures/undo/")
    assert undone["Location"] == address
    assert GoldenAnswer.objects.filter(undone_at=None).count() == 0


def test_a_script_is_handed_golden_pairs_among_those_ahead(
    asha: Client, asked: given_golden.Mixed
) -> None:
    ahead = asha.get("/review/start/", {"count": 2}, headers=FRAGMENT)
    golden, first, *_ = hooks.values(ahead, "pair")
    assert first == asked.waiting[0].public_id

    held = asha.post("/review/claims/renew/", {"held_ids": f"{golden},{first}"}).json()["held"]
    sent = asha.post(
        f"/review/pair/{golden}/decide/", {"act": "confirm", "key": "a-key"}, headers=FRAGMENT
    )
    why = asha.post(
        f"/review/pair/{golden}/explain/", {"note": "A flood.", "of": "a-key"}, headers=FRAGMENT
    )
    undone = asha.post("/review/undo/", {"key": "undo", "of": "a-key"}, headers=FRAGMENT)

    assert set(held) == {golden, first}
    assert sent.json()["match"] == golden
    assert sent.json()["told"]
    assert sent["X-To-Review"] == "3"
    assert why.status_code == 200
    assert GoldenAnswer.objects.get().note == "A flood."
    assert hooks.values(undone, "pair") == [golden]
    # Behind a golden pair comes what it stood before, and no other golden one.
    behind = asha.get(f"/review/pair/{golden}/next/", headers=FRAGMENT)
    assert hooks.values(behind, "pair") == [first]


def test_a_list_that_does_not_tell_leaves_people_unknowing(
    asha: Client, asked: given_golden.Mixed
) -> None:
    List.objects.update(golden_tells=False)
    address = asha.get("/review/start/")["Location"]

    sent = asha.post(f"{address}decide/", {"act": "confirm"}, follow=True)

    assert hooks.told(sent) == []
    assert "golden" not in asha.get("/stats/").content.decode().split('data-figure="golden"')[0]
    assert hooks.elements(asha.get("/stats/"), "empty")


def test_colleagues_programs_and_strangers_do_not_reach_a_question(
    asha: Client, asked: given_golden.Mixed, signed_in: Client, caller: object
) -> None:
    address = asha.get("/review/start/")["Location"]

    assert signed_in.get(address).status_code == 404
    assert signed_in.post(f"{address}decide/", {"act": "confirm"}).status_code == 404
    name = address.removeprefix("/review/pair/").strip("/")
    assert caller.get(f"/v1/matches/{name}/").status_code == 404  # type: ignore[attr-defined]


def test_managers_mark_pairs_and_see_how_they_were_answered(
    asha: Client, asked: given_golden.Mixed, manager: Client
) -> None:
    address = asha.get("/review/start/")["Location"]
    asha.post(f"{address}decide/", {"act": "confirm"})
    golden = f"/review/golden/{asked.golden.pair.public_id}/"
    waiting = f"/review/golden/{asked.waiting[0].public_id}/"

    page = manager.get("/review/golden/")
    assert hooks.elements(page, "answered") == [{"answered": "1", "right": "1"}]
    assert hooks.values(page, "mixing") == ["1"]
    assert hooks.elements(manager.get(waiting), "undecided")
    assert hooks.mistakes(manager.post(golden, {"truth": "unsure"}))
    assert manager.post(waiting, {"truth": "confirm"}).status_code == 409
    manager.post(golden, {"truth": "dissociate", "reason": "Another town."})
    page = manager.get("/review/golden/")
    assert hooks.values(page, "truth") == ["dissociate"]
    assert hooks.elements(page, "disputed")
    assert hooks.values(page, "right") == ["0"]
    pair = f"/review/pair/{asked.golden.pair.public_id}/"
    assert hooks.elements(manager.get(pair), "golden-link")
    assert not hooks.elements(asha.get(pair), "golden-link")
    manager.post(f"{golden}retire/")
    assert GoldenPair.objects.get().retired_at
    assert hooks.elements(manager.get("/review/golden/"), "empty")


def test_how_often_they_are_mixed_in_is_a_setting_of_a_list(
    manager: Client, image_list: List
) -> None:
    address = f"/lists/{image_list.public_id}/settings/"
    page = manager.get(address).content.decode()
    form = {
        "name": "Known fakes",
        "suggestion_threshold": "0.3",
        "duplicate_threshold": "0.5",
        "depth": "full",
        "snapshot_retention_days": "30",
    }

    assert 'name="golden_one_in" value="0"' in page
    for wrong in ("3", "1001"):
        assert hooks.mistakes(manager.post(address, {**form, "golden_one_in": wrong}))
    manager.post(address, {**form, "golden_one_in": "20"})

    changed = List.objects.get()
    assert (changed.golden_one_in, changed.golden_tells) == (20, False)
