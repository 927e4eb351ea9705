"""Making two groups one, where each may have a verdict."""

from __future__ import annotations

from django.db import transaction

from accounts.actors import Actor
from accounts.permissions import Permission
from common.errors import InvalidInput
from common.sentences import Sentence
from lists import transactions
from review.clusters import joining
from review.clusters.selectors import ImageCluster
from review.models import Act, MatchCandidate
from review.pairs import invariants
from review.pairs import selectors as pairs_selectors
from review.pairs import services as pairs_services
from review.pairs.records import Details
from verdicts import overviews, reach, services
from verdicts.models import Verdict
from verdicts.overviews import ListedVerdict


def merge(*, by: Actor, cluster: ImageCluster, name: str, keep: str = "") -> MatchCandidate:
    """Confirm that a named item shows what a group shows, and return the pair that says so.

    `name` is the id of an item or a SHA-256. Where both groups have a published verdict, `keep` is
    the id of the one that stays, and the other one gives way to it. Raises as `joining.link` does,
    and as a confirmation does: TwoVerdicts without `keep`, ToldApart, ClusterFull.
    """
    # The two pictures are compared before anything is locked.
    named = joining.link(by=by, cluster=cluster, name=name)
    return confirm(by=by, pair=named.pair, keep=keep)


@transactions.tried_again
@transaction.atomic
def confirm(*, by: Actor, pair: MatchCandidate, keep: str = "") -> MatchCandidate:
    """Confirm a pair whose two groups may each have a published verdict; raises as `merge` does."""
    by.require(Permission.DECIDE_MATCHES)
    invariants.take_turn(by.organisation_id)
    kept, other = _chosen(pair, keep) if keep else (None, None)
    if kept is not None and other is not None:
        services.give_way(by=by, verdict=other, to=kept)
    confirmed = pairs_services.confirm(by=by, pair=pair)
    joined = pairs_selectors.undoable_decision(confirmed)
    if other is not None and joined is not None:
        services.note_joined(verdict=other, with_decision=joined)
    return confirmed


def keep_apart(*, by: Actor, pair: MatchCandidate, expected_version: int | None) -> MatchCandidate:
    """Say that both pictures are the same but claim something else, so each keeps its verdict."""
    details = Details(expected_version=expected_version)
    return pairs_services.decide(by=by, pair=pair, act=Act.CONFIRM_IMAGE, details=details)


def contenders(pair: MatchCandidate) -> tuple[ListedVerdict, ListedVerdict] | None:
    """Return the published verdicts of the two groups that a pair would join, if both have one.

    That of the lower image first.
    """
    found = reach.two_verdicts(invariants.sides_of(pair))
    if found is None:
        return None
    low, high = overviews.listed(found)
    return low, high


def _chosen(pair: MatchCandidate, keep: str) -> tuple[Verdict, Verdict | None]:
    """Return the verdict that stays and the one of the other side, if there is one."""
    sides = invariants.sides_of(pair)
    found = [reach.verdicts_about(side).first() for side in sides]
    for kept, other in (found, found[::-1]):
        if kept is not None and kept.public_id == keep:
            return kept, None if kept == other else other
    raise InvalidInput(
        Sentence("None of the two groups has the published verdict %(id)s.", id=keep), field="keep"
    )
