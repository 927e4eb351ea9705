"""From the key to the next pair: nothing is fetched in between, on any network."""

from __future__ import annotations

import statistics
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from lists.models import List
from matching.evidence import Kind
from tests import made_pairs
from tests.browser.reviewing import press, shown, wait_until_ahead

pytestmark = pytest.mark.slow

DECISIONS = 12
# One decision a second is fast for a person.
PAUSE_MS = 1000
# Far above what a person notices; a busy machine must not fail what is measured here.
MOST_MS = 1000

_STAMP = """
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
_FETCHED_BETWEEN = """
window.presses.map(({ from, to }) => performance.getEntriesByType("resource")
  .filter(({ startTime }) => startTime >= from && startTime < to)
  .map(({ name }) => name)
  .filter((name) => !/\\/decide\\/$|favicon/.test(name)))
"""


@pytest.mark.parametrize(
    ("delay_ms", "bits_per_s"), [(0, -8), (150, 1_600_000)], ids=["loopback", "slow"]
)
def test_nothing_is_fetched_between_the_key_and_the_next_pair(
    signed_in: Page, image_list: List, delay_ms: int, bits_per_s: int
) -> None:
    for name in ("coffee", "astronaut"):
        for kind in Kind:
            made_pairs.store(made_pairs.made_pair(kind, name), image_list)
    signed_in.add_init_script(_STAMP)
    signed_in.goto("/review/start/")
    wait_until_ahead(signed_in)
    network = {
        "offline": False,
        "latency": delay_ms,
        "downloadThroughput": bits_per_s / 8,
        "uploadThroughput": bits_per_s / 8,
    }
    signed_in.context.new_cdp_session(signed_in).send("Network.emulateNetworkConditions", network)

    for _ in range(DECISIONS):
        press(signed_in, "f")
        signed_in.wait_for_timeout(PAUSE_MS)

    presses: list[dict[str, Any]] = signed_in.evaluate("window.presses")
    assert len(presses) == DECISIONS
    assert all(each["isComplete"] for each in presses)
    assert signed_in.evaluate(_FETCHED_BETWEEN) == [[]] * DECISIONS
    took_ms = sorted(each["to"] - each["from"] for each in presses)
    median_ms = statistics.median(took_ms)
    p90_ms = took_ms[round(0.9 * (DECISIONS - 1))]
    print(f"key to next pair: median {median_ms:.0f} ms, p90 {p90_ms:.0f} ms")  # noqa: T201
    assert median_ms < MOST_MS
    expect(signed_in.locator("[data-pair]")).to_have_attribute("data-pair", shown(signed_in))
