from __future__ import annotations

import json
from pathlib import Path

import pytest

from matching import calibrate
from matching.score import (
    FEATURES,
    MODEL_FILE,
    RELATED_SCORE_MAX,
    SCORE_MAX,
    ScoreModel,
    is_related,
    model,
    read_model,
    score,
    write_model,
)

HASHES_FAR = {
    "pdq_distance_bits": 120,
    "phash_distance_bits": 30,
    "query_quality": 100,
    "item_quality": 100,
}
HASHES_NEAR = {**HASHES_FAR, "pdq_distance_bits": 4, "phash_distance_bits": 0}
AGREES = {
    "inliers": 80,
    "features": 200,
    "features_recovered": 110,
    "blocks_agreeing_strongly": 130,
    "blocks_beside": 0,
    "blocks_covered": 0,
    "blocks_largest_bare": 1,
    "correspondences": 100,
    "blocks_textured": 150,
    "blocks_agreeing": 148,
    "blocks_largest_agreeing": 148,
    "blocks_largest_disagreeing": 1,
    "parts": 8,
    "parts_agreeing": 8,
    "block_correlation": 0.93,
    "region_correlation": 0.98,
    "query_overlap": 0.9,
    "item_overlap": 0.5,
    "negative": 0,
}
DIFFERS = {
    **AGREES,
    "inliers": 4,
    "features_recovered": 6,
    "blocks_agreeing_strongly": 2,
    "blocks_largest_bare": 130,
    "blocks_agreeing": 10,
    "blocks_largest_agreeing": 4,
    "blocks_largest_disagreeing": 130,
    "parts_agreeing": 0,
    "block_correlation": 0.2,
    "region_correlation": 0.1,
}
FRAME_ONLY = {**DIFFERS, "inliers": 40, "blocks_agreeing": 45, "blocks_largest_agreeing": 30}


def test_a_crop_whose_hashes_are_far_is_a_duplicate_when_blocks_agree() -> None:
    assert score({**HASHES_FAR, **AGREES}) > 0.9


def test_pictures_that_differ_where_they_lie_score_low() -> None:
    assert score({**HASHES_FAR, **DIFFERS}) < 0.05


def test_without_blocks_the_score_is_that_of_the_fingerprints() -> None:
    assert score(HASHES_NEAR) == calibrate.near_score(4, 0)
    assert score(HASHES_FAR) == calibrate.near_score(120, 30)


@pytest.mark.parametrize("seen", [AGREES, DIFFERS, FRAME_ONLY])
def test_a_duplicate_of_the_fast_comparison_loses_nothing_in_full(seen: dict[str, float]) -> None:
    assert score({**HASHES_NEAR, **seen}) >= score(HASHES_NEAR) > 0.9


def test_the_same_frame_around_other_content_is_related_and_no_duplicate() -> None:
    signals = {**HASHES_FAR, **FRAME_ONLY}

    assert is_related(signals)
    assert score(signals) <= RELATED_SCORE_MAX


@pytest.mark.parametrize("textured", [0, 150])
@pytest.mark.parametrize("told", [{"tiles_facing": 5, "tiles_agreeing": 1}, {"not_looked_at": 1}])
def test_what_is_related_is_no_duplicate_however_near_the_fingerprints(
    told: dict[str, float], textured: int
) -> None:
    signals = {**HASHES_NEAR, **AGREES, "blocks_textured": textured, **told}

    assert is_related(signals)
    assert score(signals) <= RELATED_SCORE_MAX


def test_flat_pictures_never_match_by_fingerprints() -> None:
    flat = {**HASHES_NEAR, "query_quality": 20}

    assert score(flat) == 0
    assert score({**flat, **DIFFERS}) < 0.5


def test_only_identity_scores_one() -> None:
    best = {**HASHES_NEAR, **AGREES, "pdq_distance_bits": 0, "inliers": 400}

    assert score(best) == SCORE_MAX < 1


def test_the_shipped_model_is_whole_and_says_where_it_comes_from() -> None:
    stored = json.loads(MODEL_FILE.read_text(encoding="utf-8"))

    assert set(stored["coefficients"]) <= set(FEATURES)
    assert stored["algorithm_version"] == calibrate.ALGORITHM_VERSION
    assert {"pictures", "pairs", "date", "command"} <= set(stored["provenance"])


def test_a_model_is_read_as_it_was_written(tmp_path: Path) -> None:
    written = ScoreModel(-1.5, {"log_inliers": 2.25}, 7, {"pairs": 3})

    write_model(written, tmp_path / "model.json")

    assert read_model(tmp_path / "model.json") == written
    assert model().logit({**HASHES_FAR, **AGREES}) > 0
