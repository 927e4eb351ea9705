"""The state machine of a pair: every change of state, each with its decision row.

             ┌──────────────── undo ───────────────┐
    suggested ──confirm──► confirmed ──dissociate──► dissociated
             └──────────── dissociate ─────────────┘
    suggested ◄──revive── superseded ◄──supersede── suggested
    suggested ───follow──► confirmed ───undo──► suggested     by itself (`pairs.following`)

A decided pair (confirmed or dissociated) changes only by a person's or program's further decision.
A confirmed pair has a scope, and a pair in any state but superseded may be in doubt: a flag that
asks for a second look, which every decision takes away. Pairs confirmed in `whole` scope make
clusters, and no decision or undo may leave a dissociated pair inside one (`pairs.invariants`). What
a change implies for other pairs is written with it (`pairs.following`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from accounts.actors import Actor
from common.errors import Conflict, InvalidInput
from common.sentences import Sentence
from review.models import Act, Decision, MatchCandidate, State
from review.pairs import events, following, invariants, policy, selectors
from review.pairs.following import Change, Say, say_of
from review.pairs.invariants import ClusterConflict
from review.pairs.records import Details, Standing, record, standing_of, write
from review.scopes import Scope


class DecidedMeanwhile(Conflict):
    """The pair has changed since the person who decides saw it."""

    code = "decided_meanwhile"


class KeyReused(Conflict):
    """The key names another decision already."""

    code = "key_reused"


class TextsDiffer(Conflict):
    """Somebody says that the words say the same, and what was read certainly differs."""

    code = "texts_differ"


class NothingToExplain(Conflict):
    """The person has no decision in force that could be explained."""

    code = "nothing_to_explain"


class NothingToUndo(Conflict):
    """No decision is left that could be undone."""

    code = "nothing_to_undo"


class FollowsFromAnother(Conflict):
    """Nobody decided the pair: it follows from what was decided about `pair`, if it is named."""

    code = "follows_from_another"

    def __init__(self, cause: Decision, *, may_name: bool) -> None:
        pair = cause.candidate if may_name else None
        super().__init__(_follows_from(pair), pair=pair.public_id if pair else None)
        self.pair = pair


class OverruledMeanwhile(Conflict):
    """Somebody has decided the pair again since the decision that is to be undone."""

    code = "overruled_meanwhile"


_DECIDED = {
    Act.CONFIRM: Standing(State.CONFIRMED),
    Act.CONFIRM_IMAGE: Standing(State.CONFIRMED, Scope.IMAGE_ONLY),
    Act.DISSOCIATE: Standing(State.DISSOCIATED),
}


def decide(
    pair: MatchCandidate,
    *,
    act: Act,
    by: Actor,
    details: Details,
) -> MatchCandidate:
    """Confirm, dissociate or doubt a pair; deciding the same again changes nothing.

    Raise DecidedMeanwhile when the pair has changed since the expected version or was superseded,
    ClusterConflict when what it means for the cluster contradicts another decision, TextsDiffer
    when the words are said to agree that do not.
    """
    locked = _locked_in_turn(pair)
    if _was_done(locked, act=act, by=by, key=details.key):
        return locked
    _check_words(locked, act=act, words_agree=details.words_agree)
    wanted = _wanted(locked, act, words_agree=details.words_agree)
    is_as_wanted = standing_of(locked) == wanted
    # Who confirms what follows already makes it a decision, and was right whatever was seen.
    if is_as_wanted and (act != Act.CONFIRM or not locked.is_derived):
        return locked
    if not is_as_wanted:
        _check_version(locked, details.expected_version)
    _check_there(locked)
    if act == Act.UNSURE:
        doubt = record(locked, act=act, to=wanted, by=by, details=details)
        events.tell_decided([(locked, doubt)])
        return locked
    sides = invariants.require_room(locked, state=wanted.state, scope=wanted.scope, by=by)
    following.take_back([locked] if locked.is_derived else [])
    was = say_of(locked)
    decision = record(locked, act=act, to=wanted, by=by, details=details)
    events.tell_decided([(locked, decision)])
    following.settle([Change(locked, was, decision.pk, sides)])
    return locked


def dissociate_together(
    pairs: Sequence[MatchCandidate], *, by: Actor, details: Mapping[int, Details]
) -> list[MatchCandidate]:
    """Dissociate several pairs at once, which parts what none of them alone would part.

    What only followed from others falls with them, and is nobody's decision. `details` are those of
    each pair, by row id. Raise as `decide` does; then none is decided.
    """
    locked = _all_locked_in_turn(pairs)
    changes, decided = [], []
    for each in locked:
        own = details[each.pk]
        if _was_done(each, act=Act.DISSOCIATE, by=by, key=own.key):
            continue
        if each.state != State.DISSOCIATED and not each.is_derived:
            _check_version(each, own.expected_version)
            _check_there(each)
            was, to = say_of(each), _DECIDED[Act.DISSOCIATE]
            decision = record(each, act=Act.DISSOCIATE, to=to, by=by, details=own)
            changes.append(Change(each, was, decision.pk))
            decided.append((each, decision))
    for each in locked:
        if each.is_derived or say_of(each) == Say.APART:
            invariants.require_apart(each)
    events.tell_decided(decided)
    following.settle(changes)
    return [_locked(each) if each.is_derived else each for each in locked]


def explain(pair: MatchCandidate, *, by: Actor, of_key: str, details: Details) -> Decision:
    """Say why about one's own decision that stands: the one sent under `of_key`, else the latest.

    Raise NothingToExplain when there is none.
    """
    locked = _locked(pair)
    if _was_done(locked, act=Act.EXPLAIN, by=by, key=details.key):
        return done_under(by=by, key=details.key)
    decision = selectors.own_standing_decision(by, locked, key=of_key)
    if decision is None:
        raise NothingToExplain(
            Sentence("There is no decision of yours about this pair left to explain.")
        )
    explanation = write(
        locked,
        act=Act.EXPLAIN,
        to=standing_of(locked),
        by=by,
        details=details,
        about={"explains": decision},
    )
    events.tell_decided([(locked, explanation)])
    return explanation


def done_under(*, by: Actor, key: str) -> Decision:
    """Return what somebody did under a key, which must be there."""
    decision = selectors.decision_under(by, key)
    if decision is None:
        raise LookupError(key)
    return decision


def would_change(pair: MatchCandidate, act: str) -> bool:
    """Tell whether a decision would change the pair."""
    return pair.state != State.SUPERSEDED and standing_of(pair) != _wanted(pair, Act(act))


def undo(
    pair: MatchCandidate, *, by: Actor, details: Details, of: Decision | None = None
) -> MatchCandidate:
    """Take a decision about the pair back: `of`, which has to be the latest, else the latest.

    Raise NothingToUndo when there is none left, OverruledMeanwhile when `of` is not the latest,
    DecidedMeanwhile when the pair has changed since the expected version, ClusterConflict when
    what it was before contradicts what was decided about others since.
    """
    locked = _locked_in_turn(pair)
    if _was_done(locked, act=Act.UNDO, by=by, key=details.key):
        return locked
    _check_version(locked, details.expected_version)
    decision = _latest(locked, of, by=by)
    before = _before(decision, locked)
    sides = None
    if (before.state, before.scope) != (locked.state, locked.scope):
        sides = invariants.require_room(locked, state=before.state, scope=before.scope, by=by)
    was = say_of(locked)
    about = {"undoes": decision}
    undone = record(locked, act=Act.UNDO, to=before, by=by, details=details, about=about)
    events.tell_decided([(locked, undone)])
    following.settle([Change(locked, was, undone.pk, sides)])
    return locked


def undo_together(
    decisions: Sequence[Decision], *, by: Actor, details: Mapping[int, Details]
) -> list[MatchCandidate]:
    """Take back what was dissociated together, which one by one would contradict the others.

    `details` are those of each pair, by row id. Raise as `undo` does; then none is undone.
    """
    own = {decision.candidate_id: decision for decision in decisions}
    locked = _all_locked_in_turn([decision.candidate for decision in decisions])
    changes, decided = [], []
    for each in locked:
        if _was_done(each, act=Act.UNDO, by=by, key=details[each.pk].key):
            continue
        decision = _latest(each, own[each.pk], by=by)
        before = _before(decision, each)
        was, about = say_of(each), {"undoes": decision}
        undone = record(each, act=Act.UNDO, to=before, by=by, details=details[each.pk], about=about)
        changes.append(Change(each, was, undone.pk))
        decided.append((each, undone))
    invariants.require_whole(each for each in locked if each.confirmed_scope == Scope.WHOLE)
    events.tell_decided(decided)
    following.settle(changes)
    return locked


def auto_confirm(pair: MatchCandidate) -> list[Change]:
    """Confirm a locked, newly found pair because the list's policy says so; return what changed.

    The caller has taken its turn, and settles what follows (`following.settle`). A pair that may
    not join its clusters waits for a person.
    """
    try:
        sides = invariants.require_room(pair, state=State.CONFIRMED, scope=Scope.WHOLE)
    except ClusterConflict:
        return []
    was = say_of(pair)
    decision = record(pair, act=Act.AUTO_CONFIRM, to=Standing(State.CONFIRMED))
    events.tell_decided([(pair, decision)])
    return [Change(pair, was, decision.pk, sides)]


def supersede(pairs: Iterable[MatchCandidate], *, by: Actor) -> None:
    """Take locked suggested pairs out of the queue: one of their images left the list."""
    _move(pairs, Act.SUPERSEDE, State.SUPERSEDED, by=by)


def revive(pairs: Iterable[MatchCandidate], *, by: Actor | None) -> None:
    """Put locked superseded pairs back into the queue: their image is there again.

    Without an actor it was the background that found it again. The caller has taken its turn, and
    has what comes back looked at (`following.look_at`).
    """
    _move(pairs, Act.REVIVE, State.SUGGESTED, by=by)


def _move(pairs: Iterable[MatchCandidate], act: Act, state: State, *, by: Actor | None) -> None:
    events.tell_decided(
        [(each, record(each, act=act, to=_moved(each, state), by=by)) for each in pairs]
    )


def _follows_from(pair: MatchCandidate | None) -> Sentence:
    if pair is None:
        return Sentence(
            "Nobody decided this pair: it follows from another decision. Undo that one, and this "
            "pair waits again."
        )
    return Sentence(
        "Nobody decided this pair: it follows from %(pair)s in “%(list)s”. Undo that decision, "
        "and this pair waits again.",
        pair=pair.public_id,
        list=pair.image_list.name,
    )


def decided_meanwhile(pair: MatchCandidate) -> DecidedMeanwhile:
    """Return the error for a pair that is not as it was seen."""
    if pair.state == State.SUGGESTED:
        return DecidedMeanwhile(
            Sentence("This pair has changed meanwhile. Look at it again."), state=pair.state
        )
    return DecidedMeanwhile(
        Sentence(
            "Somebody has decided this pair meanwhile: it is %(state)s. Look at it again.",
            state=State(pair.state).label,
        ),
        state=pair.state,
    )


def _wanted(pair: MatchCandidate, act: Act, *, words_agree: bool = False) -> Standing:
    if act == Act.UNSURE:
        return replace(standing_of(pair), is_unsure=True)
    # Who confirms once more takes back nothing that was said of the words.
    is_said = act == Act.CONFIRM and (words_agree or pair.words_agree)
    return replace(_DECIDED[act], words_agree=is_said)


def _check_words(pair: MatchCandidate, *, act: Act, words_agree: bool) -> None:
    """Raise unless a person may say that the words of a locked pair say the same."""
    if words_agree and act != Act.CONFIRM:
        raise InvalidInput(
            Sentence("Only who confirms a match says that its words say the same."),
            field="words_agree",
        )
    if words_agree and policy.texts_stand_against(pair):
        raise TextsDiffer(
            Sentence(
                "The texts of these two were read, and they differ. No verdict passes between "
                "them: decide the pair without that, or as “same image, different claim”."
            )
        )


def _moved(pair: MatchCandidate, state: State) -> Standing:
    return replace(standing_of(pair), state=state)


def _before(decision: Decision, now: MatchCandidate) -> Standing:
    """Return what a decision is undone to; a doubt was about no state, so none comes back."""
    if decision.act == Act.UNSURE:
        return replace(standing_of(now), is_unsure=decision.from_unsure)
    return Standing(
        State(decision.from_state),
        Scope(decision.from_scope),
        decision.from_unsure,
        decision.from_words_agree,
    )


def _latest(locked: MatchCandidate, wanted: Decision | None, *, by: Actor) -> Decision:
    """Return the decision that an undo takes back."""
    latest = selectors.undoable_decision(locked)
    if wanted is None and locked.is_derived:
        _refuse_derived(locked, latest, by)
    if wanted is not None and (latest is None or latest.pk != wanted.pk):
        raise OverruledMeanwhile(Sentence("This pair was decided again since. It stays as it is."))
    if latest is None:
        raise NothingToUndo(Sentence("There is no decision about this pair left to undo."))
    return latest


def _refuse_derived(locked: MatchCandidate, latest: Decision | None, by: Actor) -> None:
    """Raise FollowsFromAnother unless something was decided about the pair since it follows."""
    derived = locked.decisions.filter(act=Act.FOLLOW).order_by("-pk").first()
    cause = locked.follows_from
    if cause and derived and (latest is None or latest.pk < derived.pk):
        raise FollowsFromAnother(cause, may_name=not by.is_restricted)


def _check_version(locked: MatchCandidate, expected_version: int | None) -> None:
    if expected_version is not None and locked.version != expected_version:
        raise decided_meanwhile(locked)


def _check_there(locked: MatchCandidate) -> None:
    if locked.state == State.SUPERSEDED:
        raise DecidedMeanwhile(
            Sentence("One of the two images was removed: there is nothing to decide.")
        )


def _was_done(locked: MatchCandidate, *, act: Act, by: Actor, key: str) -> bool:
    """Tell whether this was done before under the same key; raise KeyReused for anything else."""
    earlier = selectors.decision_under(by, key)
    if earlier is None:
        return False
    if (earlier.candidate_id, earlier.act) != (locked.pk, act):
        raise KeyReused(Sentence("This key was used for another decision. Take a new one."))
    return True


def _locked_in_turn(pair: MatchCandidate) -> MatchCandidate:
    invariants.take_turn(pair.image_list.organisation_id)
    return _locked(pair)


def _all_locked_in_turn(pairs: Sequence[MatchCandidate]) -> list[MatchCandidate]:
    invariants.take_turn(pairs[0].image_list.organisation_id)
    return [_locked(each) for each in sorted(pairs, key=lambda each: each.pk)]


def _locked(pair: MatchCandidate) -> MatchCandidate:
    return (
        MatchCandidate.objects.select_for_update(of=("self",))
        .select_related("image_list", "image_low", "image_high")
        .get(pk=pair.pk)
    )
