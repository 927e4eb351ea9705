"""What a closer look tells: another number in the same form, another colour, or only an edit."""

from __future__ import annotations

import colorsys
import io
import random
from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageOps

from matching import closer, score, signals
from matching.engine import CloserQuery, Engine
from matching.evidence import Block, Comparison, Kind
from matching.types import Rgb
from matching.verify import detail, kernels, outline, pyramid, tint
from matching.verify.detail import Detail
from matching.verify.tint import Tint
from tests.matching.test_compare_in_full import item_of, query_of, reasons
from tests.photos import photo

IDENTITY = np.eye(3)
GREEN, RED, WHITE = (0, 146, 70), (206, 43, 55), (255, 255, 255)


@pytest.fixture(scope="module", autouse=True)
def compiled() -> None:
    kernels.warm_up()


def receipt(seed: int, width: int = 420, height: int = 640) -> Image.Image:
    """A receipt of one shop: the same head and foot, other lines and another sum."""
    dice = random.Random(seed)
    paper = Image.new("RGB", (width, height), (252, 250, 244))
    pen = ImageDraw.Draw(paper)
    pen.text((100, 24), "CORNER SHOP", "black", font_size=34)
    pen.text((110, 70), "12 Harbour Lane", "black", font_size=20)
    pen.line((30, 110, 390, 110), "black", 3)
    names = ["Bread", "Milk", "Apples", "Rice", "Soap", "Candles", "Honey", "Batteries", "Tea"]
    for number, name in enumerate(dice.sample(names, 7)):
        top = 130 + 52 * number
        pen.text((36, top), f"{dice.randint(1, 9)} {name}", "black", font_size=24)
        pen.text((300, top), f"{dice.randint(100, 9999) / 100:.2f}", "black", font_size=24)
    pen.line((30, 510, 390, 510), "black", 3)
    pen.text((36, 530), "TOTAL", "black", font_size=32)
    pen.text((270, 530), f"{dice.randint(1000, 99999) / 100:.2f}", "black", font_size=32)
    pen.text((60, 595), "Thank you for your visit", "black", font_size=20)
    return paper


def ballot(crossed: int) -> Image.Image:
    """The same ballot, with one of six fields crossed."""
    paper = Image.new("RGB", (480, 640), "white")
    pen = ImageDraw.Draw(paper)
    pen.text((60, 30), "Election of the council", "black", font_size=32)
    for number in range(6):
        top = 110 + 84 * number
        pen.rectangle((40, top, 440, top + 64), outline="black", width=2)
        pen.text((60, top + 14), f"List {number + 1}: party {number + 1}", "black", font_size=24)
        pen.ellipse((372, top + 10, 416, top + 54), outline="black", width=2)
        if number == crossed:
            pen.line((376, top + 14, 412, top + 50), "black", 4)
            pen.line((412, top + 14, 376, top + 50), "black", 4)
    return paper


def flag(*colours: tuple[int, int, int]) -> Image.Image:
    stripes = [Image.new("RGB", (100, 200), colour) for colour in colours]
    return Image.fromarray(np.hstack([np.asarray(each) for each in stripes]))


def package(colour: tuple[int, int, int]) -> Image.Image:
    """A box with the same print and picture, of which one field has the flavour's colour."""
    box = ImageOps.fit(photo("coffee"), (360, 480))
    pen = ImageDraw.Draw(box)
    pen.rectangle((0, 0, 360, 190), colour)
    pen.text((40, 60), "FRESH & FINE", "white", font_size=44)
    return box


def shirt(cloth: tuple[int, int, int], ground: tuple[int, int, int]) -> Image.Image:
    """A garment of one hue, in a lighter and a darker tone, on one ground."""
    sheet = Image.new("RGB", (360, 420), ground)
    pen = ImageDraw.Draw(sheet)
    pen.polygon(
        [(60, 90), (130, 40), (230, 40), (300, 90), (260, 150), (250, 390), (110, 390)], cloth
    )
    dark = tuple(value // 2 for value in cloth)
    for x in (140, 180, 220):
        pen.line((x, 160, x, 390), dark, 6)
    pen.text((140, 90), "PURO", "white", font_size=30)
    return sheet


def hue_turned(picture: Image.Image, degrees: int) -> Image.Image:
    """What a filter makes of it that turns the wheel of hues."""
    hue, saturation, value = picture.convert("HSV").split()
    turned = hue.point([(each + degrees * 256 // 360) % 256 for each in range(256)])
    return Image.merge("HSV", (turned, saturation, value)).convert("RGB")


def sepia(picture: Image.Image) -> Image.Image:
    grey = np.asarray(picture.convert("L"), np.float32)[..., np.newaxis]
    return Image.fromarray(np.clip(grey * (1.07, 0.95, 0.74), 0, 255).astype(np.uint8))


def jpeg(picture: Image.Image, quality: int, scale: float = 1.0) -> Image.Image:
    """The picture as it comes back from a messenger."""
    size = round(picture.width * scale), round(picture.height * scale)
    file = io.BytesIO()
    picture.resize(size, Image.Resampling.LANCZOS).save(file, "JPEG", quality=quality)
    return Image.open(file).convert("RGB")


def noisy(picture: Image.Image) -> Image.Image:
    """As a scanner sees it: noise, a fold, and darker to one side."""
    values = np.asarray(picture, np.float32)
    width = values.shape[1]
    values *= np.linspace(0.85, 1.0, width)[None, :, None]
    values += np.random.default_rng(3).normal(0, 6, values.shape)
    values[:, width // 2 : width // 2 + 2] *= 0.8
    return Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))


def rgb(picture: Image.Image) -> Rgb:
    return np.array(picture.convert("RGB"))


def drawn(item: Image.Image, query: Image.Image) -> Detail:
    """Look at two pictures that lie on each other as they are."""
    seen = detail.look(
        np.array(item.convert("L")),
        pyramid.pyramid(np.array(query.convert("L"))),
        IDENTITY,
        outline.overlap(IDENTITY),
    )
    assert seen is not None
    return seen


def is_other_drawing(item: Image.Image, query: Image.Image) -> bool:
    return closer.is_other_drawing(signals.of_closer_look(drawn(item, query), None))


def tinted(item: Image.Image, query: Image.Image) -> Tint:
    seen = tint.look(rgb(item), rgb(query), IDENTITY)
    assert seen is not None
    return seen


def is_other_tint(item: Image.Image, query: Image.Image) -> bool:
    return closer.is_other_tint(
        {"inliers": 40, **signals.of_closer_look(None, tinted(item, query))}
    )


@cache
def kept(seed: int) -> Image.Image:
    return receipt(seed)


def looked_at(query: Image.Image, item: Image.Image) -> Comparison:
    """Compare in full and then closely, as a search does."""
    asked, engine = query_of(query), Engine()
    seen = engine.compare_in_full(asked, item_of(item))
    closer = CloserQuery(query.width, query.height, rgb(query))
    return engine.look_closer(closer, item.size, rgb(item), seen)


COPIES: dict[str, Callable[[Image.Image], Image.Image]] = {
    "half the size": lambda paper: jpeg(paper, 40, 0.5),
    "three times as large": lambda paper: jpeg(paper, 80, 3),
    "scanned": noisy,
    "darker": lambda paper: ImageEnhance.Brightness(paper).enhance(0.7),
    "out of focus": lambda paper: paper.filter(ImageFilter.GaussianBlur(2)),
}


@pytest.mark.parametrize("edit", COPIES)
def test_what_happens_to_a_copy_is_no_other_drawing(edit: str) -> None:
    assert not is_other_drawing(kept(1), COPIES[edit](kept(1)))


@pytest.mark.parametrize("edit", COPIES)
def test_another_receipt_of_the_shop_is_another_drawing(edit: str) -> None:
    assert is_other_drawing(kept(1), COPIES[edit](receipt(2)))


def test_another_cross_on_the_same_ballot_is_another_drawing_and_is_found_in_its_place() -> None:
    seen = drawn(ballot(1), jpeg(ballot(4), 70))

    assert is_other_drawing(ballot(1), jpeg(ballot(4), 70))
    places = sorted(round((top + bottom) / 2, 1) for _, top, _, bottom in seen.changes[:2])
    assert places == [0.4, 0.7]
    assert all(left > 0.7 for left, *_ in seen.changes)


def circled_ballot(*crossed: int) -> Image.Image:
    """A long ballot with small circles, of which some have a thin cross that reaches beyond."""
    paper = Image.new("RGB", (560, 860), (244, 240, 214))
    pen = ImageDraw.Draw(paper)
    for number in range(14):
        top = 112 + 50 * number
        pen.rectangle((30, top, 530, top + 50), outline="black", width=2)
        pen.text(
            (44, top + 12), f"{number + 1}  Candidate of list {number % 4}", "black", font_size=24
        )
        pen.ellipse((473, top + 8, 507, top + 42), outline="black", width=2)
        if number in crossed:
            for side in (-1, 1):
                ends = (471, top + 25 - 19 * side, 509, top + 25 + 19 * side)
                pen.line(ends, (20, 30, 120), 3)
    return paper


def test_a_cross_that_falls_into_pieces_in_its_circle_is_one_mark() -> None:
    seen = drawn(circled_ballot(3), jpeg(circled_ballot(11), 70, 0.8))

    assert min(seen.erased_mark, seen.added_mark) >= 60
    assert is_other_drawing(circled_ballot(3), jpeg(circled_ballot(11), 70, 0.8))
    assert {round((top + bottom) / 2, 1) for _, top, _, bottom in seen.changes} == {0.3, 0.8}


@pytest.mark.parametrize("edit", COPIES)
def test_a_copy_of_a_ballot_and_one_with_a_further_cross_are_no_other_drawing(edit: str) -> None:
    assert not is_other_drawing(circled_ballot(3), COPIES[edit](circled_ballot(3)))
    assert not is_other_drawing(circled_ballot(3), COPIES[edit](circled_ballot(3, 11)))


def sign(text: str) -> Image.Image:
    """A round road sign with a number."""
    sheet = Image.new("RGB", (420, 420), (140, 176, 210))
    pen = ImageDraw.Draw(sheet)
    pen.ellipse((30, 30, 390, 390), (200, 20, 30))
    pen.ellipse((70, 70, 350, 350), "white")
    pen.text((210, 210), text, "black", font_size=150, anchor="mm", stroke_width=5)
    return sheet


def test_another_number_on_the_same_sign_is_no_duplicate() -> None:
    assert looked_at(jpeg(sign("85"), 70, 0.7), sign("55")).score <= 0.5
    assert looked_at(jpeg(sign("30"), 70, 0.7), sign("90")).score <= 0.5
    assert looked_at(jpeg(sign("85"), 70, 0.7), sign("85")).score > 0.9


def test_writing_on_a_copy_only_adds_to_it() -> None:
    marked = kept(1).copy()
    ImageDraw.Draw(marked).text((60, 300), "FAKE", (200, 0, 0), font_size=110)

    seen = drawn(kept(1), marked)

    assert seen.added > 500
    assert not is_other_drawing(kept(1), marked)
    assert not is_other_drawing(marked, kept(1))


def test_it_does_not_matter_which_of_the_two_was_there_first() -> None:
    one, other = drawn(kept(1), receipt(2)), drawn(receipt(2), kept(1))

    assert one.erased == pytest.approx(other.added, rel=0.1)
    assert one.added == pytest.approx(other.erased, rel=0.1)


def test_places_that_are_a_few_px_off_are_found() -> None:
    # A picture with less ink than is looked at for bends, which would find these places too.
    paper = kept(1).resize((210, 320))
    moved = ImageOps.expand(paper, 8, (252, 250, 244)).crop((12, 12, 222, 332))

    seen = drawn(paper, moved)

    assert (seen.erased, seen.added) == (0, 0)
    assert seen.kept > 5_000


def test_what_is_too_small_to_be_read_says_nothing() -> None:
    dot = np.zeros((12, 12), np.uint8)

    whole = outline.overlap(IDENTITY)
    assert detail.look(dot, pyramid.pyramid(dot), IDENTITY, whole) is None
    assert tint.look(np.zeros((8, 8, 3), np.uint8), rgb(kept(1)), IDENTITY) is None


def test_another_flavour_is_another_tint() -> None:
    assert is_other_tint(package(RED), jpeg(package(GREEN), 70))
    assert not is_other_tint(package(RED), jpeg(package(RED), 40, 0.5))


@pytest.mark.parametrize(
    "edit",
    [
        lambda picture: picture.convert("L").convert("RGB"),
        lambda picture: ImageEnhance.Color(picture).enhance(1.8),
        lambda picture: Image.blend(picture, Image.new("RGB", picture.size, (40, 90, 200)), 0.4),
        lambda picture: ImageEnhance.Brightness(picture).enhance(0.6),
    ],
    ids=["grey", "vivid", "in blue light", "darker"],
)
def test_what_turns_all_colours_is_no_other_tint(
    edit: Callable[[Image.Image], Image.Image],
) -> None:
    assert not is_other_tint(photo("coffee"), edit(photo("coffee")))


@pytest.mark.parametrize("ground", [(214, 214, 214), (150, 110, 70)], ids=["grey", "wood"])
def test_a_garment_of_another_hue_on_the_same_ground_is_another_tint(
    ground: tuple[int, int, int],
) -> None:
    copy = jpeg(shirt((190, 30, 60), ground), 50, 0.6)

    assert is_other_tint(shirt((40, 150, 60), ground), copy)
    assert is_other_tint(shirt((60, 40, 190), ground), copy)
    assert not is_other_tint(shirt((190, 30, 60), ground), copy)


@pytest.mark.parametrize(
    "edit",
    [
        sepia,
        lambda picture: ImageOps.grayscale(picture).convert("RGB"),
        lambda picture: ImageEnhance.Color(picture).enhance(2.2),
        lambda picture: ImageEnhance.Color(picture).enhance(0.3),
        lambda picture: Image.blend(picture, Image.new("RGB", picture.size, (255, 190, 110)), 0.3),
    ],
    ids=["sepia", "grey", "boosted", "bleached", "in warm light"],
)
@pytest.mark.parametrize("ground", [(214, 214, 214), (150, 110, 70)], ids=["on grey", "on wood"])
def test_what_light_and_filters_do_to_a_garment_is_no_other_tint(
    ground: tuple[int, int, int], edit: Callable[[Image.Image], Image.Image]
) -> None:
    assert not is_other_tint(shirt((190, 30, 60), ground), edit(shirt((190, 30, 60), ground)))


def test_a_filter_that_turns_several_hues_by_one_angle_is_no_other_tint() -> None:
    assert not is_other_tint(photo("coffee"), hue_turned(photo("coffee"), 90))


@given(
    hue=st.integers(0, 11),
    saturation=st.floats(0.2, 1.6),
    brightness=st.floats(0.6, 1.0),
    warmth=st.floats(0.0, 0.2),
)
@settings(max_examples=12, deadline=None)
def test_no_light_makes_a_garment_another_one(
    hue: int, saturation: float, brightness: float, warmth: float
) -> None:
    item = shirt(_of_hue(30 * hue), (214, 214, 214))
    copy = ImageEnhance.Color(item).enhance(saturation)
    copy = ImageEnhance.Brightness(copy).enhance(brightness)
    copy = Image.blend(copy, Image.new("RGB", copy.size, (255, 200, 140)), warmth)

    assert not is_other_tint(item, copy)


def _of_hue(degrees: int) -> tuple[int, int, int]:
    red, green, blue = colorsys.hsv_to_rgb(degrees / 360, 0.8, 0.75)
    return round(255 * red), round(255 * green), round(255 * blue)


def test_a_ground_of_another_hue_under_a_grey_thing_may_be_a_filter() -> None:
    ground, cloth = (190, 30, 60), (150, 150, 150)

    assert not is_other_tint(shirt(cloth, ground), hue_turned(shirt(cloth, ground), 90))


def test_a_thing_of_another_colour_is_related_and_marked_where_it_turned() -> None:
    item, query = photo("coffee").copy(), photo("coffee").copy()
    for picture, colour in ((item, GREEN), (query, (120, 60, 200))):
        box = Image.new("RGB", (200, 200), colour)
        where = ImageOps.grayscale(picture.crop((30, 40, 230, 240))).point(
            [min(255, 60 + each) for each in range(256)]
        )
        picture.paste(Image.composite(box, Image.new("RGB", box.size), where), (30, 40))

    seen = looked_at(jpeg(query, 80), item)

    assert seen.kind == Kind.RELATED
    assert "other_tint" in reasons(seen)
    blocks = seen.evidence.blocks
    assert blocks is not None
    middle = round(140 / item.height * blocks.rows) * blocks.columns
    edited = blocks.cells[middle : middle + blocks.columns]
    assert edited[round(130 / item.width * blocks.columns)] == Block.EDITED.value
    assert edited[-2] != Block.EDITED.value


def test_what_covers_a_part_takes_some_of_each_colour() -> None:
    covered = photo("coffee").copy()
    ImageDraw.Draw(covered).rectangle((100, 100, 300, 260), GREEN)

    assert tinted(photo("coffee"), covered).deviating < 0.02


def test_the_same_form_with_other_content_is_related_and_shows_where() -> None:
    seen = looked_at(jpeg(receipt(2), 70), kept(1))

    assert seen.kind == Kind.RELATED
    assert seen.score <= score.RELATED_SCORE_MAX
    assert next(iter(reasons(seen))) == "other_drawing"
    blocks = seen.evidence.blocks
    assert blocks is not None
    lines = blocks.cells[len(blocks.cells) // 5 : 4 * len(blocks.cells) // 5]
    head = blocks.cells[: len(blocks.cells) // 6]
    assert lines.count(Block.EDITED.value) > 20
    assert head.count(Block.EDITED.value) <= 2


def test_its_own_copy_stays_what_it_was() -> None:
    seen = looked_at(jpeg(kept(1), 60, 0.7), kept(1))

    assert seen.score > 0.9
    assert seen.kind == Kind.NEAR
    assert seen.evidence.signals["ink_kept"] > 1000


def test_two_flags_with_one_other_colour_are_no_duplicates() -> None:
    seen = looked_at(jpeg(flag(GREEN, WHITE, RED), 90), flag((0, 38, 84), WHITE, RED))

    assert seen.score <= 0.5


def test_a_flag_is_found_by_its_layout_and_its_colours() -> None:
    seen = looked_at(jpeg(flag(GREEN, WHITE, RED), 90, 2), flag(GREEN, WHITE, RED))

    assert seen.score > 0.5
    assert "same_layout" in reasons(seen)


def test_without_an_alignment_nothing_is_looked_at() -> None:
    engine, blank = Engine(), Image.new("RGB", (300, 200), "white")
    seen = engine.compare_in_full(query_of(blank), item_of(photo("coffee")))

    closer = CloserQuery(300, 200, rgb(blank))
    assert engine.look_closer(closer, (600, 400), rgb(photo("coffee")), seen) is seen


def test_evidence_from_before_there_was_a_closer_look_scores_as_it_did() -> None:
    seen = Engine().compare_in_full(query_of(jpeg(kept(1), 60)), item_of(kept(1)))

    assert score.score(seen.evidence.signals) == seen.score
    assert not closer.is_other_drawing(seen.evidence.signals)
    assert not closer.is_other_tint(seen.evidence.signals)
