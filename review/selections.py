"""Many pairs at once, chosen on the queue page: decided, assigned, and all of it taken back.

Each pair stands for itself. One that somebody else has decided meanwhile, or that is gone, is told
of and left as it is; the others are done. Sent twice, all of it counts once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import OuterRef, Subquery

from accounts.actors import Actor
from accounts.models import Membership
from accounts.permissions import Permission
from common.errors import Conflict, Forbidden, InvalidInput, LookalikeError
from common.sentences import Sentence
from review import cluster_rules, queue_order, selectors, services, transitions
from review.models import Decision, MatchCandidate, State
from review.sought import Queue
from review.transitions import Details

MAX_SELECTED = services.MAX_DECIDED_AT_ONCE


class AssignedToAnother(Forbidden):
    """The pair is a colleague's, and whoever asks may not take it from them."""

    code = "assigned_to_another"


class OverruledMeanwhile(Conflict):
    """Somebody has decided the pair again since."""

    code = "overruled_meanwhile"


@dataclass(frozen=True, slots=True)
class Seen:
    """A pair that was selected, and the version of it that whoever selected it saw."""

    match_id: str
    version: int


@dataclass(frozen=True, slots=True)
class Left:
    """A pair that was left as it is: why, and the decision that stands, if there is one.

    Without an error the pair stood already where it was to go.
    """

    match_id: str
    error: LookalikeError | None = None
    candidate: MatchCandidate | None = None
    decision: Decision | None = None


@dataclass(frozen=True, slots=True)
class Selected:
    """What became of a selection: the pairs that changed, and those that were left as they are.

    Of pairs that were assigned, `before` has the row id of whose they were, by id of the pair.
    """

    done: Sequence[MatchCandidate]
    left: Sequence[Left] = ()
    before: Mapping[str, int | None] = field(default_factory=dict)


def matching(*, by: Actor, queue: Queue) -> list[MatchCandidate]:
    """Return the first `MAX_SELECTED` pairs of a queue, in its order."""
    lists = selectors.lists_of(by, queue)
    return queue_order.first_after(lists, queue, after=None, size=MAX_SELECTED)


def decide(*, by: Actor, seen: Sequence[Seen], act: str, key: str) -> Selected:
    """Decide the pairs alike, each as it was seen or not at all."""
    if not key:
        raise InvalidInput(
            Sentence("A selection is decided under a key. Load the page again."), field="key"
        )
    answers = services.decide_many(
        by=by,
        match_ids=[each.match_id for each in seen],
        act=act,
        versions={each.match_id: each.version for each in seen},
        key=key,
    )
    decided = [answer.candidate for answer in answers if answer.candidate]
    own = _own_decisions(by, key, decided)
    done = [candidate for candidate in decided if candidate.pk in own]
    changed = {candidate.pk for candidate in done}
    left = [
        Left(answer.match_id, answer.error, answer.candidate)
        for answer in answers
        if answer.candidate is None or answer.candidate.pk not in changed
    ]
    return Selected(done=done, left=_explained(by, left))


def undo(*, by: Actor, match_ids: Sequence[str], key: str) -> Selected:
    """Take back what was decided under the key, but for pairs that were decided again since."""
    by.require(Permission.DECIDE_MATCHES)
    if len(match_ids) > MAX_SELECTED:
        raise InvalidInput(f"At most {MAX_SELECTED} ids at once.", field="ids")
    known = selectors.candidates_named(by, match_ids)
    own = _own_decisions(by, key, known.values())
    done, left = [], []
    for match_id in dict.fromkeys(match_ids):
        candidate = known.get(match_id)
        if candidate is None:
            left.append(Left(match_id, selectors.match_not_found()))
        elif candidate.pk in own:
            try:
                done.append(_undone(by, candidate, own[candidate.pk], key))
            except LookalikeError as error:
                left.append(Left(match_id, error, candidate))
    return Selected(done=done, left=_explained(by, left))


@transaction.atomic
def assign(*, by: Actor, match_ids: Sequence[str], to: Membership | None) -> Selected:
    """Give the pairs to a person of the organisation, or to nobody.

    Whoever decides matches may take pairs that are nobody's and give their own back; more is for
    those who may assign. What was decided already stays whose it is.
    """
    by.require(Permission.DECIDE_MATCHES)
    if len(match_ids) > MAX_SELECTED:
        raise InvalidInput(f"At most {MAX_SELECTED} ids at once.", field="ids")
    _check_receiver(by, to)
    wanted = list(dict.fromkeys(match_ids))
    known = {candidate.public_id: candidate for candidate in _locked(by, wanted)}
    receiver = to.user_id if to else None
    done, left = [], []
    for match_id in wanted:
        candidate = known.get(match_id)
        error = _obstacle(by, candidate)
        if candidate is None or error or candidate.assigned_to_id == receiver:
            left.append(Left(match_id, error, candidate))
        else:
            done.append(candidate)
    before = {candidate.public_id: candidate.assigned_to_id for candidate in done}
    own = [candidate.pk for candidate in done]
    MatchCandidate.objects.filter(pk__in=own).update(assigned_to=receiver)
    return Selected(done=done, left=_explained(by, left), before=before)


@transaction.atomic
def assign_back(
    *, by: Actor, groups: Sequence[tuple[Membership | None, Sequence[str]]]
) -> Selected:
    """Give pairs to whose they were before; each group has a person, or nobody, and their pairs."""
    pieces = [assign(by=by, match_ids=ids, to=person) for person, ids in groups]
    return Selected(
        done=[candidate for piece in pieces for candidate in piece.done],
        left=[each for piece in pieces for each in piece.left],
    )


def _check_receiver(by: Actor, to: Membership | None) -> None:
    if to is None or to.user_id == by.user_id:
        return
    by.require(Permission.ASSIGN_MATCHES)
    if to.organisation_id != by.organisation_id:
        raise InvalidInput(
            Sentence("Pairs are assigned to people of the organisation."), field="to"
        )


def _obstacle(by: Actor, candidate: MatchCandidate | None) -> LookalikeError | None:
    if candidate is None:
        return selectors.match_not_found()
    if candidate.state != State.SUGGESTED:
        return transitions.decided_meanwhile(candidate)
    is_own = candidate.assigned_to_id in {None, by.user_id}
    if not is_own and not by.may(Permission.ASSIGN_MATCHES):
        return AssignedToAnother(
            Sentence("This pair is a colleague's. A manager can give it to you.")
        )
    return None


def _locked(by: Actor, match_ids: Sequence[str]) -> list[MatchCandidate]:
    reachable = selectors.candidates_for(by).filter(public_id__in=match_ids)
    return list(reachable.select_for_update(of=("self",)).order_by("pk"))


def _own_decisions(
    by: Actor, key: str, candidates: Iterable[MatchCandidate]
) -> dict[int, Decision]:
    """Return what the actor decided under the key, by row id of the pair."""
    keys = [services.key_of(key=key, candidate=candidate) for candidate in candidates]
    own = Decision.objects.filter(user=by.user_id, credential=by.credential_id, key__in=keys)
    return {decision.candidate_id: decision for decision in own}


@transaction.atomic
def _undone(by: Actor, candidate: MatchCandidate, decision: Decision, key: str) -> MatchCandidate:
    # Locked before it is looked at, so that nobody decides between the two; the turn comes first.
    cluster_rules.take_turn(by.organisation_id)
    MatchCandidate.objects.select_for_update().get(pk=candidate.pk)
    undo_key = services.key_of(key=f"{key}-undo", candidate=candidate)
    if selectors.decision_under(by, undo_key) is None:
        latest = selectors.undoable_decision(candidate)
        if latest is None or latest.pk != decision.pk:
            raise OverruledMeanwhile(
                Sentence("This pair was decided again since. It stays as it is.")
            )
    return transitions.undo(candidate, by=by, details=Details(key=undo_key))


def _explained(by: Actor, left: Sequence[Left]) -> list[Left]:
    """Add the pairs as they are now and the decisions that stand, in two queries however many."""
    if not left:
        return []
    known = selectors.candidates_named(by, [each.match_id for each in left])
    latest = Decision.objects.filter(
        candidate=OuterRef("pk"), act__in=selectors.UNDOABLE, undone_by=None
    ).order_by("-pk")
    standing = MatchCandidate.objects.filter(
        pk__in=[candidate.pk for candidate in known.values()]
    ).annotate(standing=Subquery(latest.values("pk")[:1]))
    decisions = Decision.objects.filter(pk__in=standing.values("standing"))
    by_candidate = {
        decision.candidate_id: decision
        for decision in decisions.select_related("user", "credential")
    }
    return [
        Left(
            each.match_id,
            each.error,
            candidate,
            by_candidate.get(candidate.pk) if candidate else None,
        )
        for each in left
        for candidate in [known.get(each.match_id)]
    ]
