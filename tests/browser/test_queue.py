"""The queue as a person works with it: selecting, previewing, applying, undoing, by keyboard."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Response, expect

from accounts import selectors as accounts_selectors
from accounts.models import User
from accounts.permissions import Role
from lists.models import List
from matching.evidence import Kind
from review.models import MatchCandidate, State
from review.pairs import services as pairs_services
from review.queue import kept_views
from tests import made_pairs
from tests.browser.accessible import faults_in_both_schemes

pytestmark = pytest.mark.slow

_WIDTH = """(direction) => {
  document.documentElement.dir = direction;
  return document.documentElement.scrollWidth;
}"""

KINDS = (Kind.NEAR, Kind.EDITED, Kind.PART, Kind.CONTAINS, Kind.MIRRORED)


@pytest.fixture
def pairs(image_list: List) -> list[MatchCandidate]:
    """Five pairs of one photograph."""
    return [made_pairs.store(made_pairs.made_pair(kind, "coffee"), image_list) for kind in KINDS]


def count(state: State) -> int:
    return MatchCandidate.objects.filter(state=state).count()


def test_pairs_are_selected_previewed_left_out_applied_and_undone(
    signed_in: Page, pairs: list[MatchCandidate]
) -> None:
    signed_in.goto("/review/")
    expect(signed_in.get_by_role("button", name="Confirm…")).to_be_disabled()
    signed_in.get_by_label("This page").check()
    expect(signed_in.get_by_text("5 selected")).to_be_visible()
    signed_in.get_by_role("button", name="Not a match…").click()

    expect(
        signed_in.get_by_role("heading", name="Mark these pairs as not a match?")
    ).to_be_visible()
    signed_in.locator(".sheet-pictures").first.click()
    signed_in.get_by_role("button", name="Not a match 4").click()

    expect(signed_in.get_by_text("Not a match: 4 pairs.")).to_be_visible()
    assert (count(State.DISSOCIATED), count(State.SUGGESTED)) == (4, 1)
    signed_in.get_by_role("button", name="Undo all 4").click()
    expect(signed_in.get_by_text("4 pairs are as they were before.")).to_be_visible()
    assert count(State.SUGGESTED) == 5


def test_all_of_it_is_done_by_keyboard_alone(signed_in: Page, pairs: list[MatchCandidate]) -> None:
    signed_in.goto("/review/")
    keys = signed_in.keyboard

    def tab_to(name: str) -> None:
        for _ in range(80):
            keys.press("Tab")
            focused = signed_in.evaluate(
                "document.activeElement.getAttribute('aria-label') "
                "?? document.activeElement.textContent"
            )
            if name in focused:
                return
        pytest.fail(f"{name} has no place in the order of tabs.")

    tab_to("Select the pair with")
    keys.press("x")
    keys.press("ArrowDown")
    keys.press("ArrowDown")
    keys.press("Shift+X")
    expect(signed_in.get_by_text("3 selected")).to_be_visible()
    keys.press("ArrowUp")
    keys.press("x")
    expect(signed_in.get_by_text("2 selected")).to_be_visible()
    tab_to("Confirm…")
    keys.press("Enter")
    expect(signed_in.get_by_role("heading", name="Confirm these pairs?")).to_be_visible()
    tab_to("Confirm 2")
    keys.press("Enter")

    expect(signed_in.get_by_text("Confirmed: 2 pairs.")).to_be_visible()
    assert count(State.CONFIRMED) == 2
    tab_to("Undo all 2")
    keys.press("Enter")
    expect(signed_in.get_by_text("2 pairs are as they were before.")).to_be_visible()
    assert count(State.CONFIRMED) == 0


def test_a_click_with_shift_selects_all_between(
    signed_in: Page, pairs: list[MatchCandidate]
) -> None:
    signed_in.goto("/review/")
    boxes = signed_in.locator("[name=pair]")

    boxes.nth(1).click()
    boxes.nth(3).click(modifiers=["Shift"])

    expect(signed_in.get_by_text("3 selected")).to_be_visible()
    expect(boxes.nth(2)).to_be_checked()
    expect(boxes.nth(0)).not_to_be_checked()


def test_the_focus_is_never_behind_the_bar(signed_in: Page, pairs: list[MatchCandidate]) -> None:
    signed_in.set_viewport_size({"width": 1366, "height": 500})
    signed_in.goto("/review/")
    signed_in.locator(".queue-link").first.focus()

    for _ in range(len(pairs) - 1):
        signed_in.keyboard.press("ArrowDown")
        is_free = signed_in.evaluate("""() => {
          const bar = document.querySelector(".bulk").getBoundingClientRect();
          const here = document.activeElement.getBoundingClientRect();
          return here.bottom <= bar.top && here.top >= 0;
        }""")
        assert is_free


def test_on_a_phone_the_bar_covers_no_row_until_one_is_selected(
    signed_in: Page, pairs: list[MatchCandidate]
) -> None:
    signed_in.set_viewport_size({"width": 390, "height": 844})
    signed_in.goto("/review/")
    bar = signed_in.locator(".bulk")
    covers = """() => {
      const bar = document.querySelector(".bulk").getBoundingClientRect();
      return [...document.querySelectorAll("[data-row]")].some((row) => {
        const box = row.getBoundingClientRect();
        return box.bottom > bar.top && box.top < bar.bottom;
      });
    }"""
    assert not signed_in.evaluate(covers)

    signed_in.locator("[name=pair]").first.check()

    expect(bar.get_by_text("1 selected")).to_be_in_viewport()
    expect(bar.get_by_role("button", name="Confirm…")).to_be_in_viewport()


@pytest.mark.parametrize("width", [1366, 390])
def test_the_form_that_keeps_a_view_opens_on_the_screen(
    signed_in: Page, pairs: list[MatchCandidate], width: int
) -> None:
    signed_in.set_viewport_size({"width": width, "height": 768})
    signed_in.goto("/review/")
    # As scripts press it, which scrolls nothing.
    signed_in.locator(".queue-views > .menu > summary").dispatch_event("click")

    expect(signed_in.locator(".queue-save")).to_be_in_viewport(ratio=1)
    expect(signed_in.get_by_label("Name")).to_be_focused()


def test_choosing_a_filter_changes_the_address_and_a_view_of_it_is_kept(
    signed_in: Page, pairs: list[MatchCandidate]
) -> None:
    signed_in.goto("/review/")
    signed_in.get_by_label("Order").select_option("newest")
    signed_in.wait_for_url("**order=newest*")
    signed_in.get_by_text("More filters").click()
    signed_in.get_by_label("Kind").select_option("part")
    signed_in.wait_for_url("**kind=part*")
    expect(signed_in.locator("[data-row]")).to_have_count(1)

    signed_in.get_by_text("Save this view").click()
    signed_in.get_by_label("Name of the view").fill("Cut-outs")
    signed_in.get_by_role("button", name="Save", exact=True).click()

    expect(signed_in.get_by_text("View “Cut-outs” saved.")).to_be_visible()
    expect(signed_in.get_by_role("link", name="Cut-outs")).to_have_attribute("aria-current", "page")
    signed_in.get_by_role("button", name="Remove the view Cut-outs").click()
    expect(signed_in.get_by_role("link", name="Cut-outs")).to_have_count(0)


def test_counts_follow_what_colleagues_do_while_the_page_is_in_sight(
    signed_in: Page, make_user: Callable[..., User], pairs: list[MatchCandidate]
) -> None:
    signed_in.clock.install()
    asked: list[str] = []

    def note(response: Response) -> None:
        if response.url.endswith("/review/counts/"):
            asked.append(response.url)

    signed_in.on("response", note)
    signed_in.goto("/review/")
    pairs_services.confirm(
        by=accounts_selectors.actor_for_user(make_user(Role.ANALYST)), pair=pairs[0]
    )

    signed_in.clock.run_for(15_000)
    expect(signed_in.locator("p [data-live-count=to_review]")).to_have_text("4")

    signed_in.evaluate("""() => {
      Object.defineProperty(document, "hidden", { value: true, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }""")
    before = len(asked)
    signed_in.clock.run_for(60_000)
    assert len(asked) == before


def test_axe_finds_nothing_on_the_way_of_a_selection(
    signed_in: Page, person: User, pairs: list[MatchCandidate]
) -> None:
    by = accounts_selectors.actor_for_user(person)
    kept_views.keep(by=by, name="Of the team", query="kind=part", is_shared=True)
    signed_in.goto("/review/?score_from=3")
    assert faults_in_both_schemes(signed_in) == []
    signed_in.get_by_label("This page").check()
    assert faults_in_both_schemes(signed_in) == []
    pairs_services.confirm(by=by, pair=pairs[0])
    signed_in.get_by_role("button", name="Not a match…").click()
    assert faults_in_both_schemes(signed_in) == []
    pairs_services.confirm(by=by, pair=pairs[1])
    signed_in.locator("[data-sheet] button[type=submit]").click()
    expect(signed_in.get_by_role("heading", name="Left as they are")).to_be_visible()
    assert faults_in_both_schemes(signed_in) == []


def test_nothing_on_the_way_is_wider_than_a_small_telephone(
    signed_in: Page, pairs: list[MatchCandidate]
) -> None:
    signed_in.set_viewport_size({"width": 320, "height": 640})

    def widest() -> int:
        signed_in.wait_for_load_state()
        return max(int(signed_in.evaluate(_WIDTH, to)) for to in ("rtl", "ltr"))

    signed_in.goto("/review/?score_from=3")
    assert widest() <= 320
    signed_in.get_by_label("This page").check()
    signed_in.get_by_role("button", name="Confirm…").click()
    assert widest() <= 320
    signed_in.locator("[data-sheet] button[type=submit]").click()
    assert widest() <= 320


def test_what_is_clicked_is_large_enough(signed_in: Page, pairs: list[MatchCandidate]) -> None:
    signed_in.goto("/review/?kind=near&q=near")
    small = signed_in.evaluate("""() => {
      const targets = "main a, main button, main summary, main select, main label:has(input), "
        + "main input:not([type=checkbox])";
      return [...document.querySelectorAll(targets)].filter((each) => each.checkVisibility())
        .filter((each) => !each.matches(".queue-link, label[for], p a"))
        .map((each) => [each.textContent.trim(), each.getBoundingClientRect()])
        .filter(([, box]) => box.height < 24 || box.width < 24).map(([name]) => name);
    }""")

    assert small == []


def test_the_page_weighs_little(signed_in: Page, pairs: list[MatchCandidate]) -> None:
    weights = {"css": 0, "js": 0}

    def note(response: Response) -> None:
        found = re.search(r"\.(css|js)$", response.url)
        if found:
            weights[found[1]] += len(gzip.compress(response.body()))

    signed_in.on("response", note)
    signed_in.goto("/review/")
    signed_in.wait_for_load_state("networkidle")

    assert weights["css"] <= 12 * 1024
    assert weights["js"] <= 20 * 1024
