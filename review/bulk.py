"""Many pairs at once: decided, split, assigned, and all of it taken back.

Each pair is decided by itself, as it was seen: one that somebody else has decided meanwhile, or
that is gone, is left as it is and reported; the others are done. A split is done as a whole. All
of it goes under one key, from which each pair gets its own, so a resend counts once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from django.db import transaction
from django.db.models import OuterRef, Subquery

from accounts import selectors as accounts_selectors
from accounts.actors import Actor
from accounts.models import Membership
from accounts.permissions import Permission
from common.errors import Conflict, Forbidden, InvalidInput, LookalikeError
from common.sentences import Sentence
from lists import selectors as lists_selectors
from lists import transactions
from review.models import Act, Decision, MatchCandidate, State
from review.pairs import following, transitions
from review.pairs import selectors as pairs_selectors
from review.pairs import services as pairs_services
from review.pairs.records import Details
from review.pairs.transitions import OverruledMeanwhile
from review.queue import ordering
from review.queue import selectors as queue_selectors
from review.queue.filters import Queue
from review.scopes import Scope

MAX_AT_ONCE = pairs_services.MAX_DECIDED_AT_ONCE
ACTS = (Act.CONFIRM, Act.DISSOCIATE, Act.UNSURE)
# Whose a pair is that was assigned to somebody who has left: no membership has this public id.
_SOMEBODY_WHO_LEFT = ""


class AssignedToAnother(Forbidden):
    """The pair is assigned to a colleague, and the actor may not take it from them."""

    code = "assigned_to_another"


class AssignedMeanwhile(Conflict):
    """Somebody has assigned the pair again since the assignment that is to be undone."""

    code = "assigned_meanwhile"


@dataclass(frozen=True, slots=True)
class SeenPair:
    """A pair that was selected, and its version then; without one the version does not matter."""

    match_id: str
    version: int | None = None


@dataclass(frozen=True, slots=True)
class PairOutcome:
    """What became of one pair of many: the pair as it is now, and why it was left as it is.

    A pair that was left without an error was already where it was to go. Of those that were left,
    `decision` is the one in force.
    """

    match_id: str
    pair: MatchCandidate | None = None
    error: LookalikeError | None = None
    is_done: bool = False
    decision: Decision | None = None

    @property
    def decided(self) -> MatchCandidate | None:
        """Return the pair if it is where it was to go, None if that was not possible."""
        return None if self.error else self.pair


@dataclass(frozen=True, slots=True)
class BulkOutcome:
    """What became of many pairs, in the order asked.

    `follows` is how many further pairs follow from those that were decided. Of pairs that were
    assigned, `assignees_before` has the row id of the person that each was
    assigned to, by id of the pair.
    """

    pairs: Sequence[PairOutcome]
    assignees_before: Mapping[str, int | None] = field(default_factory=dict)
    follows: int = 0

    @property
    def done(self) -> list[MatchCandidate]:
        """Return the pairs that changed."""
        return [each.pair for each in self.pairs if each.is_done and each.pair]

    @property
    def done_count(self) -> int:
        """Return the number of pairs that changed."""
        return len(self.done)

    @property
    def left(self) -> list[PairOutcome]:
        """Return the pairs that were left as they are."""
        return [each for each in self.pairs if not each.is_done]


def matching(*, by: Actor, queue: Queue) -> list[MatchCandidate]:
    """Return the first `MAX_AT_ONCE` pairs of a queue, in its order."""
    lists = queue_selectors.lists_of(by, queue)
    return ordering.first_after(lists, queue, after=None, size=MAX_AT_ONCE)


def decide(
    *, by: Actor, seen: Sequence[SeenPair], act: str, key: str = "", note: str = ""
) -> BulkOutcome:
    """Decide the pairs alike, each as it was seen or not at all.

    Under a `key` of at most 32 characters the same sent again counts once; without one, a resend
    is another decision.
    """
    by.require(Permission.DECIDE_MATCHES)
    if act not in ACTS:
        raise InvalidInput(f"act is one of {', '.join(ACTS)}.", field="act")
    pairs_services.checked_details(details=Details(note=note, key=key))
    outcomes = []
    for each, pair in _known(by, seen):
        details = _details(pair, key=key, version=each.version, note=note)
        decide_one = partial(pairs_services.decide, by=by, act=Act(act), details=details)
        outcomes.append(_attempted(each.match_id, pair, decide_one))
    marked = _explained(by, _marked(by, key, outcomes))
    done = [each.pair for each in marked if each.is_done and each.pair]
    return BulkOutcome(marked, follows=sum(following.counts_of(done).values()))


def check_split(count: int) -> None:
    """Raise InvalidInput unless that many pairs can be split at once."""
    if not 0 < count <= MAX_AT_ONCE:
        raise InvalidInput(
            Sentence("A split takes 1 to %(most)s pairs.", most=MAX_AT_ONCE), field="pair"
        )


@transactions.tried_again
@transaction.atomic
def split(*, by: Actor, seen: Sequence[SeenPair], key: str) -> BulkOutcome:
    """Dissociate the confirmed pairs that link two parts of a cluster: all of them, or none.

    Raise MatchNotFound for an id out of reach, DecidedMeanwhile when a pair has changed since it
    was seen, StillTogether when other pairs link the parts too.
    """
    by.require(Permission.DECIDE_MATCHES)
    pairs_services.checked_details(details=Details(key=key))
    check_split(len(seen))
    details, pairs = {}, []
    for each, pair in _known(by, seen):
        if pair is None:
            raise pairs_selectors.match_not_found()
        details[pair.pk] = _details(pair, key=key, version=each.version)
        pairs.append(pair)
    parted = transitions.dissociate_together(pairs, by=by, details=details)
    outcomes = [PairOutcome(each.public_id, each) for each in parted]
    return BulkOutcome(_explained(by, _marked(by, key, outcomes)))


def undo(
    *, by: Actor, match_ids: Sequence[str], key: str, decided_by: Actor | None = None
) -> BulkOutcome:
    """Take back what was decided under the key, but for pairs that were decided again since.

    It was decided by the actor, or by a rule that is named (`decided_by`).
    The latest is undone first. What parted a cluster is put together as a whole, or all of it is
    left.
    """
    by.require(Permission.DECIDE_MATCHES)
    known = dict(_known(by, [SeenPair(match_id) for match_id in match_ids]))
    own = _own_decisions(decided_by or by, key, [each for each in known.values() if each])
    outcomes = _undone_together(by, key, [each for each in own.values() if _parted(each)])
    for each, pair in reversed(known.items()):
        decision = own.get(pair.pk) if pair else None
        if pair is None or (decision and each.match_id not in outcomes):
            details = _details(pair, key=f"{key}-undo")
            undo_one = partial(_undone, by=by, details=details, of=decision)
            outcomes[each.match_id] = _attempted(each.match_id, pair, undo_one)
    ordered = [outcomes[each.match_id] for each in known if each.match_id in outcomes]
    return BulkOutcome(_explained(by, [replace(each, is_done=not each.error) for each in ordered]))


@transactions.tried_again
@transaction.atomic
def assign(*, by: Actor, match_ids: Sequence[str], to: Membership | None) -> BulkOutcome:
    """Assign the pairs to a person of the organisation, or to nobody.

    Analysts may take pairs that are nobody's and give their own back; more needs the permission to
    assign. A pair that was decided already keeps its assignee.
    """
    by.require(Permission.DECIDE_MATCHES)
    _check_receiver(by, to)
    receiver = to.user_id if to else None
    seen = [SeenPair(match_id) for match_id in match_ids]
    locked = _locked(by, match_ids)
    outcomes = []
    for each in dict.fromkeys(seen):
        pair = locked.get(each.match_id)
        error = _obstacle(by, pair)
        is_done = pair is not None and not error and pair.assigned_to_id != receiver
        outcomes.append(PairOutcome(each.match_id, pair, error, is_done=is_done))
    outcome = BulkOutcome(outcomes)
    before = {pair.public_id: pair.assigned_to_id for pair in outcome.done}
    own = [pair.pk for pair in outcome.done]
    MatchCandidate.objects.filter(pk__in=own).update(assigned_to=receiver)
    return BulkOutcome(_explained(by, outcomes), assignees_before=before)


@transactions.tried_again
@transaction.atomic
def assign_back(
    *, by: Actor, given_to: str | None, before: Mapping[str, str | None]
) -> BulkOutcome:
    """Undo an assignment, but for pairs that were assigned again since.

    `before` has whose each pair was, by id of the pair, and `given_to` whose all of them became:
    public ids of memberships, None for nobody. The pairs of people who have left since become
    nobody's.
    """
    people = {each.public_id: each for each in accounts_selectors.colleagues_of(by)}
    became = given_to if given_to is None or given_to in people else _SOMEBODY_WHO_LEFT
    names = {each.user_id: public_id for public_id, each in people.items()}
    locked = _locked(by, list(before))
    outcomes: dict[str, PairOutcome] = {}
    groups: dict[Membership | None, list[str]] = {}
    for match_id, person in before.items():
        former = people.get(person or "")
        unmoved = {became, former.public_id if former else None}
        pair = locked.get(match_id)
        if pair and _holder(pair, names) not in unmoved:
            outcomes[match_id] = _assigned_meanwhile(by, pair)
        else:
            groups.setdefault(former, []).append(match_id)
    for former, ids in groups.items():
        given_back = assign(by=by, match_ids=ids, to=former)
        outcomes |= {each.match_id: each for each in given_back.pairs}
    return BulkOutcome(_explained(by, [outcomes[match_id] for match_id in before]))


def _known(by: Actor, seen: Iterable[SeenPair]) -> list[tuple[SeenPair, MatchCandidate | None]]:
    """Return the pairs in the order asked, each once, None for those that are out of reach."""
    wanted = {each.match_id: each for each in seen}
    _require_few(wanted)
    known = pairs_selectors.pairs_named(by, wanted)
    return [(each, known.get(match_id)) for match_id, each in wanted.items()]


def _require_few(match_ids: Iterable[str]) -> None:
    if len(set(match_ids)) > MAX_AT_ONCE:
        raise InvalidInput(f"At most {MAX_AT_ONCE} ids at once.", field="ids")


def _details(
    pair: MatchCandidate | None, *, key: str, version: int | None = None, note: str = ""
) -> Details:
    own_key = _key_of(key, pair) if key and pair else ""
    return Details(note=note, expected_version=version, key=own_key)


def _key_of(key: str, pair: MatchCandidate) -> str:
    """Return the key of one pair's decision among many that were sent under one key."""
    return f"{key}-{pair.pk}"


def _attempted(
    match_id: str, pair: MatchCandidate | None, act: Callable[..., MatchCandidate]
) -> PairOutcome:
    if pair is None:
        return PairOutcome(match_id, error=pairs_selectors.match_not_found())
    try:
        return PairOutcome(match_id, act(pair=pair), is_done=True)
    except LookalikeError as error:
        return PairOutcome(match_id, pair, error)


def _marked(by: Actor, key: str, outcomes: Sequence[PairOutcome]) -> list[PairOutcome]:
    """Mark as done only what was decided under the key: other pairs were there already."""
    if not key:
        return list(outcomes)
    decided = [each.pair for each in outcomes if each.pair and not each.error]
    own = _own_decisions(by, key, decided)
    return [_marked_one(each, own) if not each.error else each for each in outcomes]


def _marked_one(outcome: PairOutcome, own: Mapping[int, Decision]) -> PairOutcome:
    decision = own.get(outcome.pair.pk) if outcome.pair else None
    if decision is not None and hasattr(decision, "undone_by"):
        undone = Sentence("This was undone since. Load the page again to decide it anew.")
        return replace(outcome, error=OverruledMeanwhile(undone), is_done=False)
    return replace(outcome, is_done=decision is not None)


def _own_decisions(by: Actor, key: str, pairs: Iterable[MatchCandidate]) -> dict[int, Decision]:
    """Return what the actor decided under the key, by row id of the pair."""
    keys = [_key_of(key, pair) for pair in pairs]
    own = Decision.objects.filter(
        user=by.user_id, credential=by.credential_id, rule_run=by.rule_run_id, key__in=keys
    )
    related = own.select_related("candidate__image_list", "undone_by").order_by("pk")
    return {decision.candidate_id: decision for decision in related}


def _parted(decision: Decision) -> bool:
    """Tell whether the decision took a pair out of a cluster."""
    return (
        decision.act == Act.DISSOCIATE
        and decision.from_state == State.CONFIRMED
        and decision.from_scope == Scope.WHOLE
    )


def _undone_together(by: Actor, key: str, decisions: Sequence[Decision]) -> dict[str, PairOutcome]:
    if not decisions:
        return {}
    pairs = {each.candidate.public_id: each.candidate for each in decisions}
    details = {each.pk: _details(each, key=f"{key}-undo") for each in pairs.values()}
    try:
        with transaction.atomic():
            undone = transitions.undo_together(decisions, by=by, details=details)
    except LookalikeError as error:
        return {match_id: PairOutcome(match_id, pair, error) for match_id, pair in pairs.items()}
    return {each.public_id: PairOutcome(each.public_id, each) for each in undone}


@transaction.atomic
def _undone(
    *, pair: MatchCandidate, by: Actor, details: Details, of: Decision | None
) -> MatchCandidate:
    return transitions.undo(pair, by=by, details=details, of=of)


def _check_receiver(by: Actor, to: Membership | None) -> None:
    if to is None or to.user_id == by.user_id:
        return
    by.require(Permission.ASSIGN_MATCHES)
    if to.organisation_id != by.organisation_id:
        raise InvalidInput(
            Sentence("Pairs are assigned to people of the organisation."), field="to"
        )


def _obstacle(by: Actor, pair: MatchCandidate | None) -> LookalikeError | None:
    if pair is None:
        return pairs_selectors.match_not_found()
    if pair.state != State.SUGGESTED:
        return transitions.decided_meanwhile(pair)
    is_own = pair.assigned_to_id in {None, by.user_id}
    if not is_own and not by.may(Permission.ASSIGN_MATCHES):
        return AssignedToAnother(
            Sentence("This pair is a colleague's. A manager can give it to you.")
        )
    return None


def _holder(pair: MatchCandidate, names: Mapping[int, str]) -> str | None:
    """Return whose a pair is by the names of the people by row id, None if it is nobody's."""
    if pair.assigned_to_id is None:
        return None
    return names.get(pair.assigned_to_id, _SOMEBODY_WHO_LEFT)


def _assigned_meanwhile(by: Actor, pair: MatchCandidate) -> PairOutcome:
    again = AssignedMeanwhile(Sentence("This pair was assigned again since. It stays as it is."))
    return PairOutcome(pair.public_id, pair, _obstacle(by, pair) or again)


def _locked(by: Actor, match_ids: Sequence[str]) -> dict[str, MatchCandidate]:
    """Lock the pairs within reach in the order of their rows, so that no two calls deadlock."""
    _require_few(match_ids)
    sought = [lists_selectors.searchable(match_id) for match_id in match_ids]
    reachable = pairs_selectors.pairs_for(by).filter(public_id__in=sought)
    locked = reachable.select_for_update(of=("self",)).order_by("pk")
    return {pair.public_id: pair for pair in locked}


def _explained(by: Actor, outcomes: Sequence[PairOutcome]) -> list[PairOutcome]:
    """Add to the pairs that were left how they are now and the decisions in force.

    Two queries, however many there are.
    """
    left = [each.match_id for each in outcomes if not each.is_done]
    if not left:
        return list(outcomes)
    known = pairs_selectors.pairs_named(by, left)
    latest = Decision.objects.filter(
        candidate=OuterRef("pk"), act__in=pairs_selectors.UNDOABLE, undone_by=None
    ).order_by("-pk")
    in_force = MatchCandidate.objects.filter(pk__in=[pair.pk for pair in known.values()]).annotate(
        in_force=Subquery(latest.values("pk")[:1])
    )
    decisions = {
        decision.candidate_id: decision
        for decision in Decision.objects.filter(pk__in=in_force.values("in_force")).select_related(
            *pairs_selectors.DECIDER
        )
    }
    return [
        each if each.is_done else _with_decision(each, known.get(each.match_id), decisions)
        for each in outcomes
    ]


def _with_decision(
    outcome: PairOutcome, pair: MatchCandidate | None, decisions: Mapping[int, Decision]
) -> PairOutcome:
    decision = decisions.get(pair.pk) if pair else None
    return replace(outcome, pair=pair, decision=decision)
