"""From what was measured between two pictures to one score, 0..1: above 0.5 is a duplicate.

Two ways lead there, and the better one counts. Fingerprints alone give `calibrate.near_score`; a
comparison in full gives a logistic of the features named below, with the coefficients of
`score_model.json`. Both are placed so that 0.5 is where one pair per million is wrong; from 0.2 on
a pair is possible, for people to judge.

A score needs the signals only, never the pictures: what was stored with a match scores anew when
the model changes. The signals of a comparison in full are

- `pdq_distance_bits`, `phash_distance_bits` and so on for each hasher whose hash both pictures
  have: in the nearest orientation and view (whole, or without its border) of the query;
  `query_quality` and `item_quality` of PDQ
- `inliers` of `correspondences`: local features that fit one map, of those that were matched;
  `features_recovered` of `features`: those that have a like one near their place, of those there
- `blocks_textured`, `blocks_agreeing`, `blocks_agreeing_strongly`, `blocks_beside`,
  `blocks_covered`, `blocks_largest_agreeing`, `blocks_largest_disagreeing`, `blocks_largest_bare`,
  `parts`, `parts_agreeing`, `block_correlation`, `region_correlation`: see `verify.agreement`
- `query_overlap`, `item_overlap`: the share of each picture that both show
- `tiles_agreeing` of `tiles_facing`, where tiles of long pictures were compared: see
  `matching.tiles`
- `negative`: 1 when dark and bright changed places
- after a closer look, `ink_kept`, `ink_erased`, `ink_added`, `ink_covered`, `ink_contrast`,
  `ink_blur_px`, `ink_cells`, `ink_document_cells`, `ink_erased_mark`, `ink_added_mark`: see
  `verify.detail`; `tint_deviating`, `tint_saturation`, `tint_hue_degrees`, `tint_spread`,
  `tint_colours`, `tint_flat`, `hues_turned`, `hues_staying`, `hues_grey`, `hues_together`,
  `hues_item_degrees`, `hues_query_degrees`, `hues_cast`,
  `hues_rim_turned`: see `verify.tint`
- `not_looked_at`: 1 when others of the same form took the time for a closer look
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from matching import calibrate, closer
from matching.evidence import Signals, distance_name

MODEL_FILE = Path(__file__).with_name("score_model.json")
DUPLICATE_SCORE = calibrate.DUPLICATE_SCORE
SCORE_MAX = calibrate.NEAR_SCORE_MAX
# Pictures of one template score no higher, however much of the template they share.
RELATED_SCORE_MAX = 0.49

_RELATED_INLIERS = 8
_RELATED_SHARE = 0.5
# Other content within the same frame: a region of this share of the blocks, few features seen again
# of enough, and no letters that would explain the region.
_RELATED_REGION = 0.12
_RELATED_RECOVERED, _RELATED_FEATURES = 0.3, 60
_RELATED_BESIDE = 0.05
# What is undecided from this score on is a duplicate, with a score of its own, once a closer look
# found all ink in its place; and so is a flat picture of the same layout.
UNDECIDED_SCORE, _LIFTED_SCORE, _FLAT_SCORE = 0.12, 0.6, 0.9
_DIGITS = 4


@dataclass(frozen=True, slots=True)
class ScoreModel:
    """A logistic: `offset` plus each feature, by name, times its coefficient."""

    offset: float
    coefficients: Mapping[str, float]
    algorithm_version: int
    provenance: Mapping[str, Any]

    def logit(self, signals: Signals) -> float:
        """Return the sum before it is bent to 0..1; 0 is a score of 0.5."""
        return self.offset + sum(
            coefficient * FEATURES[name](signals) for name, coefficient in self.coefficients.items()
        )


def score(signals: Signals) -> float:
    """Return 0..0.999, rounded to four digits; 1.0 is for identical bytes or pixels."""
    seen = near_score(signals)
    if signals.get("blocks_textured"):
        seen = max(seen, full_score(signals, model()), _score_by_look(signals))
    is_other = "inliers" in signals and is_related(signals)
    return min(seen, RELATED_SCORE_MAX) if is_other else seen


def _score_by_look(signals: Signals) -> float:
    if closer.has_same_layout(signals):
        return _FLAT_SCORE
    return _LIFTED_SCORE if has_same_drawing(signals) else 0.0


def full_score(signals: Signals, by: ScoreModel) -> float:
    """Return what the model says alone, 0..0.999."""
    logit = max(-30.0, min(30.0, by.logit(signals)))
    return round(min(1 / (1 + math.exp(-logit)), SCORE_MAX), _DIGITS)


def is_related(signals: Signals) -> bool:
    """Tell whether features agree on a map but much of what lies there differs.

    So it is with two chats in the same window, or two jokes on the same template: most blocks
    differ, or one large region does while few of the features are seen again. Of long pictures most
    of the tiles that lie on each other differ. A closer look finds what is smaller: another name or
    number in the same form, another colour of the same package.
    """
    if signals.get("not_looked_at"):
        return True
    if closer.is_other_drawing(signals) or closer.is_other_tint(signals):
        return True
    if signals.get("tiles_facing", 0) > 2 * signals.get("tiles_agreeing", 0):
        return True
    if signals["inliers"] < _RELATED_INLIERS or near_score(signals) > DUPLICATE_SCORE:
        return False
    if has_same_drawing(signals):
        return False
    textured = max(1.0, signals["blocks_textured"])
    other_region = (
        signals["blocks_largest_disagreeing"] > _RELATED_REGION * textured
        and signals["blocks_beside"] < _RELATED_BESIDE * textured
        and signals["features"] >= _RELATED_FEATURES
        and _recovered_share(signals) < _RELATED_RECOVERED
    )
    return other_region or _bare_share(signals) < _RELATED_SHARE


def has_same_drawing(signals: Signals) -> bool:
    """Tell whether a closer look at an undecided pair found all ink of the item in its place."""
    is_undecided = full_score(signals, model()) >= UNDECIDED_SCORE
    return is_undecided and closer.has_all_ink(signals)


def model() -> ScoreModel:
    """Return the model in use: the shipped one, unless `use` named another."""
    return _in_use[-1] if _in_use else _shipped()


def use(other: ScoreModel | None) -> None:
    """Score by another model from now on in this process; None goes back to the shipped one."""
    _in_use[:] = [] if other is None else [other]


_in_use: list[ScoreModel] = []


@cache
def _shipped() -> ScoreModel:
    return read_model(MODEL_FILE)


def read_model(path: Path) -> ScoreModel:
    """Read a model that `write_model` wrote."""
    stored = json.loads(path.read_text(encoding="utf-8"))
    return ScoreModel(**stored)


def write_model(written: ScoreModel, path: Path) -> None:
    """Write a model for people to review: one line per coefficient."""
    stored = {
        "algorithm_version": written.algorithm_version,
        "offset": round(written.offset, 6),
        "coefficients": {
            name: round(coefficient, 6) for name, coefficient in written.coefficients.items()
        },
        "provenance": dict(written.provenance),
    }
    path.write_text(json.dumps(stored, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def near_score(signals: Signals) -> float:
    """Return what PDQ and pHash say alone, 0..0.999; flat pictures say nothing.

    Nor does an item that lacks pHash until `manage.py refingerprint`.
    """
    phash_distance_bits = signals.get("phash_distance_bits")
    qualities = signals["query_quality"], signals["item_quality"]
    if phash_distance_bits is None or min(qualities) < calibrate.MIN_QUALITY:
        return 0.0
    return calibrate.near_score(int(signals["pdq_distance_bits"]), int(phash_distance_bits))


def _log(signals: Signals, name: str) -> float:
    return math.log1p(max(0.0, signals[name]))


def _log_odds(share: float) -> float:
    return math.log((share + 0.02) / (1.02 - share))


def _agreeing_share(signals: Signals) -> float:
    return signals["blocks_agreeing"] / max(1.0, signals["blocks_textured"])


def _bare_share(signals: Signals) -> float:
    """Return the share of blocks that agree, of those that letters do not cover.

    Letters are believed to cover blocks where others agree beside them.
    """
    covered = min(signals["blocks_covered"], 2 * signals["blocks_beside"])
    agreeing = signals["blocks_agreeing"] + signals["blocks_beside"]
    return agreeing / max(1.0, signals["blocks_textured"] - covered)


def _recovered_share(signals: Signals) -> float:
    return signals["features_recovered"] / max(20.0, signals["features"])


def _expected(signals: Signals, name: str, share: float) -> float:
    """Return how far the count lies below this share of the features, as a logarithm; 0 at most.

    Where there are hardly any features, none are expected.
    """
    missing = math.log1p(share * signals["features"]) - _log(signals, name)
    return -min(3.0, max(0.0, missing))


def nearness(algorithm: str, *, reach_bits: int) -> Callable[[Signals], float]:
    """Return the feature that is 1 for equal hashes, and 0 from `reach_bits` on.

    An item that lacks the hash until `manage.py refingerprint` loses what the hash is worth.
    """
    name = distance_name(algorithm)
    return lambda signals: max(0.0, 1 - signals.get(name, reach_bits) / reach_bits)


_pdq_nearness = nearness("pdq", reach_bits=100)
_phash_nearness = nearness("phash", reach_bits=24)

# What the model may weigh, by the name it has in the file; the more, the more alike. A name never
# changes its meaning.
FEATURES: Mapping[str, Callable[[Signals], float]] = {
    "log_inliers": lambda s: _log(s, "inliers"),
    "inlier_share": lambda s: s["inliers"] / max(10.0, s["correspondences"]),
    "inliers_expected": lambda s: _expected(s, "inliers", 0.15),
    "log_recovered": lambda s: _log(s, "features_recovered"),
    "recovered_share": _recovered_share,
    "recovered_expected": lambda s: _expected(s, "features_recovered", 0.25),
    "log_agreeing": lambda s: _log(s, "blocks_agreeing"),
    "log_agreeing_to_60": lambda s: min(_log(s, "blocks_agreeing"), math.log1p(60)),
    "log_agreeing_strongly": lambda s: _log(s, "blocks_agreeing_strongly"),
    "log_largest_agreeing": lambda s: _log(s, "blocks_largest_agreeing"),
    "agreeing_log_odds": lambda s: _log_odds(_agreeing_share(s)),
    "agreeing_share_above_80_percent": lambda s: max(0.0, _agreeing_share(s) - 0.8),
    "agreeing_share_x_log_agreeing": lambda s: _agreeing_share(s) * _log(s, "blocks_agreeing"),
    "bare_log_odds": lambda s: _log_odds(_bare_share(s)),
    "bare_share_above_70_percent": lambda s: max(0.0, _bare_share(s) - 0.7),
    "bare_share_x_inliers_4_to_20": lambda s: (
        _bare_share(s) * min(1.0, max(0.0, (s["inliers"] - 4) / 16))
    ),
    "bare_share_x_recovered_share": lambda s: (
        max(0.0, _bare_share(s) - 0.7) * min(1.0, 2 * _recovered_share(s))
    ),
    "largest_bare_share": lambda s: -s["blocks_largest_bare"] / max(1.0, s["blocks_textured"]),
    "parts_share": lambda s: s["parts_agreeing"] / max(1.0, s["parts"]),
    "parts_agreeing": lambda s: s["parts_agreeing"] / 16,
    "region_correlation": lambda s: max(0.0, s["region_correlation"]),
    "block_correlation": lambda s: s["block_correlation"],
    "pdq_nearness": _pdq_nearness,
    "phash_nearness": _phash_nearness,
    "pdq_nearness_x_phash_nearness": lambda s: _pdq_nearness(s) * _phash_nearness(s),
}
