"""The state machine of a pair: every change of state, each with its decision row.

             ┌──────────────── undo ───────────────┐
    suggested ──confirm──► confirmed ──dissociate──► dissociated
             └──────────── dissociate ─────────────┘
    suggested ◄──revive── superseded ◄──supersede── suggested

A decided pair (confirmed or dissociated) changes only by a person's or program's further decision.
A confirmed pair has a scope, and a pair in any state but superseded may be in doubt: a flag that
asks for a second look, which every decision takes away.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from accounts.actors import Actor, Surface
from common.errors import Conflict
from review import selectors
from review.models import Act, Decision, MatchCandidate, State
from review.scopes import Scope


class DecidedMeanwhile(Conflict):
    """The pair is not in the state that whoever decides has seen."""

    code = "decided_meanwhile"


class NothingToUndo(Conflict):
    """No decision is left that could be undone."""

    code = "nothing_to_undo"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a pair stands; what a decision changes and an undo brings back."""

    state: State
    scope: Scope = Scope.WHOLE
    is_unsure: bool = False


_DECIDED = {
    Act.CONFIRM: Standing(State.CONFIRMED),
    Act.CONFIRM_IMAGE: Standing(State.CONFIRMED, Scope.IMAGE_ONLY),
    Act.DISSOCIATE: Standing(State.DISSOCIATED),
}


def decide(
    candidate: MatchCandidate,
    *,
    act: Act,
    by: Actor,
    note: str = "",
    expected_version: int | None = None,
) -> MatchCandidate:
    """Confirm, dissociate or doubt a pair; deciding the same again changes nothing.

    Raise DecidedMeanwhile when the pair has changed since `expected_version` or was superseded.
    """
    locked = _locked(candidate)
    wanted = _wanted(locked, act)
    if _standing_of(locked) == wanted:
        return locked
    _check_version(locked, expected_version)
    if locked.state == State.SUPERSEDED:
        raise DecidedMeanwhile("One of the two images has left the list: nothing to decide.")
    _record(locked, act=act, to=wanted, by=by, note=note)
    return locked


def would_change(candidate: MatchCandidate, act: Act) -> bool:
    """Tell whether a decision would change where the pair stands now."""
    return candidate.state != State.SUPERSEDED and _standing_of(candidate) != _wanted(
        candidate, act
    )


def undo(
    candidate: MatchCandidate, *, by: Actor, expected_version: int | None = None
) -> MatchCandidate:
    """Take the latest decision about the pair back; raise NothingToUndo when there is none left.

    Raise DecidedMeanwhile when the pair has changed since `expected_version`.
    """
    locked = _locked(candidate)
    _check_version(locked, expected_version)
    decision = selectors.undoable_decision(locked)
    if decision is None:
        raise NothingToUndo("There is no decision about this pair left to undo.")
    _record(locked, act=Act.UNDO, to=_before(decision, locked), by=by, undoes=decision)
    return locked


def auto_confirm(candidate: MatchCandidate) -> None:
    """Confirm a locked, newly found pair because the list's policy says so."""
    _record(candidate, act=Act.AUTO_CONFIRM, to=Standing(State.CONFIRMED))


def supersede(candidate: MatchCandidate) -> None:
    """Take a locked suggested pair out of the queue: one of its images left the list."""
    _record(candidate, act=Act.SUPERSEDE, to=_moved(candidate, State.SUPERSEDED))


def revive(candidate: MatchCandidate) -> None:
    """Put a locked superseded pair back into the queue: its image is there again."""
    _record(candidate, act=Act.REVIVE, to=_moved(candidate, State.SUGGESTED))


def _standing_of(candidate: MatchCandidate) -> Standing:
    return Standing(State(candidate.state), Scope(candidate.scope), candidate.is_unsure)


def _wanted(candidate: MatchCandidate, act: Act) -> Standing:
    doubted = replace(_standing_of(candidate), is_unsure=True)
    return doubted if act == Act.UNSURE else _DECIDED[act]


def _moved(candidate: MatchCandidate, state: State) -> Standing:
    return replace(_standing_of(candidate), state=state)


def _before(decision: Decision, now: MatchCandidate) -> Standing:
    """Return what a decision is undone to; a doubt was about no state, so none comes back."""
    if decision.act == Act.UNSURE:
        return replace(_standing_of(now), is_unsure=decision.from_unsure)
    return Standing(State(decision.from_state), Scope(decision.from_scope), decision.from_unsure)


def _check_version(locked: MatchCandidate, expected_version: int | None) -> None:
    if expected_version is not None and locked.version != expected_version:
        raise DecidedMeanwhile(
            f"Somebody has decided this pair meanwhile: it is {locked.get_state_display()}. "
            "Look at it again.",
            state=locked.state,
        )


def _locked(candidate: MatchCandidate) -> MatchCandidate:
    return (
        MatchCandidate.objects.select_for_update(of=("self",))
        .select_related("image_list", "image_low", "image_high")
        .get(pk=candidate.pk)
    )


def _record(
    candidate: MatchCandidate,
    *,
    act: Act,
    to: Standing,
    by: Actor | None = None,
    note: str = "",
    undoes: Decision | None = None,
) -> None:
    """Write the decision and the new standing; without an actor the system itself acts."""
    now = _standing_of(candidate)
    Decision.objects.create(
        candidate=candidate,
        act=act,
        from_state=now.state,
        to_state=to.state,
        from_scope=now.scope,
        to_scope=to.scope,
        from_unsure=now.is_unsure,
        to_unsure=to.is_unsure,
        undoes=undoes,
        user_id=by.user_id if by else None,
        credential_id=by.credential_id if by else None,
        surface=by.surface if by else Surface.SYSTEM,
        note=note,
    )
    candidate.version += (now.state, now.scope) != (to.state, to.scope)
    candidate.state, candidate.scope, candidate.is_unsure = to.state, to.scope, to.is_unsure
    candidate.save(update_fields=["state", "scope", "is_unsure", "version", "changed_at"])
