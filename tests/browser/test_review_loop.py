"""The review loop beyond single keys: no network, colleagues, reasons, other keys."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from django.db.models import Count
from django.test import Client
from playwright.sync_api import BrowserContext, CDPSession, Error, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from accounts import selectors as accounts_selectors
from accounts.models import User
from accounts.permissions import Role
from lists.models import Item, List
from matching.evidence import Kind
from review.models import Act, Decision, MatchCandidate, State
from review.pairs import selectors as pairs_selectors
from review.pairs import services as pairs_services
from review.scopes import Scope
from tests import made_pairs
from tests.browser.accessible import faults_in_both_schemes
from tests.browser.conftest import Expectations
from tests.browser.reviewing import (
    hold_notices,
    press,
    shown,
    wait_until_ahead,
    wait_until_painted,
    wait_until_sent,
)
from tests.browser.test_review import NOTE_NOTICES
from tests.browser.waiting import eventually, next_frames

pytestmark = pytest.mark.slow

AHEAD_WHEN_MORE_ARE_LOADED = 3


@pytest.fixture
def pairs(image_list: List) -> list[MatchCandidate]:
    """One pair of each kind, of two photographs."""
    return [
        made_pairs.store(made_pairs.made_pair(kind, name), image_list)
        for name in ("coffee", "astronaut")
        for kind in Kind
    ]


@pytest.fixture
def refuse(make_user: Callable[..., User], expected: Expectations) -> Callable[[str], None]:
    """Let a colleague dissociate a pair; what is decided about it now is refused."""
    by = accounts_selectors.actor_for_user(make_user(Role.ANALYST))

    def dissociate(pair_id: str) -> None:
        pairs_services.dissociate(by=by, pair=pairs_selectors.pair_for(by, pair_id))
        expected.statuses.add(409)

    return dissociate


@pytest.fixture
def colleague(
    new_context: Callable[..., BrowserContext],
    make_user: Callable[..., User],
    live_server: LiveServer,
) -> Page:
    """A page of an analyst's browser, on another device."""
    client = Client()
    client.force_login(make_user(Role.ANALYST))
    context = new_context()
    cookie = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    return context.new_page()


def wait_for_decisions(page: Page, count: int) -> None:
    """Wait until the database has so many, and see that there come no more."""
    eventually(page, lambda: Decision.objects.count() >= count)
    wait_until_sent(page)
    assert Decision.objects.count() == count


def hold_decisions(page: Page) -> list[Route]:
    """Keep decisions on their way; what is held is answered when it is continued."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/decide/", hold)
    return held


def states() -> dict[str, int]:
    rows = MatchCandidate.objects.values_list("state").annotate(count=Count("pk"))
    return dict(rows)


def test_the_pictures_alone_are_confirmed_and_doubts_kept_by_one_key_each(
    signed_in: Page, pairs: list[MatchCandidate]
) -> None:
    signed_in.goto("/review/start/")
    first = shown(signed_in)

    press(signed_in, "d")
    second = shown(signed_in)
    press(signed_in, "n")

    wait_for_decisions(signed_in, 2)
    assert MatchCandidate.objects.get(public_id=first).scope == Scope.IMAGE_ONLY
    doubted = MatchCandidate.objects.get(public_id=second)
    assert (doubted.state, doubted.is_unsure) == (State.SUGGESTED, True)
    expect(signed_in.locator("[data-to-review]")).to_have_text(str(len(pairs) - 1))
    press(signed_in, "u")
    assert shown(signed_in) == second
    doubted.refresh_from_db()
    assert not doubted.is_unsure


def test_a_key_pressed_twice_before_the_next_pair_is_painted_decides_one_pair(
    signed_in: Page, pairs: list[MatchCandidate]
) -> None:
    signed_in.goto("/review/start/")
    wait_until_ahead(signed_in)
    sent: list[str] = []
    signed_in.on("request", lambda request: sent.append(request.url))

    signed_in.evaluate(
        """for (let n = 0; n < 2; n += 1) {
          document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "f", bubbles: true }));
        }"""
    )

    wait_for_decisions(signed_in, 1)
    assert sum(address.endswith("/decide/") for address in sent) == 1
    assert states() == {"suggested": len(pairs) - 1, "confirmed": 1}


def test_what_was_decided_offline_is_saved_once_by_whatever_page_comes_next(
    signed_in: Page, pairs: list[MatchCandidate]
) -> None:
    signed_in.clock.install()
    signed_in.goto("/review/start/")
    for key in "fj":
        press(signed_in, key)
    wait_until_ahead(signed_in)

    signed_in.context.set_offline(True)
    for key in "fdj":
        press(signed_in, key)
    expect(signed_in.get_by_text("Offline. Not saved yet: 3")).to_be_visible()
    # Now it is long until the next attempt; the count does not wait for it.
    signed_in.clock.run_for(16_000)
    press(signed_in, "n")
    expect(signed_in.get_by_text("Offline. Not saved yet: 4")).to_be_visible()
    with pytest.raises(Error, match="ERR_INTERNET_DISCONNECTED"):
        signed_in.reload()
    assert Decision.objects.count() == 2
    signed_in.close()

    page = signed_in.context.new_page()
    signed_in.context.set_offline(False)
    page.goto("/lists/")

    wait_for_decisions(page, 6)
    assert states() == {"suggested": len(pairs) - 5, "confirmed": 3, "dissociated": 2}
    assert Decision.objects.values("key").distinct().count() == 6
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.includes('outbox'))") == []


def test_offline_without_pairs_ahead_the_loop_waits_and_goes_on(
    signed_in: Page, pairs: list[MatchCandidate]
) -> None:
    signed_in.goto("/review/start/")
    wait_until_ahead(signed_in)
    signed_in.context.set_offline(True)
    for _ in range(6):
        press(signed_in, "f")

    expect(signed_in.get_by_role("heading", name="Waiting for the next pair")).to_be_visible()
    signed_in.context.set_offline(False)

    expect(signed_in.locator("[data-findings]")).to_be_visible()
    wait_for_decisions(signed_in, 6)
    expect(signed_in.get_by_text("Not saved yet")).to_be_hidden()


def test_a_network_that_returns_before_the_stage_is_free_is_noticed(
    signed_in: Page, pairs: list[MatchCandidate], expected: Expectations
) -> None:
    expected.offline = True
    signed_in.goto("/review/start/")
    wait_until_ahead(signed_in)
    is_down, held = True, list[Route]()
    signed_in.route(
        "**/next/**", lambda route: held.append(route) if is_down else route.continue_()
    )
    # The page knows when it asks for more; the route hears of it some presses later.
    stage = signed_in.locator("[data-stage]")
    while stage.get_attribute("data-ahead") == "loaded":
        press(signed_in, "f")
        wait_until_painted(signed_in)
    eventually(signed_in, lambda: held)
    for _ in range(AHEAD_WHEN_MORE_ARE_LOADED):
        press(signed_in, "f")
    wait_until_painted(signed_in)
    signed_in.keyboard.press("f")
    expect(stage).to_have_attribute("aria-busy", "true")

    signed_in.evaluate("dispatchEvent(new Event('online'))")
    held.pop().abort()
    eventually(signed_in, lambda: held)
    is_down = False
    held.pop().abort()

    expect(signed_in.locator("[data-findings]")).to_be_visible()


def test_what_never_left_the_device_is_undone_without_the_server(
    signed_in: Page, pairs: list[MatchCandidate]
) -> None:
    signed_in.goto("/review/start/")
    wait_until_ahead(signed_in)
    order = [shown(signed_in)]
    signed_in.context.set_offline(True)
    for _ in range(3):
        press(signed_in, "f")
        order.append(shown(signed_in))

    for before in reversed(order[:3]):
        press(signed_in, "u")
        assert shown(signed_in) == before
    press(signed_in, "j")
    assert shown(signed_in) == order[1]
    signed_in.context.set_offline(False)

    wait_for_decisions(signed_in, 1)
    assert states() == {"suggested": len(pairs) - 1, "dissociated": 1}


def test_a_decision_whose_answer_was_lost_counts_once(
    signed_in: Page, pairs: list[MatchCandidate]
) -> None:
    signed_in.goto("/review/start/")
    wait_until_ahead(signed_in)
    lost: list[int] = []
    held: list[Route] = []

    def lose_the_first_answer(route: Route) -> None:
        if lost:
            held.append(route)
            return
        lost.append(route.fetch().status)
        route.abort()

    signed_in.route("**/decide/", lose_the_first_answer)
    press(signed_in, "f")

    expect(signed_in.get_by_text("Not saved yet: 1")).to_be_visible()
    eventually(signed_in, lambda: held)
    held[0].continue_()
    expect(signed_in.get_by_text("Not saved yet")).to_be_hidden()
    wait_for_decisions(signed_in, 1)
    assert lost == [200]


def test_of_two_decisions_the_first_is_shown_and_the_second_can_still_be_taken(
    signed_in: Page,
    pairs: list[MatchCandidate],
    refuse: Callable[[str], None],
) -> None:
    signed_in.goto("/review/start/")
    pair_id = shown(signed_in)
    refuse(pair_id)
    wait_until_ahead(signed_in)

    press(signed_in, "f")
    next_id = shown(signed_in)
    refusals = signed_in.locator("[data-refusals]")
    refusals.locator("summary").click()
    refusal = refusals.locator(f"[data-refusal={pair_id}]")
    expect(refusal).to_contain_text("analyst decided this pair meanwhile")
    refusal.locator("[data-again] button").click()

    wait_for_decisions(signed_in, 2)
    assert MatchCandidate.objects.get(public_id=pair_id).state == State.CONFIRMED
    expect(refusals).to_be_hidden()
    assert shown(signed_in) == next_id


def test_an_answer_that_comes_late_never_changes_the_pair_on_the_screen(
    signed_in: Page,
    pairs: list[MatchCandidate],
    refuse: Callable[[str], None],
) -> None:
    signed_in.goto("/review/start/")
    refused_id = shown(signed_in)
    refuse(refused_id)
    wait_until_ahead(signed_in)
    held = hold_decisions(signed_in)

    press(signed_in, "f")
    next_id = shown(signed_in)
    wait_until_painted(signed_in)
    signed_in.evaluate(
        """() => {
          window.stages = [];
          const stage = document.querySelector("[data-stage]");
          new MutationObserver(() => window.stages.push(stage.firstElementChild.dataset.pair))
            .observe(stage, { childList: true });
        }"""
    )
    eventually(signed_in, lambda: held)
    held[0].continue_()
    signed_in.unroute("**/decide/")
    expect(signed_in.locator("[data-refusals]")).to_be_visible()
    assert signed_in.evaluate("window.stages") == []
    expect(signed_in.locator("[data-to-review]")).to_have_text(str(len(pairs) - 1))

    press(signed_in, "j")

    wait_for_decisions(signed_in, 2)
    decided = Decision.objects.latest("pk")
    assert (decided.candidate.public_id, decided.act) == (next_id, Act.DISSOCIATE)


def test_undo_of_a_decision_that_was_not_taken_takes_back_no_other(
    signed_in: Page,
    pairs: list[MatchCandidate],
    refuse: Callable[[str], None],
) -> None:
    signed_in.goto("/review/start/")
    press(signed_in, "f")
    wait_for_decisions(signed_in, 1)
    wait_until_ahead(signed_in)
    refuse(shown(signed_in))
    held = hold_decisions(signed_in)

    press(signed_in, "f")
    next_id = shown(signed_in)
    wait_until_painted(signed_in)
    signed_in.keyboard.press("u")
    eventually(signed_in, lambda: held)
    held[0].continue_()
    signed_in.unroute("**/decide/")
    expect(signed_in.locator("[data-refusals]")).to_be_visible()
    wait_until_painted(signed_in)

    assert shown(signed_in) == next_id
    assert not Decision.objects.filter(act=Act.UNDO).exists()


def test_enter_in_the_note_keeps_the_note_alone(
    signed_in: Page, pairs: list[MatchCandidate]
) -> None:
    hold_notices(signed_in)
    signed_in.goto("/review/start/")
    press(signed_in, "f")
    note = signed_in.locator("[data-notice] input[name=note]")
    signed_in.keyboard.press("c")

    note.fill("seen on a poster")
    note.press("Enter")

    wait_for_decisions(signed_in, 2)
    said = Decision.objects.get(act=Act.EXPLAIN)
    assert (said.reason, said.note) == ("", "seen on a poster")


def test_an_undone_decision_is_told_where_it_is_seen(
    signed_in: Page, pairs: list[MatchCandidate]
) -> None:
    hold_notices(signed_in)
    signed_in.goto("/review/start/")
    for is_offline in (False, True):
        wait_until_ahead(signed_in)
        signed_in.context.set_offline(is_offline)
        press(signed_in, "f")
        press(signed_in, "u")
        notice = signed_in.locator("[data-toasts] > *")
        expect(notice).to_be_visible()
        expect(signed_in.locator("[data-notice]")).to_have_count(0)
        signed_in.context.set_offline(False)


def test_the_decision_is_a_few_tabs_from_the_top(
    signed_in: Page, pairs: list[MatchCandidate]
) -> None:
    signed_in.goto("/review/start/")
    wait_until_painted(signed_in)

    reached = []
    for _ in range(6):
        signed_in.keyboard.press("Tab")
        reached.append(signed_in.evaluate("document.activeElement.dataset.action ?? ''"))

    assert reached[2:] == ["confirm", "confirm_image", "dissociate", "unsure"]


def test_why_is_said_by_keyboard_and_the_question_waits_as_long_as_somebody_is_at_it(
    signed_in: Page, pairs: list[MatchCandidate]
) -> None:
    signed_in.clock.install()
    hold_notices(signed_in)
    signed_in.goto("/review/start/")
    signed_in.evaluate(NOTE_NOTICES)
    pair_id = shown(signed_in)
    press(signed_in, "f")
    question = signed_in.locator("[data-notice]")
    expect(question).to_be_visible()
    question.dispatch_event("pointerleave")

    signed_in.keyboard.press("r")
    expect(question.locator("[data-reason][value=copy]")).to_be_focused()
    signed_in.clock.run_for(60_000)
    signed_in.keyboard.press("Tab")
    signed_in.keyboard.press("Enter")

    expect(question.locator("[data-reason]:visible")).to_have_count(0)
    wait_for_decisions(signed_in, 2)
    said = Decision.objects.get(act=Act.EXPLAIN)
    assert (said.reason, said.candidate.public_id) == ("crop", pair_id)
    signed_in.clock.run_for(3000)
    expect(question).to_be_hidden()
    signed_in.evaluate("window.holdsNotices = false; window.noticed = ''")
    press(signed_in, "j")
    # On a busy machine it may be gone before anybody looks.
    assert signed_in.evaluate("window.noticed")
    signed_in.clock.run_for(3000)
    expect(question).to_be_hidden()


@pytest.mark.parametrize(("key", "digit", "reason"), [("f", "3", "edited"), ("j", "2", "scene")])
def test_reasons_fit_the_decision_and_have_digits(
    signed_in: Page, pairs: list[MatchCandidate], key: str, digit: str, reason: str
) -> None:
    hold_notices(signed_in)
    signed_in.goto("/review/start/")
    press(signed_in, key)
    signed_in.keyboard.press("r")
    expect(signed_in.locator("[data-reason]:visible")).to_have_count(3)

    signed_in.keyboard.press(digit)

    wait_for_decisions(signed_in, 2)
    assert Decision.objects.get(act=Act.EXPLAIN).reason == reason


def test_a_note_may_follow_a_reason_and_decides_nothing(
    signed_in: Page, pairs: list[MatchCandidate]
) -> None:
    hold_notices(signed_in)
    signed_in.goto("/review/start/")
    press(signed_in, "f")

    for key in ("r", "1", "c"):
        signed_in.keyboard.press(key)
    signed_in.keyboard.type("from a chat")
    signed_in.keyboard.press("Enter")

    wait_for_decisions(signed_in, 3)
    said = Decision.objects.filter(act=Act.EXPLAIN).order_by("pk").values_list("reason", "note")
    assert list(said) == [("copy", ""), ("copy", "from a chat")]


@pytest.mark.parametrize(
    ("typed", "kept"), [("Enter", ["Over Pune"]), ("Escape", []), ("f Enter", ["Over Punef"])]
)
def test_what_the_picture_claims_is_kept_by_enter_and_left_by_escape(
    signed_in: Page, pairs: list[MatchCandidate], typed: str, kept: list[str]
) -> None:
    pair = pairs[0]
    Item.objects.create(
        image_list=pair.image_list, image=pair.query_image, context={"claim": "Over Pune"}
    )
    hold_notices(signed_in)
    signed_in.goto(f"/review/pair/{pair.public_id}/")
    wait_until_ahead(signed_in)
    press(signed_in, "d")
    line = signed_in.locator("[data-notice] input[name=note]")
    expect(line).to_have_value("Over Pune")
    signed_in.keyboard.press("c")
    expect(line).to_be_focused()

    for key in typed.split():
        signed_in.keyboard.press(key)

    expect(line).to_be_hidden()
    wait_for_decisions(signed_in, 1 + len(kept))
    said = Decision.objects.filter(act=Act.EXPLAIN, candidate=pair, reason="")
    assert list(said.values_list("note", flat=True)) == kept
    # Keys decide again.
    press(signed_in, "f")
    wait_for_decisions(signed_in, 2 + len(kept))


def test_the_line_for_the_other_claim_takes_no_key_before_somebody_goes_to_it(
    signed_in: Page, pairs: list[MatchCandidate]
) -> None:
    hold_notices(signed_in)
    signed_in.goto("/review/start/")
    wait_until_ahead(signed_in)
    acts = [Act.CONFIRM_IMAGE, Act.CONFIRM_IMAGE, Act.DISSOCIATE]

    for key in ("d", "d", "j"):
        press(signed_in, key)
        line = signed_in.locator("[data-notice] input[name=note]")
        expect(line).to_be_visible(visible=key == "d")
        expect(line).not_to_be_focused()

    wait_for_decisions(signed_in, len(acts))
    assert list(Decision.objects.order_by("pk").values_list("act", flat=True)) == acts


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (1920, 1080), (390, 844)])
def test_a_notice_covers_nothing_and_is_taken_back_from(
    signed_in: Page, pairs: list[MatchCandidate], width: int, height: int
) -> None:
    signed_in.set_viewport_size({"width": width, "height": height})
    hold_notices(signed_in)
    signed_in.goto("/review/start/")
    first = shown(signed_in)
    press(signed_in, "f")
    notice = signed_in.locator("[data-notice]")
    box = notice.bounding_box()
    last = signed_in.locator(".decide form").last.bounding_box()
    assert box is not None
    assert last is not None
    assert last["y"] + last["height"] <= box["y"]
    assert box["y"] + box["height"] <= height

    wait_until_painted(signed_in)
    notice.locator("[data-take-back]").click()

    expect(signed_in.locator("[data-pair]")).to_have_attribute("data-pair", first)


def test_what_needs_a_person_is_opened_by_a_key(
    signed_in: Page, pairs: list[MatchCandidate], refuse: Callable[[str], None]
) -> None:
    signed_in.goto("/review/start/")
    refuse(shown(signed_in))
    press(signed_in, "f")
    refusals = signed_in.locator("[data-refusals]")
    expect(refusals).to_be_visible()
    expect(refusals.locator("[data-refusal]")).to_be_hidden()

    signed_in.keyboard.press("v")

    expect(refusals.locator("[data-refusal]")).to_be_visible()


# What a person chose before the page had an action with that letter.
KEEP_KEYS = """(keys) => {
  localStorage.setItem(`lookalike.keys.${document.body.dataset.person}`, JSON.stringify(keys));
}"""


def test_a_chosen_key_wins_over_an_action_that_came_later_and_the_sheet_says_so(
    signed_in: Page, pairs: list[MatchCandidate]
) -> None:
    signed_in.goto("/review/start/")
    signed_in.evaluate(KEEP_KEYS, {"confirm": "W", "skip": "Y"})
    signed_in.reload()
    wait_until_ahead(signed_in)
    first = shown(signed_in)

    keys = signed_in.locator("[data-action]").evaluate_all(
        "(all) => Object.fromEntries(all.map(({ dataset }) => [dataset.action, dataset.key]))"
    )
    assert (keys["confirm"], keys["skip"], keys["words"]) == ("W", "Y", "Z")
    assert len(set(keys.values())) == len(keys)
    signed_in.keyboard.press("?")
    moved = signed_in.locator("[data-moved]")
    expect(moved).to_be_visible()
    for letter in ("W", "Z"):
        expect(moved).to_contain_text(letter)
    fields = signed_in.locator("[data-remap]").evaluate_all("(all) => all.map((e) => e.value)")
    assert len(set(fields)) == len(fields)
    signed_in.locator("[data-remap=confirm]").press("f")
    expect(moved).to_be_hidden()
    expect(signed_in.locator("[data-remap=words]")).to_have_value("W")
    signed_in.locator("[data-remap=confirm]").press("z")
    signed_in.keyboard.press("Escape")
    press(signed_in, "z")

    wait_for_decisions(signed_in, 1)
    assert MatchCandidate.objects.get(public_id=first).state == State.CONFIRMED


def test_keys_are_chosen_anew_and_a_key_means_one_thing(
    signed_in: Page, pairs: list[MatchCandidate]
) -> None:
    signed_in.goto("/review/start/")
    first = shown(signed_in)
    wait_until_ahead(signed_in)

    signed_in.keyboard.press("?")
    dialog = signed_in.get_by_role("dialog", name="Keys")
    field = dialog.locator("#key-confirm")
    field.press("j")
    expect(dialog.get_by_role("alert")).to_contain_text("J means “Not a match” already")
    expect(field).to_have_value("F")
    field.press("y")
    expect(field).to_have_value("Y")
    signed_in.keyboard.press("Escape")
    signed_in.reload()
    wait_until_ahead(signed_in)
    confirm = signed_in.locator("form:has([name=act][value=confirm]) button")
    expect(confirm.locator("kbd")).to_have_text("Y")
    expect(confirm).to_have_attribute("aria-keyshortcuts", "Y")

    signed_in.keyboard.press("f")
    next_frames(signed_in)
    assert shown(signed_in) == first
    press(signed_in, "y")

    expect(confirm.locator("kbd")).to_have_text("Y")
    wait_for_decisions(signed_in, 1)
    signed_in.keyboard.press("?")
    signed_in.get_by_role("button", name="Reset to defaults").click()
    expect(field).to_have_value("F")


@pytest.mark.parametrize(
    ("key", "code", "state"),
    [("f", "KeyY", "confirmed"), ("j", "KeyC", "dissociated"), ("\u0430", "KeyF", "confirmed")],
    ids=["dvorak f", "dvorak j", "cyrillic"],
)
def test_a_latin_letter_counts_wherever_it_lies_and_any_other_by_its_place(
    signed_in: Page, pairs: list[MatchCandidate], key: str, code: str, state: str
) -> None:
    signed_in.goto("/review/start/")
    pair_id = shown(signed_in)
    wait_until_ahead(signed_in)
    session: CDPSession = signed_in.context.new_cdp_session(signed_in)

    session.send(
        "Input.dispatchKeyEvent", {"type": "keyDown", "key": key, "code": code, "text": key}
    )

    wait_for_decisions(signed_in, 1)
    assert MatchCandidate.objects.get(public_id=pair_id).state == state


def test_of_two_analysts_on_one_pair_the_second_sees_what_the_first_decided(
    signed_in: Page, pairs: list[MatchCandidate], colleague: Page, expected: Expectations
) -> None:
    address = f"/review/pair/{pairs[0].public_id}/"
    signed_in.goto(address)
    colleague.goto(address)
    wait_until_ahead(signed_in)
    wait_until_ahead(colleague)
    expected.statuses.add(409)

    press(colleague, "j")
    wait_for_decisions(colleague, 1)
    press(signed_in, "f")

    refusals = signed_in.locator("[data-refusals]")
    refusals.locator("summary").click()
    expect(refusals).to_contain_text("analyst decided this pair meanwhile")
    expect(refusals).to_contain_text("Not a match")
    link = refusals.locator("[data-refusal] a").first
    assert pairs[0].public_id in (link.get_attribute("href") or "")
    refusals.locator("[data-leave]").click()
    expect(refusals).to_be_hidden()
    wait_for_decisions(signed_in, 1)
    assert states() == {"suggested": len(pairs) - 1, "dissociated": 1}


def on_screen() -> set[str]:
    """Return the ids of the pairs that somebody looks at."""
    seen = MatchCandidate.objects.filter(is_on_screen=True)
    return set(seen.values_list("public_id", flat=True))


def is_on_screen(match_id: str) -> bool:
    return match_id in on_screen()


def test_two_analysts_are_never_shown_the_same_pair(
    signed_in: Page, pairs: list[MatchCandidate], colleague: Page
) -> None:
    seen: list[list[str]] = []
    for page in (signed_in, colleague):
        page.goto("/review/start/")
        wait_until_ahead(page)
        mine = [shown(page)]
        for _ in range(3):
            press(page, "f")
            mine.append(shown(page))
        eventually(page, partial(is_on_screen, mine[-1]))
        seen.append(mine)

    assert not set(seen[0]) & set(seen[1])
    signed_in.goto("/review/?state=suggested")
    eventually(signed_in, lambda: on_screen() == {seen[1][-1]})
    signed_in.reload()
    expect(signed_in.get_by_text("analyst is looking")).to_have_count(1)

    colleague.goto("/lists/")
    eventually(signed_in, lambda: not MatchCandidate.objects.exclude(claimed_by=None).exists())
    signed_in.reload()
    expect(signed_in.get_by_text("analyst is looking")).to_have_count(0)


def test_axe_finds_nothing_in_what_opens_and_comes_later(
    signed_in: Page,
    pairs: list[MatchCandidate],
    refuse: Callable[[str], None],
) -> None:
    hold_notices(signed_in)
    signed_in.goto("/review/start/")
    wait_until_ahead(signed_in)

    press(signed_in, "f")
    signed_in.keyboard.press("r")
    expect(signed_in.locator("[data-reason]:visible")).to_have_count(3)
    assert faults_in_both_schemes(signed_in) == []
    signed_in.keyboard.press("Escape")
    press(signed_in, "d")
    assert faults_in_both_schemes(signed_in) == []
    signed_in.keyboard.press("?")
    expect(signed_in.get_by_role("dialog", name="Keys")).to_be_visible()
    assert faults_in_both_schemes(signed_in) == []
    signed_in.keyboard.press("Escape")
    refuse(shown(signed_in))
    press(signed_in, "f")
    signed_in.locator("[data-refusals] summary").click()
    expect(signed_in.get_by_role("button", name="Keep theirs")).to_be_visible()
    assert faults_in_both_schemes(signed_in) == []
