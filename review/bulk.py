"""Many pairs at once: decided, assigned, and all of it taken back.

Each pair stands for itself. One that somebody else has decided meanwhile, or that is gone, is told
of and left as it is; the others are done. Sent twice, all of it counts once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from django.db import transaction
from django.db.models import OuterRef, Subquery

from accounts.actors import Actor
from accounts.models import Membership
from accounts.permissions import Permission
from common.errors import Conflict, Forbidden, InvalidInput, LookalikeError
from common.sentences import Sentence
from review.models import Act, Decision, MatchCandidate, State
from review.pairs import rules, transitions
from review.pairs import selectors as pairs_selectors
from review.pairs import services as pairs_services
from review.pairs.transitions import Details
from review.queue import ordering
from review.queue import selectors as queue_selectors
from review.queue.filters import Queue

MAX_SELECTED = pairs_services.MAX_DECIDED_AT_ONCE
_DECIDED_TOGETHER = (Act.CONFIRM, Act.DISSOCIATE, Act.UNSURE)


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


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of one pair of many: the pair as it is now, or why it could not be decided."""

    match_id: str
    candidate: MatchCandidate | None = None
    error: LookalikeError | None = None


def matching(*, by: Actor, queue: Queue) -> list[MatchCandidate]:
    """Return the first `MAX_SELECTED` pairs of a queue, in its order."""
    lists = queue_selectors.lists_of(by, queue)
    return ordering.first_after(lists, queue, after=None, size=MAX_SELECTED)


def decide(*, by: Actor, seen: Sequence[Seen], act: str, key: str) -> Selected:
    """Decide the pairs alike, each as it was seen or not at all."""
    if not key:
        raise InvalidInput(
            Sentence("A selection is decided under a key. Load the page again."), field="key"
        )
    answers = decide_many(
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
    known = pairs_selectors.candidates_named(by, match_ids)
    own = _own_decisions(by, key, known.values())
    done, left = [], []
    for match_id in dict.fromkeys(match_ids):
        candidate = known.get(match_id)
        if candidate is None:
            left.append(Left(match_id, pairs_selectors.match_not_found()))
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
        return pairs_selectors.match_not_found()
    if candidate.state != State.SUGGESTED:
        return transitions.decided_meanwhile(candidate)
    is_own = candidate.assigned_to_id in {None, by.user_id}
    if not is_own and not by.may(Permission.ASSIGN_MATCHES):
        return AssignedToAnother(
            Sentence("This pair is a colleague's. A manager can give it to you.")
        )
    return None


def _locked(by: Actor, match_ids: Sequence[str]) -> list[MatchCandidate]:
    reachable = pairs_selectors.candidates_for(by).filter(public_id__in=match_ids)
    return list(reachable.select_for_update(of=("self",)).order_by("pk"))


def _own_decisions(
    by: Actor, key: str, candidates: Iterable[MatchCandidate]
) -> dict[int, Decision]:
    """Return what the actor decided under the key, by row id of the pair."""
    keys = [key_of(key=key, candidate=candidate) for candidate in candidates]
    own = Decision.objects.filter(user=by.user_id, credential=by.credential_id, key__in=keys)
    return {decision.candidate_id: decision for decision in own}


@transaction.atomic
def _undone(by: Actor, candidate: MatchCandidate, decision: Decision, key: str) -> MatchCandidate:
    # Locked before it is looked at, so that nobody decides between the two; the turn comes first.
    rules.take_turn(by.organisation_id)
    MatchCandidate.objects.select_for_update().get(pk=candidate.pk)
    undo_key = key_of(key=f"{key}-undo", candidate=candidate)
    if pairs_selectors.decision_under(by, undo_key) is None:
        latest = pairs_selectors.undoable_decision(candidate)
        if latest is None or latest.pk != decision.pk:
            raise OverruledMeanwhile(
                Sentence("This pair was decided again since. It stays as it is.")
            )
    return transitions.undo(candidate, by=by, details=Details(key=undo_key))


def _explained(by: Actor, left: Sequence[Left]) -> list[Left]:
    """Add the pairs as they are now and the decisions that stand, in two queries however many."""
    if not left:
        return []
    known = pairs_selectors.candidates_named(by, [each.match_id for each in left])
    latest = Decision.objects.filter(
        candidate=OuterRef("pk"), act__in=pairs_selectors.UNDOABLE, undone_by=None
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


def decide_many(
    *,
    by: Actor,
    match_ids: Sequence[str],
    act: str,
    note: str = "",
    versions: Mapping[str, int] | None = None,
    key: str = "",
) -> list[Decided]:
    """Decide several pairs, each by itself: one that cannot be decided stops none of the others.

    The answers come in the order of the ids, each id once. `versions` are those that were seen, by
    id. Under a `key` of at most 32 characters each pair has one of its own (see `key_of`), so that
    the same sent again counts once.
    """
    by.require(Permission.DECIDE_MATCHES)
    if act not in _DECIDED_TOGETHER:
        raise InvalidInput(f"act is one of {', '.join(_DECIDED_TOGETHER)}.", field="act")
    pairs_services.checked_details(details=Details(note=note, key=key))
    answers = []
    for match_id, candidate in _known(by, match_ids).items():
        details = Details(
            note=note,
            expected_version=(versions or {}).get(match_id),
            key=key_of(key=key, candidate=candidate) if key and candidate else "",
        )
        as_asked = partial(pairs_services.decide, by=by, act=Act(act), details=details)
        answers.append(_decided(match_id, candidate, as_asked))
    return answers


def key_of(*, key: str, candidate: MatchCandidate) -> str:
    """Return the key of one pair's decision among many that were sent under one key."""
    return f"{key}-{candidate.pk}"


def undo_many(*, by: Actor, versions: Mapping[str, int]) -> list[Decided]:
    """Take back what the actor decided about several pairs, each by itself, if it still stands.

    `versions` are those that the decisions led to, by id. What somebody else has decided is not
    undone: that pair's answer is an error.
    """
    by.require(Permission.DECIDE_MATCHES)
    # What came later is undone first, as one by one it would be.
    latest_first = reversed(_known(by, list(versions)).items())
    undone = [
        _decided(match_id, candidate, partial(_undo_own, by=by, version=versions[match_id]))
        for match_id, candidate in latest_first
    ]
    return undone[::-1]


@transaction.atomic
def _undo_own(*, by: Actor, candidate: MatchCandidate, version: int) -> MatchCandidate:
    undone = transitions.undo(candidate, by=by, details=Details(expected_version=version))
    decision = pairs_selectors.latest_undone(undone)
    if (decision.user_id, decision.credential_id) != (by.user_id, by.credential_id):
        raise transitions.NothingToUndo(
            Sentence("Somebody else has decided this pair: it stays so.")
        )
    return undone


def _known(by: Actor, match_ids: Sequence[str]) -> dict[str, MatchCandidate | None]:
    """Return the pairs by id in the order asked, None for those that are out of reach."""
    wanted = list(dict.fromkeys(match_ids))
    if len(wanted) > pairs_services.MAX_DECIDED_AT_ONCE:
        raise InvalidInput(
            f"At most {pairs_services.MAX_DECIDED_AT_ONCE} ids at once.", field="ids"
        )
    return dict.fromkeys(wanted) | pairs_selectors.candidates_named(by, wanted)


def _decided(
    match_id: str, candidate: MatchCandidate | None, decide: Callable[..., MatchCandidate]
) -> Decided:
    if candidate is None:
        return Decided(match_id, error=pairs_selectors.match_not_found())
    try:
        return Decided(match_id, decide(candidate=candidate))
    except LookalikeError as error:
        return Decided(match_id, error=error)
