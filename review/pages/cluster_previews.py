"""What a decision about many pairs of a cluster, or a split, would do, ready to be shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from accounts.actors import Actor
from lists.models import Image
from review.clusters import selectors as clusters_selectors
from review.clusters import tree
from review.clusters.selectors import ImageCluster
from review.clusters.tree import ClusterEdge, Split
from review.models import Act, MatchCandidate, State
from review.pages.bulk_forms import value_of
from review.pages.bulk_pages import Sheet, SheetPair
from review.pairs import connected, invariants, wording
from review.pairs import selectors as pairs_selectors
from review.pairs.selectors import ShownPair, Side

# Pairs on one sheet; a score that covers more is worked through in several.
MAX_PREVIEWED = 200
MAX_SHOWN_OF_A_PART = 12


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A pair to review seen from the cluster: the member, and the picture beside it.

    `is_inside` tells that both are members already. `against` is a dissociated pair that the
    confirmation would contradict.
    """

    shown: ShownPair
    member: Side
    other: Side
    is_inside: bool
    against: MatchCandidate | None = None

    @property
    def pair(self) -> MatchCandidate:
        """Return the pair's row."""
        return self.shown.pair

    @property
    def kind(self) -> str:
        """Return what the picture is to the member, in words."""
        return wording.kind_of_other(self.shown.beginning_with(self.member.image.pk).kind)

    @property
    def value(self) -> str:
        """Return the pair as a form sends it, with the version that is shown."""
        return value_of(self.pair)


@dataclass(frozen=True, slots=True)
class PictureBeside:
    """A picture beside a cluster, with its pairs to review.

    One of them decides it, since the others follow or are in conflict then: `best`, the best that
    contradicts nothing.
    """

    best: Suggestion
    others: Sequence[Suggestion]


@dataclass(frozen=True, slots=True)
class SplitPreview:
    """Two parts of a cluster and the pairs between them, strongest first."""

    shown_pairs: Sequence[ShownPair]
    part: Sequence[Image]
    part_size: int
    rest_size: int

    @property
    def strongest(self) -> ShownPair:
        """Return the pair that holds both parts best."""
        return self.shown_pairs[0]

    @property
    def values(self) -> list[str]:
        """Return the pairs as a form sends them."""
        return [value_of(shown.pair) for shown in self.shown_pairs]


def suggestions(cluster: ImageCluster, pairs: Iterable[MatchCandidate]) -> list[Suggestion]:
    """Return pairs as they are seen from a cluster, by three queries."""
    rows = list(pairs)
    members = set(cluster.image_ids)
    against = clusters_selectors.contradicted_by(cluster, rows)
    return [_suggestion(shown, members, against) for shown in pairs_selectors.with_sides(rows)]


def beside(suggested: Iterable[Suggestion]) -> list[PictureBeside]:
    """Return the pictures beside a cluster, each once, in the order of their first pairs."""
    pairs: dict[int, list[Suggestion]] = {}
    for each in suggested:
        if not each.is_inside:
            pairs.setdefault(each.other.image.pk, []).append(each)
    return [_picture_beside(each) for each in pairs.values()]


def _picture_beside(pairs: Sequence[Suggestion]) -> PictureBeside:
    best = next((each for each in pairs if each.against is None), pairs[0])
    return PictureBeside(best, [each for each in pairs if each is not best])


def of_score(actor: Actor, cluster: ImageCluster, *, act: Act, score: float) -> Sheet:
    """Preview confirming all from a score up, or dissociating all below it."""
    waiting = clusters_selectors.suggested_with(actor, cluster)
    if act == Act.CONFIRM:
        waiting = waiting.filter(score__gte=score)
        remark = _("All that score at least %(score)s.")
    else:
        waiting = waiting.filter(score__lt=score).reverse()
        remark = _("All that score below %(score)s.")
    previewed = suggestions(cluster, waiting[:MAX_PREVIEWED])
    total = len(previewed) if len(previewed) < MAX_PREVIEWED else waiting.count()
    warnings = []
    if total > len(previewed):
        more = _(
            "There are %(total)s such pairs. These are the first %(shown)s; preview the rest when "
            "they are decided."
        )
        warnings.append(more % {"total": intcomma(total), "shown": intcomma(len(previewed))})
    remarks = [remark % {"score": number_format(round(score, 2), 2)}]
    return _sheet(act, previewed, remarks=remarks, warnings=warnings)


def of_pair(cluster: ImageCluster, pair: MatchCandidate, *, act: Act) -> Sheet:
    """Preview deciding one pair, with all that contradicts it and not only what is near."""
    (shown,) = pairs_selectors.with_sides([pair])
    standing = invariants.standing_against(pair) if act == Act.CONFIRM else None
    against = {pair.pk: standing} if standing else {}
    seen = _suggestion(shown, set(cluster.image_ids), against)
    joined = frozenset() if seen.is_inside else connected.component(seen.other.image.pk)
    warnings = []
    if len(joined) > 1:
        joins = _("This joins a cluster of %(joined)s pictures with this one of %(size)s.")
        warnings.append(joins % {"joined": intcomma(len(joined)), "size": intcomma(cluster.size)})
    return _sheet(act, [seen], warnings=warnings)


def places_to_split(
    actor: Actor, edges: Sequence[ClusterEdge] | None, *, count: int
) -> list[ShownPair]:
    """Return the pairs that a cluster hangs on, weakest first."""
    weakest = tree.weakest(edges or [], count=count)
    return pairs_selectors.with_sides(
        clusters_selectors.pairs_at(actor, [edge.pair_id for edge in weakest])
    )


def split_asked(
    actor: Actor, cluster: ImageCluster, *, match_id: str, sha256: str
) -> SplitPreview | None:
    """Return what splitting at a pair, or taking a picture out, would part; None for nothing."""
    edges = clusters_selectors.edges_of(actor, cluster)
    if edges is None:
        return None
    found = _split_at(actor, edges, match_id) if match_id else _taken_out(cluster, edges, sha256)
    if found is None:
        return None
    between = clusters_selectors.pairs_at(actor, found.pair_ids)[::-1]
    return SplitPreview(
        shown_pairs=pairs_selectors.with_sides(between),
        part=clusters_selectors.images_of(found.part, count=MAX_SHOWN_OF_A_PART),
        part_size=len(found.part),
        rest_size=cluster.size - len(found.part),
    )


def _sheet(
    act: Act,
    previewed: Sequence[Suggestion],
    *,
    remarks: Sequence[str] = (),
    warnings: Sequence[str] = (),
) -> Sheet:
    """Choose to begin with the pairs that contradict nothing known."""
    sheet_pairs = [
        SheetPair(
            each.shown,
            is_chosen=each.against is None if act == Act.CONFIRM else not each.is_inside,
            is_inside=each.is_inside,
            against=each.against,
        )
        for each in previewed
    ]
    refused = []
    if not all(each.is_chosen for each in sheet_pairs):
        refused = [
            _(
                "What is “not a match” with a copy is not selected: matching it would bring both "
                "into one cluster."
            )
            if act == Act.CONFIRM
            else _(
                "Pairs inside the cluster are not selected: to tell them apart, split the cluster."
            )
        ]
    return Sheet(act, sheet_pairs, remarks=remarks, warnings=[*warnings, *refused])


def _suggestion(
    shown: ShownPair, members: set[int], against: dict[int, MatchCandidate]
) -> Suggestion:
    item_is_member = shown.item.image.pk in members
    member, other = (shown.item, shown.query) if item_is_member else (shown.query, shown.item)
    return Suggestion(
        shown=shown,
        member=member,
        other=other,
        is_inside=other.image.pk in members,
        against=shown.pair.blocked_by or against.get(shown.pair.pk),
    )


def _split_at(actor: Actor, edges: Sequence[ClusterEdge], match_id: str) -> Split | None:
    pair = pairs_selectors.pair_for(actor, match_id)
    return tree.split_at(edges, pair.pk) if pair.state == State.CONFIRMED else None


def _taken_out(cluster: ImageCluster, edges: Sequence[ClusterEdge], sha256: str) -> Split | None:
    if not sha256:
        return None
    return tree.taken_out(edges, clusters_selectors.member_image(cluster, sha256).pk)
