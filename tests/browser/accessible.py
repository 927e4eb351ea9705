"""What axe finds in a page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

_ONLY_VIOLATIONS: dict[str, Any] = {"resultTypes": ["violations"]}
# All that axe says of colours; the rest is the same in both schemes.
_ONLY_COLOURS = {**_ONLY_VIOLATIONS, "runOnly": ["color-contrast", "link-in-text-block"]}


def faults(page: Page) -> list[str]:
    """Return the faults of the page as it is."""
    return list(_faults(page, _ONLY_VIOLATIONS))


def faults_in_both_schemes(page: Page) -> list[str]:
    """Return the faults of the page as it is, in light colours and in dark ones."""
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    found = faults(page)
    page.emulate_media(color_scheme="dark")
    return [*found, *_faults(page, _ONLY_COLOURS)]


def _faults(page: Page, options: dict[str, Any]) -> Iterator[str]:
    page.wait_for_load_state()
    for fault in Axe().run(page, options=options).response["violations"]:
        for node in fault["nodes"]:
            yield f"{fault['id']}: {node['html'][:160]}"
