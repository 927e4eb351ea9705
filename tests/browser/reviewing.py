"""What a person does on the page of a pair."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.waiting import eventually, next_frames

# The page keeps there what the server has not answered yet.
_IS_SENT = "!Object.keys(localStorage).some((key) => key.includes('outbox'))"
# Keeps each notice from its first moment on, as a pointer over it does.
_HOLD_NOTICES = """
window.holdsNotices = true;
addEventListener("DOMContentLoaded", () => {
  new MutationObserver((changes) => {
    for (const note of changes.flatMap(({ addedNodes }) => [...addedNodes])) {
      if (window.holdsNotices) note.dispatchEvent(new Event("pointerenter"));
    }
  }).observe(document.querySelector("[data-toasts]"), { childList: true });
});
"""


def shown(page: Page) -> str:
    """Return the id of the pair on the screen, empty when there is none."""
    return page.locator("[data-pair]").get_attribute("data-pair") or ""


def wait_until_painted(page: Page) -> None:
    """Wait until the pair can be decided: keys are ignored before anybody can have seen it."""
    expect(page.locator("[data-stage]")).to_have_attribute("aria-busy", "false")
    next_frames(page)


def press(page: Page, key: str) -> None:
    """Press a key on a pair that is painted, and wait for the next."""
    wait_until_painted(page)
    before = shown(page)
    page.keyboard.press(key)
    expect(page.locator("[data-pair]")).not_to_have_attribute("data-pair", before)


def wait_until_ahead(page: Page) -> None:
    """Wait until what was decided is answered, and the pairs to come are loaded.

    In this order: an answer can change what is to come.
    """
    wait_until_painted(page)
    wait_until_sent(page)
    next_frames(page)
    expect(page.locator("[data-stage]")).to_have_attribute("data-ahead", "loaded")


def wait_until_sent(page: Page) -> None:
    """Wait until the server has answered every decision of this browser."""
    eventually(page, lambda: page.evaluate(_IS_SENT))


def hold_notices(page: Page) -> None:
    """Let notices stay on the page that is opened next: a busy machine may look too late."""
    page.add_init_script(_HOLD_NOTICES)
