"""Review by picture where the network, the browser or the server fails, or rights and lists change.

No decision is lost unsaid or counted twice, and whoever reviews is told what to do.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

import pytest
from playwright.sync_api import Page, Route, expect

from accounts import selectors as accounts_selectors
from accounts.models import Membership, User
from accounts.permissions import Role
from lists import services as lists_services
from lists.list_settings import ListSettings
from lists.models import Item, List
from review.models import Act, Decision, MatchCandidate, State
from review.pairs import services as pairs_services
from tests import made_pictures
from tests.browser.conftest import Expectations
from tests.browser.reviewing import shown, wait_until_ahead, wait_until_sent
from tests.browser.test_picture import (
    decisions,
    focused,
    mark,
    open_pictures,
    press_first,
    states,
)
from tests.browser.waiting import eventually

pytestmark = pytest.mark.slow

STORAGE_IS_FORBIDDEN = """
Object.defineProperty(window, "localStorage", {
  get() { throw new DOMException("denied", "SecurityError"); },
});
"""
STORAGE_IS_FULL = """
Storage.prototype.setItem = () => { throw new DOMException("full", "QuotaExceededError"); };
"""
CLOSES_ANOTHER_TAB = 'document.dispatchEvent(new Event("visibilitychange"))'
COMES_FROM_THE_HISTORY = 'dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }))'
# As another tab of the same browser writes, whose process has not heard of this one's yet.
PUSH_MANY = """([person, count]) => {
  const loaded = performance.getEntriesByType("resource").map(({ name }) => name);
  const address = loaded.find((name) => /review\\/outbox[^/]*js$/.test(name));
  import(address).then(async ({ Outbox, newKey }) => {
    const outbox = new Outbox(person);
    outbox.flush = () => {};
    const keys = Array.from({ length: count }, newKey);
    for (const key of keys) {
      outbox.push({ address: "/", pair: key, page: "/", key, fields: {} });
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    window.pushed = [keys, outbox];
  });
}"""
KEPT = """() => {
  const [keys, { entries }] = window.pushed;
  return keys.filter((key) => entries.some((entry) => entry.key === key)).length;
}"""
PUSHED_AT_ONCE = 150
# As versions before kept what they could not send: all of it in one place.
KEEP_AS_BEFORE = """() => {
  const [card] = document.querySelectorAll("[data-candidate]");
  const { candidate: pair, version, decide: address } = card.dataset;
  const fields = { act: "confirm", version };
  const entry = { address, pair, page: location.pathname, key: "0".repeat(32), fields };
  localStorage.setItem(`lookalike.outbox.${document.body.dataset.person}`, JSON.stringify([entry]));
}"""
# As a clock that was an hour fast wrote it.
AN_HOUR_FAST = """() => {
  for (const name of Object.keys(localStorage).filter((each) => each.includes("outbox"))) {
    const entry = JSON.parse(localStorage.getItem(name));
    localStorage.setItem(name, JSON.stringify({ ...entry, atMs: entry.atMs + 60 * 60 * 1000 }));
  }
}"""
SHORT_PATIENCE = """
const { timeout } = AbortSignal;
AbortSignal.timeout = (ms) => timeout.call(AbortSignal, ms / 10);
"""


@pytest.fixture(autouse=True)
def items(image_list: List) -> list[Item]:
    """Three copies each of two photographs, and the pairs of each."""
    made = [made_pictures.copies(name, 3, image_list) for name in ("coffee", "moon")]
    for copies in made:
        made_pictures.all_pairs(copies)
    return [item for copies in made for item in copies]


def answer_first(page: Page, where: str, *answers: Callable[[Route], None]) -> list[str]:
    """Answer the first requests to an address in these ways, and let the others through."""
    rest = list(answers)
    met: list[str] = []

    def answer(route: Route) -> None:
        met.append(route.request.url)
        if rest:
            rest.pop(0)(route)
        else:
            route.continue_()

    page.route(where, answer)
    return met


def has_met(met: list[str], count: int) -> bool:
    return len(met) >= count


def has_decisions(count: int) -> bool:
    return decisions() == count


def with_status(status: int) -> Callable[[Route], None]:
    """Answer as a proxy does in front of a server that restarts."""
    page = f"<html><head><title>{status}</title></head><body>{status} nginx</body></html>"
    return lambda route: route.fulfill(status=status, body=page, content_type="text/html")


def has_pictures(page: Page) -> bool:
    page.goto("/review/pictures/")
    return page.locator("[data-stage]").count() == 1


def test_without_storage_all_is_decided_and_undone(signed_in: Page) -> None:
    for number, storage in enumerate((STORAGE_IS_FORBIDDEN, STORAGE_IS_FULL)):
        page = signed_in.context.new_page()
        page.add_init_script(storage)
        # Nothing is handed out that a request of the page before has locked.
        eventually(page, partial(has_pictures, page))
        expect(page.locator("[data-stage]")).to_have_attribute("data-ahead", "loaded")
        page.locator("[data-look=greyscale]").click()

        mark(page, "f")

        eventually(page, partial(has_decisions, 2 * number + 1))
        mark(page, "u")
        eventually(page, partial(has_decisions, 2 * number + 2))
        page.close()


def test_what_a_proxy_answers_is_no_answer(signed_in: Page, expected: Expectations) -> None:
    expected.statuses |= {429, 502, 503}
    open_pictures(signed_in)
    first = focused(signed_in)
    # The last is a hotel's page for signing in to its network.
    ways = [with_status(each) for each in (502, 503, 429, 200)]
    met = answer_first(signed_in, "**/decide/", *ways)
    signed_in.clock.install()

    mark(signed_in, "f")
    unsent = signed_in.locator("[data-unsent]")
    for count in range(1, len(ways) + 1):
        eventually(signed_in, partial(has_met, met, count))
        expect(unsent).to_contain_text("1")
        signed_in.clock.run_for(16_000)
    wait_until_sent(signed_in)

    assert decisions() == 1
    answer_first(signed_in, "**/undo/", *ways[:3])
    for _ in range(3):
        mark(signed_in, "u")
        assert (states(signed_in)[0], decisions()) == ("confirm", 1)
    mark(signed_in, "u")
    wait_until_ahead(signed_in)
    assert (focused(signed_in), decisions()) == (first, 2)
    assert set(MatchCandidate.objects.values_list("state", flat=True)) == {State.SUGGESTED}


def test_what_is_never_answered_is_sent_again_and_locks_no_key(signed_in: Page) -> None:
    signed_in.add_init_script(SHORT_PATIENCE)
    open_pictures(signed_in)
    swallowed: list[Route] = []
    met = answer_first(signed_in, "**/decide/", swallowed.append)

    mark(signed_in, "f")
    eventually(signed_in, lambda: met)
    # Not before the decision is saved, which may take long.
    mark(signed_in, "u")
    mark(signed_in, "n")
    wait_until_sent(signed_in)

    assert len(swallowed) == 1
    swallowed[0].abort()
    assert decisions() == 2
    assert not Decision.objects.filter(act=Act.UNDO).exists()


def test_a_picture_that_does_not_come_keeps_no_other_from_being_shown(signed_in: Page) -> None:
    signed_in.clock.install()
    held: list[Route] = []
    signed_in.route("**/next/**", lambda route: held.append(route))  # noqa: PLW0108 - no method of a list
    signed_in.goto("/review/pictures/")
    first = shown(signed_in)
    eventually(signed_in, lambda: held)
    swallowed: list[Route] = []
    signed_in.route("**/t/**", lambda route: swallowed.append(route))  # noqa: PLW0108
    held[0].continue_()
    signed_in.unroute("**/next/**")
    eventually(signed_in, lambda: swallowed)

    signed_in.keyboard.press("s")
    signed_in.clock.run_for(10_000)

    expect(signed_in.locator("[data-pair]")).not_to_have_attribute("data-pair", first)
    for route in swallowed:
        route.abort()


def test_unsent_decisions_wait_for_their_author_to_sign_in_again(
    signed_in: Page,
    person: User,
    sign_in: Callable[[User], None],
    make_user: Callable[..., User],
    expected: Expectations,
) -> None:
    expected.offline = True
    expected.statuses.add(403)
    context = signed_in.context
    open_pictures(signed_in)
    context.set_offline(True)
    mark(signed_in, "fjf")
    # Somebody else uses this browser now; the page is told so by nothing but its old token.
    sign_in(make_user(Role.ANALYST))
    context.clear_cookies(name="csrftoken")
    context.set_offline(False)
    expect(signed_in.locator(f"body:not([data-person='{person.pk}'])")).to_be_visible()
    assert decisions() == 0

    context.clear_cookies(name="sessionid")
    signed_in.goto("/review/pictures/")
    expect(signed_in).to_have_url(re.compile("/login/"))
    sign_in(person)
    open_pictures(signed_in)
    assert (decisions(), Decision.objects.filter(user=person).count()) == (3, 3)
    # Who has signed in again elsewhere decides on, on a page from before.
    context.clear_cookies(name="csrftoken")
    mark(signed_in, "n")
    wait_until_sent(signed_in)
    assert decisions() == 4
    expect(signed_in.locator("[data-refusals]")).to_be_hidden()


def test_who_may_only_look_by_now_is_told_of_each_decision_that_was_not_taken(
    signed_in: Page, person: User, expected: Expectations
) -> None:
    expected.offline = True
    expected.statuses.add(403)
    open_pictures(signed_in)
    signed_in.context.set_offline(True)
    mark(signed_in, "fjf")
    Membership.objects.filter(user=person).update(role=Role.VIEWER)
    signed_in.context.set_offline(False)

    wait_until_sent(signed_in)

    assert decisions() == 0
    signed_in.locator("[data-refusals] summary").click()
    told = signed_in.locator("[data-refusals] [data-refused]")
    expect(told).to_have_count(3)
    # Not only that it was not taken: also why.
    assert all(". " in each for each in told.all_inner_texts())


@pytest.mark.parametrize("is_named", [False, True], ids=["one of several", "asked for"])
def test_a_list_that_leaves_ends_the_queue_and_not_the_network(
    signed_in: Page, person: User, image_list: List, expected: Expectations, is_named: bool
) -> None:
    expected.statuses.add(404)
    named = f"?list={image_list.public_id}" if is_named else ""
    open_pictures(signed_in, f"/review/pictures/{named}")
    by = accounts_selectors.actor_for_user(person)
    pairs_services.remove_list(by=by, image_list=image_list)

    ended = signed_in.locator("[data-code='404'], .is-done:not([data-waiting-pair])")
    ready = signed_in.locator("[data-stage][aria-busy=false]")
    while not ended.count():
        signed_in.keyboard.press("f")
        expect(ready.or_(ended).first).to_be_visible()

    assert decisions() == 0


def test_a_page_sends_for_those_that_are_gone_and_is_loaded_anew_from_the_history(
    signed_in: Page, expected: Expectations
) -> None:
    expected.offline = True
    signed_in.goto("/lists/")
    other = signed_in.context.new_page()
    open_pictures(other)
    signed_in.context.set_offline(True)
    mark(other, "f")
    other.close()
    signed_in.context.set_offline(False)
    assert decisions() == 0

    signed_in.evaluate(CLOSES_ANOTHER_TAB)

    wait_until_sent(signed_in)
    assert decisions() == 1
    open_pictures(signed_in)
    with signed_in.expect_navigation():
        signed_in.evaluate(COMES_FROM_THE_HISTORY)


def test_what_an_earlier_version_could_not_send_is_sent(signed_in: Page) -> None:
    open_pictures(signed_in)
    signed_in.evaluate(KEEP_AS_BEFORE)

    signed_in.goto("/lists/")

    eventually(signed_in, partial(has_decisions, 1))


def test_two_tabs_keep_each_others_decisions(signed_in: Page) -> None:
    other = signed_in.context.new_page()
    tabs = (signed_in, other)
    for page in tabs:
        page.goto("/lists/")
    for page in tabs:
        page.evaluate(PUSH_MANY, ["somebody", PUSHED_AT_ONCE])
    for page in tabs:
        eventually(page, partial(page.evaluate, "'pushed' in window"))

    assert [page.evaluate(KEPT) for page in tabs] == [PUSHED_AT_ONCE] * 2


def test_what_was_decided_last_is_sent_last_though_the_clock_was_set_back(
    signed_in: Page, expected: Expectations
) -> None:
    expected.offline = True
    context = signed_in.context
    open_pictures(signed_in)
    pair_id, address = focused(signed_in), signed_in.url
    context.set_offline(True)
    mark(signed_in, "f")
    signed_in.evaluate(AN_HOUR_FAST)
    signed_in.close()
    context.set_offline(False)
    page = context.new_page()
    lost = answer_first(page, "**/decide/", *[lambda route: route.abort()] * 9)
    page.goto(address)
    eventually(page, lambda: lost)

    page.locator(f"[id={pair_id}] [data-mark-act=dissociate]").click()
    page.unroute("**/decide/")
    wait_until_sent(page)

    assert MatchCandidate.objects.get(public_id=pair_id).state == State.DISSOCIATED
    expect(page.locator("[data-refusals]")).to_be_hidden()


def test_what_is_sent_for_another_tab_counts_in_its_queue_alone(
    signed_in: Page, person: User, image_list: List, expected: Expectations
) -> None:
    expected.offline = True
    by = accounts_selectors.actor_for_user(person)
    other_list = lists_services.create_list(by=by, settings=ListSettings(name="Other"))
    made_pictures.all_pairs(made_pictures.copies("rocket", 3, other_list))
    other = signed_in.context.new_page()
    for page, each in ((signed_in, image_list), (other, other_list)):
        open_pictures(page, f"/review/pictures/?list={each.public_id}")
        press_first(page)
    count = signed_in.locator("[data-to-review]").get_attribute("data-to-review")
    signed_in.context.set_offline(True)
    mark(other, "f")
    other.close()
    signed_in.context.set_offline(False)

    signed_in.evaluate(CLOSES_ANOTHER_TAB)
    wait_until_sent(signed_in)
    wait_until_ahead(signed_in)

    assert decisions() == 1
    assert signed_in.locator("[data-to-review]").get_attribute("data-to-review") == count
