"""What holds for every page: accessible, light and dark, and no wider than a small telephone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page
from pytest_django import Settings

from accounts import selectors as accounts_selectors
from accounts.models import Organisation, PictureCount, User
from accounts.windows import Period
from lists import services as lists_services
from lists.list_settings import ListSettings
from lists.models import Item, List
from review import services
from review.models import MatchCandidate, State
from tests import bare_pairs

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def limits(organisation: Organisation, settings: Settings) -> None:
    """A page that shows limits shows all of them, one used up."""
    settings.RATE_LIMIT_PER_MINUTE, settings.QUOTA_PER_DAY = 60, 2_000_000_000
    settings.QUOTA_PER_MONTH = 1
    month = Period.MONTH.window(timezone.now())
    PictureCount.objects.create(
        organisation=organisation, period=Period.MONTH, starts_at=month.starts_at, used=1
    )


@pytest.fixture
def other_list(person: User) -> List:
    """Another list, in which the same two pictures are confirmed."""
    by = accounts_selectors.actor_for_user(person)
    return lists_services.create_list(by=by, settings=ListSettings(name="Confirmed"))


@pytest.fixture
def addresses(
    person: User,
    image_list: List,
    other_list: List,
    add_photo: Callable[..., Item],
    coffee: bytes,
    coffee_copy: bytes,
    astronaut: bytes,
) -> dict[str, str]:
    first = add_photo(coffee, "coffee-with-a-very-long-name-" + "x" * 120 + ".jpg")
    add_photo(coffee_copy, "copy.jpg")
    add_photo(astronaut, "astronaut.jpg")
    pair = MatchCandidate.objects.get()
    services.dissociate(by=accounts_selectors.actor_for_user(person), candidate=pair, note="No")
    services.undo(by=accounts_selectors.actor_for_user(person), candidate=pair)
    (linked,) = bare_pairs.again([pair], other_list)
    MatchCandidate.objects.filter(pk=linked.pk).update(state=State.CONFIRMED)
    cluster = f"/clusters/{first.public_id}/"
    own = f"/lists/{image_list.public_id}/"
    return {
        "lists": "/lists/",
        "list": own,
        "check": f"{own}check/",
        "api of the list": f"{own}api/",
        "settings of the list": f"{own}settings/",
        "queue": "/review/",
        "pair": f"/review/pair/{MatchCandidate.objects.earliest('pk').public_id}/",
        "cluster": cluster,
        "preview": f"{cluster}preview/?act=confirm&score=0.1",
        "split": f"{cluster}split/?pair={linked.public_id}",
        "nothing to review": "/review/?state=dissociated",
        "search": "/search/",
        "activity": "/activity/",
        "item": f"/items/{Item.objects.order_by('pk')[0].public_id}/",
        "no such activity": "/activity/?until=2001-01-01&who=nobody",
        "keys": "/settings/api/",
        "feedback": "/settings/feedback/",
        "team": "/settings/team/",
        "password": "/settings/password/",
    }


def faults(page: Page) -> list[str]:
    answer: dict[str, Any] = Axe().run(page).response
    return [
        f"{fault['id']}: {node['html'][:160]}"
        for fault in answer["violations"]
        for node in fault["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(
    signed_in: Page, addresses: dict[str, str], scheme: Literal["light", "dark"]
) -> None:
    signed_in.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    found = {}
    for name, address in addresses.items():
        signed_in.goto(address)
        found[name] = faults(signed_in)

    signed_in.context.clear_cookies()
    signed_in.goto("/login/")
    found["sign in"] = faults(signed_in)
    assert {name: these for name, these in found.items() if these} == {}


@pytest.mark.parametrize("width_px", [320, 390])
@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_nothing_is_wider_than_a_telephone(
    signed_in: Page, addresses: dict[str, str], width_px: int, direction: str
) -> None:
    signed_in.set_viewport_size({"width": width_px, "height": 700})
    widths = {}
    for name, address in addresses.items():
        signed_in.goto(address)
        signed_in.evaluate("(direction) => { document.documentElement.dir = direction }", direction)
        widths[name] = signed_in.evaluate("document.documentElement.scrollWidth")

    assert {name: width for name, width in widths.items() if width > width_px} == {}


@pytest.mark.parametrize("width_px", [320, 390])
def test_the_names_in_the_bar_of_a_telephone_keep_apart(
    signed_in: Page, image_list: List, width_px: int
) -> None:
    signed_in.set_viewport_size({"width": width_px, "height": 700})
    signed_in.goto(f"/lists/{image_list.public_id}/")
    names = signed_in.locator(".rail-link > span:not(.rail-count)")
    boxes = names.evaluate_all("""names => names.map((name) => {
      const { left, right } = name.getBoundingClientRect();
      return [left, right];
    })""")

    assert len(boxes) == 8
    ends = [0, *(end for _start, end in boxes)]
    assert all(start >= end for (start, _end), end in zip(boxes, ends, strict=False))
    assert ends[-1] <= width_px


def test_pictures_move_nothing_while_they_load(signed_in: Page, addresses: dict[str, str]) -> None:
    signed_in.add_init_script("""
      window.shifts = 0;
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) window.shifts += entry.value;
      }).observe({ type: "layout-shift", buffered: true });
    """)
    for name in ("lists", "list", "item", "queue", "pair", "cluster", "activity"):
        signed_in.goto(addresses[name])
        signed_in.wait_for_load_state("networkidle")
        assert signed_in.evaluate("window.shifts") < 0.01, name


def test_the_first_tab_skips_to_the_content(signed_in: Page, image_list: List) -> None:
    signed_in.goto("/lists/")
    signed_in.keyboard.press("Tab")
    signed_in.keyboard.press("Enter")

    assert signed_in.evaluate("document.activeElement.id") == "main"
