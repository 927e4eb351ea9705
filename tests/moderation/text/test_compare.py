"""Two texts are compared inside the region that both pictures show, whatever readers lose."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice, product

import pytest

from matching.evidence import Alignment
from matching.types import Orientation
from moderation.text.compare import TextComparison, TextState, compare, places_to_reread
from moderation.text.read_words import TextSide
from moderation.text.regions import SharedRegion, shared_region
from moderation.types import Line, Quad, Reading, UnreadText

SIZE = 1000, 800
# The query is the item's upper half, at twice the size.
_UPPER_HALF = Alignment(
    matrix=(0.5, 0, 0, 0, 0.25, 0, 0, 0, 1),
    query_outline=((0, 0), (1, 0), (1, 1), (0, 1)),
    item_outline=((0, 0), (1, 0), (1, 0.5), (0, 0.5)),
)


def box(top: float, height: float = 0.05) -> Quad:
    return (0.1, top), (0.9, top), (0.9, top + height), (0.1, top + height)


def reading(*texts: str, confidence: float = 0.95, top: float = 0.1) -> Reading:
    lines = [
        Line(text, confidence, box(top + 0.08 * number), artificial=1.0)
        for number, text in enumerate(texts)
    ]
    return Reading(0, tuple(lines), (), "tests")


def region(
    alignment: Alignment | None = None, orientation: Orientation = Orientation.IDENTITY
) -> SharedRegion:
    return shared_region(alignment, orientation, SIZE, SIZE)


def compared(query: Reading, item: Reading, shared: SharedRegion | None = None) -> TextComparison:
    return compare(query, item, shared or region())


ITEM = reading("Minister opens new bridge", "in 2019")


def test_the_same_words_agree_without_case_accents_and_spaces() -> None:
    found = compared(reading("MINÍSTER OPENSNEW", "BRIDGEIN 2019"), ITEM)
    assert (found.state, found.differing) == (TextState.AGREES, ())


@pytest.mark.parametrize("figure", ["5 000", "5000", "5,000", "5.O00"])
def test_a_figure_is_the_same_however_its_thousands_are_set(figure: str) -> None:
    item = reading("5.000 came")
    assert compared(reading(f"{figure} came"), item).state == TextState.AGREES


def test_a_figure_is_the_same_without_the_blank_before_it() -> None:
    item = reading("Attacked Ankara: 17/5/2017")
    assert compared(reading("Attacked Ankara:17/5/2017"), item).state == TextState.AGREES
    assert compared(reading("Attacked Ankara:17/6/2017"), item).state == TextState.DIFFERS


def test_a_decimal_point_makes_another_figure() -> None:
    assert compared(reading("1.5 came"), reading("15 came")).state == TextState.DIFFERS


def test_one_other_word_is_told_on_both_sides_where_it_stands() -> None:
    found = compared(reading("Minister burns new bridge", "in 2019"), ITEM)
    assert found.state == TextState.DIFFERS
    words = [(each.side, each.text, each.line, each.start, each.end) for each in found.differing]
    assert words == [
        (TextSide.QUERY, "burns", 0, 9, 14),
        (TextSide.ITEM, "opens", 0, 9, 14),
    ]
    left, right = (found.differing[0].quad[corner][0] for corner in (0, 1))
    assert (left, right) == pytest.approx((0.1 + 0.8 * 9 / 25, 0.1 + 0.8 * 14 / 25))


@pytest.mark.parametrize("figure", ["2021", "19", "20199"])
def test_another_figure_is_another_text(figure: str) -> None:
    found = compared(reading("Minister opens new bridge", f"in {figure}"), ITEM)
    assert found.state == TextState.DIFFERS
    assert found.similarity is not None
    assert found.similarity > 0.9


def test_a_letter_read_for_another_makes_no_other_word() -> None:
    found = compared(reading("Minlster opens new brldge", "in 2019"), ITEM)
    assert found.state == TextState.AGREES


@pytest.mark.parametrize(("seen", "read"), [("burns", "bums"), ("good", "g0od"), ("vview", "wiew")])
def test_letters_that_look_like_others_make_no_other_word(seen: str, read: str) -> None:
    item = reading(f"Minister {seen} bridge")
    assert compared(reading(f"Minister {read} bridge"), item).state == TextState.AGREES


def test_another_word_is_found_in_words_that_ran_together() -> None:
    found = compared(reading("DOCTORLEAVESSCHOOL"), reading("DOCTORSELLSSCHOOL"))
    assert found.state == TextState.DIFFERS
    assert compared(reading("DOCTORSELLSSCHOOL"), reading("doctor sells schooi")).state == (
        TextState.AGREES
    )


def page(*lines: str, top: float = 0.05) -> Reading:
    """Return so many lines of ten words each, after those given."""
    words = [f"w{a}{b}{c}" for a, b, c in product("bdgkmz", repeat=3)]
    full = [" ".join(words[first : first + 10]) for first in range(0, 200, 10)]
    return Reading(
        0,
        tuple(
            Line(text, 0.97, box(top + 0.04 * number, 0.03), artificial=0.9)
            for number, text in enumerate([*lines, *full])
        ),
        (),
        "tests",
    )


def test_one_word_of_a_page_is_told_where_another_stands_at_its_place() -> None:
    assert compared(page("Total 57.20 paid"), page("Total 17.20 paid")).state == TextState.DIFFERS
    assert compared(page("Bridge opened"), page("Bridge burnt")).state == TextState.DIFFERS
    assert compared(page("Bridge opened"), page("Bridge opened")).state == TextState.AGREES


def test_a_line_of_a_page_that_one_reader_missed_leaves_it_open() -> None:
    item, missed = page("Bridge opened on", "Monday by nobody"), page("Bridge opened on")
    lines = (missed.lines[0], *item.lines[2:])
    assert compared(replace(missed, lines=lines), item).state == TextState.UNSURE


def scene(text: str, confidence: float, top: float, height: float = 0.015) -> Line:
    return Line(text, confidence, box(top, height), artificial=0.1)


def test_a_sign_of_the_scene_that_was_read_in_one_copy_alone_says_nothing() -> None:
    seen = replace(ITEM, lines=(*ITEM.lines, scene("BAKERY", 0.9, 0.5)))
    assert compared(ITEM, seen).state == TextState.AGREES
    large = replace(ITEM, lines=(*ITEM.lines, scene("BAKERY", 0.99, 0.5, 0.1)))
    assert compared(ITEM, large).state == TextState.UNSURE


def test_a_sign_that_says_something_else_is_no_agreement() -> None:
    ours, theirs = (
        replace(ITEM, lines=(*ITEM.lines, scene(f"VOTE {word}", 0.97, 0.5, 0.05)))
        for word in ("NEVER", "ALWAYS")
    )
    assert compared(ours, theirs).state == TextState.DIFFERS


def test_a_word_that_is_cut_off_at_the_edge_is_doubtful() -> None:
    def at_edge(text: str) -> Reading:
        quad = ((0.5, 0.6), (1.0, 0.6), (1.0, 0.65), (0.5, 0.65))
        return replace(ITEM, lines=(*ITEM.lines, Line(text, 0.97, quad, 1.0)))

    assert compared(at_edge("their drafts"), at_edge("their dra")).state == TextState.AGREES
    assert compared(at_edge("their drafts"), at_edge("their po")).state == TextState.UNSURE


@pytest.mark.parametrize(
    ("without", "more"),
    [
        ("Minister opens new bridge", "Minister opens not new bridge"),
        ("El agua es segura para vecinos", "El agua no es segura para vecinos"),
        ("The water is safe", "The water is unsafe"),
        ("北京的水安全", "北京的水不安全"),
    ],
)
def test_a_denial_is_another_text(without: str, more: str) -> None:
    assert compared(reading(more), reading(without)).state == TextState.DIFFERS
    assert compared(reading(without), reading(more)).state == TextState.DIFFERS


def test_a_letter_before_a_word_is_no_agreement() -> None:
    found = compared(reading("Ein Brot, kein Mann sagt es"), reading("Ein Brot, ein Mann sagt es"))
    assert found.state == TextState.UNSURE


def test_a_denial_is_found_where_the_lines_break_otherwise() -> None:
    denied = reading("The water is not", "safe, they say")
    assert compared(denied, reading("The water is", "safe, they say")).state == TextState.DIFFERS


def test_one_word_more_at_the_end_is_no_agreement() -> None:
    found = compared(reading("Minister opens new bridge", "in 2019 never"), ITEM)
    assert found.state == TextState.UNSURE
    assert [each.text for each in found.differing] == ["never"]


def test_the_same_words_the_other_way_round_are_another_text() -> None:
    found = compared(
        reading("Lagos attacks Delhi on Friday"), reading("Delhi attacks Lagos on Friday")
    )
    assert found.state == TextState.DIFFERS


def test_lines_may_be_read_in_another_order_and_as_one() -> None:
    item = reading("Lagos attacks", "Delhi on Friday", "says Cairo")
    assert compared(reading("says Cairo", "Lagos attacks", "Delhi on Friday"), item).state == (
        TextState.AGREES
    )
    assert compared(reading("Lagos attacks Delhi on Friday", "says Cairo"), item).state == (
        TextState.AGREES
    )


def test_one_changed_character_of_chinese_is_another_text() -> None:
    assert compared(reading("部长访问北京"), reading("部长访问南京")).state == TextState.DIFFERS


def test_words_that_were_read_badly_leave_it_open() -> None:
    badly = reading("Mixslar opqms nav bcldgc", "in 2019", confidence=0.6)
    assert compared(badly, ITEM).state == TextState.UNSURE
    assert compared(ITEM, badly).state == TextState.UNSURE


def test_a_text_of_one_picture_alone_is_one_sided() -> None:
    assert compared(ITEM, reading()).state == TextState.ONE_SIDED
    assert compared(reading(), ITEM).state == TextState.ONE_SIDED


def test_a_text_in_chinese_of_one_picture_alone_is_one_sided() -> None:
    assert compared(reading("医生说人离开了柏林"), reading()).state == TextState.ONE_SIDED


def test_texture_read_as_a_letter_or_two_is_no_text() -> None:
    assert compared(ITEM, reading("AA", confidence=0.82)).state == TextState.ONE_SIDED
    assert compared(reading("OK"), reading("NO")).state == TextState.DIFFERS
    assert compared(reading("OK"), reading()).state != TextState.NONE


def test_no_text_is_none_and_has_no_similarity() -> None:
    assert compared(reading(), reading()) == TextComparison(TextState.NONE)


@pytest.mark.parametrize("is_query", [True, False])
def test_text_that_nobody_here_reads_is_no_agreement(*, is_query: bool) -> None:
    unread = replace(ITEM, unread=(UnreadText(0.9, box(0.7), 1.0),))
    sides = (unread, ITEM) if is_query else (ITEM, unread)
    assert compared(*sides).state == TextState.UNSURE


def test_what_was_not_looked_at_is_no_agreement() -> None:
    whole = (0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)
    skipped = Reading(0, (), (UnreadText(0.0, whole, 0.0),), "tests")
    assert compared(skipped, skipped).state == TextState.UNSURE


def test_a_place_of_the_scene_that_no_copy_can_read_says_nothing() -> None:
    unread = replace(ITEM, unread=(UnreadText(0.85, box(0.7), 0.1),))
    assert compared(unread, unread).state == TextState.AGREES
    assert compared(unread, ITEM).state == TextState.UNSURE


def test_words_in_a_mirror_say_nothing_either_way() -> None:
    mirrored = region(orientation=Orientation.MIRRORED)
    assert compared(reading("egdirb wen"), ITEM, mirrored).state == TextState.UNSURE
    assert compared(ITEM, ITEM, mirrored).state == TextState.UNSURE
    assert compared(reading(), reading(), mirrored).state == TextState.NONE


def test_an_alignment_that_mirrors_is_a_mirror() -> None:
    flipped = replace(_UPPER_HALF, query_outline=((1, 0), (0, 0), (0, 1), (1, 1)))
    assert region(flipped).is_mirrored
    assert not region(_UPPER_HALF).is_mirrored


def test_what_only_one_picture_shows_is_not_compared() -> None:
    item = replace(ITEM, lines=(*ITEM.lines, *reading("Another 77", top=0.8).lines))
    found = compared(ITEM, item, region(_UPPER_HALF))
    assert (found.state, len(found.item)) == (TextState.AGREES, 2)
    assert compared(ITEM, item).state == TextState.DIFFERS


def test_small_print_that_the_other_picture_is_too_small_for_is_not_missed_there() -> None:
    item = replace(ITEM, lines=(*ITEM.lines, Line("photo by nobody", 0.9, box(0.9, 0.02), 1.0)))
    quarter = shared_region(None, Orientation.IDENTITY, (250, 200), SIZE)
    assert compared(ITEM, item, quarter).state == TextState.AGREES
    assert compared(ITEM, item).state == TextState.DIFFERS


def test_small_print_with_another_claim_in_its_place_is_no_agreement() -> None:
    quarter = shared_region(None, Orientation.IDENTITY, (250, 200), SIZE)
    item, query = (
        Reading(0, (Line(text, 0.99, box(0.9, 0.02), 1.0),), (), "tests")
        for text in ("student opens school", "mirister mep sirs")
    )
    assert compared(query, item, quarter).state == TextState.UNSURE


def test_more_words_than_are_compared_leave_it_open() -> None:
    words = ("".join(letters) for letters in product("bcdfgklmnp", repeat=5))
    page = reading(*(" ".join(islice(words, 20)) for _ in range(200)), top=-0.5)
    corners = ((-1, -1), (50, -1), (50, 50), (-1, 50))
    whole = replace(region().query, corners=corners)
    assert compared(page, page, replace(region(), query=whole, item=whole)).state == (
        TextState.UNSURE
    )


FURTHER = replace(ITEM, lines=(*ITEM.lines, Line("Sold out", 0.99, box(0.5), 1.0)))


def test_a_line_that_a_reader_found_in_one_copy_alone_is_read_again_in_the_other() -> None:
    of_query, of_item = places_to_reread(ITEM, FURTHER, region())
    assert (of_query, of_item) == ((box(0.5),), ())
    assert compared(ITEM, FURTHER).state == TextState.DIFFERS
    again = replace(ITEM, reread=(Line("Sold out", 0.9, box(0.5), 1.0),))
    assert compared(again, FURTHER).state == TextState.AGREES


def test_what_was_read_again_stands_in_its_place() -> None:
    """So the order of the words is that of the picture."""
    first, second = reading("Minister opens", "new bridge").lines
    item = Reading(0, (first, second), (), "tests")
    query = replace(item, lines=(replace(first, text="Minisler ogens"), second), reread=(first,))
    assert [line.text for line in compared(query, item).query] == [first.text, second.text]


def test_texture_that_was_read_again_hides_no_caption_that_lies_on_it() -> None:
    whole = Line("88", 0.95, ((0, 0), (1, 0), (1, 1), (0, 1)), 1.0)
    query = Reading(0, (whole,), (), "tests")
    item = replace(ITEM, reread=(replace(whole, confidence=0.9),))
    found = compared(query, item)
    assert {line.text for line in ITEM.lines} <= {line.text for line in found.item}
    assert found.state not in {TextState.AGREES, TextState.NONE}


def test_it_is_read_where_it_would_be_in_the_other_picture() -> None:
    half = region(_UPPER_HALF)
    ((place,), _) = places_to_reread(reading(), reading("Sold out"), half)
    # Cut off at the edge of the query, which shows less of it.
    assert [each for point in place for each in point] == pytest.approx(
        [0.2, 0.4, 1, 0.4, 1, 0.6, 0.2, 0.6]
    )


@pytest.mark.parametrize("text", ["Sold 3 out", "Not sold out", "Open", ""])
def test_what_was_read_again_counts_only_where_it_is_the_same(text: str) -> None:
    again = replace(ITEM, reread=(Line(text, 0.99, box(0.5), 1.0),))
    assert compared(again, FURTHER) == compared(ITEM, FURTHER)


def test_what_was_read_again_elsewhere_does_not_count() -> None:
    again = replace(ITEM, reread=(Line("Sold out", 0.99, box(0.6), 1.0),))
    assert compared(again, FURTHER).state == TextState.DIFFERS


def test_a_line_that_goes_on_beyond_what_was_read_again_stays() -> None:
    """Half of a line may say what the other picture says, and the whole the contrary."""
    item = reading("The water is safe")
    whole = Line("The water is safe not", 0.99, ((0.1, 0.1), (1, 0.1), (1, 0.15), (0.1, 0.15)), 1.0)
    query = Reading(0, (whole,), (), "tests", reread=item.lines)
    assert compared(query, item).state not in {TextState.AGREES, TextState.NONE}


def test_nothing_is_read_again_in_a_mirror_or_where_nobody_knows_the_place() -> None:
    for orientation in (Orientation.MIRRORED, Orientation.ROTATED_90):
        assert places_to_reread(ITEM, FURTHER, region(orientation=orientation)) == ((), ())


def test_what_stood_for_a_line_goes_when_that_line_goes() -> None:
    """A copy that lost the first letter has it when it is read again, and so is no other text."""
    whole = Line("Arizona", 0.99, box(0.5, 0.1), 0.1)
    (left, top), *_, (_, bottom) = whole.quad
    cut = Line("rizona", 0.97, ((0.2, top), (0.9, top), (0.9, bottom), (0.2, bottom)), 0.1)
    assert left < 0.2
    query = replace(ITEM, lines=(*ITEM.lines, cut), reread=(whole,))
    item = replace(ITEM, lines=(*ITEM.lines, whole), reread=(cut,))
    assert compared(query, item).state == TextState.AGREES
    assert compared(item, query).state == TextState.AGREES


def with_lines(*lines: Line) -> Reading:
    return replace(ITEM, lines=(*ITEM.lines, *lines))


def sign(text: str, confidence: float = 0.99, artificial: float = 0.1) -> Reading:
    return with_lines(Line(text, confidence, box(0.5), artificial))


@pytest.mark.parametrize("artificial", [0.1, 1.0])
def test_a_letter_more_before_a_word_is_no_agreement_on_a_sign_either(artificial: float) -> None:
    ours, theirs = (
        sign(f"{word} weather", artificial=artificial) for word in ("typical", "atypical")
    )
    assert compared(ours, theirs).state != TextState.AGREES
    assert compared(theirs, ours).state != TextState.AGREES


def test_a_sign_that_was_read_badly_in_both_copies_says_nothing() -> None:
    ours, theirs = sign("SUARDIAN", 0.85, 0.2), sign("GI1ADIAN", 0.67, 0.4)
    assert compared(ours, theirs).state == TextState.AGREES
    assert compared(theirs, ours).state == TextState.AGREES
    captions = [sign(each.lines[-1].text, 0.85, 0.9) for each in (ours, theirs)]
    assert compared(captions[0], captions[1]).state == TextState.UNSURE


def test_a_bad_reading_of_what_both_copies_have_says_nothing_on_a_sign() -> None:
    def twice(text: str, confidence: float, artificial: float) -> Reading:
        first = Line("OPEN", 0.99, box(0.4), artificial)
        return with_lines(first, Line(text, confidence, box(0.5), artificial))

    badly = twice("ORLK", 0.9, 0.2)
    assert compared(badly, twice("OPEN", 0.99, 0.2)).state == TextState.AGREES
    # A small copy tells badly what was laid over it, and the other one tells it.
    assert compared(badly, twice("OPEN", 0.99, 1.0)).state == TextState.UNSURE


def test_rows_of_round_things_are_no_figures() -> None:
    assert compared(ITEM, sign("00000", 0.75, 0.6)).state == TextState.AGREES
    assert compared(ITEM, sign("25000", 0.75, 0.6)).state == TextState.UNSURE
    assert compared(ITEM, sign("10000", 0.99, 0.9)).state != TextState.AGREES


def test_texture_that_was_taken_for_text_in_one_copy_says_nothing() -> None:
    assert compared(replace(ITEM, unread=(UnreadText(0.85, box(0.7), 0.05),)), ITEM).state == (
        TextState.AGREES
    )


def test_a_word_that_is_a_part_of_one_that_both_have_is_another_word() -> None:
    """A line says Thursday, and Thunder stands elsewhere."""
    rolls = Line("Thunder rolls", 0.97, box(0.5), 1.0)
    ours = with_lines(rolls, Line("Thu", 0.97, box(0.7), 1.0))
    assert compared(ours, with_lines(rolls)).state == TextState.UNSURE


def at_left_edge(*texts: str) -> Reading:
    return with_lines(
        *(
            Line(text, 0.97, ((0.0, top), (0.5, top), (0.5, top + 0.05), (0.0, top + 0.05)), 1.0)
            for text, top in zip(texts, (0.5, 0.6), strict=False)
        )
    )


def test_of_a_word_that_is_cut_off_one_letter_may_be_left() -> None:
    assert compared(at_left_edge("n Kaiser"), at_left_edge("ron Kaiser")).state == TextState.AGREES
    assert compared(at_left_edge("n Kaiser"), at_left_edge("rot Kaiser")).state != TextState.AGREES


def test_nobody_knows_what_stood_beside_the_rest_of_a_word() -> None:
    ours = at_left_edge("the parts", "new bridge")
    theirs = at_left_edge("he parts", "ew bridge")
    assert compared(ours, theirs).state == TextState.AGREES


def test_two_readings_of_a_sign_of_which_one_is_not_sure_may_be_one() -> None:
    assert compared(sign("Aria", 0.98, 0.1), sign("Arla", 0.87, 0.3)).state == TextState.AGREES
    assert compared(sign("Aria", 0.98, 0.1), sign("Arla", 0.98, 0.3)).state == TextState.DIFFERS
    figures = sign("0008 0000100", 0.81, 0.1), sign("0000 0080100", 0.85, 0.2)
    assert compared(*figures).state == TextState.AGREES
    larger, smaller = sign("Total 5000100", 0.93, 0.1), sign("Total 5000700", 0.93, 0.1)
    assert compared(larger, smaller).state != TextState.AGREES


def test_a_digit_that_ran_together_with_the_word_before_it_is_the_same() -> None:
    apart, joined = reading("original 2", "in 2019"), reading("original2", "in 2019")
    assert compared(apart, joined).state == TextState.AGREES
    assert compared(joined, apart).state == TextState.AGREES
    assert compared(apart, reading("original 3", "in 2019")).state != TextState.AGREES
    assert compared(apart, reading("original3", "in 2019")).state != TextState.AGREES
