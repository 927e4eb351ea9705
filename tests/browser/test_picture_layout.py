"""Where things are on the page of a picture, what it weighs, and that nothing on it moves."""

from __future__ import annotations

import gzip
import re
from collections import Counter
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from dedup_project.static_files import without_comments
from lists.models import Item, List
from review.models import MatchCandidate
from tests import made_pictures
from tests.browser.accessible import faults_in_both_schemes
from tests.browser.reviewing import hold_notices, wait_until_ahead, wait_until_painted
from tests.browser.test_every_page import Look
from tests.browser.waiting import eventually, next_frames

pytestmark = pytest.mark.slow

CLAIM = {"claim": "Launched over Pune last night", "url": "https://t.me/alerts/4471"}
SCREENS = [(1366, 768), (1920, 1080), (1024, 768), (390, 844), (683, 384)]
# Of what is sent before a key is pressed, compressed.
MOST_BYTES = {"html": 20 * 1024, "css": 12 * 1024, "js": 20 * 1024}
LOADED = "performance.getEntriesByType('resource').map(({ name }) => name)"
# What undoes is not needed before the first key.
AFTERWARDS = "taking_back"
MOST_SHIFT = 0.01
SUM_SHIFTS = """window.shift = 0;
new PerformanceObserver((list) => {
  for (const { value } of list.getEntries()) window.shift += value;
}).observe({ type: "layout-shift", buffered: true });"""
IS_PAINTED = "performance.getEntriesByName('first-contentful-paint').length > 0"


@pytest.fixture
def address(image_list: List) -> str:
    """A picture with eight candidates, five of them above the threshold, all with claims."""
    coffees = made_pictures.copies("coffee", 6, image_list, CLAIM)
    moons = made_pictures.copies("moon", 3, image_list, {**CLAIM, "claim": "Seen over Pune"})
    newest = coffees[-1]
    above = [made_pictures.pair(each, newest, score=0.9) for each in coffees[:-1]]
    for each in moons:
        made_pictures.pair(each, newest, score=0.4, kind="related")
    made_pictures.all_pairs(moons)
    return f"/review/picture/{above[0].public_id}/"


def box(page: Page, selector: str) -> dict[str, float]:
    found = page.locator(selector).first.bounding_box()
    assert found is not None
    return {"x": found["x"], "y": found["y"], "width": found["width"], "height": found["height"]}


def open_at(page: Page, address: str, width: int, height: int) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": height})
    page.goto(address)
    wait_until_ahead(page)


@pytest.mark.parametrize(("width", "height"), SCREENS)
def test_the_picture_the_candidate_in_focus_and_the_decisions_are_in_sight(
    signed_in: Page, address: str, width: int, height: int
) -> None:
    open_at(signed_in, address, width, height)

    for selector in ("[data-candidate][aria-current] .card-picture", "[data-act=confirm]"):
        place = box(signed_in, selector)
        assert place["x"] >= 0, selector
        assert place["x"] + place["width"] <= width, selector
        assert place["y"] + place["height"] <= height, selector
    assert box(signed_in, ".incoming-picture")["y"] < height / 3
    wide = signed_in.evaluate("document.documentElement.scrollWidth")
    assert wide <= width


# A telephone that lies down, a screen at 200 %, a small window.
LOW_SCREENS = [(844, 390), (960, 540), (1366, 560)]


@pytest.mark.parametrize(("width", "height"), LOW_SCREENS)
def test_on_a_low_screen_the_picture_has_half_of_the_height_and_all_decisions_are_in_sight(
    signed_in: Page, address: str, width: int, height: int
) -> None:
    open_at(signed_in, address, width, height)

    assert box(signed_in, ".incoming-picture")["height"] >= height / 2
    for act in ("confirm", "confirm_image", "dissociate", "unsure"):
        place = box(signed_in, f"[data-act={act}]")
        assert place["x"] + place["width"] <= width, act
        assert place["y"] + place["height"] <= height, act
    claims = box(signed_in, ".incoming-claims")
    assert claims["y"] + claims["height"] <= height


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (1920, 1080), (390, 844)])
def test_a_notice_covers_no_evidence_and_no_decision(
    signed_in: Page, address: str, width: int, height: int
) -> None:
    hold_notices(signed_in)
    open_at(signed_in, address, width, height)
    signed_in.keyboard.press("f")
    wait_until_painted(signed_in)
    notice = box(signed_in, "[data-notice]")

    for selector in ("[data-act=confirm]", *([".claim", "[data-cards]"] if width > height else [])):
        last = signed_in.locator(selector).last.bounding_box()
        assert last is not None
        assert last["y"] + last["height"] <= notice["y"], selector
    assert notice["y"] + notice["height"] <= height


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_incoming_picture_is_left_of_its_candidates_in_every_script(
    signed_in: Page, address: str, language: str
) -> None:
    Look("light", language, 1366).put_on(signed_in)
    signed_in.goto(address)
    wait_until_ahead(signed_in)

    incoming, strip = box(signed_in, ".incoming"), box(signed_in, "[data-cards]")
    assert incoming["x"] + incoming["width"] <= strip["x"]
    first = box(signed_in, "[data-candidate]")
    before = signed_in.locator("[data-candidate][aria-current]").get_attribute("id")
    signed_in.keyboard.press("ArrowLeft" if language == "ar" else "ArrowRight")
    assert signed_in.locator("[data-candidate][aria-current]").get_attribute("id") != before
    second = box(signed_in, "[data-candidate][aria-current]")
    assert (second["x"] < first["x"]) == (language == "ar")


@pytest.mark.parametrize("width", [1366, 390])
@pytest.mark.parametrize("shown", ["picture", "cluster"])
def test_nothing_moves_when_font_and_pictures_come_late(
    signed_in: Page, address: str, shown: str, width: int
) -> None:
    cluster = f"/clusters/{Item.objects.earliest('pk').public_id}/"
    late = ("**/*.woff2", "**/t/**")
    held: list[Route] = []
    for each in late:
        signed_in.route(each, lambda route: held.append(route))  # noqa: PLW0108
    signed_in.add_init_script(SUM_SHIFTS)
    signed_in.set_viewport_size({"width": width, "height": 844})

    signed_in.goto(address if shown == "picture" else cluster, wait_until="commit")
    eventually(signed_in, lambda: signed_in.evaluate(IS_PAINTED))
    assert held
    for each in late:
        signed_in.unroute(each)
    signed_in.wait_for_load_state("networkidle")
    next_frames(signed_in)

    assert signed_in.evaluate("window.shift") < MOST_SHIFT


def test_nothing_moves_when_candidates_are_marked(signed_in: Page, address: str) -> None:
    signed_in.add_init_script(SUM_SHIFTS)
    open_at(signed_in, address, 1366, 768)
    heights = "(cards) => cards.map((card) => card.getBoundingClientRect().height)"
    cards = signed_in.locator("[data-candidate]")
    before = cards.evaluate_all(heights)

    for key in ("f", "f", "j", "n"):
        signed_in.keyboard.press(key)
        wait_until_painted(signed_in)

    assert cards.evaluate_all(heights) == before
    assert len(set(before)) == 1
    assert signed_in.evaluate("window.shift") < MOST_SHIFT


def test_the_page_is_light(signed_in: Page, address: str) -> None:
    signed_in.goto(address)
    signed_in.wait_for_load_state("networkidle")
    loaded = signed_in.evaluate(LOADED)

    weights: Counter[str] = Counter()
    for each in {*loaded, signed_in.url}:
        kind = re.search(r"\.(css|js)$", urlsplit(each).path)
        if kind or each == signed_in.url:
            text = without_comments(signed_in.request.get(each).text(), ".js")
            weights[kind[1] if kind else "html"] += len(gzip.compress(text.encode()))

    print(dict(weights))  # noqa: T201
    assert all(0 < weights[kind] <= most for kind, most in MOST_BYTES.items())
    assert not any(AFTERWARDS in each for each in loaded)
    signed_in.keyboard.press("Shift")
    eventually(signed_in, lambda: any(AFTERWARDS in e for e in signed_in.evaluate(LOADED)))


@pytest.mark.parametrize("width", [1366, 390])
def test_it_is_accessible_also_with_marks_and_notices(
    signed_in: Page, address: str, width: int
) -> None:
    hold_notices(signed_in)
    open_at(signed_in, address, width, 844)
    pair = MatchCandidate.objects.exclude(kind="related").order_by("pk")[3]
    MatchCandidate.objects.filter(pk=pair.pk).update(blocked_by=pair.pk - 1)
    signed_in.reload()
    wait_until_ahead(signed_in)
    for key in ("f", "j"):
        signed_in.keyboard.press(key)
        wait_until_painted(signed_in)
    expect(signed_in.locator("[data-notice]")).to_be_visible()

    assert faults_in_both_schemes(signed_in) == []
    assert Item.objects.exists()


def test_a_picture_is_settled_without_a_script(plain: Page, address: str) -> None:
    plain.goto(address)

    plain.get_by_role("button", name="Not a match", exact=True).first.click()
    plain.locator("[data-mark-act=confirm]").nth(1).click()

    marks = plain.locator("[data-candidate]")
    expect(marks.nth(0)).to_have_attribute("data-state", "dissociate")
    expect(marks.nth(1)).to_have_attribute("data-state", "confirm")
    plain.get_by_role("button", name="Undo").click()
    expect(marks.nth(1)).to_have_attribute("data-state", "open")
    before = plain.url
    plain.get_by_role("button", name="Skip picture").click()
    expect(plain).not_to_have_url(before)
