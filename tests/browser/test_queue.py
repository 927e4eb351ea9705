"""The queue as a person works with it: selecting, previewing, applying, undoing, by keyboard."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, Response, Route, expect

from accounts import selectors as accounts_selectors
from accounts.models import User
from accounts.permissions import Role
from dedup_project.static_files import without_comments
from lists.models import Item, List
from matching.evidence import Kind
from review.models import Decision, MatchCandidate, State
from review.pairs import services as pairs_services
from review.queue import kept_views
from tests import bare_pairs, made_pairs
from tests.browser.accessible import faults_in_both_schemes
from tests.browser.conftest import Expectations
from tests.browser.test_picture_lifecycles import with_status
from tests.browser.waiting import eventually, next_frames, resize

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


def rows(page: Page) -> Locator:
    return page.locator("[data-row][data-queued]")


def select(page: Page, *numbers: int) -> None:
    """Select rows by their boxes, which show where the pointer is."""
    for number in numbers:
        rows(page).nth(number).hover()
        rows(page).nth(number).locator("[name=pair]").check()


def preview(page: Page, key: str) -> Locator:
    """Preview what is selected by a key, and return the sheet."""
    page.keyboard.press(key)
    sheet = page.locator("dialog[data-preview][open]")
    expect(sheet).to_be_visible()
    return sheet


def test_a_row_names_both_pictures_and_says_what_else_the_incoming_one_has(
    signed_in: Page, image_list: List
) -> None:
    several = bare_pairs.among("ABC", image_list)
    signed_in.goto("/review/")

    row = signed_in.locator(f"[data-queued={several['AB'].public_id}]")
    query, item = (
        Item.objects.get(image=image).custom_id
        for image in (several["AB"].query_image_id, several["AB"].item_image_id)
    )
    expect(row.locator(".queue-link")).to_contain_text(query)
    expect(row.locator(".pair-item")).to_contain_text(item)
    others = MatchCandidate.objects.filter(query_image=several["AB"].query_image_id).count() - 1
    expect(row.locator("[data-others]")).to_have_attribute("data-others", str(others))


def test_twelve_whole_rows_fit_on_a_notebook(signed_in: Page, image_list: List) -> None:
    bare_pairs.make(20, image_list)
    signed_in.goto("/review/")

    whole = signed_in.evaluate("""() => [...document.querySelectorAll("[data-row]")]
      .map((row) => row.getBoundingClientRect())
      .filter(({ top, bottom }) => top >= 0 && bottom <= innerHeight).length""")

    assert whole >= 12
    for width_px in (1366, 683, 390):
        resize(signed_in, width_px, 768)
        heights = rows(signed_in).evaluate_all("all => all.map((row) => row.offsetHeight)")
        assert len(set(heights)) == 1, width_px


def test_the_bar_is_there_with_a_selection_alone_and_is_cleared_by_escape(
    signed_in: Page, pairs: list[MatchCandidate]
) -> None:
    signed_in.goto("/review/")
    bar = signed_in.locator("[data-bulk]")
    boxes = signed_in.locator("[data-row] [name=pair]")
    expect(bar).to_be_hidden()
    signed_in.mouse.move(0, 0)
    expect(boxes.nth(2)).to_have_css("opacity", "0")

    select(signed_in, 0)

    expect(bar).to_be_visible()
    expect(bar.locator("[data-selection-count]")).to_contain_text("1")
    expect(boxes.nth(2)).to_have_css("opacity", "1")
    signed_in.keyboard.press("Escape")
    expect(bar).to_be_hidden()
    expect(boxes.nth(0)).not_to_be_checked()


def test_the_preview_is_a_sheet_and_escape_gives_the_place_back(
    signed_in: Page, image_list: List
) -> None:
    bare_pairs.make(30, image_list)
    signed_in.goto("/review/")
    select(signed_in, 20, 22)
    place = signed_in.evaluate("scrollY")
    assert place > 0

    sheet = preview(signed_in, "f")
    expect(sheet.locator("[data-group]")).to_have_count(2)
    expect(sheet.locator("[data-consequence]")).not_to_be_empty()
    signed_in.keyboard.press("Escape")

    expect(sheet).to_be_hidden()
    assert signed_in.evaluate("scrollY") == place
    assert signed_in.url.endswith("/review/")
    expect(rows(signed_in).locator("[name=pair]:checked")).to_have_count(2)
    assert count(State.SUGGESTED) == 30


def test_a_pair_that_is_taken_out_stays_and_the_others_are_done_and_undone(
    signed_in: Page, pairs: list[MatchCandidate]
) -> None:
    signed_in.goto("/review/")
    select(signed_in, 0)
    signed_in.locator("[data-select-page]").check()
    sheet = preview(signed_in, "j")
    out = sheet.locator("[data-pair]").first
    kept = out.get_attribute("data-pair")
    out.locator(".sheet-picture").click()
    expect(sheet.locator("[data-sheet-count]")).to_have_attribute("data-sheet-count", "4")
    expect(sheet.locator("[data-left-out]")).to_contain_text("1")

    signed_in.keyboard.press("Shift+J")

    notice = signed_in.locator("[data-notice]")
    expect(notice).to_contain_text("4")
    expect(sheet).to_be_hidden()
    expect(signed_in.locator("[data-bulk]")).to_be_hidden()
    expect(rows(signed_in)).to_have_count(1)
    expect(rows(signed_in)).to_have_attribute("data-queued", kept or "")
    expect(signed_in.locator(".queue-counts [data-live-count=to_review]")).to_have_text("1")
    assert (count(State.DISSOCIATED), count(State.SUGGESTED)) == (4, 1)

    signed_in.keyboard.press("u")

    expect(rows(signed_in)).to_have_count(5)
    expect(notice).to_have_count(0)
    assert count(State.SUGGESTED) == 5


def test_what_follows_is_said_of_what_is_left_of_the_selection(
    signed_in: Page, image_list: List
) -> None:
    bare_pairs.among("ABC", image_list)
    signed_in.goto("/review/")
    select(signed_in, 0)
    signed_in.locator("[data-select-page]").check()
    sheet = preview(signed_in, "f")
    expect(sheet.locator("[data-consequence]")).to_have_attribute("data-follows", "0")

    sheet.locator("[name=pair]").first.uncheck()

    expect(sheet.locator("[data-consequence]")).to_have_attribute("data-follows", "1")
    signed_in.keyboard.press("Shift+F")
    expect(rows(signed_in)).to_have_count(0)
    assert count(State.CONFIRMED) == 3


def test_what_somebody_decided_meanwhile_is_told_in_the_sheet(
    signed_in: Page, person: User, pairs: list[MatchCandidate]
) -> None:
    signed_in.goto("/review/")
    select(signed_in, 0, 1)
    sheet = preview(signed_in, "j")
    match_id = sheet.locator("[data-pair]").first.get_attribute("data-pair")
    by = accounts_selectors.actor_for_user(person)
    pairs_services.confirm(by=by, pair=MatchCandidate.objects.get(public_id=match_id))

    sheet.locator("button[type=submit]").click()

    expect(sheet.locator(f"[data-left={match_id}]")).to_have_attribute(
        "data-code", "decided_meanwhile"
    )
    sheet.locator("[data-close]").click()
    expect(sheet).to_be_hidden()
    signed_in.locator("[data-notice] button").click()
    expect(rows(signed_in)).to_have_count(4)
    assert (count(State.CONFIRMED), count(State.SUGGESTED)) == (1, 4)


def test_what_stands_between_and_a_second_press_change_nothing(
    signed_in: Page, pairs: list[MatchCandidate], expected: Expectations
) -> None:
    expected.statuses.add(502)
    held: list[Route] = []
    signed_in.goto("/review/")
    signed_in.route("**/selection/", lambda route: held.append(route))  # noqa: PLW0108
    select(signed_in, 0, 1)
    for _ in range(2):
        signed_in.keyboard.press("f")
    eventually(signed_in, lambda: held)
    next_frames(signed_in)
    assert len(held) == 1
    held[0].continue_()
    sheet = signed_in.locator("dialog[data-preview][open]")
    expect(sheet).to_be_visible()

    button, told = sheet.locator("button[type=submit]"), signed_in.locator("[data-toasts]")
    for status in (502, 200):
        signed_in.evaluate("document.querySelector('[data-toasts]').replaceChildren()")
        signed_in.route("**/apply/", with_status(status))
        button.click()
        expect(told).to_have_text(re.compile(r"\w+ \w+"))
        expect(button).to_be_enabled()
        signed_in.unroute("**/apply/")
    assert count(State.SUGGESTED) == len(pairs)
    button.click()

    expect(sheet).to_be_hidden()
    assert (count(State.CONFIRMED), Decision.objects.count()) == (2, 2)


def test_all_of_it_is_done_by_keyboard_alone(signed_in: Page, pairs: list[MatchCandidate]) -> None:
    signed_in.goto("/review/")
    keys = signed_in.keyboard

    def tab_to(selector: str) -> None:
        for _ in range(80):
            keys.press("Tab")
            if signed_in.evaluate("(one) => document.activeElement.matches(one)", selector):
                return
        pytest.fail(f"{selector} has no place in the order of tabs.")

    tab_to("[data-row] [name=pair]")
    keys.press("x")
    keys.press("ArrowDown")
    keys.press("ArrowDown")
    keys.press("Shift+X")
    expect(signed_in.locator("[data-row].is-selected")).to_have_count(3)
    keys.press("ArrowUp")
    keys.press("x")
    expect(signed_in.locator("[data-row].is-selected")).to_have_count(2)
    tab_to("[name=act][value=confirm]")
    keys.press("Enter")
    expect(signed_in.locator("dialog[data-preview][open]")).to_be_visible()
    tab_to("[data-sheet] button[type=submit]")
    keys.press("Enter")

    expect(signed_in.locator("[data-notice] button")).to_be_focused()
    assert count(State.CONFIRMED) == 2
    keys.press("Enter")
    expect(rows(signed_in)).to_have_count(5)
    assert count(State.CONFIRMED) == 0


def test_enter_on_the_queue_starts(signed_in: Page, pairs: list[MatchCandidate]) -> None:
    signed_in.goto("/review/")
    signed_in.keyboard.press("Enter")

    signed_in.wait_for_url("**/review/picture/*/")


def test_a_key_that_was_changed_previews_too(signed_in: Page, pairs: list[MatchCandidate]) -> None:
    signed_in.goto("/review/")
    signed_in.locator("[data-keys-open]").click()
    # What changes keys is fetched first.
    expect(signed_in.locator("dialog[data-keys]")).to_be_visible()
    signed_in.locator("[data-remap=confirm]").press("y")
    signed_in.keyboard.press("Escape")
    select(signed_in, 0)

    preview(signed_in, "y")
    signed_in.keyboard.press("Shift+Y")

    expect(signed_in.locator("[data-notice]")).to_be_visible()
    assert count(State.CONFIRMED) == 1


def test_a_click_with_shift_selects_all_between(
    signed_in: Page, pairs: list[MatchCandidate]
) -> None:
    signed_in.goto("/review/")
    boxes = signed_in.locator("[name=pair]")

    boxes.nth(1).click()
    boxes.nth(3).click(modifiers=["Shift"])

    expect(signed_in.locator("[data-row].is-selected")).to_have_count(3)
    expect(boxes.nth(2)).to_be_checked()
    expect(boxes.nth(0)).not_to_be_checked()


def test_the_focus_is_never_behind_the_bar(signed_in: Page, pairs: list[MatchCandidate]) -> None:
    signed_in.set_viewport_size({"width": 1366, "height": 340})
    signed_in.goto("/review/")
    select(signed_in, 0)
    signed_in.locator(".queue-link").first.focus()

    for _ in range(len(pairs) - 1):
        signed_in.keyboard.press("ArrowDown")
        is_free = signed_in.evaluate("""() => {
          const bar = document.querySelector("[data-bulk]").getBoundingClientRect();
          const here = document.activeElement.getBoundingClientRect();
          return here.bottom <= bar.top && here.top >= 0;
        }""")
        assert is_free


def test_on_a_phone_nothing_is_over_the_rows(signed_in: Page, pairs: list[MatchCandidate]) -> None:
    signed_in.set_viewport_size({"width": 390, "height": 844})
    signed_in.goto("/review/")

    expect(signed_in.locator("[data-bulk]")).to_be_hidden()
    expect(signed_in.locator("[data-row] [name=pair]").first).to_be_hidden()
    hit = rows(signed_in).evaluate_all("""rows => rows.map((row) => {
      const { left, top, width, height } = row.getBoundingClientRect();
      return row.contains(document.elementFromPoint(left + width / 2, top + height / 2));
    })""")
    assert hit == [True] * len(pairs)


@pytest.mark.parametrize("width", [1366, 390])
@pytest.mark.parametrize("which", [".queue-keep", "[data-filters]"])
def test_what_opens_in_the_line_opens_on_the_screen(
    signed_in: Page, pairs: list[MatchCandidate], width: int, which: str
) -> None:
    signed_in.set_viewport_size({"width": width, "height": 768})
    signed_in.goto("/review/")
    # As scripts press it, which scrolls nothing.
    signed_in.locator(f"{which} > summary").dispatch_event("click")

    form = signed_in.locator(f"{which} form")
    expect(form).to_be_in_viewport(ratio=1)
    expect(form.locator("input:focus")).to_have_count(1)
    if width == 1366:
        button, panel = (
            signed_in.locator(f"{which} > {part}").bounding_box() for part in ("summary", "form")
        )
        assert button
        assert panel
        assert 0 <= panel["y"] - button["y"] - button["height"] < 16


def test_a_filter_applies_at_once_and_the_address_is_the_state(
    signed_in: Page, pairs: list[MatchCandidate]
) -> None:
    signed_in.goto("/review/")
    signed_in.locator("[name=order]").select_option("newest")
    signed_in.wait_for_url("**/review/?order=newest")
    signed_in.locator("[data-filters] > summary").click()
    signed_in.locator("[data-filters] [name=kind]").select_option("part")
    signed_in.wait_for_url("**/review/?kind=part&order=newest")
    expect(rows(signed_in)).to_have_count(1)
    chip = signed_in.locator("[data-chip=kind]")
    expect(chip).to_be_visible()

    signed_in.reload()
    expect(rows(signed_in)).to_have_count(1)
    chip.click()
    signed_in.wait_for_url("**/review/?order=newest")
    expect(rows(signed_in)).to_have_count(5)
    signed_in.go_back()
    expect(rows(signed_in)).to_have_count(1)


def test_every_filter_in_use_is_whole_and_can_be_taken_away(
    signed_in: Page, image_list: List, pairs: list[MatchCandidate]
) -> None:
    signed_in.set_viewport_size({"width": 1366, "height": 768})
    signed_in.goto(f"/review/?list={image_list.public_id}&kind=near&score_from=0.1&q=a")

    chips = signed_in.locator("[data-chip]")

    expect(chips).to_have_count(4)
    for chip in chips.all():
        # Where its cross is, a click means it and nothing that lies over it.
        box = chip.bounding_box()
        assert box
        place = [box["x"] + box["width"] - 12, box["y"] + box["height"] / 2]
        field = "([x, y]) => document.elementFromPoint(x, y)?.closest('[data-chip]')?.dataset.chip"
        assert signed_in.evaluate(field, place) == chip.get_attribute("data-chip")


def test_a_view_is_kept_shown_where_it_is_and_removed(
    signed_in: Page, pairs: list[MatchCandidate]
) -> None:
    signed_in.goto("/review/?kind=part")
    signed_in.locator(".queue-keep > summary").click()
    signed_in.locator(".queue-save [name=name]").fill("Cut-outs")
    signed_in.locator(".queue-save button").click()

    expect(signed_in.locator("[data-message=view_kept]")).to_be_visible()
    view = signed_in.get_by_role("link", name="Cut-outs")
    expect(view).to_have_attribute("aria-current", "page")
    # Its name says it.
    expect(signed_in.locator("[data-chip]")).to_have_count(0)
    signed_in.locator(".queue-view-remove").click()
    expect(view).to_have_count(0)


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
    signed_in.goto("/review/?score_from=3&kind=part")
    assert faults_in_both_schemes(signed_in) == []
    signed_in.goto("/review/")
    signed_in.locator("[data-filters] > summary").click()
    assert faults_in_both_schemes(signed_in) == []
    signed_in.keyboard.press("Escape")
    select(signed_in, 0)
    signed_in.locator("[data-select-page]").check()
    assert faults_in_both_schemes(signed_in) == []
    pairs_services.confirm(by=by, pair=pairs[0])
    sheet = preview(signed_in, "j")
    sheet.locator("[name=pair]").last.uncheck()
    assert faults_in_both_schemes(signed_in) == []
    pairs_services.confirm(by=by, pair=pairs[1])
    sheet.locator("button[type=submit]").click()
    expect(sheet.locator("[data-left]")).to_have_count(1)
    assert faults_in_both_schemes(signed_in) == []
    sheet.locator("[data-close]").click()
    expect(signed_in.locator("[data-notice]")).to_be_visible()
    assert faults_in_both_schemes(signed_in) == []


@pytest.mark.parametrize("width", [320, 800])
def test_nothing_on_the_way_is_wider_than_the_screen(
    signed_in: Page, pairs: list[MatchCandidate], width: int
) -> None:
    signed_in.set_viewport_size({"width": 1366, "height": 640})

    def widest() -> int:
        resize(signed_in, width, 640)
        shown = max(int(signed_in.evaluate(_WIDTH, to)) for to in ("rtl", "ltr"))
        resize(signed_in, 1366, 640)
        return shown

    signed_in.goto("/review/?score_from=3")
    assert widest() <= width
    select(signed_in, 0)
    assert widest() <= width
    sheet = preview(signed_in, "f")
    assert widest() <= width
    sheet.locator("button[type=submit]").click()
    expect(signed_in.locator("[data-notice]")).to_be_visible()
    assert widest() <= width


def test_without_scripts_a_selection_is_two_pages(plain: Page, pairs: list[MatchCandidate]) -> None:
    plain.goto("/review/")
    plain.locator("[name=pair]").nth(0).check()
    plain.locator("[name=pair]").nth(1).check()
    plain.locator("[name=act][value=confirm]").click()
    plain.locator("[data-sheet] [name=pair]").first.uncheck()
    plain.locator("[data-sheet] button[type=submit]").click()
    expect(plain.locator("[data-done='1']")).to_be_visible()
    assert count(State.CONFIRMED) == 1
    plain.locator("[data-undo] button").click()
    expect(plain.locator("[data-message=undone]")).to_be_visible()
    assert count(State.CONFIRMED) == 0

    plain.locator("[data-filters] > summary").click()
    plain.locator("[data-filters] [name=kind]").select_option("part")
    plain.locator("[data-filters] button[type=submit]").click()
    expect(rows(plain)).to_have_count(1)


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
            weights[found[1]] += len(gzip.compress(without_comments(response.text()).encode()))

    signed_in.on("response", note)
    signed_in.goto("/review/")
    signed_in.wait_for_load_state("networkidle")

    assert weights["css"] <= 12 * 1024
    assert weights["js"] <= 20 * 1024
