from __future__ import annotations

import json
from functools import cache
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageOps

from matching import trim
from matching.engine import Engine, ItemPicture, QueryPicture
from matching.evidence import Comparison, Evidence, Kind
from matching.features import extract
from matching.hashers import registry
from matching.score import score
from matching.types import DecodedGrey, Orientation
from matching.verify import kernels
from matching.verify.geometry import mapped
from tests.photos import photo


@pytest.fixture(scope="module", autouse=True)
def compiled() -> None:
    kernels.warm_up()


def grey_of(image: Image.Image) -> DecodedGrey:
    pixels = np.ascontiguousarray(image.convert("L"))
    return DecodedGrey(pixels, image.width, image.height, 1, "PNG", 1)


def query_of(image: Image.Image) -> QueryPicture:
    return _query_of(image.mode, image.size, image.tobytes())


def item_of(image: Image.Image) -> ItemPicture:
    return _item_of(image.mode, image.size, image.tobytes())


@cache
def _query_of(mode: str, size: tuple[int, int], data: bytes) -> QueryPicture:
    image = Image.frombytes(mode, size, data)
    grey = grey_of(image)
    bare = trim.trimmed(grey)
    return QueryPicture(
        width=image.width,
        height=image.height,
        fingerprints=registry.query_fingerprints(grey),
        trimmed=registry.query_fingerprints(bare) if bare else None,
        features=extract.query_features(grey.pixels),
    )


@cache
def _item_of(mode: str, size: tuple[int, int], data: bytes) -> ItemPicture:
    image = Image.frombytes(mode, size, data)
    grey = grey_of(image)
    return ItemPicture(
        width=image.width,
        height=image.height,
        fingerprints=registry.fingerprint(grey),
        features=extract.item_features(grey.pixels),
    )


def kept(name: str) -> ItemPicture:
    return item_of(photo(name))


def compared(query: Image.Image, name: str) -> Comparison:
    return Engine().compare_in_full(query_of(query), kept(name))


def reasons(comparison: Comparison) -> dict[str, Any]:
    return {reason.code: dict(reason.params) for reason in comparison.evidence.reasons}


def chat(picture: Image.Image, question: str = "have you seen this?") -> Image.Image:
    """Return a made-up chat of 720 x 1280 px with the picture in it."""
    screen = Image.new("RGB", (720, 1280), (236, 229, 221))
    pen = ImageDraw.Draw(screen)
    pen.rectangle((0, 0, 720, 120), (7, 94, 84))
    pen.text((140, 40), "Neighbours", (255, 255, 255), font_size=40)
    for top, words in ((150, question), (1040, "where was it?"), (1120, question[::-1])):
        pen.rounded_rectangle((30, top, 420, top + 60), 16, (255, 255, 255))
        pen.text((50, top + 12), words, (20, 20, 20), font_size=32)
    shown = picture.resize((480, round(480 * picture.height / picture.width)))
    screen.paste(shown, (200, 250))
    return screen


def with_caption(picture: Image.Image, words: str) -> Image.Image:
    copy = picture.copy()
    pen = ImageDraw.Draw(copy)
    size = copy.width // 10
    for top in (size // 4, copy.height - 1.4 * size):
        pen.text(
            (copy.width / 20, top),
            words,
            "white",
            font_size=size,
            stroke_width=3,
            stroke_fill="black",
        )
    return copy


def crop(picture: Image.Image, left: float, top: float, right: float, low: float) -> Image.Image:
    width, height = picture.size
    box = (int(left * width), int(top * height), int(right * width), int(low * height))
    return picture.crop(box)


def warped(picture: Image.Image, matrix: np.ndarray, size: tuple[int, int]) -> Image.Image:
    """Return the picture moved by a map of points counted from the corner of the first pixel."""
    half = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])
    in_middles = np.linalg.inv(half) @ matrix @ half
    moved = cv2.warpPerspective(np.asarray(picture), in_middles, size, flags=cv2.INTER_AREA)
    return Image.fromarray(np.asarray(moved, np.uint8))


# ------------------------------------------------------------------------------------- kinds


@pytest.mark.parametrize("name", ["astronaut", "coffee", "chelsea", "motorcycle_left", "rocket"])
def test_a_smaller_copy_is_near(name: str) -> None:
    comparison = compared(
        photo(name).resize((300, 300 * photo(name).height // photo(name).width)), name
    )

    assert comparison.kind == Kind.NEAR
    assert 0.95 < comparison.score <= 0.999
    assert "cropped" not in reasons(comparison)


@pytest.mark.parametrize("name", ["astronaut", "coffee", "chelsea", "motorcycle_left"])
def test_a_captioned_copy_is_edited(name: str) -> None:
    comparison = compared(with_caption(photo(name), "WHEN IT RAINS"), name)

    assert comparison.kind == Kind.EDITED
    assert comparison.score > 0.5
    assert reasons(comparison)["caption_or_overlay"]["percent"] > 5


def test_a_copy_with_a_white_border_is_edited_and_not_inside_something() -> None:
    comparison = compared(ImageOps.expand(photo("coffee"), 90, "white"), "coffee")

    assert comparison.kind == Kind.EDITED
    assert comparison.score > 0.9


@pytest.mark.parametrize("name", ["astronaut", "coffee", "chelsea", "rocket", "motorcycle_left"])
def test_a_crop_is_a_part(name: str) -> None:
    comparison = compared(crop(photo(name), 0.2, 0.1, 0.8, 0.8), name)

    assert comparison.kind == Kind.PART
    assert comparison.score > 0.8
    assert reasons(comparison)["cropped"]["percent"] == pytest.approx(42, abs=2)
    assert reasons(comparison)["same_region"]["region_percent_of_query"] >= 98


@pytest.mark.parametrize("name", ["astronaut", "coffee", "chelsea", "motorcycle_left"])
def test_a_screenshot_contains_the_picture(name: str) -> None:
    comparison = compared(chat(photo(name)), name)

    assert comparison.kind == Kind.CONTAINS
    assert comparison.score > 0.5
    assert 10 < reasons(comparison)["inside_larger"]["percent"] < 50


@pytest.mark.parametrize("name", ["astronaut", "coffee"])
def test_a_mirrored_and_a_turned_copy_are_mirrored(name: str) -> None:
    mirrored = compared(ImageOps.mirror(photo(name)), name)
    turned = compared(photo(name).rotate(90, expand=True), name)

    assert (mirrored.kind, turned.kind) == (Kind.MIRRORED, Kind.MIRRORED)
    assert mirrored.evidence.orientation == Orientation.MIRRORED
    assert "mirrored" in reasons(mirrored)
    # Turned against the clock; the reason says how to turn it back.
    assert reasons(turned)["rotated"] == {"degrees": 90}


def test_a_mirrored_crop_is_a_part_and_says_that_it_is_mirrored() -> None:
    comparison = compared(ImageOps.mirror(crop(photo("coffee"), 0.1, 0, 0.8, 0.8)), "coffee")

    assert comparison.kind == Kind.PART
    assert comparison.score > 0.8
    assert "mirrored" in reasons(comparison)


def test_a_slightly_turned_copy_is_edited_and_says_by_how_much() -> None:
    comparison = compared(photo("coffee").rotate(-6, Image.Resampling.BICUBIC), "coffee")

    assert comparison.kind == Kind.EDITED
    assert comparison.score > 0.9
    # It was turned clockwise; turning it back goes the other way.
    assert reasons(comparison)["turned"] == {"degrees": -6}


def test_a_negative_is_found_and_named() -> None:
    comparison = compared(ImageOps.invert(photo("astronaut")), "astronaut")

    assert comparison.score > 0.5
    assert "inverted" in reasons(comparison)


def test_a_photograph_of_the_picture_is_in_perspective() -> None:
    whole = photo("coffee")
    matrix = np.array([[0.9, 0.1, 10], [0.05, 0.95, 10], [0.0003, 0.0002, 1.0]])

    comparison = compared(warped(whole, matrix, whole.size), "coffee")

    assert comparison.score > 0.9
    assert "perspective" in reasons(comparison)


def test_other_photographs_in_the_same_chat_are_no_duplicates() -> None:
    names = ["astronaut", "coffee", "camera", "motorcycle_left", "rocket", "chelsea"]
    chats = {name: item_of(chat(photo(name), f"{name}, is that so?")) for name in names}

    for name in names:
        query = query_of(chat(photo(name), f"who sent {name}?"))
        for other in names:
            comparison = Engine().compare_in_full(query, chats[other])
            assert (comparison.score > 0.5) == (name == other)
            assert comparison.kind != Kind.RELATED or comparison.score <= 0.49


def test_the_same_frame_around_other_content_is_related() -> None:
    comparison = Engine().compare_in_full(
        query_of(chat(photo("astronaut"))), item_of(chat(photo("motorcycle_left")))
    )

    assert comparison.kind == Kind.RELATED
    assert "other_content" in reasons(comparison)


def test_other_photographs_with_the_same_caption_are_no_duplicates() -> None:
    item = item_of(with_caption(photo("motorcycle_left"), "SEE FOR YOURSELF"))

    comparison = Engine().compare_in_full(
        query_of(with_caption(photo("coffee"), "SEE FOR YOURSELF")), item
    )

    assert comparison.score < 0.5


# --------------------------------------------------------------------------------- alignment


CASES = {
    "reduced": (np.diag([0.5, 0.5, 1]), (300, 200)),
    "cropped": (np.array([[1, 0, -120], [0, 1, -80], [0, 0, 1.0]]), (400, 280)),
    "turned": (np.array([[0.9, -0.3, 90], [0.3, 0.9, -40], [0, 0, 1.0]]), (600, 500)),
    "squeezed": (np.array([[0.6, 0, 0], [0, 0.9, 0], [0, 0, 1.0]]), (360, 360)),
    "tilted": (np.array([[0.9, 0.1, 10], [0.05, 0.95, 10], [0.0003, 0.0002, 1.0]]), (600, 400)),
    "mirrored": (np.array([[-1, 0, 600], [0, 1, 0], [0, 0, 1.0]]), (600, 400)),
    "turned right": (np.array([[0, -1, 400], [1, 0, 0], [0, 0, 1.0]]), (400, 600)),
}


@pytest.mark.parametrize("case", CASES)
def test_the_alignment_leads_from_the_query_to_the_item_at_full_size(case: str) -> None:
    matrix, size = CASES[case]
    whole = photo("coffee")  # 600 x 400
    query = warped(whole, matrix, size)

    comparison = compared(query, "coffee")

    alignment = comparison.evidence.alignment
    assert alignment is not None
    inside = np.array(alignment.query_outline) * size
    back = mapped(np.linalg.inv(matrix), inside)
    found = mapped(np.reshape(alignment.matrix, (3, 3)), inside)
    assert np.abs(found - back).max() < 1.6
    assert np.abs(found - np.array(alignment.item_outline) * whole.size).max() < 1e-6


def test_the_block_map_shows_where_the_picture_was_edited() -> None:
    edited = photo("motorcycle_left").copy()
    edited.paste(photo("chelsea").resize((200, 200)), (40, 40))  # 741 x 500

    blocks = compared(edited, "motorcycle_left").evidence.blocks

    assert blocks is not None
    cells = np.array(list(blocks.cells)).reshape(blocks.rows, blocks.columns)
    inside = cells[2 : blocks.rows // 2 - 1, 3 : blocks.columns // 3]
    assert (inside == "e").mean() > 0.7
    assert (cells[:, blocks.columns // 2 :] == "e").mean() < 0.05


# ------------------------------------------------------------------------------------ scores


def test_stored_evidence_scores_anew_to_the_same_number() -> None:
    for query in (photo("coffee"), crop(photo("coffee"), 0, 0, 0.6, 0.6), photo("motorcycle_left")):
        comparison = compared(query, "coffee")
        stored = json.loads(json.dumps(comparison.evidence.as_json()))

        assert score(Evidence.from_json(stored).signals) == comparison.score


@pytest.mark.parametrize("name", ["astronaut", "coffee", "hubble_deep_field", "moon", "retina"])
def test_what_fingerprints_find_is_not_lost_in_full(name: str) -> None:
    query = query_of(photo(name).filter(ImageFilter.GaussianBlur(2)))

    fast = Engine().compare(query.fingerprints, kept(name).fingerprints)
    full = Engine().compare_in_full(query, kept(name))

    assert full.score >= fast.score


def test_the_score_does_not_depend_on_the_run() -> None:
    first = compared(chat(photo("coffee")), "coffee")
    _query_of.cache_clear()
    _item_of.cache_clear()
    second = compared(chat(photo("coffee")), "coffee")

    assert first == second


# -------------------------------------------------------------------------- little to go by


DEGENERATE = {
    "flat": Image.new("RGB", (300, 200), (90, 90, 90)),
    "white": Image.new("RGB", (640, 480), "white"),
    "one pixel": Image.new("RGB", (1, 1), "red"),
    "one column": Image.effect_noise((1, 900), 80).convert("RGB"),
    "one row": Image.effect_noise((900, 1), 80).convert("RGB"),
    "a line": ImageOps.expand(Image.new("RGB", (300, 2), "black"), 100, "white"),
    "noise": Image.effect_noise((300, 300), 100).convert("RGB"),
    "photograph": photo("coffee"),
}


@pytest.mark.parametrize("query", DEGENERATE)
@pytest.mark.parametrize("item", DEGENERATE)
def test_pictures_of_any_sort_are_compared_without_an_error(query: str, item: str) -> None:
    comparison = Engine().compare_in_full(query_of(DEGENERATE[query]), item_of(DEGENERATE[item]))

    assert 0 <= comparison.score <= 0.999
    if query != item:
        assert comparison.score < 0.5
    json.dumps(comparison.evidence.as_json(), allow_nan=False)


def test_flat_pictures_do_not_match_each_other() -> None:
    white, grey = DEGENERATE["white"], DEGENERATE["flat"]

    assert Engine().compare_in_full(query_of(white), item_of(grey)).score == 0
