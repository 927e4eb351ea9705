"""From the key to the next pair: nothing is fetched in between, on any network."""

from __future__ import annotations

import statistics
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from lists.models import List
from matching.evidence import Kind
from tests import made_pairs
from tests.browser.reviewing import press, shown, wait_until_ahead, wait_until_painted
from tests.browser.waiting import eventually, unanswered

pytestmark = pytest.mark.slow

DECISIONS = 12
# A telephone far from a mast: delay in ms, bits per second.
SLOW = (150, 1_600_000)

STAMP = """
window.presses = [];
addEventListener("keydown", () => {
  const press = { from: performance.now() };
  const stage = document.querySelector("[data-stage]");
  new MutationObserver((_, observer) => {
    observer.disconnect();
    requestAnimationFrame(() => requestAnimationFrame(() => {
      press.to = performance.now();
      const pictures = [...stage.querySelectorAll("img")];
      press.isComplete = pictures.length > 0 && pictures.every((each) => each.complete);
      window.presses.push(press);
    }));
  }).observe(stage, { childList: true });
}, { capture: true });
"""
# The decision itself is on its way, and Chromium asks for the icon whenever the address changes.
FETCHED_BETWEEN = """
window.presses.map(({ from, to }) => performance.getEntriesByType("resource")
  .filter(({ startTime }) => startTime >= from && startTime < to)
  .map(({ name }) => name)
  .filter((name) => !/\\/decide\\/$|favicon/.test(name)))
"""


@pytest.fixture(autouse=True)
def pairs(image_list: List) -> None:
    """One pair of each kind, of two photographs."""
    for name in ("coffee", "astronaut"):
        for kind in Kind:
            made_pairs.store(made_pairs.made_pair(kind, name), image_list)


def slow_down(page: Page, delay_ms: int, bits_per_s: int) -> None:
    """Let the network of a page be slow; -8 bits per second: as fast as it is."""
    network = {
        "offline": False,
        "latency": delay_ms,
        "downloadThroughput": bits_per_s / 8,
        "uploadThroughput": bits_per_s / 8,
    }
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", network)


def test_a_pair_is_shown_with_its_pictures_however_early_the_key_comes(signed_in: Page) -> None:
    signed_in.add_init_script(STAMP)
    slow_down(signed_in, *SLOW)
    signed_in.goto("/review/start/")

    press(signed_in, "f")
    wait_until_painted(signed_in)

    assert signed_in.evaluate("window.presses.map(({ isComplete }) => isComplete)") == [True]


@pytest.mark.parametrize(("delay_ms", "bits_per_s"), [(0, -8), SLOW], ids=["loopback", "slow"])
def test_nothing_is_fetched_between_the_key_and_the_next_pair(
    signed_in: Page, delay_ms: int, bits_per_s: int
) -> None:
    signed_in.add_init_script(STAMP)
    # What was sent for an earlier pair and not yet answered may lead to a request at any time.
    on_their_way = unanswered(signed_in)
    signed_in.goto("/review/start/")
    wait_until_ahead(signed_in)
    slow_down(signed_in, delay_ms, bits_per_s)

    for _ in range(DECISIONS):
        eventually(signed_in, lambda: not on_their_way)
        press(signed_in, "f")
        wait_until_ahead(signed_in)

    presses: list[dict[str, Any]] = signed_in.evaluate("window.presses")
    assert len(presses) == DECISIONS
    assert all(each["isComplete"] for each in presses)
    assert signed_in.evaluate(FETCHED_BETWEEN) == [[]] * DECISIONS
    took_ms = sorted(each["to"] - each["from"] for each in presses)
    median_ms = statistics.median(took_ms)
    p90_ms = took_ms[round(0.9 * (DECISIONS - 1))]
    print(f"key to next pair: median {median_ms:.0f} ms, p90 {p90_ms:.0f} ms")  # noqa: T201
    expect(signed_in.locator("[data-pair]")).to_have_attribute("data-pair", shown(signed_in))
