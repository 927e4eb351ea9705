"""What a closer look says of a pair: rules over what `verify.detail` and `verify.tint` measured.

The thresholds were set on drawn families and on edited copies (`bench.evaluation.hard`, tune half,
and `bench.evaluation`): copies have next to nothing erased and added.
"""

from __future__ import annotations

import math

from matching.evidence import Signals

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
# A form has another mark when one of at least so many px of ink is gone and another one is new,
# nearly all of the ink lies on flat ground, and the query is sharp.
_MARK_PX, _FORM_SHARE = 40, 0.85
# Another sign, face or symbol: so much of the picture is flat, at most so many features and such a
# share of them fit one map. As shares of the ink that is kept, so much lies on another ground, so
# much is gone or new, and so much both together. Copies have next to none of either.
_SIGN_FLAT, _SIGN_INLIERS, _SIGN_INLIER_SHARE = 0.7, 20, 0.25
_SIGN_COVERED, _SIGN_EXCHANGED, _SIGN_CHANGED = 0.02, 0.012, 0.03
# Of the region, what turned into another colour while the rest kept its own: less of it is enough
# where hues are turned so far, and in a flat picture. Filters bleach and boost beyond these
# factors, or leave the query's colours on one line, this narrow.
_OTHER_TINT_SHARE, _TURNED_TINT_SHARE, _FLAT_TINT_SHARE = 0.16, 0.08, 0.05
_TURNED_DEGREES, _TINT_SATURATION, _TWO_TONES = 30.0, (0.45, 1.5), 4.0
# Where all of few colours turn this far, it is the thing that has another colour, not the picture.
_OTHER_HUE_DEGREES, _FEW_COLOURS = 60.0, 6
# A thing has another colour when the hue of this share of the region turned, of this much in a flat
# picture, and this much kept its hue or stayed grey; in a light that casts no more chroma. One hue
# only spreads over fewer degrees, and a filter that turns the hues turns this share of several.
_OTHER_HUE_SHARE, _STAYING_SHARE, _GREY_SHARE = 0.1, 0.08, 0.08
_MOST_CAST, _ONE_HUE_DEGREES, _ALL_TOGETHER, _RIM_SHARE = 10.0, 12.0, 0.85, 0.2
# A picture with so few inliers has little but its layout: so many blocks strongly alike, of those
# with texture, whole on whole, the same in colour and ink, make it a duplicate.
_FLAT_INLIERS, _FLAT_BLOCKS, _FLAT_SHARE, _FLAT_CORRELATION = 6, 8, 0.97, 0.97
_FLAT_OVERLAP, _FLAT_DEVIATING, _FLAT_COLOURS = 0.95, 0.01, 2
# All ink is in its place when so many points fit one map and of so much ink hardly any is gone, and
# no more is new or covered than this share.
_ALL_INLIERS, _ALL_INK_PX, _ALL_ERASED, _ALL_ADDED = 5, 1500, 0.003, 0.5


def is_other_drawing(signals: Signals) -> bool:
    """Tell whether a closer look found other writing or drawing in the same form.

    Some ink must be gone and some be new: who writes on a copy only adds to it.
    """
    if signals.get("ink_kept") is None:
        return False
    if _has_other_mark(signals) or _is_other_sign(signals):
        return True
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


def _has_other_mark(signals: Signals) -> bool:
    """Tell whether a mark is gone and another one is there, as on a ballot with another cross."""
    is_form = signals["ink_document_cells"] >= _FORM_SHARE * max(1.0, signals["ink_cells"])
    less = min(signals.get("ink_erased_mark", 0), signals.get("ink_added_mark", 0))
    return is_form and signals["ink_blur_px"] < _BLURRED_PX and less >= _MARK_PX


def _is_other_sign(signals: Signals) -> bool:
    """Tell whether flat pictures of one kind, such as two road signs, show something else.

    Blocks agree on the rim and the ground that the kind shares; the few features that there are do
    not fit, and fields of another shape look like another ground.
    """
    is_flat = signals.get("tint_flat", 0.0) >= _SIGN_FLAT and signals["ink_blur_px"] < _BLURRED_PX
    most_inliers = min(_SIGN_INLIERS, _SIGN_INLIER_SHARE * signals.get("features", 0.0))
    if not is_flat or signals.get("inliers", 0.0) > most_inliers:
        return False
    kept, covered = max(1.0, signals["ink_kept"]), signals["ink_covered"]
    exchanged = signals["ink_erased"] + signals["ink_added"]
    return (
        covered >= _SIGN_COVERED * kept
        and exchanged >= _SIGN_EXCHANGED * kept
        and covered + exchanged >= _SIGN_CHANGED * kept
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


def has_all_ink(signals: Signals) -> bool:
    """Tell whether all ink of the item is in its place, and not too much besides."""
    kept = signals.get("ink_kept", 0.0)
    return (
        kept >= _ALL_INK_PX
        and signals["inliers"] >= _ALL_INLIERS
        and signals["ink_erased"] <= _ALL_ERASED * kept
        and signals["ink_added"] + signals["ink_covered"] <= _ALL_ADDED * kept
        and signals.get("tint_deviating", 0.0) < _OTHER_TINT_SHARE
    )


def is_other_tint(signals: Signals) -> bool:
    """Tell whether a closer look found one colour turned into another, and not the whole picture.

    In a flat picture, where hardly anything but colour is to be seen, less of it is enough.
    """
    deviating = signals.get("tint_deviating")
    if deviating is None:
        return False
    if _has_thing_of_other_hue(signals):
        return True
    if signals["inliers"] < _FLAT_INLIERS and deviating >= _FLAT_TINT_SHARE:
        return True
    low, high = _TINT_SATURATION
    if not low <= signals["tint_saturation"] <= high or signals["tint_spread"] < _TWO_TONES:
        return False
    turned = abs(signals["tint_hue_degrees"])
    if turned >= _OTHER_HUE_DEGREES and signals["tint_colours"] <= _FEW_COLOURS:
        return True
    return deviating >= (_TURNED_TINT_SHARE if turned >= _TURNED_DEGREES else _OTHER_TINT_SHARE)


def _has_thing_of_other_hue(signals: Signals) -> bool:
    """Tell whether a thing has another hue while its surroundings keep theirs, or stay grey.

    A filter that turns all hues leaves grey as it is, as another package does: what tells them
    apart is whether there are several hues and all turn by one angle, or one hue only, and it is
    not that of the rim, where the ground is. Sepia and its like leave one hue, and colour what was
    grey; what spreads the tones of each channel turns most hues one way or another.
    """
    turned, staying = signals.get("hues_turned", 0.0), signals.get("hues_staying", 0.0)
    if turned < _OTHER_HUE_SHARE:
        return False
    degrees = signals["hues_item_degrees"], signals["hues_query_degrees"]
    stays_grey = signals["hues_grey"] >= _GREY_SHARE and signals["hues_cast"] <= _MOST_CAST
    if signals["hues_together"] >= _ALL_TOGETHER:
        is_on_ground = signals["hues_rim_turned"] <= _RIM_SHARE
        return stays_grey and is_on_ground and max(degrees) < _ONE_HUE_DEGREES
    if stays_grey:
        return staying >= _STAYING_SHARE
    return staying >= turned and min(degrees) >= _ONE_HUE_DEGREES


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
