"""Writes of pairs: decisions, and items that leave a list or come back."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from django.db import IntegrityError, transaction

from accounts.actors import Actor
from accounts.permissions import Permission
from common.errors import InvalidInput
from common.sentences import Sentence
from lists import services as lists_services
from lists import transactions
from lists.models import Item, List
from lists.services import Place
from review.models import Act, Decision, DecisionReason, MatchCandidate, State
from review.pairs import following, invariants, relations, selectors, transitions
from review.pairs.records import Details
from review.scopes import Scope

MAX_NOTE_LENGTH = 1000
MAX_DECIDED_AT_ONCE = 500
# What the background does of an organisation's pairs: look at what waits since before 0016.
DERIVE_PAIRS: Final = "review.derive_pairs"
_DERIVED_AT_ONCE = 500


def confirm(
    *,
    by: Actor,
    pair: MatchCandidate,
    scope: Scope = Scope.WHOLE,
    note: str = "",
    expected_version: int | None = None,
    words_agree: bool = False,
) -> MatchCandidate:
    """Decide that the two pictures match; with scope `image_only`, that they claim other things.

    `words_agree` says that who decides has looked at both, and their words say the same.
    """
    act = Act.CONFIRM if scope == Scope.WHOLE else Act.CONFIRM_IMAGE
    details = Details(note=note, expected_version=expected_version, words_agree=words_agree)
    return decide(by=by, pair=pair, act=act, details=details)


def dissociate(
    *, by: Actor, pair: MatchCandidate, note: str = "", expected_version: int | None = None
) -> MatchCandidate:
    """Decide that the two pictures do not match: they are never suggested or returned again."""
    details = Details(note=note, expected_version=expected_version)
    return decide(by=by, pair=pair, act=Act.DISSOCIATE, details=details)


@transactions.tried_again
def decide(
    *, by: Actor, pair: MatchCandidate, act: Act, details: Details | None = None
) -> MatchCandidate:
    """Confirm or dissociate a pair, or ask for a second look (`unsure`) and decide nothing.

    Sent again under the same key it counts once. Raise KeyReused when the key names something else.
    """
    by.require(Permission.DECIDE_MATCHES)
    checked = checked_details(details=details or Details())
    with _one_per_key(checked.key), transaction.atomic():
        return transitions.decide(pair, act=act, by=by, details=checked)


def explain(*, by: Actor, pair: MatchCandidate, details: Details, of_key: str = "") -> Decision:
    """Say why about one's own decision that stands: the one sent under `of_key`, else the latest.

    It may be said again, which counts instead; nothing that was said is lost.
    """
    by.require(Permission.DECIDE_MATCHES)
    checked = checked_details(details=details)
    if not checked.reason and not checked.note:
        raise InvalidInput(Sentence("Choose a reason or write a note."), field="reason")
    with _one_per_key(checked.key), transaction.atomic():
        return transitions.explain(pair, by=by, of_key=of_key, details=checked)


@transactions.tried_again
@transaction.atomic
def undo(*, by: Actor, pair: MatchCandidate, expected_version: int | None = None) -> MatchCandidate:
    """Take the latest decision about a pair back."""
    by.require(Permission.DECIDE_MATCHES)
    return transitions.undo(pair, by=by, details=Details(expected_version=expected_version))


def undo_last(*, by: Actor, key: str = "", of_key: str = "") -> MatchCandidate:
    """Take the person's own latest decision back, whatever pair it was about.

    With `of_key` it is the one sent under that key and no other. Raise OverruledMeanwhile when it
    is not the pair's latest any more, NothingToUndo when there is none.

    Sent again under the same key it takes back no second one.
    """
    by.require(Permission.DECIDE_MATCHES)
    checked = checked_details(details=Details(key=key))
    meant = checked_details(details=Details(key=of_key)).key
    try:
        with transaction.atomic():
            return _undo_last(by, checked, of_key=meant)
    except IntegrityError:
        # The same request came twice at once, and the other was first.
        return transitions.done_under(by=by, key=checked.key).candidate


def _undo_last(by: Actor, details: Details, *, of_key: str) -> MatchCandidate:
    # Before anything is read: the same request that came at once may change which one is the last.
    invariants.take_turn(by.organisation_id)
    before = selectors.decision_under(by, details.key)
    meant = selectors.reachable_under(by, of_key) if of_key else selectors.last_decision_of(by)
    decision = before or meant
    if decision is None:
        raise transitions.NothingToUndo(Sentence("You have no decision left to undo."))
    # A pair that follows by now is not meant: the person's own doubt about it is.
    of = None if before else decision
    return transitions.undo(decision.candidate, by=by, details=details, of=of)


def remove_item(*, by: Actor, item: Item) -> None:
    """Take an item out of its list, and the pairs that it leaves behind out of the queue."""
    remove_items(by=by, items=[item])


@transactions.tried_again
@transaction.atomic
def remove_items(*, by: Actor, items: Sequence[Item]) -> None:
    """Take several items out, all or none, and their pairs out of the queue."""
    # What follows from a decision may be taken back meanwhile, and then waits for no item.
    invariants.take_turn(by.organisation_id)
    lists_services.remove_items(by=by, items=items)
    places = {(item.image_list_id, item.image_id) for item in items}
    gone = places - lists_services.hold_live(places=places)
    transitions.supersede(_locked_pairs(gone, State.SUGGESTED), by=by)


@transactions.tried_again
@transaction.atomic
def restore_item(*, by: Actor, item: Item) -> Item:
    """Put a removed item back, and its pairs whose other image is still in the list."""
    # Two that are restored at once would each wait for what the other holds.
    invariants.take_turn(by.organisation_id)
    restored = lists_services.restore_item(by=by, item=item)
    superseded = relations.pairs_with(item).filter(state=State.SUPERSEDED)
    places = {(pair.image_list_id, pair.item_image_id) for pair in superseded}
    live = lists_services.hold_live(places=places)
    pairs = _locked_pairs({(item.image_list_id, item.image_id)}, State.SUPERSEDED)
    revived = [each for each in pairs if (each.image_list_id, each.item_image_id) in live]
    transitions.revive(revived, by=by)
    following.look_at([each.pk for each in revived])
    following.tell_arrived(revived)
    return restored


@transactions.tried_again
@transaction.atomic
def remove_list(*, by: Actor, image_list: List) -> None:
    """Take a list out of service; what follows from its pairs elsewhere is taken back."""
    invariants.take_turn(by.organisation_id)
    lists_services.remove_list(by=by, image_list=image_list)
    following.look_around_list(image_list)


@transaction.atomic
def restore_list(*, by: Actor, image_list: List) -> List:
    """Put a removed list back with its items and pairs as they were.

    Raise ToldApart when its decisions contradict what was decided about other lists since.
    """
    invariants.take_turn(by.organisation_id)
    removed_at = image_list.removed_at
    restored = lists_services.restore_list(by=by, image_list=image_list)
    others = MatchCandidate.objects.filter(
        image_list__organisation=by.organisation_id,
        image_list__removed_at=None,
        changed_at__gte=removed_at,
        state__in=[State.CONFIRMED, State.DISSOCIATED],
    )
    if others.exclude(image_list=restored).exists():
        invariants.require_consistent(by.organisation_id)
    following.look_around_list(restored)
    return restored


@transactions.tried_again
@transaction.atomic
def derive_next(*, organisation_id: int, after: int) -> int | None:
    """Look at the next pairs that wait since before anything followed; return where to go on.

    `after` is the row id that the step before returned, 0 for the first. None: there are no more.
    """
    invariants.take_turn(organisation_id)
    waiting = MatchCandidate.objects.filter(
        image_list__organisation=organisation_id,
        image_list__removed_at=None,
        state=State.SUGGESTED,
        pk__gt=after,
    )
    ids = list(waiting.order_by("pk").values_list("pk", flat=True)[:_DERIVED_AT_ONCE])
    following.look_at(ids)
    return ids[-1] if len(ids) == _DERIVED_AT_ONCE else None


def _locked_pairs(places: Collection[Place], state: State) -> list[MatchCandidate]:
    """Lock the pairs in that state that have one of the images in its list."""
    pairs = relations.pairs_at(places).filter(state=state)
    return list(pairs.order_by("pk").select_for_update(of=("self",)))


@contextmanager
def _one_per_key(key: str) -> Iterator[None]:
    """Name what the database refuses of a keyed decision: the same key for another pair."""
    try:
        yield
    except IntegrityError as error:
        if not key:
            raise
        raise transitions.KeyReused(
            Sentence("This key was used for another decision. Take a new one.")
        ) from error


def checked_details(*, details: Details) -> Details:
    if len(details.note) > MAX_NOTE_LENGTH or "\x00" in details.note:
        raise InvalidInput(
            Sentence("A note has at most %(most)s characters.", most=MAX_NOTE_LENGTH), field="note"
        )
    if details.reason not in {"", *DecisionReason.values}:
        raise InvalidInput(f"reason is one of {', '.join(DecisionReason.values)}.", field="reason")
    if not re.fullmatch(r"[\w-]{0,64}", details.key, re.ASCII):
        raise InvalidInput("A key has at most 64 letters, digits, - and _.", field="key")
    return details
