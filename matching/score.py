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
  `ink_blur_px`, `ink_cells`, `ink_document_cells`: see `verify.detail`; `tint_deviating`,
  `tint_saturation`, `tint_hue_degrees`, `tint_spread`, `tint_colours`: see `verify.tint`
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from matching import calibrate
from matching.evidence import distance_name

Signals = Mapping[str, float]

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
# What is drawn is other content from so much ink on that is erased and so much that is added, in
# px; as shares of the larger of both, and of the ink that is kept, in a sharp query, in a soft one,
# and in a blurred one.
_OTHER_INK_PX, _OTHER_INK_BALANCE = 12, 0.012
_OTHER_INK_SHARES = ((0.5, 0.0006), (1.5, 0.008), (math.inf, 0.045))
# Ink stands out, and most of it lies on flat ground; nearly all of it where it stands out less.
_INK_CONTRAST, _DOCUMENT_SHARE = 21.5, 0.4
_FAINT_CONTRAST, _SHEET_SHARE = 16.0, 0.92
# Where little ink stands out, only bold changes of about the same size on either side count; where
# little ink lies on flat ground, there must be many.
_BOLD_PX, _BOLD_BALANCE, _BOLD_SHARE, _BOLD_DOCUMENT_SHARE = 60, 0.25, 0.5, 0.5
_CODE_SHARES = ((60.0, 0.015), (30.0, 0.03))
_COVERED_CONTRAST, _COVERED_SHARE = 40.0, 0.1
_BLURRED_PX, _BLURRED_SHARE = 1.5, 0.06
# What covers so much of the ink hides and adds some at its edges, up to this share. Faint and small
# changes of a sharp query are noise up to that share, and so is much of the one with little of the
# other.
_HIDDEN_SHARE, _EDGE_SHARE = 0.3, 0.02
_FAINT_PX, _MUCH_BOLD_PX, _FAINT_SHARE = 30, 500, 0.0026
_MUCH_SHARE, _MUCH_BALANCE = 0.5, 0.25
# Of the region, what turned into another colour while the rest kept its own: less of it is enough
# where hues are turned so far, and in a flat picture. Filters bleach and boost beyond these
# factors, or leave the query's colours on one line, this narrow.
_OTHER_TINT_SHARE, _TURNED_TINT_SHARE, _FLAT_TINT_SHARE = 0.16, 0.08, 0.05
_TURNED_DEGREES, _TINT_SATURATION, _TWO_TONES = 30.0, (0.45, 1.5), 4.0
# Where all of few colours turn this far, it is the thing that has another colour, not the picture.
_OTHER_HUE_DEGREES, _FEW_COLOURS = 60.0, 6
# A picture with so few inliers has little but its layout: so many blocks strongly alike, of those
# with texture, whole on whole, the same in colour and ink, make it a duplicate with this score.
_FLAT_INLIERS, _FLAT_BLOCKS, _FLAT_SHARE, _FLAT_CORRELATION = 6, 8, 0.97, 0.97
_FLAT_OVERLAP, _FLAT_DEVIATING, _FLAT_COLOURS, _FLAT_SCORE = 0.95, 0.01, 2, 0.9
# What is undecided from this score on is a duplicate, with a score of its own, when so many points
# fit one map and of so much ink hardly any is gone, and no more is new or covered than this share.
UNDECIDED_SCORE, _LIFTED = 0.12, 0.6
_LIFT_INLIERS, _LIFT_INK_PX, _LIFT_ERASED, _LIFT_ADDED = 5, 1500, 0.003, 0.5
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
    near = near_score(signals)
    if not signals.get("blocks_textured"):
        return near
    by_look = max(_FLAT_SCORE * has_same_layout(signals), _LIFTED * has_same_drawing(signals))
    seen = max(near, full_score(signals, model()), by_look)
    return min(seen, RELATED_SCORE_MAX) if is_related(signals) else seen


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
    if is_other_drawing(signals) or is_other_tint(signals):
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


def is_other_drawing(signals: Signals) -> bool:
    """Tell whether a closer look found other writing or drawing in the same form.

    Some ink must be gone and some be new: who writes on a copy only adds to it.
    """
    if signals.get("ink_kept") is None:
        return False
    cells = max(1.0, signals["ink_cells"])
    document_share = signals["ink_document_cells"] / cells
    contrast, less = signals["ink_contrast"], _exchanged_ink(signals)
    if contrast < (_FAINT_CONTRAST if document_share >= _SHEET_SHARE else _INK_CONTRAST):
        return document_share >= _BOLD_DOCUMENT_SHARE and _has_other_bold_ink(signals)
    if document_share >= _DOCUMENT_SHARE or not less:
        return less > 0
    kept, covered = signals["ink_kept"], less + signals["ink_covered"] / 2
    return (
        any(contrast >= steps and less >= share * kept for steps, share in _CODE_SHARES)
        or (contrast >= _COVERED_CONTRAST and covered >= _COVERED_SHARE * kept)
        or (signals["ink_blur_px"] >= _BLURRED_PX and less >= _BLURRED_SHARE * kept)
    )


def _exchanged_ink(signals: Signals) -> float:
    """Return the less of what is erased and what is added, in px; 0 when it may be chance."""
    kept, blur_px = signals["ink_kept"], signals["ink_blur_px"]
    less, more = sorted((signals["ink_erased"], signals["ink_added"]))
    share = next(share for px, share in _OTHER_INK_SHARES if blur_px < px)
    is_document = signals["ink_document_cells"] >= _DOCUMENT_SHARE * signals["ink_cells"]
    if is_document and signals["ink_covered"] >= _HIDDEN_SHARE * kept:
        share = max(share, _EDGE_SHARE)
    bold, bolder = sorted((signals.get("ink_erased_bold", 0), signals.get("ink_added_bold", 0)))
    if bold < _FAINT_PX and bolder < _MUCH_BOLD_PX:
        share = max(share, _FAINT_SHARE)
    balance = _MUCH_BALANCE if more > _MUCH_SHARE * kept else _OTHER_INK_BALANCE
    if blur_px >= _BLURRED_PX and bold < _BOLD_PX:
        return 0.0
    return less if less >= max(_OTHER_INK_PX, share * kept, balance * more) else 0.0


def _has_other_bold_ink(signals: Signals) -> bool:
    erased, added = signals.get("ink_erased_bold", 0), signals.get("ink_added_bold", 0)
    less, more = sorted((erased, added))
    is_most = (
        erased >= _BOLD_SHARE * signals["ink_erased"]
        and added >= _BOLD_SHARE * signals["ink_added"]
    )
    return is_most and less >= max(_BOLD_PX, _BOLD_BALANCE * more)


def has_same_drawing(signals: Signals) -> bool:
    """Tell whether a closer look at an undecided pair found all ink of the item in its place."""
    kept = signals.get("ink_kept", 0.0)
    return (
        kept >= _LIFT_INK_PX
        and signals["inliers"] >= _LIFT_INLIERS
        and full_score(signals, model()) >= UNDECIDED_SCORE
        and signals["ink_erased"] <= _LIFT_ERASED * kept
        and signals["ink_added"] + signals["ink_covered"] <= _LIFT_ADDED * kept
        and signals.get("tint_deviating", 0.0) < _OTHER_TINT_SHARE
    )


def is_other_tint(signals: Signals) -> bool:
    """Tell whether a closer look found one colour turned into another, and not the whole picture.

    In a flat picture, where hardly anything but colour is to be seen, less of it is enough.
    """
    deviating = signals.get("tint_deviating")
    if deviating is None:
        return False
    if signals["inliers"] < _FLAT_INLIERS and deviating >= _FLAT_TINT_SHARE:
        return True
    low, high = _TINT_SATURATION
    if not low <= signals["tint_saturation"] <= high or signals["tint_spread"] < _TWO_TONES:
        return False
    turned = abs(signals["tint_hue_degrees"])
    if turned >= _OTHER_HUE_DEGREES and signals["tint_colours"] <= _FEW_COLOURS:
        return True
    return deviating >= (_TURNED_TINT_SHARE if turned >= _TURNED_DEGREES else _OTHER_TINT_SHARE)


def may_have_same_layout(signals: Signals) -> bool:
    """Tell whether all of the little that is to be seen agrees, as far as luma tells."""
    textured = signals.get("blocks_textured", 0)
    return (
        textured >= _FLAT_BLOCKS
        and signals["inliers"] < _FLAT_INLIERS
        and signals["blocks_agreeing_strongly"] >= _FLAT_SHARE * textured
        and signals["region_correlation"] >= _FLAT_CORRELATION
        and min(signals["query_overlap"], signals["item_overlap"]) >= _FLAT_OVERLAP
        and not signals["negative"]
    )


def has_same_layout(signals: Signals) -> bool:
    """Tell whether a closer look found the same colours and lines in pictures of a few fields."""
    return (
        may_have_same_layout(signals)
        and signals.get("tint_deviating", 1.0) <= _FLAT_DEVIATING
        and signals["tint_colours"] >= _FLAT_COLOURS
        and min(signals.get("ink_erased", 0), signals.get("ink_added", 0)) < _OTHER_INK_PX
    )


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
