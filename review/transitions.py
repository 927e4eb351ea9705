"""The state machine of a pair: every change of state, each with its decision row.

             ┌──────────────── undo ───────────────┐
    suggested ──confirm──► confirmed ──dissociate──► dissociated
             └──────────── dissociate ─────────────┘
    suggested ◄──revive── superseded ◄──supersede── suggested

A decided pair (confirmed or dissociated) changes only by a person's or program's further decision.
"""

from __future__ import annotations

from accounts.actors import Actor, Surface
from common.errors import Conflict
from review import selectors
from review.models import Act, Decision, MatchCandidate, State


class DecidedMeanwhile(Conflict):
    """The pair is not in the state that whoever decides has seen."""

    code = "decided_meanwhile"


class NothingToUndo(Conflict):
    """No decision is left that could be undone."""

    code = "nothing_to_undo"


def decide(
    candidate: MatchCandidate,
    *,
    act: Act,
    to_state: State,
    by: Actor,
    note: str = "",
    expected_version: int | None = None,
) -> MatchCandidate:
    """Bring a pair into a decided state; deciding the same again changes nothing.

    Raise DecidedMeanwhile when the pair has changed since `expected_version` or was superseded.
    """
    locked = _locked(candidate)
    if locked.state == to_state:
        return locked
    _check_version(locked, expected_version)
    if locked.state == State.SUPERSEDED:
        raise DecidedMeanwhile("One of the two images has left the list: nothing to decide.")
    _record(locked, act=act, to_state=to_state, by=by, note=note)
    return locked


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
    _record(locked, act=Act.UNDO, to_state=State(decision.from_state), by=by, undoes=decision)
    return locked


def auto_confirm(candidate: MatchCandidate) -> None:
    """Confirm a locked, newly found pair because the list's policy says so."""
    _record(candidate, act=Act.AUTO_CONFIRM, to_state=State.CONFIRMED)


def supersede(candidate: MatchCandidate) -> None:
    """Take a locked suggested pair out of the queue: one of its images left the list."""
    _record(candidate, act=Act.SUPERSEDE, to_state=State.SUPERSEDED)


def revive(candidate: MatchCandidate) -> None:
    """Put a locked superseded pair back into the queue: its image is there again."""
    _record(candidate, act=Act.REVIVE, to_state=State.SUGGESTED)


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
    to_state: State,
    by: Actor | None = None,
    note: str = "",
    undoes: Decision | None = None,
) -> None:
    """Write the decision and the new state; without an actor the system itself acts."""
    Decision.objects.create(
        candidate=candidate,
        act=act,
        from_state=candidate.state,
        to_state=to_state,
        undoes=undoes,
        user_id=by.user_id if by else None,
        credential_id=by.credential_id if by else None,
        surface=by.surface if by else Surface.SYSTEM,
        note=note,
    )
    candidate.state = to_state
    candidate.version += 1
    candidate.save(update_fields=["state", "version", "changed_at"])
