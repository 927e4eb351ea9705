"""Verdicts in the browser: written by keyboard, published, seen in the log, taken back, chosen."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts import selectors as accounts_selectors
from accounts.actors import Actor
from accounts.models import User
from lists.models import Item
from review.clusters import selectors as clusters_selectors
from review.models import MatchCandidate, State
from review.pairs import services as pairs_services
from review.scopes import Scope
from tests import made_pictures, working
from tests.browser.conftest import Expectations
from tests.browser.reviewing import wait_until_painted
from verdicts import services, submitting
from verdicts.kinds import VerdictState
from verdicts.models import Verdict
from verdicts.values import Sent, VerdictContent

pytestmark = pytest.mark.slow


@pytest.fixture
def by(person: User) -> Actor:
    return accounts_selectors.actor_for_user(person)


@pytest.fixture
def items(add_photo: Callable[..., Item], coffee: bytes, coffee_copy: bytes) -> list[Item]:
    """Two pictures that wait as a pair."""
    return [add_photo(coffee, "coffee.jpg"), add_photo(coffee_copy, "copy.jpg")]


@pytest.fixture
def publish(by: Actor) -> Callable[[Item, str], Verdict]:
    """Publish a verdict about an item."""

    def do(item: Item, rating: str) -> Verdict:
        cluster = clusters_selectors.cluster_of(by, item)
        content = VerdictContent(rating=rating, title=f"It is {rating}")
        verdict = services.write_draft(by=by, cluster=cluster, content=content)
        services.publish(by=by, verdict=verdict)
        return verdict

    return do


def fill(page: Page, **typed: str) -> None:
    for name, text in typed.items():
        page.locator(f"[name={name}]").fill(text)


def test_a_verdict_is_written_published_seen_as_planned_and_retracted(
    signed_in: Page, by: Actor, items: list[Item]
) -> None:
    sent = Sent(recipient="ann", language="en")
    submitting.record_submission(by=by, item=items[0], sent=sent)
    signed_in.goto(f"/clusters/{items[0].public_id}/")
    signed_in.locator(".verdict-panel a.button").first.click()
    fill(signed_in, rating="False", title="The cup is empty")

    signed_in.locator("[name=title]").press("Control+Enter")
    expect(signed_in.locator("[data-message=draft_saved]")).to_be_visible()
    assert Verdict.objects.get().state == VerdictState.DRAFT
    signed_in.locator("[name=preview]").click()
    expect(signed_in.locator("[data-audience='1']")).to_be_visible()
    signed_in.locator("[data-publish]").click()
    expect(signed_in.locator(".verdict-panel [data-state=published]")).to_be_visible()

    working.run_all()
    signed_in.goto("/verdicts/notices/")
    expect(signed_in.locator("[data-notice][data-state=planned]")).to_contain_text("ann")
    signed_in.goto(f"/clusters/{items[0].public_id}/")
    signed_in.locator(".verdict-panel .is-danger").click()
    signed_in.locator("[data-retract]").click()
    expect(signed_in.locator("[data-message=retracted]")).to_be_visible()
    working.run_all()
    signed_in.goto("/verdicts/notices/")
    expect(signed_in.locator("[data-notice][data-state=withdrawn]")).to_be_visible()


def test_a_refused_match_says_what_can_be_done_and_one_verdict_is_kept(
    signed_in: Page,
    by: Actor,
    items: list[Item],
    publish: Callable[[Item, str], Verdict],
    expected: Expectations,
) -> None:
    expected.statuses.add(409)
    kept, gone = publish(items[0], "False"), publish(items[1], "True")
    pair = MatchCandidate.objects.get()
    copies = made_pictures.copies("moon", 2, pair.image_list)
    (before,) = made_pictures.all_pairs(copies, 0.8)
    pairs_services.confirm(by=by, pair=before)
    signed_in.goto(f"/review/pair/{pair.public_id}/")

    signed_in.keyboard.press("f")
    signed_in.locator("[data-refusals] summary").wait_for()
    assert not signed_in.locator("[data-take-back]").count(), "a refused match can be undone"
    # Undo says so, and takes back nothing that was decided before.
    expect(signed_in.locator("[data-pair='']")).to_have_count(1)
    wait_until_painted(signed_in)
    signed_in.keyboard.press("u")
    not_taken = signed_in.locator("#review-texts").get_attribute("data-refused") or "?"
    expect(signed_in.locator("[data-toasts]")).to_contain_text(not_taken)
    before.refresh_from_db()
    assert before.state == State.CONFIRMED
    signed_in.locator("[data-refusals] summary").click()
    signed_in.locator("[data-code=two_verdicts] [data-choose]").click()
    signed_in.locator(f"[data-contender={kept.public_id}] [data-keep]").click()

    expect(signed_in.locator("[data-message=kept]")).to_be_visible()
    pair.refresh_from_db()
    gone.refresh_from_db()
    assert (pair.state, pair.scope) == (State.CONFIRMED, Scope.WHOLE)
    assert gone.state == VerdictState.REPLACED


def test_a_copy_that_is_named_may_be_said_to_claim_something_else(
    signed_in: Page,
    items: list[Item],
    publish: Callable[[Item, str], Verdict],
) -> None:
    publish(items[0], "False")
    publish(items[1], "True")
    signed_in.goto(f"/clusters/{items[0].public_id}/")
    signed_in.locator("#item").fill(items[1].public_id)
    signed_in.locator("#item").press("Enter")
    signed_in.locator("[data-sheet] [type=submit]").click()
    signed_in.locator("[data-code=two_verdicts] [data-choose]").click()

    signed_in.locator("[data-apart]").click()

    expect(signed_in.locator("[data-message=kept_apart]")).to_be_visible()
    assert MatchCandidate.objects.get().scope == Scope.IMAGE_ONLY
