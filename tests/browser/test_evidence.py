"""What is drawn over the two pictures of a pair lies where the matrix says, in every view."""

from __future__ import annotations

import io
import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from django.test import Client
from PIL import Image as Picture
from playwright.sync_api import BrowserContext, Locator, Page, ViewportSize, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from lists.models import List
from matching.evidence import Kind
from review.models import MatchCandidate
from tests import made_pairs, photos
from tests.browser.accessible import faults_in_both_schemes
from tests.browser.conftest import DESKTOP
from tests.browser.waiting import resize, wait_until_drawn
from tests.made_pairs import MadePair, Size

pytestmark = pytest.mark.slow

PHONE: ViewportSize = {"width": 390, "height": 844}
# Where a corner of a drawing is on the screen.
_CORNERS = """(polygon) => [...polygon.points].map((corner) => {
  const point = corner.matrixTransform(polygon.getScreenCTM());
  return [point.x, point.y];
})"""
# Where the corners of picture A are, once it is laid over B.
_LAID = """(img) => {
  const box = img.parentElement.getBoundingClientRect();
  const matrix = new DOMMatrix(getComputedStyle(img).transform);
  const [width, height] = [img.offsetWidth, img.offsetHeight];
  return [[0, 0], [width, 0], [width, height], [0, height]].map(([x, y]) => {
    const point = matrix.transformPoint(new DOMPoint(x, y));
    return [box.x + point.x / point.w, box.y + point.y / point.w];
  });
}"""


def upright() -> Picture.Image:
    """A picture that is taller than wide."""
    return photos.photo("rocket").rotate(90, expand=True)


MADE: dict[str, Callable[[], MadePair]] = {
    "part of a landscape": lambda: made_pairs.made_pair(Kind.PART),
    "screenshot": lambda: made_pairs.made_pair(Kind.CONTAINS),
    "mirrored": lambda: made_pairs.made_pair(Kind.MIRRORED),
    "landscape at an angle": lambda: made_pairs.photographed(photos.photo("astronaut")),
    "portrait at an angle": lambda: made_pairs.photographed(upright(), (600, 900)),
}


@pytest.fixture(params=MADE)
def made(request: pytest.FixtureRequest) -> MadePair:
    """Pairs in landscape and portrait, with all kinds of matrices."""
    return MADE[request.param]()


def open_pair(page: Page, pair: MatchCandidate) -> None:
    page.goto(f"/review/pair/{pair.public_id}/")
    page.wait_for_load_state("networkidle")
    expect(page.locator("[data-tools]")).to_be_visible()


def on_screen(side: Locator, size: Size, points: list[tuple[float, float]]) -> Any:
    """Return where px of a picture are on the screen: it is as large as its box allows."""
    box = side.bounding_box()
    assert box is not None
    scale = min(box["width"] / size[0], box["height"] / size[1])
    left = box["x"] + (box["width"] - scale * size[0]) / 2
    top = box["y"] + (box["height"] - scale * size[1]) / 2
    return np.array(points) * scale + [left, top]


def whole(size: Size) -> list[tuple[float, float]]:
    return [(0, 0), (size[0], 0), (size[0], size[1]), (0, size[1])]


def brightness(page: Page) -> float:
    """Return how bright picture B is on the screen, 0 to 255, away from edges and controls."""
    box = page.locator(".aligned").bounding_box()
    assert box is not None
    shot = Picture.open(io.BytesIO(page.screenshot()))
    rows = slice(round(box["y"] + 0.1 * box["height"]), round(box["y"] + 0.7 * box["height"]))
    columns = slice(round(box["x"] + 0.1 * box["width"]), round(box["x"] + 0.9 * box["width"]))
    return float(np.asarray(shot.convert("L"))[rows, columns].mean())


def test_outlines_lie_where_the_matrix_says(
    signed_in: Page, image_list: List, made: MadePair
) -> None:
    open_pair(signed_in, made_pairs.store(made, image_list))
    query, item = signed_in.locator(".side.is-a"), signed_in.locator(".side.is-b")
    region = [
        (x * made.query.width, y * made.query.height) for x, y in made.alignment.query_outline
    ]

    for viewport in (DESKTOP, PHONE):
        resize(signed_in, **viewport)
        wait_until_drawn(signed_in)
        expected = [
            on_screen(query.locator("img"), made.query.size, region),
            on_screen(item.locator("img"), made.item.size, made_pairs.moved(made.matrix, region)),
        ]
        for side, corners in zip((query, item), expected, strict=True):
            found = np.array(side.locator(".evidence-outline").evaluate(_CORNERS))
            assert np.abs(found - corners).max() < 2


def test_the_query_is_laid_over_the_item_by_the_matrix(
    signed_in: Page, image_list: List, made: MadePair
) -> None:
    open_pair(signed_in, made_pairs.store(made, image_list))
    signed_in.keyboard.press("4")
    expect(signed_in.locator(".aligned-query")).to_have_css("filter", 'url("#exposure-of-a")')
    wait_until_drawn(signed_in)

    laid = np.array(signed_in.locator(".aligned-query").evaluate(_LAID))
    corners = made_pairs.moved(made.matrix, whole(made.query.size))
    expected = on_screen(signed_in.locator(".side.is-b .picture"), made.item.size, corners)
    assert np.abs(laid - expected).max() < 2

    in_place = brightness(signed_in)
    assert in_place < 12
    # Out of place, the same pictures differ plainly.
    signed_in.locator(".aligned-query").evaluate(
        "(img) => { img.style.transform = `translate(40px, 40px) ${img.style.transform}`; }"
    )
    assert brightness(signed_in) > 3 * in_place


def test_outline_and_blocks_are_shown_and_hidden_by_key(signed_in: Page, image_list: List) -> None:
    open_pair(signed_in, made_pairs.store(made_pairs.made_pair(Kind.EDITED), image_list))
    outline = signed_in.locator(".side.is-b .evidence-outline")
    blocks = signed_in.locator(".side.is-b .evidence-blocks")

    expect(outline).to_be_visible()
    expect(blocks).to_be_hidden()
    signed_in.keyboard.press("m")
    expect(blocks).to_be_visible()
    signed_in.keyboard.press("q")
    expect(outline).to_be_hidden()
    signed_in.reload()
    expect(blocks).to_be_visible()
    expect(outline).to_be_hidden()
    expect(signed_in.get_by_role("button", name="Blocks")).to_have_attribute("aria-pressed", "true")


def test_an_azerty_keyboard_gives_digits_without_shift(signed_in: Page, image_list: List) -> None:
    open_pair(signed_in, made_pairs.store(made_pairs.made_pair(Kind.EDITED), image_list))
    session = signed_in.context.new_cdp_session(signed_in)
    typed = {"type": "keyDown", "key": '"', "code": "Digit3", "text": '"'}

    session.send("Input.dispatchKeyEvent", typed)

    expect(signed_in.locator("image-compare")).to_have_attribute("data-view", "onion")


def test_axe_finds_nothing_in_any_view(signed_in: Page, image_list: List) -> None:
    open_pair(signed_in, made_pairs.store(made_pairs.made_pair(Kind.EDITED), image_list))
    found = {}
    signed_in.keyboard.press("m")
    for key in "12345":
        signed_in.keyboard.press(key)
        found[key] = faults_in_both_schemes(signed_in)

    assert found == {key: [] for key in "12345"}


def test_no_view_is_wider_than_a_telephone(signed_in: Page, image_list: List) -> None:
    signed_in.set_viewport_size(PHONE)
    open_pair(signed_in, made_pairs.store(made_pairs.made_pair(Kind.CONTAINS), image_list))

    for width_px, direction in itertools.product((390, 320), ("ltr", "rtl")):
        resize(signed_in, width_px, PHONE["height"])
        signed_in.evaluate("(to) => { document.documentElement.dir = to }", direction)
        for key in "12345":
            signed_in.keyboard.press(key)
            assert signed_in.evaluate("document.documentElement.scrollWidth") == width_px


def test_every_view_fits_a_small_notebook(signed_in: Page, image_list: List) -> None:
    open_pair(signed_in, made_pairs.store(made_pairs.made_pair(Kind.RELATED), image_list))

    for key in "12345":
        signed_in.keyboard.press(key)
        sizes = "[document.documentElement.scrollHeight, document.documentElement.scrollWidth]"
        assert signed_in.evaluate(sizes) == [768, 1366]


def test_without_scripts_the_region_is_drawn(
    new_context: Callable[..., BrowserContext],
    live_server: LiveServer,
    person: User,
    image_list: List,
) -> None:
    pair = made_pairs.store(made_pairs.made_pair(Kind.PART), image_list)
    client = Client()
    client.force_login(person)
    context = new_context(java_script_enabled=False)
    cookie = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    page = context.new_page()

    page.goto(f"/review/pair/{pair.public_id}/")

    for side in "ab":
        expect(page.locator(f".side.is-{side} .evidence-outline")).to_be_visible()
        expect(page.locator(f".side.is-{side} .evidence-blocks")).to_be_hidden()
    for part in ("[data-tools]", "[data-lens]"):
        expect(page.locator(part)).to_be_hidden()
    for name in ("Original of A", "Original of B"):
        expect(page.get_by_role("link", name=name)).to_be_visible()
    page.locator("[data-details] summary").click()
    expect(page.locator(".differences")).to_be_visible()
