"""Review by picture: marks, what follows, the next picture, refusals, no network, undo."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import pytest
from django.db.models import Count
from playwright.sync_api import Page, Route, expect

from accounts import selectors as accounts_selectors
from accounts.models import User
from accounts.permissions import Role
from lists.models import Item, List
from review.models import Act, Decision, MatchCandidate, State
from review.pairs import connected
from review.pairs import selectors as pairs_selectors
from review.pairs import services as pairs_services
from tests import made_pictures
from tests.browser.conftest import Expectations
from tests.browser.reviewing import (
    hold_notices,
    press,
    shown,
    wait_until_ahead,
    wait_until_painted,
    wait_until_sent,
)
from tests.browser.waiting import eventually, next_frames

pytestmark = pytest.mark.slow

SUBJECTS = ("coffee", "moon", "rocket")
# As many as are shown after another one.
PICTURES = 2
# As many as are passed to have seen one of each photograph.
PASSED = 5
# From the last key to the picture that it brings.
STAMP = """
window.presses = [];
let from = 0;
addEventListener("keydown", () => { from = performance.now(); }, { capture: true });
addEventListener("DOMContentLoaded", () => {
  const stage = document.querySelector("[data-stage]");
  new MutationObserver(() => {
    const press = { from };
    requestAnimationFrame(() => requestAnimationFrame(() => {
      press.to = performance.now();
      const drawn = [...stage.querySelectorAll("img")];
      press.isComplete = drawn.every((each) => each.complete);
      // What is fetched meanwhile for later keeps nobody waiting.
      const isWanted = (address) => drawn.some(({ src }) => src === address)
        || new URL(address).searchParams.get("count") === "1";
      press.fetched = performance.getEntriesByType("resource")
        .filter(({ startTime, name }) => startTime >= press.from && isWanted(name))
        .map(({ name }) => name);
      window.presses.push(press);
    }));
  }).observe(stage, { childList: true });
});
"""
# Presses J in the very task in which the page tells of a refusal.
PRESS_AT_REFUSAL = """
const place = document.querySelector("[data-refusals]");
new MutationObserver((_, observer) => {
  observer.disconnect();
  document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "j", bubbles: true }));
}).observe(place, { attributes: true, attributeFilter: ["hidden"] });
"""


def focused(page: Page) -> str:
    """Return the id of the candidate in focus."""
    candidate = page.locator("[data-candidate][aria-current]")
    return candidate.get_attribute("data-candidate") or ""


def states(page: Page) -> list[str]:
    """Return how the candidates are marked, in their order."""
    cards = page.locator("[data-candidate]")
    return [each.get_attribute("data-state") or "" for each in cards.all()]


def mark(page: Page, keys: str) -> None:
    """Press keys one after the other, each on what is painted."""
    for key in keys:
        wait_until_painted(page)
        page.keyboard.press("Shift+F" if key == "F" else key)
        wait_until_painted(page)


def press_first(page: Page) -> None:
    """Press any key, and wait for the scripts that come after the first."""
    page.keyboard.press("Shift")
    page.evaluate("import('/static/review/afterwards.js').then(() => null)")


def open_pictures(page: Page, address: str = "/review/pictures/?order=newest") -> None:
    page.goto(address)
    wait_until_ahead(page)


def subject_of(item: Item) -> str:
    return item.name.partition("-")[0]


def of_pair(pair_id: str) -> tuple[str, str]:
    """Return the subjects of a pair's two pictures."""
    pair = MatchCandidate.objects.get(public_id=pair_id)
    low, high = (Item.objects.get(image=image) for image in (pair.image_low, pair.image_high))
    return subject_of(low), subject_of(high)


def clusters() -> set[frozenset[str]]:
    """Return the names of what is connected, of every cluster."""
    items = {item.image_id: item.name for item in Item.objects.all()}
    found = connected.clusters_of(items)
    return {frozenset(items[each] for each in members) for members in found.members()}


@pytest.fixture
def coffees(image_list: List) -> list[Item]:
    """Four copies of one photograph, and the pairs between them."""
    items = made_pictures.copies("coffee", 4, image_list)
    made_pictures.all_pairs(items)
    return items


@pytest.fixture
def subjects(image_list: List) -> list[Item]:
    """Three copies each of three photographs, with the pairs of each and some between them."""
    items = [made_pictures.copies(name, 3, image_list) for name in SUBJECTS]
    for copies in items:
        made_pictures.all_pairs(copies)
    for one, other in pairwise(items):
        made_pictures.pair(one[0], other[2], score=0.4, kind="related")
        made_pictures.pair(one[1], other[2], score=0.39, kind="related")
    return [item for copies in items for item in copies]


@pytest.fixture
def refuse(make_user: Callable[..., User], expected: Expectations) -> Callable[[str], None]:
    """Let a colleague dissociate a pair; what is decided about it now is refused."""
    by = accounts_selectors.actor_for_user(make_user(Role.ANALYST))

    def dissociate(pair_id: str) -> None:
        pairs_services.dissociate(by=by, pair=pairs_selectors.pair_for(by, pair_id))
        expected.statuses.add(409)

    return dissociate


def hold_first_decision(page: Page) -> list[Route]:
    """Keep the first decision on its way until it is continued."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        if held:
            route.continue_()
        else:
            held.append(route)

    page.route("**/decide/", hold)
    return held


def decisions(act: Act | None = None) -> int:
    """Return how many decisions people made."""
    made = Decision.objects.exclude(user=None)
    return (made.filter(act=act) if act else made).count()


def test_a_match_marks_what_follows_before_the_server_says_so(
    signed_in: Page, person: User, coffees: list[Item]
) -> None:
    by = accounts_selectors.actor_for_user(person)
    oldest = MatchCandidate.objects.get(image_low=coffees[0].image, image_high=coffees[1].image)
    pairs_services.confirm(by=by, pair=oldest)
    open_pictures(signed_in)
    held = hold_first_decision(signed_in)

    expect(signed_in.locator("[data-follow]")).to_contain_text("1")
    mark(signed_in, "f")

    assert states(signed_in) == ["confirm", "follows", "open"]
    assert focused(signed_in) == signed_in.locator("[data-candidate]").nth(2).get_attribute("id")
    eventually(signed_in, lambda: held)
    held[0].continue_()
    wait_until_sent(signed_in)
    assert decisions(Act.CONFIRM) == 2
    follows = MatchCandidate.objects.exclude(follows_from=None)
    assert [each.state for each in follows] == [State.CONFIRMED]


def test_a_picture_told_apart_from_a_cluster_is_asked_of_none_of_it(
    signed_in: Page, person: User, coffees: list[Item]
) -> None:
    by = accounts_selectors.actor_for_user(person)
    oldest = MatchCandidate.objects.get(image_low=coffees[0].image, image_high=coffees[1].image)
    pairs_services.confirm(by=by, pair=oldest)
    open_pictures(signed_in)

    mark(signed_in, "j")

    assert states(signed_in) == ["dissociate", "blocked", "open"]
    wait_until_sent(signed_in)
    signed_in.reload()
    assert states(signed_in) == ["dissociate", "blocked", "open"]
    signed_in.keyboard.press("ArrowLeft")
    assert focused(signed_in) == signed_in.locator("[data-candidate]").first.get_attribute("id")


def test_all_above_the_threshold_are_matched_by_one_key_and_taken_back_by_one(
    signed_in: Page, coffees: list[Item], image_list: List
) -> None:
    moon = made_pictures.copies("moon", 1, image_list)[0]
    made_pictures.pair(moon, coffees[3], score=0.3)
    open_pictures(signed_in, "/review/pictures/?order=score")
    newest = MatchCandidate.objects.get(image_low=coffees[2].image, image_high=coffees[3].image)
    open_pictures(signed_in, f"/review/picture/{newest.public_id}/")

    mark(signed_in, "F")

    assert states(signed_in) == ["confirm", "confirm", "confirm", "open"]
    wait_until_sent(signed_in)
    assert decisions(Act.CONFIRM) == 3
    mark(signed_in, "u")
    wait_until_ahead(signed_in)
    assert states(signed_in) == ["open"] * 4
    assert set(MatchCandidate.objects.values_list("state", flat=True)) == {State.SUGGESTED}


@pytest.mark.parametrize("way", ["picture", "pair"])
def test_both_ways_end_in_the_same_clusters_and_by_picture_takes_fewer_keys(
    signed_in: Page, subjects: Sequence[Item], way: str
) -> None:
    start = "/review/pictures/" if way == "picture" else "/review/start/"
    open_pictures(signed_in, start)
    presses, screens = 0, set[str]()

    while pair_id := shown(signed_in):
        screens.add(pair_id)
        one, other = of_pair(focused(signed_in) if way == "picture" else pair_id)
        mark(signed_in, "f" if one == other else "j")
        wait_until_ahead(signed_in)
        presses += 1

    names = {name: [f"{name}-{number}.jpg" for number in range(3)] for name in SUBJECTS}
    assert clusters() == {frozenset(each) for each in names.values()}
    assert not MatchCandidate.objects.filter(state=State.SUGGESTED, blocked_by=None).exists()
    assert presses <= MatchCandidate.objects.count()
    if way == "picture":
        assert len(screens) <= 2 * len(SUBJECTS)


def test_the_next_picture_is_there_without_a_request(
    signed_in: Page, subjects: Sequence[Item]
) -> None:
    signed_in.add_init_script(STAMP)
    open_pictures(signed_in)

    for _ in range(PICTURES):
        before = shown(signed_in)
        while shown(signed_in) == before:
            one, other = of_pair(focused(signed_in))
            mark(signed_in, "f" if one == other else "j")
            wait_until_ahead(signed_in)

    presses: list[dict[str, Any]] = signed_in.evaluate("window.presses")
    assert [each["isComplete"] for each in presses] == [True] * PICTURES
    assert [each["fetched"] for each in presses] == [[]] * PICTURES
    took_ms = [each["to"] - each["from"] for each in presses]
    print(f"key to next picture: {[round(each) for each in took_ms]} ms")  # noqa: T201


def test_an_answer_that_refuses_moves_nothing_that_is_looked_at(
    signed_in: Page, coffees: list[Item], refuse: Callable[[str], None]
) -> None:
    open_pictures(signed_in)
    refused = focused(signed_in)
    refuse(refused)
    held = hold_first_decision(signed_in)

    mark(signed_in, "f")
    seen, picture = focused(signed_in), shown(signed_in)
    signed_in.evaluate(PRESS_AT_REFUSAL)
    eventually(signed_in, lambda: held)
    held[0].continue_()

    expect(signed_in.locator("[data-refusals]")).to_be_visible()
    wait_until_sent(signed_in)
    wait_until_painted(signed_in)
    made = Decision.objects.exclude(user=None).order_by("pk").values_list("candidate__public_id")
    assert [pair_id for (pair_id,) in made] == [refused, seen]
    assert shown(signed_in) == picture
    assert states(signed_in)[:2] == ["refused", "dissociate"]


def test_what_was_refused_is_settled_beside_the_page(
    signed_in: Page, coffees: list[Item], refuse: Callable[[str], None]
) -> None:
    open_pictures(signed_in)
    refuse(focused(signed_in))
    mark(signed_in, "f")
    wait_until_sent(signed_in)
    expect(signed_in.locator("[data-refusals]")).to_be_visible()
    here = focused(signed_in)

    signed_in.keyboard.press("v")
    signed_in.locator("[data-again] button").click()
    wait_until_sent(signed_in)

    assert states(signed_in)[0] == "confirm"
    assert focused(signed_in) == here


def test_decisions_without_a_network_arrive_and_count_once(
    signed_in: Page, subjects: Sequence[Item], expected: Expectations
) -> None:
    expected.offline = True
    open_pictures(signed_in)
    signed_in.context.set_offline(True)
    wanted = {}
    for _ in range(6):
        pair_id = focused(signed_in)
        one, other = of_pair(pair_id)
        wanted[pair_id] = State.CONFIRMED if one == other else State.DISSOCIATED
        mark(signed_in, "f" if one == other else "j")
    assert decisions() == 0
    expect(signed_in.locator("[data-unsent]")).to_contain_text("6")

    signed_in.context.set_offline(False)

    wait_until_sent(signed_in)
    assert decisions() == 6
    assert Decision.objects.exclude(user=None).aggregate(n=Count("key", distinct=True))["n"] == 6
    found = MatchCandidate.objects.filter(public_id__in=wanted)
    assert {pair.public_id: pair.state for pair in found} == wanted


def test_what_never_left_the_device_is_undone_without_the_server(
    signed_in: Page, coffees: list[Item], expected: Expectations
) -> None:
    expected.offline = True
    open_pictures(signed_in)
    first = focused(signed_in)
    press_first(signed_in)
    signed_in.context.set_offline(True)
    mark(signed_in, "fj")

    mark(signed_in, "uu")

    assert (states(signed_in), focused(signed_in)) == (["open"] * 3, first)
    signed_in.context.set_offline(False)
    mark(signed_in, "j")
    wait_until_sent(signed_in)
    assert (decisions(), decisions(Act.DISSOCIATE)) == (1, 1)


def test_undo_brings_back_the_picture_and_its_marks(
    signed_in: Page, subjects: Sequence[Item]
) -> None:
    open_pictures(signed_in)
    picture, last = shown(signed_in), ""
    while shown(signed_in) == picture:
        last = focused(signed_in)
        one, other = of_pair(last)
        mark(signed_in, "f" if one == other else "j")
        wait_until_ahead(signed_in)
    following = shown(signed_in)

    mark(signed_in, "u")
    wait_until_ahead(signed_in)

    assert (shown(signed_in), focused(signed_in)) == (picture, last)
    marks = states(signed_in)
    assert marks.count("open") == 1
    signed_in.reload()
    wait_until_ahead(signed_in)
    assert states(signed_in) == marks
    mark(signed_in, "u")
    wait_until_ahead(signed_in)
    assert states(signed_in).count("open") == 2
    # Versions are those of now: the same candidates are decided again.
    while shown(signed_in) == picture:
        one, other = of_pair(focused(signed_in))
        mark(signed_in, "f" if one == other else "j")
        wait_until_ahead(signed_in)
    assert shown(signed_in) == following
    expect(signed_in.locator("[data-refusals]")).to_be_hidden()


def test_a_mark_is_changed_by_another(signed_in: Page, coffees: list[Item]) -> None:
    open_pictures(signed_in)
    pair_id = focused(signed_in)
    mark(signed_in, "f")

    signed_in.locator(f"[id={pair_id}] [data-mark-act=dissociate]").click()
    wait_until_ahead(signed_in)

    assert states(signed_in)[0] == "dissociate"
    assert MatchCandidate.objects.get(public_id=pair_id).state == State.DISSOCIATED
    expect(signed_in.locator("[data-refusals]")).to_be_hidden()


def test_the_switch_goes_on_with_what_is_looked_at(signed_in: Page, coffees: list[Item]) -> None:
    open_pictures(signed_in)
    signed_in.keyboard.press("ArrowRight")
    second = focused(signed_in)

    signed_in.locator("[data-way=pair]").click()
    expect(signed_in.locator("image-compare")).to_be_visible()
    wait_until_painted(signed_in)
    assert shown(signed_in) == second
    press(signed_in, "s")
    other = shown(signed_in)
    signed_in.locator("[data-way=picture]").click()

    expect(signed_in.locator("[data-candidate]").first).to_be_visible()
    assert shown(signed_in) == other


def test_pictures_are_passed_and_come_back(signed_in: Page, subjects: Sequence[Item]) -> None:
    open_pictures(signed_in)
    first = shown(signed_in)

    press(signed_in, "s")
    second = shown(signed_in)
    press(signed_in, "l")
    third = shown(signed_in)
    press(signed_in, "k")
    assert shown(signed_in) == second
    press(signed_in, "k")
    assert shown(signed_in) == first
    press(signed_in, "l")

    assert shown(signed_in) == second
    assert len({first, second, third}) == 3
    assert decisions() == 0


def named_picture(page: Page) -> tuple[str, str]:
    """Return what the head says, and which picture is there."""
    source = page.locator(".incoming-picture img").get_attribute("src")
    return page.locator("[data-title]").inner_text(), source or ""


def test_the_head_never_names_another_picture(signed_in: Page, subjects: Sequence[Item]) -> None:
    """One that was only checked is in no list and has no name of its own."""
    Item.objects.get(name="moon-2.jpg").delete()
    open_pictures(signed_in)
    seen = {named_picture(signed_in)}

    # A picture whose pairs another request is just renewing comes later, and another one again.
    for _ in range(PASSED):
        press(signed_in, "l")
        seen.add(named_picture(signed_in))

    heads, pictures = zip(*seen, strict=True)
    assert len(seen) >= PASSED
    assert len(set(heads)) == len(set(pictures)) == len(seen)
    assert all(heads)


def test_a_doubt_is_passed_and_nothing_else_is_decided(
    signed_in: Page, coffees: list[Item]
) -> None:
    open_pictures(signed_in)
    pair_id = focused(signed_in)

    mark(signed_in, "n")
    wait_until_ahead(signed_in)

    assert states(signed_in) == ["unsure", "open", "open"]
    assert MatchCandidate.objects.get(public_id=pair_id).is_unsure


def test_a_doubt_ends_where_another_match_implies_the_answer(
    signed_in: Page, person: User, coffees: list[Item]
) -> None:
    by = accounts_selectors.actor_for_user(person)
    oldest = MatchCandidate.objects.get(image_low=coffees[0].image, image_high=coffees[1].image)
    pairs_services.confirm(by=by, pair=oldest)
    open_pictures(signed_in)

    mark(signed_in, "nf")
    wait_until_ahead(signed_in)

    marks = states(signed_in)
    assert marks == ["follows", "confirm", "open"]
    signed_in.reload()
    assert states(signed_in) == marks


def test_a_claim_is_written_in_a_line_and_keys_decide_again(
    signed_in: Page, coffees: list[Item]
) -> None:
    # Words that differ are marked, also aloud: the line has the claim alone.
    Item.objects.update(context={"claim": "Over Delhi"})
    Item.objects.filter(pk=coffees[3].pk).update(context={"claim": "Over Pune"})
    hold_notices(signed_in)
    open_pictures(signed_in)
    signed_in.keyboard.press("d")
    line = signed_in.locator("[data-notice] input[name=note]")
    expect(line).to_have_value("Over Pune")

    # It takes no key before somebody goes to it.
    signed_in.keyboard.press("c")
    expect(line).to_be_focused()
    signed_in.keyboard.press("Enter")
    expect(line).to_be_hidden()
    mark(signed_in, "f")
    wait_until_ahead(signed_in)

    assert states(signed_in)[:2] == ["confirm_image", "confirm"]
    assert Decision.objects.get(act=Act.EXPLAIN).note == "Over Pune"


def test_the_decisions_come_first_for_those_who_go_by_tabs_and_the_strip_is_one_stop(
    signed_in: Page, coffees: list[Item]
) -> None:
    open_pictures(signed_in)

    reached = []
    for _ in range(8):
        signed_in.keyboard.press("Tab")
        reached.append(
            signed_in.evaluate(
                "({ dataset }) => dataset.act ?? dataset.candidate ?? ''",
                signed_in.evaluate_handle("document.activeElement"),
            )
        )

    assert reached[2:6] == ["confirm", "confirm_image", "dissociate", "unsure"]
    assert [each for each in reached[6:] if each] == [focused(signed_in)]


def test_a_key_pressed_twice_decides_one_candidate_at_a_time(
    signed_in: Page, coffees: list[Item]
) -> None:
    open_pictures(signed_in)

    signed_in.evaluate(
        """for (let n = 0; n < 2; n += 1) {
          document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "f", bubbles: true }));
        }"""
    )
    next_frames(signed_in)
    wait_until_ahead(signed_in)

    assert states(signed_in) == ["confirm", "open", "open"]
