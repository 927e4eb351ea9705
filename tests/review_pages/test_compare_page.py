"""What the page of a pair says: how two pictures differ, and what confirming does."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from django.test import Client

from accounts.permissions import Role
from lists import formats
from lists.models import Image, List
from matching.evidence import Kind
from review.models import MatchCandidate, State
from review.pages.keys import ALL_KEYS
from review.pairs import selectors as pairs_selectors
from review.pairs import services as pairs_services
from review.pairs import wording
from review.pairs.selectors import ShownPair
from review.scopes import Scope
from tests import hooks, made_pairs


@pytest.fixture
def pair(image_list: List) -> MatchCandidate:
    return made_pairs.store(made_pairs.made_pair(Kind.PART), image_list)


@pytest.fixture
def shown(pair: MatchCandidate) -> ShownPair:
    (found,) = pairs_selectors.with_sides([pair])
    return found


@pytest.fixture
def confirm_with(image_list: List) -> Callable[..., None]:
    """Confirm an image as a copy of one more."""
    numbers = itertools.count()

    def confirm(image: Image, scope: Scope = Scope.WHOLE) -> None:
        other = Image.objects.create(
            organisation_id=image_list.organisation_id,
            sha256=f"{next(numbers):064x}",
            format="jpeg",
            width=1,
            height=1,
            byte_size=1,
        )
        MatchCandidate.objects.create(
            image_list=image_list,
            image_low=image,
            image_high=other,
            query_image=other,
            score=0.9,
            kind="near",
            state=State.CONFIRMED,
            evidence={"reasons": []},
            scope=scope,
        )

    return confirm


def consequences(shown: ShownPair) -> list[str]:
    copies = pairs_selectors.confirmed_copies([shown])[shown.pair.pk]
    return wording.consequences_of(shown.pair, copies)


def sized(
    shown: ShownPair, query: tuple[int, int, int], item: tuple[int, int, int]
) -> dict[str, str]:
    for side, (width, height, byte_size) in ((shown.query, query), (shown.item, item)):
        side.image.width, side.image.height, side.image.byte_size = width, height, byte_size
    return {row.label: row.delta for row in wording.differences_of(shown) if row.delta}


def test_sizes_are_told_as_differences(shown: ShownPair) -> None:
    smaller = sized(shown, (1200, 900, 137_216), (1000, 783, 100_352))
    assert smaller == {
        "Size": "\N{MINUS SIGN}200 × \N{MINUS SIGN}117",
        "File": "\N{MINUS SIGN}36.0\xa0KB",
    }
    assert sized(shown, (10, 20, 5), (10, 25, 5)) == {"Size": "±0 × +5"}
    assert sized(shown, (10, 20, 5), (10, 20, 5)) == {}


def test_what_is_missing_is_a_dash_and_differs(shown: ShownPair) -> None:
    rows = {row.label: row for row in wording.differences_of(shown)}

    assert (rows["Name"].query, rows["Name"].item) == ("—", "part.jpg")
    assert rows["Name"].differs
    assert (rows["Custom ID"].query, rows["Custom ID"].item) == ("—", "—")
    assert not rows["Custom ID"].differs


def test_frames_are_told_of_animations_only(shown: ShownPair) -> None:
    assert "Frames" not in {row.label for row in wording.differences_of(shown)}
    shown.item.image.frames = 12

    rows = {row.label: row for row in wording.differences_of(shown)}

    assert (rows["Frames"].query, rows["Frames"].item) == ("1", "12")


def test_differences_are_marked_for_eyes_and_ears(signed_in: Client, pair: MatchCandidate) -> None:
    page = signed_in.get(f"/review/pair/{pair.public_id}/").content.decode()

    rows = re.findall(r'<tr class="is-different"><th scope="row">(.*?)</th>', page)
    assert len(rows) > 3
    assert all("≠" in row and "(differs)" in row for row in rows)


def test_confirming_joins_what_was_confirmed_before(
    shown: ShownPair, confirm_with: Callable[..., None]
) -> None:
    assert not [sentence for sentence in consequences(shown) if "already" in sentence]
    confirm_with(shown.query.image)
    for _ in range(2):
        confirm_with(shown.item.image)
    confirm_with(shown.item.image, scope=Scope.IMAGE_ONLY)

    said = [sentence for sentence in consequences(shown) if "already" in sentence]

    assert said == [
        "A already matches one other image of this list.",
        "B already matches 2 other images of this list.",
    ]


def test_copies_in_another_list_are_not_counted(
    shown: ShownPair, confirm_with: Callable[..., None], image_list: List
) -> None:
    confirm_with(shown.query.image)
    other = List.objects.create(organisation_id=image_list.organisation_id, name="Other")
    MatchCandidate.objects.filter(state=State.CONFIRMED).update(image_list=other)

    assert pairs_selectors.confirmed_copies([shown])[shown.pair.pk].of_query == 0


def test_a_score_below_the_threshold_stays_there(shown: ShownPair) -> None:
    below = replace(shown, pair=shown.pair)
    assert not [sentence for sentence in consequences(shown) if "no duplicate" in sentence]
    below.pair.score = below.pair.image_list.duplicate_threshold

    assert len([sentence for sentence in consequences(below) if "no duplicate" in sentence]) == 1


def test_what_confirming_does_is_told_as_long_as_it_does_something(
    signed_in: Client, pair: MatchCandidate, make_actor: Callable[..., object]
) -> None:
    address = f"/review/pair/{pair.public_id}/"
    assert hooks.values(signed_in.get(address), "consequences") == [""]

    pairs_services.confirm(by=make_actor(Role.ANALYST), pair=pair)  # type: ignore[arg-type]

    assert hooks.values(signed_in.get(address), "consequences") == []


@pytest.mark.parametrize("look", ["blurred", "greyscale"])
def test_a_list_s_veils_are_on_the_page_before_any_script(
    signed_in: Client, pair: MatchCandidate, image_list: List, look: str
) -> None:
    address = f"/review/pair/{pair.public_id}/"
    assert f'data-{look}="off"' in signed_in.get(address).content.decode()
    setattr(image_list, f"review_{look}", True)
    image_list.save()

    assert f'data-{look}="on"' in signed_in.get(address).content.decode()


@pytest.mark.parametrize(
    ("image_format", "frames", "is_offered"),
    [("jpeg", 1, True), ("heic", 1, False), ("gif", 7, False)],
)
def test_originals_replace_thumbnails_where_a_browser_can_draw_them_still(
    signed_in: Client, pair: MatchCandidate, image_format: str, frames: int, is_offered: bool
) -> None:
    Image.objects.update(format=image_format, frames=frames)

    page = signed_in.get(f"/review/pair/{pair.public_id}/").content.decode()

    offered = re.findall(r'data-original="([^"]*)"', page)
    assert [bool(address) for address in offered] == [is_offered, is_offered]
    assert (image_format in formats.MEDIA_TYPES) == (image_format != "heic")


def test_every_key_means_one_thing() -> None:
    letters = [key.letter for key in ALL_KEYS]

    assert len(set(letters)) == len(letters)
    assert [key.letter for key in ALL_KEYS if key.shortcut == "Plus"] == ["+"]
