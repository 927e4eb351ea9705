"""Waiting in a browser for what happens, never for time to pass."""

from __future__ import annotations

import time
from collections.abc import Callable

from playwright.sync_api import Page, Request

PATIENCE_S = 30.0
_TWO_FRAMES = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
_DRAWN = """async () => {
  const pictures = [...document.querySelectorAll("image-compare img")];
  await Promise.allSettled(pictures.map((each) => each.decode()));
  const ends = ({ effect }) => effect.getComputedTiming().endTime !== Infinity;
  await Promise.allSettled(document.getAnimations().filter(ends).map(({ finished }) => finished));
}"""


def eventually(page: Page, condition: Callable[[], object]) -> None:
    """Wait for a condition, frame by frame; the test's own routes are served meanwhile."""
    ends_at_s = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < ends_at_s, "This never happened."
        next_frames(page)


def next_frames(page: Page) -> None:
    """Wait until what a key has just done is painted."""
    page.evaluate(_TWO_FRAMES)


def resize(page: Page, width: int, height: int) -> None:
    """Give the page that is shown another size, and wait until it has it."""
    page.set_viewport_size({"width": width, "height": height})
    eventually(page, lambda: page.evaluate("[innerWidth, innerHeight]") == [width, height])


def unanswered(page: Page) -> set[Request]:
    """Return what will hold the requests that a page has sent, until each is answered."""
    sent: set[Request] = set()

    # Playwright calls nothing that is built in.
    def begin(request: Request) -> None:
        sent.add(request)

    def end(request: Request) -> None:
        sent.discard(request)

    page.on("request", begin)
    page.on("requestfinished", end)
    page.on("requestfailed", end)
    return sent


def wait_until_drawn(page: Page) -> None:
    """Wait for the pair's pictures, for what moves to arrive, and for the frame that shows it."""
    next_frames(page)
    page.evaluate(_DRAWN)
    next_frames(page)
