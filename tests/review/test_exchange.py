"""A pair with A and B exchanged: what is said of it stays true."""

from __future__ import annotations

from typing import Any

import pytest

from matching.evidence import Kind
from review.pairs import exchange, wording

# Every parameter that any reason has.
PARAMS = {
    **dict.fromkeys(("distance_bits", "of_bits", "agree", "of", "percent", "inliers"), 7),
    **dict.fromkeys(("from_width", "from_height", "to_width", "to_height", "left", "top"), 40),
    **dict.fromkeys(("query_frame", "query_frames", "item_frame", "item_frames"), 3),
    "degrees": 90,
    "factor_percent": 50,
    "words": "noon",
    "region_percent_of_query": 100,
    "region_percent_of_item": 34,
}


def measured(*codes: str, **params: object) -> dict[str, Any]:
    """Return evidence with these reasons."""
    return {"reasons": [{"code": code, "params": {**PARAMS, **params}} for code in codes]}


@pytest.mark.parametrize("code", wording.REASON_CODES)
def test_every_reason_has_words_and_is_the_same_again_when_exchanged_twice(code: str) -> None:
    once = exchange.evidence(measured(code))
    twice = exchange.evidence(once)

    assert len(wording.reasons_of(once)) == 1
    assert wording.reasons_of(twice) == wording.reasons_of(measured(code))


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_is_the_same_again_when_exchanged_twice(kind: Kind) -> None:
    assert exchange.kind(exchange.kind(kind)) == kind


def test_a_crop_becomes_what_contains_it_with_the_same_share() -> None:
    found = exchange.evidence(measured("cropped", percent=34))

    assert exchange.kind("part") == "contains"
    assert found["reasons"][0]["code"] == "inside_larger"
    assert found["reasons"][0]["params"]["percent"] == 34


def test_shares_and_sizes_go_to_the_other_picture() -> None:
    (region,) = exchange.evidence(measured("same_region"))["reasons"]
    (size,) = exchange.evidence(measured("resized", from_width=800, to_width=400))["reasons"]

    assert region["params"]["region_percent_of_query"] == 34
    assert region["params"]["region_percent_of_item"] == 100
    assert (size["params"]["from_width"], size["params"]["to_width"]) == (400, 800)


def test_what_is_half_as_large_is_twice_as_large_from_the_other_side() -> None:
    (scaled,) = exchange.evidence(measured("scaled", factor_percent=50))["reasons"]

    assert scaled["params"]["factor_percent"] == 200


@pytest.mark.parametrize(
    ("codes", "degrees"), [(["turned"], -7), (["mirrored", "turned"], 7)], ids=str
)
def test_a_turn_goes_the_other_way_but_in_a_mirror(codes: list[str], degrees: int) -> None:
    found = exchange.evidence(measured(*codes, degrees=7))["reasons"][-1]

    assert found["params"]["degrees"] == degrees


def test_what_an_older_engine_did_not_tell_is_not_made_up() -> None:
    older = {"reasons": [{"code": "scaled", "params": {}}, {"code": "unheard_of", "params": {}}]}

    assert wording.reasons_of(exchange.evidence(older)) == []


def test_the_frame_that_matched_is_the_other_pictures() -> None:
    found = exchange.evidence({"reasons": [], "query_frame": 4, "item_frame": 0})

    assert (found["query_frame"], found["item_frame"]) == (0, 4)
