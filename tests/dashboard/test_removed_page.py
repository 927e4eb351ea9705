"""The page of what was removed: a page of lists, then pages of images."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from accounts.actors import Actor
from dashboard.views import removed
from lists import services as lists_services
from lists.list_settings import ListSettings
from tests import hooks

pytestmark = pytest.mark.django_db


def test_more_removed_lists_than_fit_are_paged_and_each_is_shown_once(
    manager: Client, admin: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(removed, "ROWS_PER_PAGE", 2)
    made = []
    for name in "abcde":
        image_list = lists_services.create_list(by=admin, settings=ListSettings(name=name))
        lists_services.remove_list(by=admin, image_list=image_list)
        made.append(image_list.public_id)

    shown, address = [], "/removed/"
    while address:
        page = manager.get(address)
        shown.append(hooks.values(page, "removed-list"))
        further = re.search(r'rel="next"\s+href="([^"]+)"', page.content.decode())
        address = further[1] if further else ""

    newest_first = made[::-1]
    assert shown == [newest_first[:2], newest_first[2:4], newest_first[4:]]
