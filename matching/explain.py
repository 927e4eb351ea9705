"""What kind of match it is, and why, told from where the pictures lie on each other.

The rules, the first that holds:

- related: features agree on a map, most blocks there do not (`score.is_related`)
- part: the query lacks more of the item than the item lacks of the query. A turned or
  photographed picture may lack a quarter, since its corners are cut; others 7 percent.
- contains: the query shows more than the item, and not just a flat border
- mirrored: mirrored, or turned by right angles
- edited: one block in twenty differs, or there is a border, a small turn or a perspective
- near: nothing of this
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np

from matching import closer, score, signals
from matching.evidence import Block, BlockMap, Comparison, Kind, Reason, Signals
from matching.pose import Pose
from matching.score import DUPLICATE_SCORE, is_related
from matching.types import Grey, Orientation
from matching.verify.detail import Detail
from matching.verify.outline import Overlap
from matching.verify.tint import Tint

# Of the item, what a whole copy must show; a tilted one loses its corners.
_WHOLE_SHARE, _WHOLE_TILTED_SHARE = 0.93, 0.75
# Of textured blocks, what may differ in an unedited copy: noise and compression do that.
_EDITED_SHARE = 0.05
# A region of this many blocks, as a share of all, is worth a word.
_REGION_SHARE = 0.08
_FEW_FEATURES = 30
_MIN_INLIERS = 6
# Outside of the item, the share of pixels that must be near one luma for a border.
_FLAT_SHARE = 0.9
_FLAT_STEPS = 14
_MIN_OUTSIDE_PX = 16
# A closer look knows better what an edit is, and what is other content.
_EXPLAINED_BY_CLOSER_LOOK = frozenset({"other_content", "caption_or_overlay"})


@dataclass(frozen=True, slots=True)
class Sight:
    """All that kinds and reasons are told from; `features` are the fewer of both pictures'."""

    signals: Signals
    score: float
    pose: Pose
    features: int
    has_border: bool

    @property
    def item_share(self) -> float:
        """Return the share of the item that the query shows."""
        return self.signals["item_overlap"]

    @property
    def query_share(self) -> float:
        """Return the share of the query that shows the item."""
        return self.signals["query_overlap"]

    @property
    def is_related(self) -> bool:
        """Tell whether features agree where most of the picture differs."""
        return is_related(self.signals)

    @property
    def edited_share(self) -> float:
        """Return the share of textured blocks that differ."""
        textured = max(1.0, self.signals["blocks_textured"])
        return 1 - self.signals["blocks_agreeing"] / textured if textured > 1 else 0.0

    @property
    def region_share(self) -> float:
        """Return the largest region that differs, as a share of textured blocks."""
        return self.signals["blocks_largest_disagreeing"] / max(1, self.signals["blocks_textured"])


def kind_of(sight: Sight) -> Kind:
    """Return the kind by the rules above."""
    tilted = sight.pose.is_tilted or sight.pose.in_perspective
    whole_share = _WHOLE_TILTED_SHARE if tilted else _WHOLE_SHARE
    if sight.is_related:
        return Kind.RELATED
    if sight.item_share < min(whole_share, sight.query_share):
        return Kind.PART
    if sight.query_share < whole_share and not sight.has_border:
        return Kind.CONTAINS
    if sight.pose.orientation != Orientation.IDENTITY:
        return Kind.MIRRORED
    if tilted or sight.has_border or sight.edited_share > _EDITED_SHARE:
        return Kind.EDITED
    return Kind.NEAR


def reasons_of(sight: Sight) -> tuple[Reason, ...]:
    """Return what is seen where the pictures lie on each other, the weightiest first."""
    return (
        *_region_reasons(sight),
        *_block_reasons(sight),
        *_frame_reasons(sight),
        *_pose_reasons(sight),
    )


def with_closer_look(seen: Comparison, drawn: Detail | None, tint: Tint | None) -> Comparison:
    """Return the comparison with what a closer look found: the score, and the kind if it changes.

    What is drawn or coloured otherwise there is related, however much of the rest is the same.
    """
    evidence = seen.evidence
    measured = {**evidence.signals, **signals.of_closer_look(drawn, tint)}
    told = tuple(_closer_reasons(measured, drawn))
    if not told:
        return _confirmed(seen, measured)
    others = (each for each in evidence.reasons if each.code not in _EXPLAINED_BY_CLOSER_LOOK)
    blocks = _marked(evidence.blocks, drawn) if evidence.blocks and drawn else evidence.blocks
    if blocks and tint and closer.is_other_tint(measured):
        blocks = _marked_where_turned(blocks, tint)
    told_evidence = replace(evidence, signals=measured, reasons=(*told, *others), blocks=blocks)
    return Comparison(min(seen.score, score.score(measured)), Kind.RELATED, told_evidence)


def _confirmed(seen: Comparison, measured: Signals) -> Comparison:
    """Return the comparison after a closer look that found nothing else, and perhaps the same."""
    evidence, scored = seen.evidence, max(seen.score, score.score(measured))
    if scored == seen.score:
        return replace(seen, evidence=replace(evidence, signals=measured))
    code = "same_layout" if closer.has_same_layout(measured) else "same_drawing"
    reasons = (Reason(code), *(each for each in evidence.reasons if each.code != "other_content"))
    kind = Kind.EDITED if seen.kind == Kind.RELATED else seen.kind
    return Comparison(scored, kind, replace(evidence, signals=measured, reasons=reasons))


def _marked(blocks: BlockMap, drawn: Detail) -> BlockMap:
    """Return the map with what differs in detail as edited, however well the blocks agree."""
    cells = np.array(list(blocks.cells)).reshape(blocks.rows, blocks.columns)
    for left, top, right, bottom in drawn.changes:
        rows = slice(int(top * blocks.rows), math.ceil(bottom * blocks.rows))
        columns = slice(int(left * blocks.columns), math.ceil(right * blocks.columns))
        cells[rows, columns] = Block.EDITED.value
    return replace(blocks, cells="".join(cells.ravel().tolist()))


def _marked_where_turned(blocks: BlockMap, tint: Tint) -> BlockMap:
    """Return the map with the cells as edited in which most pixels turned to another hue."""
    shares = cv2.resize(
        tint.hues.turned_cells.astype(np.float32),
        (blocks.columns, blocks.rows),
        interpolation=cv2.INTER_AREA,
    )
    turned = (shares > 0.5).ravel().tolist()
    cells = (
        Block.EDITED.value if is_turned else cell
        for cell, is_turned in zip(blocks.cells, turned, strict=True)
    )
    return replace(blocks, cells="".join(cells))


def _closer_reasons(measured: Signals, drawn: Detail | None) -> Iterator[Reason]:
    if closer.is_other_drawing(measured):
        left, top, right, bottom = drawn.changes[0] if drawn and drawn.changes else (0, 0, 1, 1)
        box = {"left": left, "top": top, "width": right - left, "height": bottom - top}
        yield Reason("other_drawing", {name: _percent(share) for name, share in box.items()})
    if closer.is_other_tint(measured):
        share = max(measured["tint_deviating"], measured.get("hues_turned", 0.0))
        yield Reason("other_tint", {"percent": _percent(share)})


def has_flat_border(picture: Grey, region: Overlap) -> bool:
    """Tell whether the query is of one flat colour outside of the region."""
    if region.query_share > _WHOLE_SHARE + 0.05 or not region.query:
        return False
    outside = np.ones(picture.shape, np.uint8)
    corners = np.array(region.query) * (picture.shape[1], picture.shape[0])
    middle = corners.mean(axis=0)
    # A little wider than the region, so that its blurred edge is not taken for the outside.
    wider = middle + (corners - middle) * 1.02
    cv2.fillConvexPoly(outside, np.round(wider).astype(np.int32), 0)
    pixels = picture[outside > 0].astype(np.int16)
    if len(pixels) < _MIN_OUTSIDE_PX:
        return True
    return bool((np.abs(pixels - np.median(pixels)) <= _FLAT_STEPS).mean() >= _FLAT_SHARE)


def _region_reasons(sight: Sight) -> tuple[Reason, ...]:
    told: list[Reason] = []
    if sight.signals["inliers"] >= _MIN_INLIERS:
        region = {
            "inliers": int(sight.signals["inliers"]),
            "region_percent_of_item": _percent(sight.item_share),
            "region_percent_of_query": _percent(sight.query_share),
        }
        told.append(Reason("same_region", region))
    if sight.features < _FEW_FEATURES:
        told.append(Reason("few_features"))
    return tuple(told)


def _block_reasons(sight: Sight) -> tuple[Reason, ...]:
    textured = int(sight.signals["blocks_textured"])
    if not textured:
        return ()
    agreeing = int(sight.signals["blocks_agreeing"])
    blocks = {"agree": agreeing, "of": textured, "percent": _percent(agreeing / textured)}
    told = [Reason("blocks_agree", blocks)]
    if sight.is_related:
        told.append(Reason("other_content"))
    if sight.score > DUPLICATE_SCORE and sight.edited_share > _EDITED_SHARE:
        told.append(Reason("caption_or_overlay", {"percent": _percent(sight.edited_share)}))
    elif sight.region_share > _REGION_SHARE:
        told.append(Reason("blocks_differ_region", {"percent": _percent(sight.region_share)}))
    return tuple(told)


def _frame_reasons(sight: Sight) -> tuple[Reason, ...]:
    told: list[Reason] = []
    if sight.item_share < _WHOLE_SHARE:
        told.append(Reason("cropped", {"percent": _percent(sight.item_share)}))
    if sight.query_share < _WHOLE_SHARE:
        told.append(Reason("inside_larger", {"percent": _percent(sight.query_share)}))
    return tuple(told)


def _pose_reasons(sight: Sight) -> tuple[Reason, ...]:
    pose, told = sight.pose, list[Reason]()
    if pose.is_tilted:
        told.append(Reason("turned", {"degrees": pose.degrees}))
    if pose.in_perspective:
        told.append(Reason("perspective"))
    if pose.is_scaled:
        told.append(Reason("scaled", {"factor_percent": pose.scale_percent}))
    if sight.signals["negative"]:
        told.append(Reason("inverted"))
    return tuple(told)


def _percent(share: float) -> int:
    return round(100 * share)
