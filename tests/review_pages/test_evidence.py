"""What the pages of review say and draw of the evidence."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from django.test import Client
from PIL import Image as Picture
from PIL import ImageOps

from lists.models import List
from matching.evidence import Kind
from review.models import MatchCandidate
from review.pages import evidence, overlay
from review.pages.overlay import Overlay
from review.pairs import selectors as pairs_selectors
from review.pairs import wording
from tests import made_pairs, photos
from tests.made_pairs import MadePair
from tests.matching.test_compare_in_full import compared, with_caption

NOT_ALIGNED = "data-not-aligned"
ALIGNED = [kind for kind in Kind if kind not in {Kind.EXACT, Kind.PIXELS}]


@pytest.fixture
def page_of(signed_in: Client) -> Callable[[MatchCandidate], str]:
    """Read the page of a pair."""

    def read(pair: MatchCandidate) -> str:
        answer = signed_in.get(f"/review/pair/{pair.public_id}/")
        assert answer.status_code == 200
        return str(answer.content.decode())

    return read


def drawn(pair: MatchCandidate) -> Overlay:
    (shown,) = pairs_selectors.with_sides([pair])
    found = overlay.overlay_of(shown)
    assert found is not None
    return found


def points(text: str) -> list[tuple[float, float]]:
    return [
        (float(x), float(y)) for x, y in re.findall(r"(-?\d+(?:\.\d+)?),(-?\d+(?:\.\d+)?)", text)
    ]


@pytest.mark.parametrize("kind", ALIGNED)
def test_the_region_of_the_item_is_the_region_of_the_query_moved_by_the_matrix(
    image_list: List, kind: Kind
) -> None:
    made = made_pairs.made_pair(kind)
    shapes = drawn(made_pairs.store(made, image_list))

    expected = made_pairs.moved(made.matrix, points(shapes.query.outline))
    assert points(shapes.item.outline) == [pytest.approx(point, abs=0.3) for point in expected]


@pytest.mark.parametrize("kind", ALIGNED)
def test_exchanged_the_listed_picture_is_laid_over_the_other(image_list: List, kind: Kind) -> None:
    (shown,) = pairs_selectors.with_sides(
        [made_pairs.store(made_pairs.made_pair(kind), image_list)]
    )
    before, after = overlay.overlay_of(shown), overlay.overlay_of(shown.exchanged())
    assert before is not None
    assert after is not None

    assert (after.query, after.item) == (before.item, before.query)
    listed, submitted = shown.item.image, shown.query.image
    for (x, y), (to_x, to_y) in zip(after.query.region, after.item.region, strict=True):
        carried = overlay.carried(after.mapping, (x * listed.width, y * listed.height))
        expected = (to_x * submitted.width, to_y * submitted.height)
        assert carried == pytest.approx(expected, abs=0.5)


def test_blocks_lie_on_the_query_where_the_matrix_takes_them_from(image_list: List) -> None:
    made = made_pairs.photographed(photos.photo("astronaut"))
    shapes = drawn(made_pairs.store(made, image_list))

    on_query, on_item = points(shapes.query.agreeing), points(shapes.item.agreeing)
    assert len(on_query) > 200
    back = made_pairs.moved(made.matrix, on_query)
    assert back == [pytest.approx(point, abs=0.3) for point in on_item]


def test_a_matrix_may_have_any_factor_and_sign(image_list: List) -> None:
    made = made_pairs.photographed(photos.photo("astronaut"))
    blown_up = tuple(-250 * number for number in made.alignment.matrix)
    other = replace(
        made,
        evidence=replace(
            made.evidence,
            alignment=replace(made.alignment, matrix=blown_up),  # type: ignore[arg-type]
        ),
    )

    first = drawn(made_pairs.store(made, image_list))
    second = drawn(made_pairs.store(other, image_list))

    assert points(second.query.agreeing) == points(first.query.agreeing)
    numbers = [float(number) for number in second.matrix.split()]
    assert numbers == pytest.approx([250 * number for number in made.alignment.matrix])


def test_what_lies_behind_the_horizon_is_nowhere() -> None:
    leaning = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, -0.01, 0.0, 1.0)

    assert overlay.carried(leaning, (50, 10)) == (100, 20)
    assert overlay.carried(leaning, (100, 10)) is None
    assert overlay.carried(leaning, (150, 10)) is None
    assert overlay.carried(overlay.inverse((0.0,) * 9), (1, 1)) is None


def test_blocks_are_counted_in_one_place(
    image_list: List, page_of: Callable[[MatchCandidate], str]
) -> None:
    page = page_of(made_pairs.store(made_pairs.made_pair(Kind.EDITED), image_list))

    legend = page.partition('class="legend"')[2].partition("</ul>")[0]
    assert legend.count("<li>") == 3
    # The map's cells are smaller than the blocks that are counted: two counts would contradict.
    assert re.findall(r">[^<]*\d[^<]*<", legend) == []
    assert "68 of 84 compared blocks match" in page


@pytest.mark.parametrize("kind", [Kind.EXACT, Kind.PIXELS])
def test_pictures_that_were_not_laid_on_each_other_have_no_drawing(
    image_list: List, page_of: Callable[[MatchCandidate], str], kind: Kind
) -> None:
    page = page_of(made_pairs.store(made_pairs.made_pair(kind), image_list))

    assert 'class="evidence"' not in page
    assert "data-matrix=" not in page
    assert NOT_ALIGNED not in page


def test_evidence_from_before_there_were_alignments_is_shown(
    image_list: List, page_of: Callable[[MatchCandidate], str]
) -> None:
    pair = made_pairs.store(made_pairs.made_pair(Kind.NEAR), image_list)
    for key in ("alignment", "blocks", "inliers", "signals", "query_frame", "item_frame"):
        del pair.evidence[key]
    pair.save()

    page = page_of(pair)

    assert f'data-findings="{Kind.NEAR}"' in page
    assert 'class="evidence"' not in page
    assert NOT_ALIGNED in page


def test_a_picture_that_is_not_kept_has_no_drawing_and_cannot_be_laid_over(
    image_list: List, page_of: Callable[[MatchCandidate], str]
) -> None:
    pair = made_pairs.store(made_pairs.made_pair(Kind.PART), image_list)
    pair.query_image.is_stored = False
    pair.query_image.save()

    page = page_of(pair)

    assert page.count('class="evidence"') == 1
    assert "data-can-lay" not in page
    assert "data-lens" not in page


def test_an_alignment_without_blocks_offers_no_blocks(
    image_list: List, page_of: Callable[[MatchCandidate], str]
) -> None:
    made = made_pairs.made_pair(Kind.PART)
    plain = replace(made, evidence=replace(made.evidence, blocks=None))

    page = page_of(made_pairs.store(plain, image_list))

    assert "data-has-blocks" not in page
    assert "data-matrix=" in page
    assert 'class="legend"' not in page


def test_a_later_frame_of_an_animation_is_named(
    image_list: List, page_of: Callable[[MatchCandidate], str]
) -> None:
    made = made_pairs.made_pair(Kind.PART)
    animated = replace(made.evidence, item_frame=4)
    as_wholes = replace(animated, alignment=None, blocks=None)

    aligned = page_of(made_pairs.store(replace(made, evidence=animated), image_list))
    whole = page_of(made_pairs.store(replace(made, evidence=as_wholes), image_list))

    shown = "Shown of B is the first frame; frame 5 matched"
    assert f"{shown}, and what is drawn belongs to that one." in aligned
    assert f"{shown}." in whole
    assert "Shown of A" not in aligned


def test_every_kind_has_a_name_on_the_pair_and_in_the_queue(
    signed_in: Client, image_list: List, page_of: Callable[[MatchCandidate], str]
) -> None:
    names = {kind: wording.kind_name(kind) for kind in Kind}
    assert not set(names.values()) & {kind.value for kind in Kind}
    pages = {kind: page_of(stored(kind, image_list)) for kind in Kind}

    queue = signed_in.get("/review/").content.decode()

    for kind, name in names.items():
        assert f'data-findings="{kind}"' in pages[kind]
        assert f">{name}</span>" in queue


@pytest.mark.parametrize(
    ("code", "params", "sentence"),
    [
        (
            "same_region",
            {"inliers": 41, "region_percent_of_item": 100, "region_percent_of_query": 48.25},
            "41 matching points cover 48.2% of A and 100% of B.",
        ),
        ("exact_alignment", {}, "Inside the region they lie on each other exactly."),
        (
            "blocks_agree",
            {"agree": 118, "of": 132, "percent": 89},
            "118 of 132 compared blocks match.",
        ),
        (
            "blocks_differ_region",
            {"percent": 9},
            "The largest part that differs takes up 9% of the region.",
        ),
        (
            "caption_or_overlay",
            {"percent": 22},
            "22% differs, as it does under a caption or an overlay.",
        ),
        ("cropped", {"percent": 35}, "A is cropped: it shows 35% of B."),
        ("inside_larger", {"percent": 27}, "B lies inside A and fills 27% of it."),
        ("turned", {"degrees": 12}, "A is turned by 12°."),
        ("scaled", {"factor_percent": 50}, "A is scaled to 50%."),
        ("perspective", {}, "A is seen at an angle, as in a photo of a screen or a print."),
        ("inverted", {}, "One is the negative of the other."),
        ("few_features", {}, "There is little texture, so few points could be compared."),
        ("other_content", {}, "The template or scene is the same, but not what it shows."),
        (
            "other_drawing",
            {"left": 12, "top": 40, "width": 20, "height": 5},
            (
                "Something else is written or drawn on the same template. The largest "
                "difference is 12% from the left and 40% from the top of B."
            ),
        ),
        (
            "other_tint",
            {"percent": 31},
            "A colour that takes up 31% of it is another one, and the rest is not.",
        ),
        (
            "not_looked_at",
            {},
            (
                "Too many pictures share this template to look at each. This one was not compared "
                "closely."
            ),
        ),
        ("same_drawing", {}, "Seen closely, all that is drawn in B is in its place in A."),
        (
            "same_layout",
            {},
            "There is little to see, and all of it agrees, colours included.",
        ),
    ],
)
def test_every_reason_of_the_local_comparison_has_words(
    code: str, params: dict[str, float], sentence: str
) -> None:
    assert wording.sentence_of(code, params) == sentence


@pytest.mark.parametrize(
    ("made_from", "kind", "code"),
    [
        (lambda photo: photo.rotate(-6, Picture.Resampling.BICUBIC), Kind.EDITED, "turned"),
        (lambda photo: made_pairs.photographed(photo).query, Kind.EDITED, "perspective"),
        (lambda photo: with_caption(photo, "IT RAINS"), Kind.EDITED, "caption_or_overlay"),
        (lambda photo: ImageOps.expand(photo, 90, "white"), Kind.EDITED, "inside_larger"),
    ],
    ids=["tilted", "photographed", "captioned", "bordered"],
)
def test_the_leading_sentence_says_what_was_measured(
    made_from: Callable[[Picture.Image], Picture.Image], kind: Kind, code: str
) -> None:
    comparison = compared(made_from(photos.photo("coffee")), "coffee")
    assert comparison.kind == kind

    meaning = wording.kind_meaning(comparison.kind, comparison.evidence.as_json())

    assert meaning == wording.kind_meaning(kind, {"reasons": [{"code": code, "params": {}}]})
    assert meaning
    assert ("caption" in meaning) == (code == "caption_or_overlay")


@pytest.mark.parametrize("kind", Kind)
def test_a_pair_s_verdict_says_how_much_and_what_differs(
    image_list: List, page_of: Callable[[MatchCandidate], str], kind: Kind
) -> None:
    pair = stored(kind, image_list)
    page = page_of(pair)
    chips = re.findall(r'data-chip="(\w+)"', page)
    measured = {reason["code"] for reason in pair.evidence["reasons"]}
    assert set(chips) <= measured
    assert len(chips) <= evidence.MOST_CHIPS
    assert 1 <= len(re.findall(r'data-row-of="\w+"', page)) <= evidence.MOST_ROWS
    sentence = wording.verdict_of(kind, pair.evidence)
    percents = {Kind.PART: "35%", Kind.CONTAINS: "27%"}
    assert percents.get(kind, "") in sentence
    # What is said once at the top is what the rest of the page is folded under.
    assert page.index(sentence) < page.index("data-details")


def test_no_decision_looks_like_the_right_one(
    image_list: List, page_of: Callable[[MatchCandidate], str]
) -> None:
    for kind in (Kind.RELATED, Kind.NEAR):
        page = page_of(stored(kind, image_list))
        assert "is-primary" not in page[page.index("data-decide") : page.index("data-skip")]


def test_all_blocks_are_told_as_all() -> None:
    params = {"agree": 83, "of": 83, "percent": 100}
    assert wording.sentence_of("blocks_agree", params) == "All 83 compared blocks match."


def test_a_kind_without_a_measurement_to_tell_of_says_nothing() -> None:
    assert wording.kind_meaning(Kind.EDITED, {"reasons": []}) == ""
    assert wording.kind_meaning("learned_later", {"reasons": []}) == ""
    assert wording.kind_meaning(Kind.RELATED, {"reasons": []})


def stored(kind: Kind, image_list: List) -> MatchCandidate:
    made: MadePair = made_pairs.made_pair(kind)
    return made_pairs.store(made, image_list)
