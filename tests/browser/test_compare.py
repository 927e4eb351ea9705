"""How two pictures are looked at: five views, zoom in step, veils, all of it by keyboard."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from django.test import Client
from playwright.sync_api import BrowserContext, Locator, Page, Response, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from accounts.permissions import Role
from lists.models import Item, List
from matching.evidence import Kind
from review.models import MatchCandidate
from tests import made_pairs, photos
from tests.browser.reviewing import press, wait_until_ahead
from tests.browser.test_evidence import on_screen, open_pair, whole
from tests.browser.test_review_ahead import FETCHED_BETWEEN, STAMP
from tests.browser.waiting import eventually, resize, unanswered, wait_until_drawn
from tests.photos import encoded

pytestmark = pytest.mark.slow

VIEWS = {
    "1": ("side", "Side by side"),
    "2": ("swipe", "Swipe"),
    "3": ("onion", "Onion skin"),
    "4": ("difference", "Difference"),
    "5": ("flip", "Flip"),
}
MAX_BYTES_OF_A_PAIR = 2 * 80 * 1024
# A tenth of the worst that a page may have; on a slow machine a part of a pixel counts too.
NOTICED_SHIFT = 0.001
# Where a px of the full picture is on the screen, through all the transforms.
_PLACE = """(img, [share_x, share_y]) => {
  const probe = document.createElement("span");
  let matrix = new DOMMatrix();
  const [width, height] = [img.offsetWidth, img.offsetHeight];
  const natural = [Number(img.getAttribute("width")), Number(img.getAttribute("height"))];
  const scale = Math.min(width / natural[0], height / natural[1]);
  let point = new DOMPoint(
    (width - scale * natural[0]) / 2 + share_x * scale * natural[0],
    (height - scale * natural[1]) / 2 + share_y * scale * natural[1],
  );
  for (let element = img; element; element = element.offsetParent) {
    const style = getComputedStyle(element);
    if (style.transform !== "none") {
      const [x, y] = style.transformOrigin.split(" ").map(parseFloat);
      const own = new DOMMatrix(style.transform);
      matrix = new DOMMatrix().translate(x, y).multiply(own).translate(-x, -y);
      const moved = matrix.transformPoint(point);
      point = new DOMPoint(moved.x / moved.w, moved.y / moved.w);
    }
    point = new DOMPoint(point.x + element.offsetLeft, point.y + element.offsetTop);
  }
  return [point.x - scrollX, point.y - scrollY];
}"""

# What shifts between a key and the frame that shows what it did was asked for. Chromium's own
# `hadRecentInput` means half a second, in which a busy machine does not always paint.
_WATCH_SHIFTS = """
window.asked = [];
addEventListener("keydown", ({ timeStamp }) => {
  window.asked.push({ from: timeStamp, to: Infinity });
}, { capture: true });
window.shifts = [];
window.watching = new PerformanceObserver((list) => window.shifts.push(...list.getEntries()));
window.watching.observe({ type: "layout-shift", buffered: true });
"""
_UNASKED_SHIFT = """() => {
  const wasAsked = ({ startTime }) =>
    window.asked.some(({ from, to }) => from <= startTime && startTime <= to);
  return [...window.shifts, ...window.watching.takeRecords()]
    .filter((shift) => !wasAsked(shift)).reduce((sum, { value }) => sum + value, 0);
}"""
_LINES = """(filter) => [...filter.querySelectorAll("[slope]")].map(
  (line) => ["slope", "intercept"].map((name) => Number(line.getAttribute(name))))"""
_CONTROLS = "image-compare :is(button, input, a), [data-tools] button"
_LOOKS = ("Zoom out", "Zoom in", "Fit", "Original size", "Grey", "Blur", "Outline", "Blocks")


@pytest.fixture
def edited(image_list: List) -> MatchCandidate:
    """A pair with an alignment and blocks."""
    return made_pairs.store(made_pairs.made_pair(Kind.EDITED), image_list)


def compare(page: Page) -> Locator:
    return page.locator("image-compare")


def place(picture: Locator, share: tuple[float, float]) -> Any:
    return np.array(picture.evaluate(_PLACE, list(share)))


def zoom_of(page: Page, side: str) -> tuple[float, ...]:
    transform = page.locator(f".side.is-{side} .side-zoom").evaluate(
        "(each) => new DOMMatrix(getComputedStyle(each).transform).toFloat64Array().join(' ')"
    )
    return tuple(float(number) for number in transform.split())


def test_each_view_has_a_key_and_a_button_and_says_which_is_chosen(
    signed_in: Page, edited: MatchCandidate
) -> None:
    open_pair(signed_in, edited)
    chosen = signed_in.locator("[data-view-switch][aria-pressed=true]")
    laid, first = signed_in.locator(".aligned-query"), signed_in.locator(".side.is-a img.picture")

    for key, (view, name) in VIEWS.items():
        signed_in.keyboard.press(key)
        expect(compare(signed_in)).to_have_attribute("data-view", view)
        expect(chosen).to_have_text(f"{name}{key}")
        expect(first).to_be_visible(visible=view == "side")
        expect(laid).to_be_visible(visible=view != "side")
    for view, name in VIEWS.values():
        signed_in.get_by_role("button", name=name).click()
        expect(compare(signed_in)).to_have_attribute("data-view", view)


def test_swipe_and_onion_skin_are_moved_by_the_arrow_keys(
    signed_in: Page, edited: MatchCandidate
) -> None:
    open_pair(signed_in, edited)
    window, slider = signed_in.locator(".aligned-window"), signed_in.get_by_role("slider")

    signed_in.keyboard.press("3")
    expect(slider).to_be_focused()
    expect(window).to_have_css("opacity", "0.5")
    signed_in.keyboard.press("ArrowRight")
    expect(window).to_have_css("opacity", "0.51")

    signed_in.keyboard.press("2")
    expect(window).to_have_css("opacity", "1")
    box = signed_in.locator(".aligned").bounding_box()
    edge = signed_in.locator(".aligned-edge").bounding_box()
    assert box is not None
    assert edge is not None
    assert edge["x"] == pytest.approx(box["x"] + 0.51 * box["width"], abs=1.5)
    assert "inset(0px 49% 0px 0px)" in window.evaluate("(each) => getComputedStyle(each).clipPath")
    signed_in.keyboard.press("Home")
    expect(slider).to_have_value("0")


def test_the_pictures_take_turns_slower_than_what_can_harm(
    signed_in: Page, edited: MatchCandidate
) -> None:
    signed_in.clock.install()
    open_pair(signed_in, edited)
    signed_in.evaluate("""
      window.turns = [];
      new MutationObserver(() => window.turns.push(performance.now())).observe(
        document.querySelector("image-compare"), { attributeFilter: ["data-shown"] });
    """)
    signed_in.keyboard.press("5")
    signed_in.clock.run_for(2500)
    turns = signed_in.evaluate("window.turns")
    assert len(turns) >= 3
    assert min(np.diff(turns)[1:]) > 1000 / 3

    signed_in.keyboard.press("5")
    expect(signed_in.get_by_role("button", name="Pause")).to_have_attribute("aria-pressed", "true")
    stopped = compare(signed_in).get_attribute("data-shown")
    signed_in.clock.run_for(2500)
    expect(compare(signed_in)).to_have_attribute("data-shown", stopped or "")


def test_nothing_moves_by_itself_where_motion_is_unwanted(
    signed_in: Page, edited: MatchCandidate
) -> None:
    signed_in.emulate_media(reduced_motion="reduce")
    signed_in.clock.install()
    open_pair(signed_in, edited)
    signed_in.keyboard.press("5")

    signed_in.clock.run_for(2500)

    expect(compare(signed_in)).to_have_attribute("data-shown", "a")


def test_space_shows_the_other_picture_as_long_as_it_is_held(
    signed_in: Page, edited: MatchCandidate
) -> None:
    signed_in.emulate_media(reduced_motion="reduce")
    open_pair(signed_in, edited)
    window = signed_in.locator(".aligned-window")

    for key in VIEWS:
        signed_in.keyboard.press(key)
        signed_in.keyboard.down("Space")
        expect(window).to_be_visible()
        expect(window).to_have_css("opacity", "0" if key == "5" else "1")
        expect(window).to_have_css("clip-path", "none")
        expect(signed_in.locator(".aligned-query")).to_have_css("mix-blend-mode", "normal")
        signed_in.keyboard.up("Space")

        expect(compare(signed_in)).not_to_have_attribute("data-held", "")
        expect(window).to_be_visible(visible=key != "1")


def test_view_and_share_stay_for_the_next_pair_and_the_next_visit(
    signed_in: Page, image_list: List
) -> None:
    kinds = (Kind.PART, Kind.EXACT, Kind.EDITED)
    pairs = {kind: made_pairs.store(made_pairs.made_pair(kind), image_list) for kind in kinds}
    open_pair(signed_in, pairs[Kind.PART])
    signed_in.keyboard.press("3")
    slider = signed_in.get_by_role("slider")
    slider.fill("80")
    slider.focus()

    shown = signed_in.locator("[data-pair]")
    for action in ("f", "s", "s"):
        before = shown.get_attribute("data-pair")
        press(signed_in, action)
        expect(shown).not_to_have_attribute("data-pair", before or "")
        expect(compare(signed_in)).to_have_attribute("data-view", "onion")
        expect(slider).to_have_value("80")
        expect(slider).to_be_focused()
        expect(signed_in.locator(".aligned-window")).to_have_css("opacity", "0.8")
    signed_in.reload()
    expect(compare(signed_in)).to_have_attribute("data-view", "onion")
    expect(slider).to_have_value("80")


def test_what_one_person_chose_is_not_chosen_for_the_next_at_this_device(
    signed_in: Page,
    edited: MatchCandidate,
    make_user: Callable[..., User],
    sign_in: Callable[[User], None],
) -> None:
    open_pair(signed_in, edited)
    signed_in.keyboard.press("2")
    signed_in.keyboard.press("b")

    sign_in(make_user(Role.ANALYST))
    open_pair(signed_in, edited)

    expect(compare(signed_in)).to_have_attribute("data-view", "side")
    expect(compare(signed_in)).to_have_attribute("data-blurred", "off")


def test_pictures_without_an_alignment_are_laid_as_wholes_and_that_is_said(
    signed_in: Page, image_list: List
) -> None:
    made = made_pairs.made_pair(Kind.NEAR)
    hashed = replace(made, evidence=replace(made.evidence, alignment=None, blocks=None))
    open_pair(signed_in, made_pairs.store(hashed, image_list))
    note = signed_in.get_by_text("Not aligned: no common region is known")
    expect(note).to_be_hidden()

    signed_in.keyboard.press("4")

    expect(note).to_be_visible()
    for corner in whole((1, 1)):
        a = place(signed_in.locator(".aligned-query"), corner)
        b = place(signed_in.locator(".side.is-b .picture"), corner)
        assert np.abs(a - b).max() < 2
    expect(signed_in.get_by_role("button", name="Outline")).to_be_disabled()


def test_with_one_picture_gone_only_one_view_is_left(
    signed_in: Page, edited: MatchCandidate
) -> None:
    open_pair(signed_in, edited)
    signed_in.keyboard.press("4")
    edited.query_image.is_stored = False
    edited.query_image.save()

    signed_in.reload()

    expect(compare(signed_in)).to_have_attribute("data-view", "side")
    for _view, name in list(VIEWS.values())[1:]:
        expect(signed_in.get_by_role("button", name=name)).to_be_disabled()
    signed_in.keyboard.press("+")
    expect(signed_in.locator("[data-zoom-shown]")).to_have_text("1.5×")


@pytest.mark.parametrize("kind", ["at an angle", Kind.PART, Kind.CONTAINS])
def test_corresponding_points_stay_on_each_other_at_any_zoom(
    signed_in: Page, image_list: List, kind: str
) -> None:
    photographed = kind == "at an angle"
    made = (
        made_pairs.photographed(photos.photo("astronaut"))
        if photographed
        else made_pairs.made_pair(Kind(kind))
    )
    open_pair(signed_in, made_pairs.store(made, image_list))
    outline = made.alignment.query_outline
    region = [(x * made.query.width, y * made.query.height) for x, y in outline]
    there = [
        (x / made.item.width, y / made.item.height)
        for x, y in made_pairs.moved(made.matrix, region)
    ]

    for view in ("2", "5"):
        signed_in.keyboard.press(view)
        signed_in.keyboard.press("0")
        for zoomed in ("1×", "1.5×", "2.3×"):
            # The first key fetches what zooms.
            expect(signed_in.locator("[data-zoom-shown]")).to_have_text(zoomed)
            for on_query, on_item in zip(outline, there, strict=True):
                a = place(signed_in.locator(".aligned-query"), on_query)
                b = place(signed_in.locator(".side.is-b .picture"), on_item)
                assert np.abs(a - b).max() < 2
            signed_in.keyboard.press("+")


def test_both_pictures_zoom_and_move_in_step_and_keep_the_same_point_in_the_middle(
    signed_in: Page, image_list: List
) -> None:
    made = made_pairs.made_pair(Kind.PART)
    open_pair(signed_in, made_pairs.store(made, image_list))
    assert zoom_of(signed_in, "a") == zoom_of(signed_in, "b")
    for _ in range(4):
        signed_in.keyboard.press("+")
    shown = signed_in.locator("[data-zoom-shown]")
    expect(shown).to_have_text("5.1×")
    signed_in.locator("image-compare").focus()
    for key in ("ArrowRight", "ArrowDown", "ArrowDown"):
        signed_in.keyboard.press(key)

    assert zoom_of(signed_in, "a")[0] == zoom_of(signed_in, "b")[0] > 5
    assert abs(middle(signed_in, made, "a") - middle(signed_in, made, "b")).max() < 2
    before = middle(signed_in, made, "b")
    box = signed_in.locator(".side.is-a .side-picture").bounding_box()
    assert box is not None
    signed_in.mouse.move(box["x"] + 200, box["y"] + 200)
    signed_in.mouse.down()
    signed_in.mouse.move(box["x"] + 140, box["y"] + 230, steps=4)
    signed_in.mouse.up()
    after = middle(signed_in, made, "b")
    assert (after - before)[0] > 5
    assert (after - before)[1] < -2
    assert abs(middle(signed_in, made, "a") - after).max() < 2

    signed_in.keyboard.press("0")
    expect(shown).to_have_text("1×")
    assert zoom_of(signed_in, "a") == zoom_of(signed_in, "b")


def middle(page: Page, made: made_pairs.MadePair, side: str) -> Any:
    """Return the px of the item that is in the middle of a side."""
    box = page.locator(f".side.is-{side} .side-picture").bounding_box()
    assert box is not None
    picture = page.locator(f".side.is-{side} .picture")
    at = np.array([box["x"] + box["width"] / 2, box["y"] + box["height"] / 2])
    origin, end = place(picture, (0, 0)), place(picture, (1, 1))
    share = (at - origin) / (end - origin)
    size = made.query.size if side == "a" else made.item.size
    (point,) = [(share[0] * size[0], share[1] * size[1])]
    return np.array(made_pairs.moved(made.matrix, [point])[0] if side == "a" else point)


def test_the_wheel_zooms_where_the_pointer_is(signed_in: Page, edited: MatchCandidate) -> None:
    open_pair(signed_in, edited)
    picture = signed_in.locator(".side.is-b .picture")
    for _ in range(4):
        signed_in.keyboard.press("+")
    # The first key fetches what zooms.
    expect(signed_in.locator("[data-zoom-shown]")).to_have_text("5.1×")
    held = (0.52, 0.48)
    before = place(picture, held)
    signed_in.mouse.move(*before)

    signed_in.mouse.wheel(0, -100)
    expect(signed_in.locator("[data-zoom-shown]")).to_have_text("7.6×")

    assert np.abs(place(picture, held) - before).max() < 1.5


def test_originals_are_fetched_only_beyond_one_and_a_half(
    signed_in: Page, edited: MatchCandidate
) -> None:
    fetched: list[str] = []
    signed_in.on("request", lambda request: fetched.append(request.url))
    open_pair(signed_in, edited)

    signed_in.keyboard.press("+")
    expect(signed_in.locator("[data-zoom-shown]")).to_have_text("1.5×")
    wait_until_drawn(signed_in)
    assert not [url for url in fetched if "/o/" in url]
    signed_in.keyboard.press("+")

    for side in "ab":
        picture = signed_in.locator(f".side.is-{side} .picture")
        original = signed_in.locator(f".side.is-{side} .side-original").get_attribute("href")
        expect(picture).to_have_attribute("src", re.compile(f"{original}$"))
    assert len({url for url in fetched if "/o/" in url}) == 2


def test_original_size_is_one_px_for_one(signed_in: Page, image_list: List) -> None:
    made = made_pairs.made_pair(Kind.PART)
    open_pair(signed_in, made_pairs.store(made, image_list))
    button = signed_in.get_by_role("button", name="Original size")

    signed_in.keyboard.press("o")

    expect(button).to_have_attribute("aria-pressed", "true")
    for side, size in (("a", made.query.size), ("b", made.item.size)):
        picture = signed_in.locator(f".side.is-{side} .picture")
        spread = place(picture, (1, 1)) - place(picture, (0, 0))
        assert spread == pytest.approx(size, abs=0.5)
    signed_in.keyboard.press("o")
    expect(button).to_have_attribute("aria-pressed", "false")


def test_a_new_pair_is_seen_whole(signed_in: Page, image_list: List) -> None:
    for kind in (Kind.PART, Kind.EDITED):
        made_pairs.store(made_pairs.made_pair(kind), image_list)
    signed_in.goto("/review/start/")
    wait_until_ahead(signed_in)
    signed_in.keyboard.press("+")
    expect(signed_in.locator("[data-zoom-shown]")).to_have_text("1.5×")

    press(signed_in, "s")

    expect(signed_in.locator("[data-zoom-shown]")).to_have_text("1×")


@pytest.mark.parametrize(
    ("key", "name", "look"), [("g", "Grey", "greyscale"), ("b", "Blur", "blurred")]
)
def test_the_list_says_what_is_veiled_until_the_person_does(
    signed_in: Page, image_list: List, edited: MatchCandidate, key: str, name: str, look: str
) -> None:
    picture = signed_in.locator(".side.is-b .picture")
    button = signed_in.get_by_role("button", name=name)
    setattr(image_list, f"review_{look}", True)
    image_list.save()
    open_pair(signed_in, edited)
    veil = {"greyscale": "grayscale(1)", "blurred": "blur(14px)"}[look]
    expect(picture).to_have_css("filter", veil)
    expect(button).to_have_attribute("aria-pressed", "true")

    signed_in.keyboard.press(key)

    expect(picture).to_have_css("filter", "none")
    expect(button).to_have_attribute("aria-pressed", "false")
    signed_in.reload()
    expect(picture).to_have_css("filter", "none")
    signed_in.keyboard.press(key)
    setattr(image_list, f"review_{look}", False)
    image_list.save()
    signed_in.reload()
    expect(picture).to_have_css("filter", veil)


def test_without_scripts_the_list_s_veils_hold(
    new_context: Callable[..., BrowserContext],
    live_server: LiveServer,
    person: User,
    image_list: List,
    edited: MatchCandidate,
) -> None:
    image_list.review_blurred = True
    image_list.save()
    client = Client()
    client.force_login(person)
    context = new_context(java_script_enabled=False)
    cookie = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    page = context.new_page()

    page.goto(f"/review/pair/{edited.public_id}/")

    expect(page.locator(".side.is-a .picture")).to_have_css("filter", "blur(14px)")


def test_a_difference_is_taken_after_brightness_is_evened_out(
    signed_in: Page, add_photo: Callable[..., Item]
) -> None:
    photo = photos.photo("coffee")
    dimmed = photo.point(lambda value: round(value * 0.8 + 12))
    for picture, name in ((photo, "first.jpg"), (dimmed, "dim.jpg")):
        add_photo(encoded(picture, "JPEG", quality=85), name)
    open_pair(signed_in, MatchCandidate.objects.get())
    signed_in.keyboard.press("4")
    button = signed_in.get_by_role("button", name="Even out brightness")
    expect(signed_in.locator(".aligned-query")).to_have_css("filter", 'url("#exposure-of-a")')
    lines = signed_in.locator(".lens-filter filter").first.evaluate(_LINES)
    assert len(lines) == 3
    for slope, intercept in lines:
        assert slope == pytest.approx(1 / 0.8, abs=0.05)
        assert intercept == pytest.approx(-12 / 255 / 0.8, abs=0.02)

    signed_in.keyboard.press("e")

    expect(button).to_have_attribute("aria-pressed", "false")
    expect(signed_in.locator(".aligned-query")).to_have_css("filter", "none")


def test_nothing_shifts_and_a_pair_weighs_little(signed_in: Page, image_list: List) -> None:
    pair = made_pairs.store(made_pairs.photographed(photos.photo("motorcycle_left")), image_list)
    bodies: list[int] = []

    def weigh(response: Response) -> None:
        if response.request.resource_type == "image" and "/t/" in response.url:
            bodies.append(len(response.body()))

    signed_in.on("response", weigh)
    signed_in.add_init_script(_WATCH_SHIFTS)
    open_pair(signed_in, pair)
    for key in "23451":
        signed_in.keyboard.press(key)
        wait_until_drawn(signed_in)
        signed_in.evaluate("window.asked.at(-1).to = performance.now()")

    assert signed_in.evaluate(_UNASKED_SHIFT) < NOTICED_SHIFT
    assert len(bodies) == 2
    assert sum(bodies) <= MAX_BYTES_OF_A_PAIR


@pytest.mark.parametrize("view", VIEWS)
def test_no_view_fetches_a_picture_between_the_key_and_the_next_pair(
    signed_in: Page, image_list: List, view: str
) -> None:
    for kind in (Kind.PART, Kind.EDITED, Kind.NEAR, Kind.CONTAINS):
        made_pairs.store(made_pairs.made_pair(kind), image_list)
    signed_in.add_init_script(STAMP)
    on_their_way = unanswered(signed_in)
    signed_in.goto("/review/start/")
    wait_until_ahead(signed_in)
    signed_in.get_by_role("button", name=VIEWS[view][1]).click()
    wait_until_drawn(signed_in)

    for _ in range(3):
        eventually(signed_in, lambda: not on_their_way)
        press(signed_in, "f")
        wait_until_drawn(signed_in)
        wait_until_ahead(signed_in)

    presses = signed_in.evaluate("window.presses")
    assert [each["isComplete"] for each in presses] == [True] * 3
    assert signed_in.evaluate(FETCHED_BETWEEN) == [[]] * 3


def test_every_control_is_large_enough_and_named(signed_in: Page, edited: MatchCandidate) -> None:
    open_pair(signed_in, edited)
    small = []
    for key in VIEWS:
        signed_in.keyboard.press(key)
        for control in signed_in.locator(_CONTROLS).all():
            box = control.bounding_box()
            if box and min(box["width"], box["height"]) < 24:
                small.append(control.inner_text())
    assert small == []
    for name in _LOOKS:
        expect(signed_in.get_by_role("button", name=name, exact=True)).to_have_count(1)


def test_a_stays_left_in_a_script_from_right_to_left(
    signed_in: Page, edited: MatchCandidate
) -> None:
    open_pair(signed_in, edited)
    signed_in.evaluate("document.documentElement.dir = 'rtl'")
    sides = [signed_in.locator(f".side.is-{side} .picture").bounding_box() for side in "ab"]
    assert sides[0] is not None
    assert sides[1] is not None
    assert sides[0]["x"] < sides[1]["x"]

    signed_in.keyboard.press("2")
    signed_in.get_by_role("slider").fill("30")

    box, edge = (signed_in.locator(f".aligned{part}").bounding_box() for part in ("", "-edge"))
    assert box is not None
    assert edge is not None
    assert edge["x"] == pytest.approx(box["x"] + 0.3 * box["width"], abs=1.5)


def test_the_pictures_are_laid_out_anew_when_the_window_changes(
    signed_in: Page, edited: MatchCandidate
) -> None:
    open_pair(signed_in, edited)
    signed_in.keyboard.press("2")
    resize(signed_in, 1000, 640)
    wait_until_drawn(signed_in)

    item = signed_in.locator(".side.is-b .picture")
    width = int(item.get_attribute("width") or 0)
    height = int(item.get_attribute("height") or 0)
    box = signed_in.locator(".aligned").bounding_box()
    assert box is not None
    corners = on_screen(item, (width, height), whole((width, height)))
    assert corners[0] == pytest.approx([box["x"], box["y"]], abs=1.5)
    assert corners[2] == pytest.approx([box["x"] + box["width"], box["y"] + box["height"]], abs=1.5)
