"""What a decision about many pairs or a split would do, and what it did, ready to be shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from accounts.actors import Actor
from common.errors import LookalikeError
from lists.models import Image
from review.bulk import Decided
from review.clusters import selectors as clusters_selectors
from review.clusters import tree
from review.clusters.selectors import Cluster
from review.clusters.tree import Edge, Split
from review.models import Act, Decision, MatchCandidate, State
from review.pairs import connected, rules
from review.pairs import selectors as pairs_selectors
from review.pairs.selectors import Pair, Side

# Pairs on one sheet; a score that speaks of more is worked through in several.
MAX_PREVIEWED = 200
MAX_SHOWN_OF_A_PART = 12


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A pair to review seen from the cluster: the member, and the picture beside it.

    `is_inside` tells that both are members already. `against` is a dissociated pair that the
    confirmation would contradict.
    """

    candidate: MatchCandidate
    member: Side
    other: Side
    is_inside: bool
    against: MatchCandidate | None = None

    @property
    def value(self) -> str:
        """Return the pair as a form sends it, with the version that is shown."""
        return versioned(self.candidate)


@dataclass(frozen=True, slots=True)
class Sheet:
    """What would be decided together: `total` counts also what the sheet has no room for.

    `score` is where it begins or ends, None for a single pair; of a single one that would join two
    clusters, `joined_size` is the number of pictures that come to this one.
    """

    act: Act
    suggestions: Sequence[Suggestion]
    total: int
    score: float | None = None
    joined_size: int = 0

    @property
    def shown(self) -> int:
        """Return the number of pairs on the sheet."""
        return len(self.suggestions)

    @property
    def chosen(self) -> list[Suggestion]:
        """Return the pairs that are chosen to begin with: those that contradict nothing known."""
        return [each for each in self.suggestions if not self._is_refused(each)]

    def _is_refused(self, suggestion: Suggestion) -> bool:
        if self.act == Act.CONFIRM:
            return suggestion.against is not None
        return suggestion.is_inside


@dataclass(frozen=True, slots=True)
class SplitPreview:
    """Two parts of a cluster and the pairs between them, strongest first."""

    pairs: Sequence[Pair]
    part: Sequence[Image]
    part_size: int
    rest_size: int

    @property
    def strongest(self) -> Pair:
        """Return the pair that holds both parts best."""
        return self.pairs[0]

    @property
    def values(self) -> list[str]:
        """Return the pairs as a form sends them."""
        return [versioned(pair.candidate) for pair in self.pairs]


@dataclass(frozen=True, slots=True)
class Failure:
    """A pair that was not decided: why, and what was done last where that is the reason."""

    pair: Pair | None
    error: LookalikeError
    decision: Decision | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of many pairs; `act` is None for an undo, `is_together` tells a split."""

    act: Act | None
    decided: Sequence[MatchCandidate]
    failures: Sequence[Failure]
    is_together: bool = False

    @property
    def values(self) -> list[str]:
        """Return the decided pairs as a form sends them, to undo them."""
        return [versioned(candidate) for candidate in self.decided]


def versioned(candidate: MatchCandidate) -> str:
    """Return a pair with the version that is shown of it."""
    return f"{candidate.public_id}:{candidate.version}"


def suggestions(cluster: Cluster, candidates: Iterable[MatchCandidate]) -> list[Suggestion]:
    """Return pairs as they are seen from a cluster, by three queries."""
    rows = list(candidates)
    members = set(cluster.image_ids)
    against = clusters_selectors.contradicted_by(cluster, rows)
    return [_suggestion(pair, members, against) for pair in pairs_selectors.pairs_of(rows)]


def of_score(actor: Actor, cluster: Cluster, *, act: Act, score: float) -> Sheet:
    """Preview confirming all from a score up, or telling apart all below it."""
    waiting = clusters_selectors.suggested_with(actor, cluster)
    if act == Act.CONFIRM:
        waiting = waiting.filter(score__gte=score)
    else:
        waiting = waiting.filter(score__lt=score).reverse()
    shown = suggestions(cluster, waiting[:MAX_PREVIEWED])
    total = len(shown) if len(shown) < MAX_PREVIEWED else waiting.count()
    return Sheet(act, shown, total=total, score=score)


def of_pair(cluster: Cluster, candidate: MatchCandidate, *, act: Act) -> Sheet:
    """Preview deciding one pair, with all that stands against it and not only what is near."""
    (pair,) = pairs_selectors.pairs_of([candidate])
    members = set(cluster.image_ids)
    standing = rules.standing_against(candidate) if act == Act.CONFIRM else None
    against = {candidate.pk: standing} if standing else {}
    seen = _suggestion(pair, members, against)
    joined = frozenset() if seen.is_inside else connected.component(seen.other.image.pk)
    return Sheet(act, [seen], total=1, joined_size=len(joined))


def places_to_split(actor: Actor, edges: Sequence[Edge] | None, *, count: int) -> list[Pair]:
    """Return the pairs that a cluster hangs on, weakest first."""
    weakest = tree.weakest(edges or [], count=count)
    return pairs_selectors.pairs_of(
        clusters_selectors.candidates_in(actor, [edge.pair_id for edge in weakest])
    )


def split_asked(
    actor: Actor, cluster: Cluster, *, match_id: str, sha256: str
) -> SplitPreview | None:
    """Return what splitting at a pair, or taking a picture out, would part; None for nothing."""
    edges = clusters_selectors.edges_of(actor, cluster)
    if edges is None:
        return None
    found = _split_at(actor, edges, match_id) if match_id else _taken_out(cluster, edges, sha256)
    if found is None:
        return None
    between = clusters_selectors.candidates_in(actor, found.pair_ids)[::-1]
    return SplitPreview(
        pairs=pairs_selectors.pairs_of(between),
        part=clusters_selectors.images_of(found.part, count=MAX_SHOWN_OF_A_PART),
        part_size=len(found.part),
        rest_size=cluster.size - len(found.part),
    )


def outcome_of(actor: Actor, decided: Sequence[Decided], *, act: Act | None) -> Outcome:
    """Return what became of pairs that were decided or undone together."""
    failed = {each.match_id: each.error for each in decided if each.error is not None}
    rows = (
        list(pairs_selectors.candidates_for(actor).filter(public_id__in=failed)) if failed else []
    )
    pairs = {pair.candidate.public_id: pair for pair in pairs_selectors.pairs_of(rows)}
    last = pairs_selectors.latest_decisions(rows) if rows else {}
    failures = []
    for match_id, error in failed.items():
        pair = pairs.get(match_id)
        is_overtaken = pair is not None and not isinstance(error, rules.ClusterConflict)
        decision = last.get(pair.candidate.pk) if pair is not None and is_overtaken else None
        failures.append(Failure(pair, error, decision))
    return Outcome(
        act=act,
        decided=[each.candidate for each in decided if each.candidate is not None],
        failures=failures,
    )


def outcome_of_split(parted: Sequence[MatchCandidate]) -> Outcome:
    """Return what a split has done."""
    return Outcome(act=Act.DISSOCIATE, decided=parted, failures=[], is_together=True)


def _suggestion(pair: Pair, members: set[int], against: dict[int, MatchCandidate]) -> Suggestion:
    item_is_member = pair.item.image.pk in members
    member, other = (pair.item, pair.query) if item_is_member else (pair.query, pair.item)
    return Suggestion(
        candidate=pair.candidate,
        member=member,
        other=other,
        is_inside=other.image.pk in members,
        against=against.get(pair.candidate.pk),
    )


def _split_at(actor: Actor, edges: Sequence[Edge], match_id: str) -> Split | None:
    candidate = pairs_selectors.candidate_for(actor, match_id)
    return tree.split_at(edges, candidate.pk) if candidate.state == State.CONFIRMED else None


def _taken_out(cluster: Cluster, edges: Sequence[Edge], sha256: str) -> Split | None:
    if not sha256:
        return None
    return tree.taken_out(edges, clusters_selectors.member_image(cluster, sha256).pk)
