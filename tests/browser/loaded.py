"""Lets tests act on a page only when it has loaded.

A page that is opened by a click or a key can be seen before its scripts listen. What is pressed in
between is lost, as it is for a person, who is slower than a test. What is acted on may be on a page
that is still to come: it is waited for first, and then for the rest of its page.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page

_ACTIONS = (
    "check",
    "click",
    "dispatch_event",
    "fill",
    "focus",
    "hover",
    "press",
    "select_option",
    "set_input_files",
    "uncheck",
)


def wait_before_acting(patched: pytest.MonkeyPatch) -> None:
    """Let every action of a page, of what is on it, and of its keyboard wait for the page."""
    for name in (*_ACTIONS, "press_sequentially"):
        patched.setattr(Locator, name, _after(_await_located, getattr(Locator, name)))
    for name in _ACTIONS:
        patched.setattr(Page, name, _after(_await_selected, getattr(Page, name)))
    for name in ("keyboard", "mouse"):
        get = _after(Page.wait_for_load_state, getattr(Page, name).fget)
        patched.setattr(Page, name, property(get))


def _await_located(locator: Locator, *_given: Any) -> None:
    locator.wait_for(state="attached")
    locator.page.wait_for_load_state()


def _await_selected(page: Page, selector: str, *_given: Any) -> None:
    _await_located(page.locator(selector).first)


def _after(wait: Callable[..., None], act: Callable[..., Any]) -> Callable[..., Any]:
    def when_loaded(self: Any, *given: Any, **options: Any) -> Any:
        wait(self, *given)
        return act(self, *given, **options)

    return when_loaded
