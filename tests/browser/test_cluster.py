"""A cluster's page by keyboard: select, decide, preview by score, undo, choose the original."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts import selectors as accounts_selectors
from accounts.actors import Actor
from accounts.models import User
from lists.models import Item
from review.models import MatchCandidate, State
from review.pairs import services as pairs_services

pytestmark = pytest.mark.slow


@pytest.fixture
def by(person: User) -> Actor:
    return accounts_selectors.actor_for_user(person)


@pytest.fixture
def items(add_photo: Callable[..., Item], copies: list[bytes]) -> list[Item]:
    """Five copies of one photograph: ten pairs to review."""
    return [add_photo(photo, f"copy-{number}.jpg") for number, photo in enumerate(copies[:5])]


@pytest.fixture
def opened(signed_in: Page, items: list[Item]) -> Page:
    """The page of the oldest copy, which is in four pairs."""
    signed_in.goto(f"/clusters/{items[0].public_id}/")
    return signed_in


def states() -> dict[str, int]:
    rows = MatchCandidate.objects.values_list("state", flat=True)
    return {state: list(rows).count(state) for state in set(rows)}


def test_x_selects_and_f_confirms_and_u_takes_all_back(opened: Page) -> None:
    expect(opened.get_by_role("heading", name="4 pairs to review")).to_be_visible()
    confirm = opened.locator("[data-selection] [name=act][value=confirm]")
    expect(confirm).to_be_disabled()

    opened.locator(".is-suggestions .picture-card a").first.focus()
    opened.keyboard.press("x")
    opened.keyboard.press("ArrowRight")
    opened.keyboard.press("x")
    expect(opened.get_by_text("2 selected").first).to_be_visible()
    opened.keyboard.press("f")

    expect(opened.locator("[data-done='2']")).to_be_visible()
    assert states() == {"confirmed": 3, "suggested": 7}
    opened.keyboard.press("u")
    expect(opened.get_by_text("2 pairs are as they were before.")).to_be_visible()
    assert states() == {"suggested": 10}


def test_j_says_that_the_selected_do_not_match(opened: Page) -> None:
    opened.keyboard.press("x")
    opened.keyboard.press("j")

    expect(opened.locator("[data-done='1']")).to_be_visible()
    assert states() == {"dissociated": 1, "suggested": 9}


def test_a_score_is_previewed_pairs_are_left_out_and_all_is_undone(opened: Page) -> None:
    MatchCandidate.objects.filter(score__gt=0).update(score=0.7)
    weak = MatchCandidate.objects.earliest("pk")
    MatchCandidate.objects.filter(pk=weak.pk).update(score=0.4)
    opened.reload()
    slider = opened.get_by_label("Score", exact=False).first
    slider.focus()
    for _ in range(20):
        opened.keyboard.press("ArrowLeft")
    expect(opened.locator("[data-score-shown]")).to_have_text("0.60")
    opened.keyboard.press("a")
    expect(opened.get_by_text("3 selected").first).to_be_visible()

    opened.keyboard.press("p")
    expect(opened.locator("[data-sheet-count]")).to_have_attribute("data-sheet-count", "3")
    assert states() == {"suggested": 10}
    opened.locator("input[name=pair]").first.uncheck()
    opened.locator("[data-sheet] button[type=submit]").click()

    expect(opened.locator("[data-done='2']")).to_be_visible()
    opened.locator("[data-undo] button").click()
    expect(opened.get_by_text("2 pairs are as they were before.")).to_be_visible()
    assert states() == {"suggested": 10}


def test_every_picture_is_there_once_however_many_pairs_it_has(
    opened: Page, by: Actor, items: list[Item]
) -> None:
    first, second, third = MatchCandidate.objects.filter(image_low=items[0].image_id).order_by(
        "pk"
    )[:3]
    pairs_services.confirm(by=by, pair=first)
    MatchCandidate.objects.filter(image_high=second.image_high_id).update(text_state="differs")
    pairs_services.confirm(by=by, pair=second)
    opened.reload()

    pictures = opened.locator("[data-cluster] img.picture")
    sources = pictures.evaluate_all("all => all.map((each) => each.src.split('/').at(-2))")

    # Three of the cluster, and two beside it that have three pairs with it each.
    assert len(sources) == len(set(sources)) == len(items)
    beside = opened.locator(".picture-card[data-suggestion]")
    expect(beside).to_have_count(2)
    expect(beside.first.locator("[data-suggestion]")).to_have_count(2)
    expect(beside.first.locator("[name=pair]")).to_have_count(1)
    expect(opened.locator("[data-inside]")).to_have_count(1)
    assert third.state == State.SUGGESTED

    opened.locator(".picture-card[data-suggestion] a").first.focus()
    opened.keyboard.press("x")
    opened.keyboard.press("f")
    expect(opened.locator("[data-done='1']")).to_be_visible()
    expect(opened.locator("[data-left]")).to_have_count(0)


def test_what_somebody_decided_meanwhile_is_listed_and_kept(
    opened: Page, by: Actor, items: list[Item]
) -> None:
    boxes = opened.locator(".is-suggestions input[name=pair]")
    match_id = (boxes.first.get_attribute("value") or "").partition(":")[0]
    pairs_services.dissociate(by=by, pair=MatchCandidate.objects.get(public_id=match_id))
    boxes.nth(0).check()
    boxes.nth(1).check()
    opened.keyboard.press("f")

    expect(opened.locator("[data-done='1']")).to_be_visible()
    expect(opened.locator("[data-left]")).to_have_attribute("data-code", "decided_meanwhile")
    assert MatchCandidate.objects.get(public_id=match_id).state == State.DISSOCIATED


def test_o_makes_the_copy_in_focus_the_original(opened: Page, by: Actor, items: list[Item]) -> None:
    for pair in MatchCandidate.objects.order_by("pk")[:3]:
        pairs_services.confirm(by=by, pair=pair)
    opened.reload()
    expect(opened.locator(".reference")).to_contain_text("copy-0.jpg")

    opened.locator(".is-copies .picture-card a").first.focus()
    opened.keyboard.press("t")

    expect(opened.get_by_text("This picture is the original now.")).to_be_visible()
    expect(opened.locator(".reference")).to_contain_text("copy-1.jpg")


@pytest.fixture
def plain(
    new_context: Callable[..., BrowserContext], live_server: LiveServer, person: User
) -> Page:
    """A signed-in browser that runs no scripts."""
    client = Client()
    client.force_login(person)
    context = new_context(java_script_enabled=False)
    cookie = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    return context.new_page()


def test_without_scripts_a_cluster_is_made_previewed_split_and_put_together(
    plain: Page, items: list[Item]
) -> None:
    plain.goto(f"/clusters/{items[0].public_id}/")
    plain.locator("[data-by-score] [value=confirm]").click()
    plain.locator("[data-sheet] button[type=submit]").click()
    expect(plain.locator("[data-done='4']")).to_be_visible()
    plain.get_by_role("link", name="Back to the cluster").click()
    expect(plain.get_by_role("heading", name="5 pictures in this cluster")).to_be_visible()

    plain.get_by_role("link", name="Split cluster here").first.click()
    expect(plain.locator("[data-part='1'][data-rest='4']")).to_be_visible()
    plain.get_by_role("button", name="Split", exact=True).click()
    expect(plain.get_by_role("heading", name="The cluster is split")).to_be_visible()
    assert states() == {"confirmed": 6, "dissociated": 1, "suggested": 3}

    plain.locator("[data-undo] button").click()
    expect(plain.get_by_role("heading", name="5 pictures in this cluster")).to_be_visible()
    assert states() == {"confirmed": 10}


def test_the_pair_page_leads_to_the_cluster(signed_in: Page, by: Actor, items: list[Item]) -> None:
    first, second = MatchCandidate.objects.order_by("pk")[:2]
    pairs_services.confirm(by=by, pair=first)
    signed_in.goto(f"/review/pair/{second.public_id}/")

    signed_in.get_by_role("link", name="Also in: 1 copy").click()

    expect(signed_in.get_by_role("heading", name="2 pictures in this cluster")).to_be_visible()
