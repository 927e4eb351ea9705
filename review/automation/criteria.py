"""What a rule looks for: one place says which pairs it fits, in a preview and at work alike.

What is in columns is asked of the database, the rest of each pair. Pairs whose texts differ, are
unread or are only in one picture never fit: that is `policy.may_follow`, as for all that is
confirmed without a person.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypedDict

from django.db.models import F, Q, QuerySet

from matching.evidence import IDENTICAL_KINDS, Kind
from review.models import MatchCandidate, PairText, RuleAct, RuleText, RuleVersion
from review.pairs import connected, policy

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

_PERCENT = 100
# The same bytes are one image and make no pair; other words and other content are no match.
CONFIRMED_KINDS = (Kind.PIXELS, Kind.NEAR, Kind.EDITED, Kind.PART, Kind.CONTAINS, Kind.MIRRORED)
# What is identical is never told apart by a rule.
DISSOCIATED_KINDS = (
    Kind.NEAR,
    Kind.EDITED,
    Kind.PART,
    Kind.CONTAINS,
    Kind.MIRRORED,
    Kind.RELATED,
)
KINDS_OF_ACT: Mapping[RuleAct, Sequence[Kind]] = {
    RuleAct.CONFIRM: CONFIRMED_KINDS,
    RuleAct.DISSOCIATE: DISSOCIATED_KINDS,
}


class Deviation(StrEnum):
    """What may differ between two pictures, as a rule can leave it out."""

    SIZE = "size"
    BORDER = "border"
    OVERLAY = "overlay"
    CROP = "crop"
    TURN = "turn"
    ANGLE = "angle"
    COLOUR = "colour"
    DRAWING = "drawing"
    FRAME = "frame"
    DOUBT = "doubt"


# What may be said of a rule, by name.
ACTS: tuple[str, ...] = tuple(RuleAct.values)
TEXTS: tuple[str, ...] = tuple(RuleText.values)
KINDS: tuple[str, ...] = tuple(
    dict.fromkeys(kind.value for kind in (*CONFIRMED_KINDS, *DISSOCIATED_KINDS))
)
DEVIATIONS: tuple[str, ...] = tuple(each.value for each in Deviation)
# By which reasons of the evidence a difference is known.
REASONS: Mapping[Deviation, frozenset[str]] = {
    Deviation.SIZE: frozenset({"resized", "scaled"}),
    Deviation.BORDER: frozenset({"border_cut", "border_cut_of_b"}),
    Deviation.OVERLAY: frozenset({"caption_or_overlay", "blocks_differ_region"}),
    Deviation.CROP: frozenset({"cropped", "inside_larger"}),
    Deviation.TURN: frozenset({"turned", "rotated", "mirrored"}),
    Deviation.ANGLE: frozenset({"perspective", "perspective_of_b"}),
    Deviation.COLOUR: frozenset({"other_tint", "inverted"}),
    Deviation.DRAWING: frozenset({"other_drawing", "other_drawing_of_a", "other_content"}),
    Deviation.FRAME: frozenset({"frame", "frame_of_query", "frame_of_item"}),
    Deviation.DOUBT: frozenset(
        {
            "few_features",
            "not_looked_at",
            "other_structure",
            "second_hash_differs",
            "too_little_detail",
        }
    ),
}


@dataclass(frozen=True, slots=True)
class Criteria:
    """What a rule looks for and decides; the fields are those of `RuleVersion`."""

    act: RuleAct
    kinds: tuple[Kind, ...]
    score_from: float = 0.0
    score_to: float = 1.0
    list_ids: tuple[int, ...] | None = None
    text: RuleText = RuleText.EITHER
    least_size_percent: int = 0
    most_shape_percent: int | None = None
    same_format: bool = False
    left_out: tuple[Deviation, ...] = ()

    @property
    def refused_reasons(self) -> frozenset[str]:
        """Return the reason codes that keep a pair out."""
        return frozenset().union(*(REASONS[each] for each in self.left_out))


_READERS: Mapping[str, Callable[[Any], object]] = {
    "act": RuleAct,
    "kinds": lambda names: tuple(dict.fromkeys(Kind(each) for each in names)),
    "list_ids": lambda ids: None if ids is None else tuple(ids),
    "text": RuleText,
    "left_out": lambda names: tuple(dict.fromkeys(Deviation(each) for each in names)),
}


def said(facts: Mapping[str, Any], written: Criteria | None = None) -> Criteria:
    """Return what is said by names and numbers, over what a rule says already."""
    read: dict[str, Any] = {
        name: _READERS[name](value) if name in _READERS else value for name, value in facts.items()
    }
    return Criteria(**read) if written is None else replace(written, **read)


class _Reasons(TypedDict):
    reasons: list[Mapping[str, object]]


def criteria_of(version: RuleVersion) -> Criteria:
    """Return what a version looks for."""
    return Criteria(
        act=RuleAct(version.act),
        kinds=tuple(Kind(each) for each in version.kinds),
        score_from=version.score_from,
        score_to=version.score_to,
        list_ids=None if version.list_ids is None else tuple(version.list_ids),
        text=RuleText(version.text),
        least_size_percent=version.least_size_percent,
        most_shape_percent=version.most_shape_percent,
        same_format=version.same_format,
        left_out=tuple(Deviation(each) for each in version.left_out),
    )


def narrowed(criteria: Criteria, pairs: QuerySet[MatchCandidate]) -> QuerySet[MatchCandidate]:
    """Return those of the pairs that may fit, as far as the database can tell."""
    asked = policy.may_follow() & Q(
        kind__in=criteria.kinds,
        score__gte=criteria.score_from,
        score__lte=criteria.score_to,
    )
    if criteria.list_ids is not None:
        asked &= Q(image_list__in=criteria.list_ids)
    if criteria.text != RuleText.EITHER:
        asked &= Q(text_state=_TEXT_STATES[criteria.text])
    if criteria.same_format:
        asked &= Q(image_low__format=F("image_high__format"))
    if criteria.act == RuleAct.DISSOCIATE:
        asked &= ~Q(kind__in=IDENTICAL_KINDS) & Q(score__lte=F("image_list__duplicate_threshold"))
    return pairs.filter(asked)


_TEXT_STATES = {RuleText.SAME: PairText.AGREES, RuleText.NONE: PairText.NONE}


def fitting(criteria: Criteria, pairs: QuerySet[MatchCandidate]) -> list[MatchCandidate]:
    """Return those of the pairs that fit, with their pictures and lists, without their evidence."""
    # Of the evidence, which may be long, only the reasons are looked at.
    rows = (
        narrowed(criteria, pairs)
        .select_related("image_list", "image_low", "image_high")
        .defer("evidence")
        .annotate(reasons=F("evidence__reasons"))
    )
    return [pair for pair in rows if _fits(criteria, pair)]


def fitting_ids(criteria: Criteria, pair_ids: Collection[int]) -> set[int]:
    """Return the row ids of those of the pairs that fit, whatever their state."""
    found: set[int] = set()
    for ids in connected.in_pieces(pair_ids):
        found |= {pair.pk for pair in fitting(criteria, MatchCandidate.objects.filter(pk__in=ids))}
    return found


def disputed_ids(
    criteria: Criteria, pair_ids: Collection[int], others: Collection[Criteria]
) -> set[int]:
    """Return the row ids of those of the pairs of which another rule would say the contrary."""
    disputed: set[int] = set()
    for other in others:
        if other.act != criteria.act:
            disputed |= fitting_ids(other, pair_ids)
    return disputed


def _fits(criteria: Criteria, pair: WithAnnotations[MatchCandidate, _Reasons]) -> bool:
    codes = {reason["code"] for reason in pair.reasons}
    return (
        codes.isdisjoint(criteria.refused_reasons)
        and _size_percent(pair) >= criteria.least_size_percent
        and (
            criteria.most_shape_percent is None
            or _shape_percent(pair) <= criteria.most_shape_percent
        )
    )


def _size_percent(pair: MatchCandidate) -> float:
    """Return how many pixels the smaller picture has, of those of the larger one."""
    smaller, larger = sorted(
        image.width * image.height for image in (pair.image_low, pair.image_high)
    )
    return _PERCENT * smaller / larger


def _shape_percent(pair: MatchCandidate) -> float:
    """Return by how much the wider picture is wider for its height than the other one."""
    narrow, wide = sorted(image.width / image.height for image in (pair.image_low, pair.image_high))
    return _PERCENT * (wide / narrow - 1)
