"""Lets tests act on a page only when it has loaded.

A page that is opened by a click or a key can be seen before its scripts listen. What is pressed in
between is lost, as it is for a person, who is slower than a test.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page

_ACTIONS = (
    "check",
    "click",
    "fill",
    "focus",
    "press",
    "select_option",
    "set_input_files",
    "uncheck",
)


def wait_before_acting(patched: pytest.MonkeyPatch) -> None:
    """Let every action of a page, of what is on it, and of its keyboard wait for the page."""
    for name in _ACTIONS:
        patched.setattr(Locator, name, _on_loaded(getattr(Locator, name), lambda one: one.page))
        patched.setattr(Page, name, _on_loaded(getattr(Page, name), lambda one: one))
    for name in ("keyboard", "mouse"):
        get = _on_loaded(getattr(Page, name).fget, lambda one: one)
        patched.setattr(Page, name, property(get))


def _on_loaded(act: Callable[..., Any], page_of: Callable[[Any], Page]) -> Callable[..., Any]:
    def when_loaded(self: Any, *given: Any, **options: Any) -> Any:
        page_of(self).wait_for_load_state()
        return act(self, *given, **options)

    return when_loaded
