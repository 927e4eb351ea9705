"""The difference view shows what somebody changed: a cropped, brightened copy with another word."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image as Picture
from PIL import ImageDraw, ImageEnhance
from playwright.sync_api import Page, expect

from lists.models import Item, List
from matching.evidence import Evidence, Kind
from review.models import MatchCandidate
from tests import made_pairs, photos
from tests.browser.test_evidence import open_pair
from tests.browser.waiting import wait_until_drawn

pytestmark = pytest.mark.slow

Box = tuple[float, float, float, float]
Shot = npt.NDArray[np.float64]

_FONT_PX = 34
_STRIP_PX = 64
_CROP_PX = (28, 22, 586, 452)
_BRIGHTENED = 1.3
# What lies over the pictures goes out of sight; its keys go on.
_BARE = """(compare) => { compare.querySelector("[data-lens]").style.opacity = 0; }"""
_UNALIGNED = """(query) => {
  const { width, height } = query.closest(".aligned").getBoundingClientRect();
  query.style.transform = `scale(${width / query.width}, ${height / query.height})`;
}"""


def captioned(last_word: str) -> tuple[Picture.Image, Box]:
    """Return a photograph with a claim below, and where its last word is as shares."""
    photo = photos.photo("coffee")
    picture = Picture.new("RGB", (photo.width, photo.height + _STRIP_PX), "white")
    picture.paste(photo)
    draw = ImageDraw.Draw(picture)
    left, top, claim = 40, photo.height + 10, "DOCTORS SAY COFFEE "
    draw.text((left, top), claim + last_word, fill="black", font_size=_FONT_PX)
    start = left + draw.textlength(claim, font_size=_FONT_PX)
    end = start + draw.textlength(last_word, font_size=_FONT_PX)
    box = (
        start / picture.width,
        top / picture.height,
        end / picture.width,
        1 - 10 / picture.height,
    )
    return picture, box


def encoded(picture: Picture.Image, quality: int) -> bytes:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=quality)
    return file.getvalue()


def shot_of(page: Page) -> Shot:
    """Return what is seen where B lies, grey, 0 to 255."""
    wait_until_drawn(page)
    picture = Picture.open(io.BytesIO(page.locator(".aligned").screenshot()))
    return np.asarray(picture.convert("L"), float)


def inside(shape: tuple[int, ...], box: Box) -> npt.NDArray[Any]:
    """Return which px lie in a box that is given as shares."""
    mask = np.zeros(shape[:2], bool)
    left, top, right, bottom = box
    rows = slice(round(top * shape[0]), round(bottom * shape[0]))
    mask[rows, round(left * shape[1]) : round(right * shape[1])] = True
    return mask


def test_only_the_changed_word_is_bright(
    signed_in: Page, add_photo: Callable[..., Item], tmp_path: Path
) -> None:
    first, _ = captioned("HELPS")
    changed, word = captioned("KILLS")
    copy = ImageEnhance.Brightness(changed.crop(_CROP_PX)).enhance(_BRIGHTENED)
    add_photo(encoded(first, 90), "claim.jpg")
    add_photo(encoded(copy, 75), "other-claim.jpg")
    pair = MatchCandidate.objects.get()
    open_pair(signed_in, pair)
    signed_in.keyboard.press("4")
    expect(signed_in.locator(".aligned-query")).to_have_css("filter", 'url("#exposure-of-a")')
    wait_until_drawn(signed_in)
    signed_in.screenshot(path=tmp_path / "difference.png")

    signed_in.keyboard.press("q")
    signed_in.locator("image-compare").evaluate(_BARE)
    evened = shot_of(signed_in)
    signed_in.keyboard.press("e")
    aligned = shot_of(signed_in)
    signed_in.locator(".aligned-query").evaluate(_UNALIGNED)
    before = shot_of(signed_in)

    region = inside(evened.shape, outline_of(pair))
    of_word = inside(evened.shape, word)
    shots = {"before alignment": before, "after alignment": aligned, "evened out": evened}
    same = {name: float(shot[region & ~of_word].mean()) for name, shot in shots.items()}
    there = {name: float(shot[region & of_word].mean()) for name, shot in shots.items()}
    for name, shot in shots.items():
        print(  # noqa: T201
            f"{name:<17} mean |difference| {shot[region].mean():5.1f}; in the changed word "
            f"{there[name]:5.1f}, elsewhere {same[name]:5.1f}"
        )
    print(tmp_path / "difference.png")  # noqa: T201
    assert same["after alignment"] < same["before alignment"] / 1.5
    assert same["evened out"] < same["before alignment"] / 5
    assert there["evened out"] > 10 * same["evened out"]


def test_identical_pictures_have_no_difference(signed_in: Page, image_list: List) -> None:
    open_pair(signed_in, made_pairs.store(made_pairs.made_pair(Kind.EXACT), image_list))
    signed_in.keyboard.press("4")
    expect(signed_in.locator(".aligned-query")).to_have_css("filter", 'url("#exposure-of-a")')

    signed_in.locator("image-compare").evaluate(_BARE)
    for key in ("0", "e"):
        signed_in.keyboard.press(key)
        assert shot_of(signed_in)[4:-4, 4:-4].max() == 0


def outline_of(pair: MatchCandidate) -> Box:
    """Return the box around the matched region of the picture in the list, a little inside."""
    alignment = Evidence.from_json(pair.evidence).alignment
    assert alignment is not None
    corners = np.array(alignment.item_outline)
    (left, top), (right, bottom) = corners.min(axis=0) + 0.01, corners.max(axis=0) - 0.01
    return float(left), float(top), float(right), float(bottom)
