"""What follows from decisions, kept true in the turn and the transaction of each of them.

Two pictures that confirmed pairs connect are the same. So a suggested pair inside a cluster is
confirmed by itself: a decision of the system that names its cause, which is the decision that
connected the two (`MatchCandidate.follows_from`). It is no edge, so nothing rests on it, and it is
taken back as soon as its cause no longer connects or the two are no longer connected. A suggested
pair between two clusters that a dissociated pair keeps apart is handed to nobody: it is blocked by
that pair (`MatchCandidate.blocked_by`) until the two clusters may be joined.

A change looks at the pairs of the clusters that it touches and at no others. Clusters have at most
`connected.MAX_MEMBERS` pictures, and a picture has few pairs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Any

from django.db import transaction
from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from accounts.actors import Surface
from common import metrics
from lists.models import Item, List
from review import signals
from review.models import Act, Decision, MatchCandidate, State
from review.pairs import connected, events, policy, tallies
from review.pairs.connected import Clusters
from review.pairs.groups import Groups
from review.pairs.records import record, standing_of
from review.scopes import Scope

_OPEN = Q(state=State.SUGGESTED)
_DERIVED = Q(follows_from__isnull=False)
_UNCLAIMED = {"claimed_by": None, "claimed_until": None, "is_on_screen": False}

Found = dict[int, MatchCandidate]


class Say(Enum):
    """What a pair says about the clusters of its pictures."""

    SAME = auto()
    APART = auto()
    NOTHING = auto()


@dataclass(frozen=True, slots=True)
class Change:
    """A pair that was decided or undone, what it said before, and the row id of the decision.

    `sides` are the clusters of its two pictures without it, where they were found already.
    """

    pair: MatchCandidate
    was: Say
    decision_id: int
    sides: tuple[frozenset[int], frozenset[int]] | None = None

    @property
    def joins(self) -> bool:
        """Tell whether the pair connects and did not before."""
        return say_of(self.pair) == Say.SAME != self.was

    @property
    def parts(self) -> bool:
        """Tell whether the pair connected and does no longer."""
        return self.was == Say.SAME != say_of(self.pair)


def say_of(pair: MatchCandidate) -> Say:
    """Return what a pair says, as it stands in memory."""
    if pair.state == State.DISSOCIATED:
        return Say.APART
    is_match = pair.state == State.CONFIRMED and pair.scope == Scope.WHOLE
    return Say.SAME if is_match and not pair.is_derived else Say.NOTHING


def settle(changes: Sequence[Change], *, also: Collection[int] = ()) -> Found:
    """Derive, take back, block and free what follows from changes that are written already.

    `also` are row ids of pairs that are new or back. The caller has taken its turn. The pairs of
    the changes stand in memory as they do after it; others that were looked at are returned.
    """
    joining = [each.pair for each in changes if each.joins]
    to_look_at = {each.pair.pk for each in changes if each.pair.is_open} | set(also)
    if len(joining) == 1:
        to_look_at |= _follow_joining(next(each for each in changes if each.joins))
    elif joining:
        to_look_at |= set(_ids(_around(joining).filter(_OPEN)))
    to_look_at |= _shaken_by([each.pair for each in changes if each.parts])
    to_look_at |= _freed_by([each.pair for each in changes if each.was == Say.APART])
    for each in changes:
        if say_of(each.pair) == Say.APART != each.was:
            _block_between(each.pair)
    found = look_at(to_look_at)
    for each in changes:
        take_over(each.pair, found)
    tell_changed([each.pair for each in changes])
    return found


def tell_arrived(pairs: Sequence[MatchCandidate]) -> None:
    """Tell the rooms above of those of the pairs that wait; all are of one organisation."""
    waiting = [pair for pair in pairs if pair.is_open and pair.blocked_by_id is None]
    if waiting:
        signals.pairs_arrived.send(
            sender=MatchCandidate,
            organisation_id=waiting[0].image_list.organisation_id,
            pair_ids=[pair.pk for pair in waiting],
        )


def tell_changed(pairs: Sequence[MatchCandidate]) -> None:
    """Tell the apps above that pairs of one organisation say something else than before."""
    if pairs:
        signals.pairs_changed.send(
            sender=MatchCandidate,
            organisation_id=pairs[0].image_list.organisation_id,
            image_ids={image_id for pair in pairs for image_id in _ends(pair)},
        )


def look_at(pair_ids: Collection[int]) -> Found:
    """Make true of pairs whether they follow and whether they are blocked; return them as they are.

    Only pairs that are suggested or derived are looked at. The caller has taken its turn.
    """
    found: Found = {}
    for ids in connected.in_pieces(pair_ids):
        found |= {pair.pk: pair for pair in _locked(_by_id(ids))}
    if found:
        _make_true(list(found.values()))
    return found


def take_over(pair: MatchCandidate, found: Mapping[int, MatchCandidate]) -> None:
    """Bring a pair in memory up to what was written."""
    written = found.get(pair.pk)
    if written is not None and written is not pair:
        for name in ("state", "scope", "version", "follows_from_id", "blocked_by_id"):
            setattr(pair, name, getattr(written, name))


def take_back(pairs: Sequence[MatchCandidate]) -> None:
    """Take back that locked pairs follow: nobody has decided them."""
    if not pairs:
        return
    of_pair = {
        decision.candidate_id: decision
        for decision in Decision.objects.filter(
            candidate__in=[pair.pk for pair in pairs], act=Act.FOLLOW, undone_by=None
        )
    }
    about = {pk: {"undoes": each} for pk, each in of_pair.items()}
    undone = _write(pairs, Act.UNDO, State.SUGGESTED, about)
    _stand(pairs, state=State.SUGGESTED, follows_from=None)
    events.tell_decided(undone)


def look_around_list(image_list: List) -> None:
    """Look at what the pairs of a list imply that has just left service or is back.

    Its own pairs stay as they are until it is back. The caller has taken its turn.
    """
    own = MatchCandidate.objects.filter(image_list=image_list)
    sides = own.filter(state__in=(State.CONFIRMED, State.DISSOCIATED), scope=Scope.WHOLE)
    clusters = connected.clusters_of({end for ends in _ends_of(sides) for end in ends})
    to_look_at = set(_ids(own.filter(_OPEN | _DERIVED, image_list__removed_at=None)))
    for ids in connected.in_pieces(clusters.image_ids):
        to_look_at.update(_ids(connected.pairs_with(ids).filter(_OPEN | _DERIVED)))
    look_at(to_look_at)
    organisation_id = image_list.organisation_id
    signals.pairs_changed.send(
        sender=List,
        organisation_id=organisation_id,
        image_ids={end for ends in _ends_of(sides) for end in ends},
    )
    signals.list_moved.send(sender=List, organisation_id=organisation_id, list_id=image_list.pk)


def resting_on(pairs: Sequence[tuple[int, int, int]]) -> set[int]:
    """Return what to look at once pairs are gone, each a row id and those of its two pictures."""
    ids = [pair_id for pair_id, _, _ in pairs]
    clusters = connected.clusters_of({end for _, *ends in pairs for end in ends})
    resting: set[int] = set()
    for image_ids in connected.in_pieces(clusters.image_ids):
        shaken = _touching(image_ids).filter(_DERIVED | Q(blocked_by__isnull=False))
        resting.update(_ids(shaken))
    return resting - set(ids)


def counts_of(pairs: Collection[MatchCandidate]) -> dict[int, int]:
    """Return, by row id, how many pairs follow from what was decided about each; one query."""
    own = [pair.pk for pair in pairs]
    rows = MatchCandidate.objects.filter(follows_from__candidate__in=own).order_by()
    return dict(rows.values_list("follows_from__candidate").annotate(Count("pk")))


@dataclass(frozen=True, slots=True)
class Outlook:
    """What decisions about some pairs would imply: their clusters, and the pairs between any two.

    `between` has the row ids of the open pairs that may follow, by the pictures that stand for the
    two clusters.
    """

    clusters: Clusters
    between: Mapping[frozenset[int], frozenset[int]]

    def would_follow(self, pair: MatchCandidate) -> int:
        """Return how many other pairs would follow if this one were confirmed."""
        sides = _sides(self.clusters, *_ends(pair))
        is_joined_already = len(sides) == 1
        return 0 if is_joined_already else len(self.between.get(sides, frozenset()) - {pair.pk})

    def keeps_together(self, pair: MatchCandidate) -> bool:
        """Tell whether other pairs connect the pictures of one that does not itself."""
        is_edge = say_of(pair) == Say.SAME
        return not is_edge and len(_sides(self.clusters, *_ends(pair))) == 1


def outlook_of(pairs: Collection[MatchCandidate]) -> Outlook:
    """Return what decisions about pairs would imply; four queries, however many there are.

    What stands for a golden pair implies nothing, since nothing is decided there.
    """
    ends = {image_id for pair in pairs if not pair.is_stand_in for image_id in _ends(pair)}
    clusters = connected.clusters_of(ends)
    between: dict[frozenset[int], set[int]] = defaultdict(set)
    for pair_id, low_id, high_id in _open_within(clusters):
        between[_sides(clusters, low_id, high_id)].add(pair_id)
    return Outlook(clusters, {sides: frozenset(ids) for sides, ids in between.items()})


def would_follow(pairs: Collection[MatchCandidate]) -> dict[int, int]:
    """Return, by row id, how many other pairs would follow if one of these were confirmed."""
    outlook = outlook_of(pairs)
    return {pair.pk: outlook.would_follow(pair) for pair in pairs}


def would_follow_together(pairs: Collection[MatchCandidate]) -> int:
    """Return how many other pairs would follow if all of these were confirmed.

    Four queries, however many there are.
    """
    clusters = connected.clusters_of({end for pair in pairs for end in _ends(pair)})
    joined = Groups()
    for pair in pairs:
        joined.join(clusters.of(pair.image_low_id), clusters.of(pair.image_high_id))
    chosen = {pair.pk for pair in pairs}
    return sum(
        pair_id not in chosen
        and len(_sides(clusters, low_id, high_id)) == 2
        and joined.root(clusters.of(low_id)) == joined.root(clusters.of(high_id))
        for pair_id, low_id, high_id in _open_within(clusters)
    )


def _open_within(clusters: Clusters) -> Iterator[tuple[int, int, int]]:
    """Yield the open pairs that may follow and have both pictures in these clusters."""
    for ids in connected.in_pieces(clusters.image_ids):
        rows = MatchCandidate.objects.filter(
            policy.may_follow(), _OPEN, image_list__removed_at=None, image_low__in=ids
        )
        for pair_id, low_id, high_id in rows.values_list("pk", "image_low", "image_high"):
            if high_id in clusters.image_ids:
                yield pair_id, low_id, high_id


def _follow_joining(change: Change) -> set[int]:
    """Confirm what a joining pair implies; return which pairs it may block."""
    pair = change.pair
    ours, theirs = change.sides or (
        connected.component(pair.image_low_id, without_pair=pair.pk),
        connected.component(pair.image_high_id, without_pair=pair.pk),
    )
    if pair.image_high_id in ours:
        return set()
    across = _locked(_between(ours, theirs).filter(_OPEN, policy.may_follow()))
    _follow({each: change.decision_id for each in across if _joins(each, ours, theirs)})
    return _blocked_by_joining(ours, theirs)


def _blocked_by_joining(ours: frozenset[int], theirs: frozenset[int]) -> set[int]:
    """Return the pairs of one side that may join what dissociated pairs keep apart."""
    both = ours | theirs
    told_apart = connected.pairs_with(both).filter(state=State.DISSOCIATED)
    touched = {end for low, high in _ends_of(told_apart) for end in (low, high)}
    blocked: set[int] = set()
    for side, other in ((ours, theirs), (theirs, ours)):
        if touched & side:
            blocked.update(_ids(connected.pairs_with(other).filter(_OPEN, blocked_by=None)))
    return blocked


def _shaken_by(parting: Sequence[MatchCandidate]) -> set[int]:
    """Return which pairs may no longer follow, or be blocked, since others no longer connect."""
    if not parting:
        return set()
    clusters = connected.clusters_of({end for pair in parting for end in _ends(pair)})
    shaken: set[int] = set()
    for ids in connected.in_pieces(clusters.image_ids):
        rows = _touching(ids).filter(_DERIVED | Q(blocked_by__isnull=False))
        for pair_id, low_id, high_id, cause in rows.values_list(
            "pk", "image_low", "image_high", "follows_from"
        ):
            if cause is None or clusters.closing(low_id, high_id) != cause:
                shaken.add(pair_id)
    # What lies between two parts touches one of all but the largest.
    smaller_parts = clusters.members()[:-1]
    for ids in connected.in_pieces({each for part in smaller_parts for each in part}):
        rows = _touching(ids).filter(_OPEN)
        for pair_id, low_id, high_id in rows.values_list("pk", "image_low", "image_high"):
            if low_id in clusters.image_ids and high_id in clusters.image_ids:
                shaken.add(pair_id)
    return shaken


def _freed_by(pairs: Sequence[MatchCandidate]) -> set[int]:
    """Return what was blocked by pairs that are not dissociated any more."""
    own = [pair.pk for pair in pairs if say_of(pair) != Say.APART]
    return set(_ids(MatchCandidate.objects.filter(blocked_by__in=own))) if own else set()


def _block_between(apart: MatchCandidate) -> None:
    """Block what would join the clusters of two dissociated pictures."""
    ours, theirs = (connected.component(image_id) for image_id in _ends(apart))
    between = _between(ours, theirs).filter(_OPEN, blocked_by=None)
    _block({each: apart.pk for each in _locked(between) if _joins(each, ours, theirs)})


def _make_true(pairs: Sequence[MatchCandidate]) -> None:
    clusters = connected.clusters_of({end for pair in pairs for end in _ends(pair)})
    apart = clusters.told_apart()
    _take_back_untrue(pairs, clusters)
    # In a list that is out of service nothing is decided; it is looked at when it is back.
    open_pairs = [p for p in pairs if p.is_open and p.image_list.removed_at is None]
    causes = {pair: clusters.closing(*_ends(pair)) for pair in open_pairs}
    implied = {pair: cause for pair, cause in causes.items() if cause}
    may_follow = policy.letting_follow(implied)
    _follow({pair: cause for pair, cause in implied.items() if pair.pk in may_follow})
    in_way = {pair: apart.get(_sides(clusters, *_ends(pair))) for pair in open_pairs}
    apart_now = {p: by for p, by in in_way.items() if p.is_open and causes[p] is None}
    _block({p: by for p, by in apart_now.items() if by and by != p.blocked_by_id})
    _free([p for p in open_pairs if p.is_open and p.blocked_by_id and not apart_now.get(p)])


def _take_back_untrue(pairs: Iterable[MatchCandidate], clusters: Clusters) -> None:
    """Take back what is not connected any more, or not since the decision that it names."""
    derived = [pair for pair in pairs if pair.is_derived]
    untrue = [p for p in derived if clusters.closing(*_ends(p)) != p.follows_from_id]
    take_back(untrue)
    live = _live_places(untrue)
    gone = [pair for pair in untrue if (pair.image_list_id, pair.item_image_id) not in live]
    events.tell_decided(
        [
            (p, record(p, act=Act.SUPERSEDE, to=replace(standing_of(p), state=State.SUPERSEDED)))
            for p in gone
        ]
    )


def _follow(causes: Mapping[MatchCandidate, int]) -> None:
    """Confirm locked suggested pairs because of decisions, given by their row ids."""
    if not causes:
        return
    about = {pair.pk: {"follows_from_id": cause} for pair, cause in causes.items()}
    followed = _write(list(causes), Act.FOLLOW, State.CONFIRMED, about)
    of_cause: dict[int, list[MatchCandidate]] = defaultdict(list)
    for pair, cause in causes.items():
        of_cause[cause].append(pair)
    for cause, pairs in of_cause.items():
        _stand(pairs, state=State.CONFIRMED, follows_from=cause)
    events.tell_decided(followed)


def _block(in_way: Mapping[MatchCandidate, int]) -> None:
    """Let locked suggested pairs wait for nobody because of dissociated ones, by row ids."""
    of_pair: dict[int, list[MatchCandidate]] = defaultdict(list)
    for pair, apart in in_way.items():
        pair.blocked_by_id = apart
        of_pair[apart].append(pair)
    for apart, pairs in of_pair.items():
        _update(pairs, blocked_by=apart, **_UNCLAIMED)


def _free(pairs: Sequence[MatchCandidate]) -> None:
    for pair in pairs:
        pair.blocked_by_id = None
    _update(pairs, blocked_by=None)


def _write(
    pairs: Sequence[MatchCandidate],
    act: Act,
    to_state: State,
    about: Mapping[int, Mapping[str, Any]],
) -> list[tuple[MatchCandidate, Decision]]:
    transaction.on_commit(lambda: metrics.DECISIONS.labels(act.value).inc(len(pairs)))
    decisions = Decision.objects.bulk_create(
        Decision(
            candidate=pair,
            act=act,
            from_state=pair.state,
            to_state=to_state,
            from_unsure=pair.is_unsure,
            to_unsure=pair.is_unsure,
            surface=Surface.SYSTEM,
            **about[pair.pk],
        )
        for pair in pairs
    )
    return list(zip(pairs, decisions, strict=True))


def _stand(pairs: Sequence[MatchCandidate], *, state: State, follows_from: int | None) -> None:
    """Let pairs stand somewhere else, in the database and in memory."""
    _update(
        pairs,
        state=state,
        follows_from=follows_from,
        blocked_by=None,
        version=F("version") + 1,
        changed_at=timezone.now(),
        **_UNCLAIMED,
    )
    for pair in pairs:
        pair.state, pair.follows_from_id, pair.blocked_by_id = state, follows_from, None
        pair.version += 1


def _update(pairs: Sequence[MatchCandidate], **values: object) -> None:
    for ids in connected.in_pieces([pair.pk for pair in pairs]):
        MatchCandidate.objects.filter(pk__in=ids).update(**values)
    tallies.recount_of(pairs)


def _live_places(pairs: Sequence[MatchCandidate]) -> set[tuple[int, int]]:
    items = Item.objects.filter(
        image_list__in={pair.image_list_id for pair in pairs},
        image__in={pair.item_image_id for pair in pairs},
        removed_at=None,
    )
    return set(items.values_list("image_list", "image"))


def _locked(pairs: QuerySet[MatchCandidate]) -> list[MatchCandidate]:
    """Lock pairs in the order of their rows, as everywhere; nothing of their evidence is read."""
    locked = pairs.select_for_update(of=("self",)).select_related("image_list")
    return list(locked.defer("evidence").order_by("pk"))


def _by_id(ids: Collection[int]) -> QuerySet[MatchCandidate]:
    return MatchCandidate.objects.filter(_OPEN | _DERIVED, pk__in=ids)


def _between(ours: frozenset[int], theirs: frozenset[int]) -> QuerySet[MatchCandidate]:
    """Return the pairs of the smaller of two clusters, among them all that lead to the other."""
    return connected.pairs_with(min(ours, theirs, key=len))


def _joins(pair: MatchCandidate, ours: frozenset[int], theirs: frozenset[int]) -> bool:
    low_id, high_id = _ends(pair)
    return (low_id in ours and high_id in theirs) or (high_id in ours and low_id in theirs)


def _touching(image_ids: Collection[int]) -> QuerySet[MatchCandidate]:
    """Return the pairs of pictures in whatever list, in service or not."""
    return MatchCandidate.objects.filter(Q(image_low__in=image_ids) | Q(image_high__in=image_ids))


def _around(pairs: Sequence[MatchCandidate]) -> QuerySet[MatchCandidate]:
    """Return the pairs in service of all clusters that pairs touch."""
    clusters = connected.clusters_of({end for pair in pairs for end in _ends(pair)})
    return connected.pairs_with(clusters.image_ids)


def _sides(clusters: Clusters, low_id: int, high_id: int) -> frozenset[int]:
    return frozenset((clusters.of(low_id), clusters.of(high_id)))


def _ends(pair: MatchCandidate) -> tuple[int, int]:
    return pair.image_low_id, pair.image_high_id


def _ends_of(pairs: QuerySet[MatchCandidate]) -> list[tuple[int, int]]:
    return list(pairs.values_list("image_low_id", "image_high_id"))


def _ids(pairs: QuerySet[MatchCandidate]) -> list[int]:
    return list(pairs.order_by().values_list("pk", flat=True))
