"""Writes of where a pair stands, each with its decision row; what may be written others decide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction

from accounts.actors import Actor, Surface
from common import metrics
from review.models import Act, Decision, MatchCandidate, State
from review.pairs import tallies
from review.scopes import Scope


@dataclass(frozen=True, slots=True)
class Standing:
    """What a decision changes and an undo restores: a pair's state, scope and doubt."""

    state: State
    scope: Scope = Scope.WHOLE
    is_unsure: bool = False


@dataclass(frozen=True, slots=True)
class Details:
    """What comes with a decision: why, the version of the pair that was seen, the sender's key."""

    note: str = ""
    reason: str = ""
    expected_version: int | None = None
    key: str = ""


_CHANGED = [
    "state",
    "scope",
    "is_unsure",
    "version",
    "claimed_by",
    "claimed_until",
    "is_on_screen",
    "follows_from",
    "blocked_by",
    "changed_at",
]


def standing_of(pair: MatchCandidate) -> Standing:
    """Return where a pair stands now."""
    return Standing(State(pair.state), Scope(pair.scope), pair.is_unsure)


def record(
    pair: MatchCandidate,
    *,
    act: Act,
    to: Standing,
    by: Actor | None = None,
    details: Details | None = None,
    about: Mapping[str, Decision] | None = None,
) -> Decision:
    """Write a decision about a locked pair and its new standing.

    Without an actor the system itself acts. What follows from a decision and what blocks a pair
    are of its state, and go with it.
    """
    now = standing_of(pair)
    decision = write(pair, act=act, to=to, by=by, details=details or Details(), about=about or {})
    if (now.state, now.scope) != (to.state, to.scope):
        pair.version += 1
        pair.follows_from = pair.blocked_by = None
    pair.state, pair.scope, pair.is_unsure = to.state, to.scope, to.is_unsure
    pair.claimed_by, pair.claimed_until, pair.is_on_screen = None, None, False
    pair.save(update_fields=_CHANGED)
    if (now.state, now.scope) != (to.state, to.scope):
        tallies.recount_of([pair])
    return decision


def write(
    pair: MatchCandidate,
    *,
    act: Act,
    to: Standing,
    by: Actor | None,
    details: Details,
    about: Mapping[str, Decision],
) -> Decision:
    """Write a decision and leave the pair as it is."""
    now = standing_of(pair)
    transaction.on_commit(metrics.DECISIONS.labels(act.value).inc)
    return Decision.objects.create(
        candidate=pair,
        act=act,
        from_state=now.state,
        to_state=to.state,
        from_scope=now.scope,
        to_scope=to.scope,
        from_unsure=now.is_unsure,
        to_unsure=to.is_unsure,
        user_id=by.user_id if by else None,
        credential_id=by.credential_id if by else None,
        surface=by.surface if by else Surface.SYSTEM,
        reason=details.reason,
        note=details.note,
        key=details.key,
        **about,
    )
