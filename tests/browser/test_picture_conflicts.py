"""Review by picture while colleagues decide: what was refused stays refused and undo goes on."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts import selectors as accounts_selectors
from accounts.models import User
from accounts.permissions import Role
from lists.models import Item, List
from matching.evidence import Kind
from review.models import Decision, MatchCandidate, State
from review.pairs import selectors as pairs_selectors
from review.pairs import services as pairs_services
from review.queue import claims, pictures
from review.queue.filters import Queue
from tests import made_pictures
from tests.browser.conftest import Expectations
from tests.browser.reviewing import shown, wait_until_ahead, wait_until_painted, wait_until_sent
from tests.browser.test_picture import (
    focused,
    hold_first_decision,
    mark,
    open_pictures,
    states,
)
from tests.browser.waiting import eventually

pytestmark = pytest.mark.slow

# As a keyboard for Arabic sends Shift and the key in the place of F.
SHIFT_F_IN_ARABIC = """
document.body.dispatchEvent(
  new KeyboardEvent("keydown", { key: "]", code: "KeyF", shiftKey: true, bubbles: true }),
);
"""

# As many ids as no page of the server reads, behind the one on the screen.
RENEW_MANY = """async (ids) => {
  const loaded = performance.getEntriesByType("resource").map(({ name }) => name);
  const { keep } = await import(loaded.find((name) => /review\\/claims[^/]*js$/.test(name)));
  const { pair } = document.querySelector("[data-pair]").dataset;
  await keep(() => pair, () => ids, () => {})();
}"""


@pytest.fixture
def coffees(image_list: List) -> list[Item]:
    """Four copies of one photograph, and the pairs between them."""
    items = made_pictures.copies("coffee", 4, image_list)
    made_pictures.all_pairs(items)
    return items


@pytest.fixture
def dissociate(
    make_user: Callable[..., User], expected: Expectations
) -> Callable[[str], MatchCandidate]:
    """Let a colleague dissociate a pair; what is decided or undone about it then is refused."""
    by = accounts_selectors.actor_for_user(make_user(Role.ANALYST))
    expected.statuses.add(409)

    def do(pair_id: str) -> MatchCandidate:
        pair = pairs_selectors.pair_for(by, pair_id)
        return pairs_services.dissociate(by=by, pair=pair)

    return do


def test_a_mark_that_was_changed_before_the_refusal_overrules_nobody(
    signed_in: Page, coffees: list[Item], dissociate: Callable[[str], MatchCandidate]
) -> None:
    open_pictures(signed_in)
    pair_id = focused(signed_in)
    dissociate(pair_id)
    held = hold_first_decision(signed_in)
    mark(signed_in, "d")
    eventually(signed_in, lambda: held)

    signed_in.locator(f"[id={pair_id}] [data-mark-act=confirm]").click()
    held[0].continue_()
    wait_until_sent(signed_in)

    assert MatchCandidate.objects.get(public_id=pair_id).state == State.DISSOCIATED
    assert Decision.objects.exclude(user=None).count() == 1
    expect(signed_in.locator("[data-refusals] li")).to_have_count(1)
    assert states(signed_in)[0] == "refused"


def test_of_several_the_taken_ones_are_undone_where_others_were_refused(
    signed_in: Page, coffees: list[Item], dissociate: Callable[[str], MatchCandidate]
) -> None:
    open_pictures(signed_in)
    last = signed_in.locator("[data-candidate]").last.get_attribute("id") or ""
    dissociate(last)
    mark(signed_in, "F")
    wait_until_sent(signed_in)
    expect(signed_in.locator("[data-refusals]")).to_be_visible()

    mark(signed_in, "u")
    wait_until_ahead(signed_in)

    confirmed = MatchCandidate.objects.filter(state=State.CONFIRMED)
    assert not confirmed.exists()
    assert MatchCandidate.objects.get(public_id=last).state == State.DISSOCIATED


def test_undo_goes_on_behind_what_was_refused(
    signed_in: Page, coffees: list[Item], dissociate: Callable[[str], MatchCandidate]
) -> None:
    open_pictures(signed_in)
    first = focused(signed_in)
    mark(signed_in, "d")
    wait_until_sent(signed_in)
    dissociate(focused(signed_in))
    mark(signed_in, "d")
    wait_until_sent(signed_in)
    expect(signed_in.locator("[data-refusals]")).to_be_visible()

    mark(signed_in, "u")
    assert MatchCandidate.objects.get(public_id=first).state == State.CONFIRMED
    mark(signed_in, "u")
    wait_until_ahead(signed_in)

    assert MatchCandidate.objects.get(public_id=first).state == State.SUGGESTED


def test_undo_of_what_was_overruled_undoes_nothing_else(
    signed_in: Page, coffees: list[Item], dissociate: Callable[[str], MatchCandidate]
) -> None:
    open_pictures(signed_in)
    first = focused(signed_in)
    mark(signed_in, "d")
    second = focused(signed_in)
    mark(signed_in, "d")
    wait_until_sent(signed_in)
    dissociate(second)

    with signed_in.expect_response("**/undo/") as answer:
        mark(signed_in, "u")

    assert answer.value.status == 409
    said = answer.value.json()["message"]
    expect(signed_in.locator("[data-toasts]")).to_contain_text(said)
    assert MatchCandidate.objects.get(public_id=first).state == State.CONFIRMED
    mark(signed_in, "u")
    wait_until_ahead(signed_in)
    assert MatchCandidate.objects.get(public_id=first).state == State.SUGGESTED


def test_all_are_matched_from_a_keyboard_without_latin_letters(
    signed_in: Page, coffees: list[Item]
) -> None:
    open_pictures(signed_in)
    wait_until_painted(signed_in)

    signed_in.evaluate(SHIFT_F_IN_ARABIC.replace("]", "\u064f"))
    wait_until_ahead(signed_in)

    assert MatchCandidate.objects.filter(state=State.CONFIRMED).exists()


def test_what_a_screen_does_not_hold_comes_when_the_rest_is_settled(
    signed_in: Page, coffees: list[Item], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "MOST_CANDIDATES", 2)
    of_newest = MatchCandidate.objects.filter(query_image=coffees[3].image)
    MatchCandidate.objects.exclude(pk__in=of_newest).delete()
    for number, pair in enumerate(of_newest.order_by("pk")):
        of_newest.filter(pk=pair.pk).update(score=0.9 + 0.01 * number)
    open_pictures(signed_in)
    assert states(signed_in) == ["open", "open"]

    mark(signed_in, "jn")
    wait_until_ahead(signed_in)

    # What is left of a picture has what was left for later beside it.
    third = of_newest.get(state=State.SUGGESTED, is_unsure=False).public_id
    assert third in [
        each.get_attribute("id") for each in signed_in.locator("[data-candidate]").all()
    ]
    signed_in.locator(f"[id={third}] [data-mark-act=dissociate]").click()
    wait_until_ahead(signed_in)
    mark(signed_in, "n")
    wait_until_sent(signed_in)
    expect(signed_in.locator("[data-pair]")).to_have_attribute("data-pair", "")
    assert shown(signed_in) == ""
    assert [pair.is_unsure for pair in of_newest.filter(state=State.SUGGESTED)] == [True]


def test_leases_are_kept_of_as_many_as_are_asked_for_at_once(
    signed_in: Page, coffees: list[Item]
) -> None:
    open_pictures(signed_in)
    ids = [f"mat_{number:021}" for number in range(200)]

    # The page renews by itself too.
    with signed_in.expect_response(lambda each: ids[0] in (each.request.post_data or "")) as answer:
        signed_in.evaluate(RENEW_MANY, ids)

    assert answer.value.json()["held"] == [shown(signed_in)]


def test_what_a_colleague_took_back_is_asked_again(
    signed_in: Page, coffees: list[Item], make_user: Callable[..., User]
) -> None:
    by = accounts_selectors.actor_for_user(make_user(Role.ANALYST))
    open_pictures(signed_in)
    first = focused(signed_in)
    mark(signed_in, "j")
    wait_until_ahead(signed_in)
    pairs_services.undo(by=by, pair=pairs_selectors.pair_for(by, first))

    for _ in range(MatchCandidate.objects.count() - 1):
        mark(signed_in, "j")
        wait_until_ahead(signed_in)

    assert focused(signed_in) == first
    mark(signed_in, "f")
    wait_until_sent(signed_in)
    assert MatchCandidate.objects.get(public_id=first).state == State.CONFIRMED
    expect(signed_in.locator("[data-refusals]")).to_be_hidden()


def test_the_queue_ends_where_only_what_was_refused_is_left(
    signed_in: Page, person: User, image_list: List, expected: Expectations
) -> None:
    by = accounts_selectors.actor_for_user(person)
    copies = [made_pictures.copies(name, 3, image_list) for name in ("coffee", "moon")]
    left = [made_pictures.pair(each[0], each[1], 0.9, Kind.OTHER_TEXT).pk for each in copies]
    expected.statuses.add(409)
    open_pictures(signed_in)
    # Other matches keep the two in one cluster, which the page does not know.
    for each in copies:
        for other in each[:2]:
            pairs_services.confirm(by=by, pair=made_pictures.pair(other, each[2], 0.9))

    for _ in left:
        mark(signed_in, "j")
        wait_until_sent(signed_in)

    expect(signed_in.locator(".is-done")).to_be_visible()
    expect(signed_in.locator("[data-waiting-pair]")).to_have_count(0)
    expect(signed_in.locator("[data-refusals] li")).to_have_count(len(left))
    found = MatchCandidate.objects.filter(pk__in=left)
    assert {pair.state for pair in found} == {State.SUGGESTED}


@pytest.mark.parametrize("way", ["pictures", "start"])
def test_what_a_colleague_gives_up_is_there_when_the_end_is_tried_again(
    signed_in: Page, image_list: List, make_user: Callable[..., User], way: str
) -> None:
    theirs, _ours = (
        made_pictures.all_pairs(made_pictures.copies(name, 2, image_list), score)[0]
        for name, score in (("moon", 0.6), ("coffee", 0.9))
    )
    by = accounts_selectors.actor_for_user(make_user(Role.ANALYST))
    claims.take_next(by=by, queue=Queue())
    signed_in.goto(f"/review/{way}/")
    mark(signed_in, "f")
    again = signed_in.locator(".is-done [data-skip] button")
    again.click()
    wait_until_painted(signed_in)
    assert shown(signed_in) == ""

    claims.release(by=by, match_ids=[theirs.public_id])
    again.click()

    expect(signed_in.locator("[data-pair]")).to_have_attribute("data-pair", theirs.public_id)
