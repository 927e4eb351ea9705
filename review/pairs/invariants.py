"""What no decision may break: dissociated pictures are never in one cluster.

A decision first locks the organisation's row, then the pair, several pairs by row id. So the
decisions of an organisation that join and part clusters come one after the other, each of them sees
what the one before has left, and no two of them wait for each other. Work that confirms by a list's
policy takes the same lock before any other.
"""

from __future__ import annotations

from collections.abc import Iterable

from accounts.actors import Actor
from accounts.models import Organisation
from common.errors import Conflict
from common.sentences import Sentence
from review import signals
from review.models import MatchCandidate, State
from review.pairs import connected
from review.scopes import Scope

Sides = tuple[frozenset[int], frozenset[int]]  # pictures by row id


class ClusterConflict(Conflict):
    """A decision contradicts others about the same cluster; `pair` is one of those, if any."""

    code = "cluster_conflict"
    # The name of the page of a pair where a person settles it; empty where there is none.
    choice_page = ""

    def __init__(self, message: str, *, pair: MatchCandidate | None = None) -> None:
        super().__init__(message, pair=pair.public_id if pair else None)
        self.pair = pair


class ToldApart(ClusterConflict):
    """Confirming would bring two dissociated pictures into one cluster."""

    code = "told_apart"


class StillTogether(ClusterConflict):
    """Two pictures would be dissociated that other pairs keep in one cluster."""

    code = "still_together"


class ClusterFull(ClusterConflict):
    """Confirming would make a cluster with more pictures than one may have."""

    code = "cluster_full"


def take_turn(organisation_id: int) -> None:
    """Wait until nobody else changes the organisation's clusters; lasts to the transaction's end.

    Rows that refer to the organisation may be added meanwhile.
    """
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation_id)


def require_room(
    pair: MatchCandidate, *, state: State, scope: Scope, by: Actor | None = None
) -> Sides | None:
    """Raise ClusterConflict if this change would contradict other decisions.

    The caller has taken its turn. What a restricted actor may not see is counted and not named.
    Return the two clusters that the change would join.
    """
    if state == State.CONFIRMED and scope == Scope.WHOLE:
        return _require_joinable(pair, may_name=by is None or not by.is_restricted)
    if state == State.DISSOCIATED:
        require_apart(pair)
    return None


def sides_of(pair: MatchCandidate) -> Sides:
    """Return the clusters of a pair's pictures without it, which may be one and the same."""
    ours = connected.component(pair.image_low_id, without_pair=pair.pk)
    if pair.image_high_id in ours:
        return ours, ours
    return ours, connected.component(pair.image_high_id, without_pair=pair.pk)


def require_apart(pair: MatchCandidate) -> None:
    """Raise StillTogether if other pairs connect the two pictures."""
    if is_kept_together(pair):
        raise StillTogether(
            Sentence(
                "Other matches keep these two pictures in one cluster. "
                "Split the cluster between them first."
            ),
            pair=pair,
        )


def is_kept_together(pair: MatchCandidate) -> bool:
    """Tell whether other pairs connect the two pictures."""
    return pair.image_high_id in connected.component(pair.image_low_id, without_pair=pair.pk)


def require_whole(pairs: Iterable[MatchCandidate]) -> None:
    """Raise ToldApart if the cluster of a confirmed pair has two dissociated pictures."""
    seen: set[int] = set()
    for pair in pairs:
        # Pairs that were undone together are mostly of one cluster, which may be large.
        if pair.image_low_id not in seen:
            together = connected.component(pair.image_low_id)
            _refuse(connected.told_apart(together, together, but=pair))
            seen |= together


def require_consistent(organisation_id: int) -> None:
    """Raise ToldApart if any cluster of the organisation has two dissociated pictures."""
    _refuse(connected.dissociated_together(organisation_id))


def standing_against(pair: MatchCandidate) -> MatchCandidate | None:
    """Return a dissociated pair that keeps this one from being confirmed now, if there is one."""
    try:
        _require_joinable(pair, may_name=True)
    except ToldApart as error:
        return error.pair
    except ClusterConflict:
        pass
    return None


def _refuse(apart: MatchCandidate | None) -> None:
    if apart is not None:
        raise ToldApart(
            Sentence(
                "This would bring two pictures into one cluster that are “not a match” by now."
            ),
            pair=apart,
        )


def _require_joinable(pair: MatchCandidate, *, may_name: bool) -> Sides:
    ours, theirs = sides_of(pair)
    if ours is theirs:
        return ours, theirs
    if len(ours) + len(theirs) > connected.MAX_MEMBERS:
        raise ClusterFull(
            Sentence(
                "A cluster has at most %(most)s pictures, and this would make one with more. "
                "Keep the pair as it is.",
                most=connected.MAX_MEMBERS,
            )
        )
    apart = connected.told_apart(ours, theirs, but=pair)
    if apart is not None:
        raise ToldApart(_told_apart_by(apart, may_name=may_name), pair=apart)
    signals.clusters_joining.send(
        sender=MatchCandidate,
        organisation_id=pair.image_list.organisation_id,
        sides=(ours, theirs),
    )
    return ours, theirs


def _told_apart_by(apart: MatchCandidate, *, may_name: bool) -> Sentence:
    if not may_name:
        return Sentence(
            "Can’t be a match: these pictures are linked to a pair marked “not a match”. "
            "Undo that decision first, or leave this pair as it is."
        )
    return Sentence(
        "Can’t be a match: these pictures are linked to a pair marked “not a match” "
        "(%(pair)s in “%(list)s”). Undo that decision first, or leave this pair as it is.",
        pair=apart.public_id,
        list=apart.image_list.name,
    )
