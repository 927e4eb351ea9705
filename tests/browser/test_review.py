"""Reviewing pairs as an analyst does: by keyboard, with undo, and beside a colleague."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db.models import Count
from PIL import Image as Picture
from playwright.sync_api import CDPSession, FilePayload, Page, Request, Route, expect

from accounts import selectors as accounts_selectors
from accounts.models import User
from accounts.permissions import Role
from lists.models import Image, Item, List
from review.models import MatchCandidate, State
from review.pairs import selectors as pairs_selectors
from review.pairs import services as pairs_services
from tests.browser.conftest import Expectations
from tests.browser.reviewing import press, shown, wait_until_ahead, wait_until_painted
from tests.browser.waiting import eventually, next_frames
from tests.conftest import encoded, opened

pytestmark = pytest.mark.slow

PAIRS = 21
NOTE_NOTICES = """() => {
  const notices = document.querySelector("[data-toasts]");
  window.noticed = "";
  const note = () => { window.noticed += notices.textContent; };
  new MutationObserver(note).observe(notices, { childList: true, subtree: true });
}"""


@pytest.fixture
def full_queue(add_photo: Callable[..., Item], copies: list[bytes]) -> None:
    for number, photo in enumerate(copies):
        add_photo(photo, f"copy-{number}.jpg")
    assert MatchCandidate.objects.count() == PAIRS


@pytest.fixture
def one_pair(add_photo: Callable[..., Item], copies: list[bytes]) -> MatchCandidate:
    add_photo(copies[0], "original.jpg")
    add_photo(copies[1], "copy.jpg")
    return MatchCandidate.objects.get()


def right_key(page: Page) -> str:
    """Return the key that decides the pair on the screen: as if the copies showed two pictures.

    Pairs within the first four and within the last three match, all others do not.
    """
    pair = MatchCandidate.objects.get(public_id=shown(page))
    first_four = set(Image.objects.order_by("pk").values_list("pk", flat=True)[:4])
    return "f" if (pair.image_low_id in first_four) == (pair.image_high_id in first_four) else "j"


def states() -> dict[str, int]:
    rows = MatchCandidate.objects.values_list("state").annotate(count=Count("pk"))
    return dict(rows)


def decisions_sent(page: Page) -> list[str]:
    """Return what will hold the address of each decision that is sent from now on."""
    sent: list[str] = []

    def note(request: Request) -> None:
        if request.url.endswith("/decide/"):
            sent.append(request.url)

    page.on("request", note)
    return sent


def expect_states(page: Page, **counts: int) -> None:
    """Wait until the decisions that are on their way have arrived."""
    eventually(page, lambda: states() == counts)


def test_twenty_pairs_are_decided_by_twenty_keys_and_undone_by_twenty_more(
    signed_in: Page, full_queue: None, expected: Expectations
) -> None:
    signed_in.goto("/review/start/")

    # What matches would imply others, of which nobody is asked.
    for _ in range(20):
        press(signed_in, "j")

    expect_states(signed_in, suggested=1, dissociated=20)
    expect(signed_in.locator("[data-to-review]")).to_have_text("1")
    expect(signed_in.locator("[data-to-review-total] bdi")).to_have_text("1")

    for _ in range(20):
        press(signed_in, "u")

    expect_states(signed_in, suggested=PAIRS)
    expected.statuses.add(409)
    wait_until_painted(signed_in)
    signed_in.keyboard.press("u")
    expect(signed_in.get_by_text("You have no decision left to undo.").first).to_be_visible()


def test_what_follows_from_decisions_is_said_and_takes_fewer_keys(
    signed_in: Page, full_queue: None
) -> None:
    signed_in.goto("/review/start/")
    signed_in.evaluate(NOTE_NOTICES)
    keys = 0
    while shown(signed_in):
        wait_until_ahead(signed_in)
        press(signed_in, right_key(signed_in))
        keys += 1

    # What was on the screen when it came to follow is decided all the same.
    assert keys < PAIRS
    eventually(signed_in, lambda: states()["confirmed"] == 9)
    eventually(signed_in, lambda: "follow" in signed_in.evaluate("window.noticed"))


def test_the_last_decision_ends_the_queue_and_can_still_be_undone(
    signed_in: Page, one_pair: MatchCandidate
) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    # Before the page is there: on a busy machine a route that comes later may miss a request.
    signed_in.route("**/decide/", hold)
    signed_in.goto(f"/review/pair/{one_pair.public_id}/")
    wait_until_ahead(signed_in)

    # A request for the next pair, sent before the decision has arrived, says which are open.
    with signed_in.expect_response(lambda response: "held_ids" in response.url):
        signed_in.keyboard.press("f")
    eventually(signed_in, lambda: held)
    held[0].continue_()

    expect(signed_in.locator("[data-reviewed]")).to_be_visible()
    press(signed_in, "u")

    assert shown(signed_in) == one_pair.public_id
    expect_states(signed_in, suggested=1)


def test_a_dissociated_pair_stays_gone_when_the_file_is_sent_again(
    signed_in: Page, one_pair: MatchCandidate, image_list: List, copies: list[bytes]
) -> None:
    signed_in.goto(f"/review/pair/{one_pair.public_id}/")
    press(signed_in, "j")
    expect_states(signed_in, dissociated=1)

    signed_in.goto(f"/lists/{image_list.public_id}/")
    again: FilePayload = {"name": "again.jpg", "mimeType": "image/jpeg", "buffer": copies[1]}
    signed_in.set_input_files("#images", again)
    expect(signed_in.get_by_text("Already in the list")).to_be_visible()

    signed_in.goto("/review/")
    expect(signed_in.locator("[data-reviewed]")).to_be_visible()
    assert states() == {"dissociated": 1}


def test_skipping_goes_round_and_decides_nothing(signed_in: Page, full_queue: None) -> None:
    signed_in.goto("/review/start/")
    first = shown(signed_in)

    for _ in range(PAIRS):
        press(signed_in, "s")

    assert shown(signed_in) == first
    assert states() == {"suggested": PAIRS}


def test_keys_are_ignored_with_modifiers_while_typing_and_when_switched_off(
    signed_in: Page, one_pair: MatchCandidate
) -> None:
    signed_in.goto(f"/review/pair/{one_pair.public_id}/")
    switch = signed_in.get_by_role("button", name="Shortcuts")
    sent = decisions_sent(signed_in)
    wait_until_painted(signed_in)

    signed_in.keyboard.press("Control+Shift+j")
    signed_in.keyboard.press("Alt+f")
    switch.click()
    expect(switch).to_have_attribute("aria-pressed", "false")
    signed_in.keyboard.press("f")
    signed_in.reload()
    wait_until_painted(signed_in)
    signed_in.keyboard.press("j")
    next_frames(signed_in)
    assert sent == []

    signed_in.get_by_role("button", name="Shortcuts").click()
    press(signed_in, "f")
    expect_states(signed_in, confirmed=1)


@pytest.mark.parametrize(
    "letter", ["\u0627", "\u0430", "\u0939"], ids=["arabic", "cyrillic", "hindi"]
)
def test_a_keyboard_without_latin_letters_decides_by_the_place_of_the_key(
    signed_in: Page, one_pair: MatchCandidate, letter: str
) -> None:
    signed_in.goto(f"/review/pair/{one_pair.public_id}/")
    session: CDPSession = signed_in.context.new_cdp_session(signed_in)
    wait_until_painted(signed_in)

    session.send(
        "Input.dispatchKeyEvent", {"type": "keyDown", "key": letter, "code": "KeyF", "text": letter}
    )

    expect_states(signed_in, confirmed=1)


def test_what_a_colleague_decided_meanwhile_is_shown_and_not_overwritten(
    signed_in: Page,
    full_queue: None,
    make_user: Callable[..., User],
    expected: Expectations,
) -> None:
    signed_in.goto("/review/start/")
    pair_id = shown(signed_in)
    colleague = accounts_selectors.actor_for_user(make_user(Role.ANALYST))
    pairs_services.dissociate(by=colleague, pair=pairs_selectors.pair_for(colleague, pair_id))
    expected.statuses.add(409)

    press(signed_in, "f")

    signed_in.locator("[data-refusals] summary").click()
    expect(signed_in.locator(f"[data-refusal={pair_id}]")).to_be_visible()
    assert MatchCandidate.objects.get(public_id=pair_id).state == State.DISSOCIATED


def test_the_next_pair_needs_no_network_after_the_key(signed_in: Page, full_queue: None) -> None:
    signed_in.goto("/review/start/")
    for _ in range(3):
        wait_until_ahead(signed_in)
        # Requests wait until the route is taken away again.
        signed_in.route("**/*", lambda route: None)

        # Nothing follows from it, so nothing that was loaded ahead is left out.
        press(signed_in, "j")

        expect(signed_in.locator(".side.is-a img")).to_have_js_property("complete", value=True)
        signed_in.unroute("**/*")


def test_a_decision_survives_a_network_that_fails_for_a_moment(
    signed_in: Page, full_queue: None
) -> None:
    signed_in.goto("/review/start/")
    signed_in.wait_for_load_state("networkidle")
    failed: list[str] = []
    held: list[Route] = []

    def fail_twice(route: Route) -> None:
        if len(failed) < 2:
            failed.append(route.request.url)
            route.abort()
        else:
            held.append(route)

    signed_in.route("**/decide/", fail_twice)
    press(signed_in, "f")

    expect(signed_in.get_by_text("Not saved yet: 1")).to_be_visible()
    eventually(signed_in, lambda: held)
    held[0].continue_()
    expect_states(signed_in, suggested=PAIRS - 1, confirmed=1)
    expect(signed_in.get_by_text("Not saved yet")).to_be_hidden()
    assert len(failed) == 2


def test_a_session_that_has_ended_leads_to_the_sign_in_page(
    signed_in: Page, one_pair: MatchCandidate
) -> None:
    signed_in.goto(f"/review/pair/{one_pair.public_id}/")
    signed_in.wait_for_load_state("networkidle")
    signed_in.context.clear_cookies(name="sessionid")

    signed_in.keyboard.press("f")

    expect(signed_in.get_by_role("heading", name="Sign in to Lookalike")).to_be_visible()
    assert states() == {"suggested": 1}


def test_a_small_notebook_shows_the_whole_pair_without_scrolling(
    signed_in: Page, one_pair: MatchCandidate
) -> None:
    signed_in.goto(f"/review/pair/{one_pair.public_id}/")

    sizes = "[document.documentElement.scrollHeight, document.documentElement.scrollWidth]"
    assert signed_in.evaluate(sizes) == [768, 1366]
    for button in signed_in.locator(".decide button").all():
        expect(button).to_be_in_viewport()
    expect(signed_in.locator("[data-findings]")).to_be_in_viewport()


def test_a_tall_picture_covers_neither_the_buttons_nor_the_findings(
    signed_in: Page, add_photo: Callable[..., Item], coffee: bytes
) -> None:
    add_photo(coffee, "wide.jpg")
    add_photo(encoded(opened(coffee).transpose(Picture.Transpose.ROTATE_90)), "tall.jpg")
    pair = MatchCandidate.objects.get()

    for width, height in ((1366, 768), (390, 844), (800, 1000)):
        signed_in.set_viewport_size({"width": width, "height": height})
        signed_in.goto(f"/review/pair/{pair.public_id}/")
        sides = [signed_in.locator(f".side.is-{side} img").bounding_box() for side in "ab"]
        below = ".decide" if width == 1366 else ".findings"
        top = signed_in.locator(below).bounding_box()
        assert top is not None
        for side in sides:
            assert side is not None
            assert side["height"] > 60
            assert side["y"] + side["height"] <= top["y"]


def test_a_picture_that_is_not_kept_is_named_in_its_place(
    signed_in: Page, one_pair: MatchCandidate
) -> None:
    image = one_pair.query_image
    image.is_stored = False
    image.save()

    signed_in.goto(f"/review/pair/{one_pair.public_id}/")

    expect(signed_in.locator(".side.is-a")).to_contain_text("Picture not kept")
    expect(signed_in.locator(".side.is-b img")).to_be_visible()


def test_a_viewer_looks_and_cannot_decide(
    page: Page,
    one_pair: MatchCandidate,
    make_user: Callable[..., User],
    sign_in: Callable[[User], None],
) -> None:
    sign_in(make_user(Role.VIEWER))
    sent = decisions_sent(page)
    page.goto(f"/review/pair/{one_pair.public_id}/")

    expect(page.get_by_role("button", name="Skip")).to_be_visible()
    expect(page.locator("[data-decide]")).to_have_count(0)
    page.keyboard.press("f")
    next_frames(page)
    assert sent == []
    assert states() == {"suggested": 1}
