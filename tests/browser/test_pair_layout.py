"""Where things are on the page of a pair: on low screens, in every view, in every script."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from lists.models import Item, List
from matching.evidence import Kind
from review.models import MatchCandidate, State
from tests import bare_pairs, made_pairs
from tests.browser.reviewing import wait_until_painted
from tests.browser.test_every_page import Look

pytestmark = pytest.mark.slow

VIEWS = "12345"


@pytest.fixture
def pair(image_list: List) -> MatchCandidate:
    return made_pairs.store(made_pairs.made_pair(Kind.EDITED), image_list)


def open_pair(page: Page, pair: MatchCandidate) -> None:
    page.goto(f"/review/pair/{pair.public_id}/")
    wait_until_painted(page)


def box(page: Page, selector: str) -> dict[str, float]:
    found = page.locator(selector).bounding_box()
    assert found is not None
    return {"x": found["x"], "y": found["y"], "width": found["width"], "height": found["height"]}


@pytest.mark.parametrize(("width", "height"), [(683, 384), (911, 512), (320, 256)])
def test_enlarged_pages_give_the_pictures_most_of_the_height(
    signed_in: Page, pair: MatchCandidate, width: int, height: int
) -> None:
    signed_in.set_viewport_size({"width": width, "height": height})
    open_pair(signed_in, pair)

    for key in "13":
        signed_in.keyboard.press(key)
        signed_in.locator(".side.is-b .side-picture").scroll_into_view_if_needed()
        picture = box(signed_in, ".side.is-b .side-picture")
        covered = [
            each["y"]
            for each in (box(signed_in, ".decide"), box(signed_in, ".rail"))
            if each["y"] > picture["y"]
        ]
        bottom = min([height, picture["y"] + picture["height"], *covered])
        assert bottom - max(0, picture["y"]) > height / 2, key


@pytest.mark.parametrize("kind", [Kind.EDITED, Kind.NEAR])
def test_the_stage_stays_in_its_place_from_view_to_view(
    signed_in: Page, image_list: List, kind: Kind
) -> None:
    pair = made_pairs.store(made_pairs.made_pair(kind), image_list)
    if kind == Kind.NEAR:  # as from fingerprints alone, which is told beside the captions
        pair.evidence = {**pair.evidence, "alignment": None, "blocks": None}
        pair.save()
    open_pair(signed_in, pair)

    places = set()
    for key in VIEWS:
        signed_in.keyboard.press(key)
        picture = box(signed_in, ".side.is-b .side-picture")
        places.add((picture["y"], picture["height"]))

    assert len(places) == 1


def test_the_link_to_the_original_is_beside_the_caption_in_every_view(
    signed_in: Page, pair: MatchCandidate
) -> None:
    open_pair(signed_in, pair)

    for key in VIEWS[1:]:
        signed_in.keyboard.press(key)
        for side in "ab":
            name = box(signed_in, f".is-{side} .side-caption bdi")
            original = box(signed_in, f".is-{side} .side-original")
            assert 0 <= original["x"] - name["x"] - name["width"] < 16, (key, side)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_decisions_of_a_pair_and_of_a_picture_follow_the_language(
    signed_in: Page, pair: MatchCandidate, language: str
) -> None:
    Look("light", language, 1366).put_on(signed_in)
    orders = []

    for page in ("pair", "picture"):
        signed_in.goto(f"/review/{page}/{pair.public_id}/")
        signed_in.locator(".decide .is-match").wait_for()
        places = {
            style: box(signed_in, f".decide .{style}")["x"]
            for style in ("is-match", "is-claim", "is-rejection")
        }
        orders.append(sorted(places, key=places.__getitem__, reverse=language == "ar"))

    assert orders == [["is-match", "is-claim", "is-rejection"]] * 2


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_is_left_of_b_wherever_a_pair_is_shown(
    signed_in: Page, image_list: List, language: str
) -> None:
    pairs = bare_pairs.among("ABC", image_list)
    MatchCandidate.objects.filter(pk=pairs["AB"].pk).update(state=State.CONFIRMED)
    made_pairs.store(made_pairs.made_pair(Kind.PART), image_list)
    Look("light", language, 1366).put_on(signed_in)
    cluster = f"/clusters/{Item.objects.get(custom_id='A').public_id}/"

    for address in ("/review/", f"{cluster}split/?pair={pairs['AB'].public_id}"):
        signed_in.goto(address)
        two = signed_in.locator("[class*=-pictures]:has(> :nth-child(2))").first
        expect(two).to_be_visible()
        left, right = (two.locator("> *").nth(number).bounding_box() for number in (0, 1))
        assert left is not None
        assert right is not None
        assert left["x"] < right["x"], address
