"""The pager that every paged page includes."""

from __future__ import annotations

import re

from django.template.loader import render_to_string
from django.test import RequestFactory


def test_a_pager_keeps_the_rest_of_the_address_and_its_fragment() -> None:
    links = pager("/items/?q=a%26b&after=9", after=9, goes_on=5, place="#pairs")

    assert links == ["/items/?q=a%26b#pairs", "/items/?q=a%26b&amp;after=5#pairs"]


def test_the_first_page_leads_to_itself_without_a_query() -> None:
    assert pager("/lists/?after=9", after=9) == ["/lists/"]


def test_what_fits_on_one_page_has_no_pager() -> None:
    assert pager("/lists/", after=None, goes_on=None) == []


def test_a_page_shown_at_another_address_leads_back_to_its_own() -> None:
    assert pager("/undo/?who=me", goes_on=5, here="/activity/") == ["/activity/?who=me&amp;after=5"]


def pager(address: str, **context: object) -> list[str]:
    """Return where the links of a pager lead, as they are written."""
    request = RequestFactory().get(address)
    words = {"first": "First", "next": "Next"}
    page = render_to_string("parts/_pager.html", {**words, **context}, request)
    return re.findall(r'href="([^"]*(?<!svg#forward))"', page)
