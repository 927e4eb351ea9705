"""Writes of review: submissions, decisions, and items that leave a list or come back."""

from __future__ import annotations

from dataclasses import replace

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.actors import Actor
from accounts.permissions import Permission
from common.errors import InvalidInput
from lists import services as lists_services
from lists.models import Item
from review import selectors, transitions
from review import submit as submission_run
from review.models import Act, MatchCandidate, State
from review.scopes import Scope
from review.submissions import MAX_LIMIT, Outcome, Submission

MAX_NOTE_LENGTH = 1000


def submit(*, by: Actor, submission: Submission) -> Outcome:
    """Check a picture against lists, add it to one, or both: the one entrance of every dialect.

    The answer's matches are those found before the picture was added, so it never matches itself;
    bytes that were in a list before match with score 1. Raise UnusableImage for bytes that are no
    picture, Forbidden for what the actor may not do; then nothing is stored.
    """
    by.require(Permission.CHECK_IMAGES)
    if submission.add_to is not None:
        by.require(Permission.CHANGE_ITEMS)
    if submission.min_score is not None and not 0 < submission.min_score <= 1:
        raise InvalidInput("min_score is a number above 0 and at most 1.", field="min_score")
    if not 1 <= submission.limit <= MAX_LIMIT:
        raise InvalidInput(f"limit is a whole number from 1 to {MAX_LIMIT}.", field="limit")
    custom_id = lists_services.checked_custom_id(text=submission.custom_id)
    return submission_run.run(by, replace(submission, custom_id=custom_id))


def preview(*, by: Actor, submission: Submission) -> Outcome:
    """Check a picture as `submit` does and keep nothing: no picture, no pair, no count."""
    by.require(Permission.CHECK_IMAGES)
    return submission_run.preview(by, submission)


def confirm(
    *,
    by: Actor,
    candidate: MatchCandidate,
    scope: Scope = Scope.WHOLE,
    note: str = "",
    expected_version: int | None = None,
) -> MatchCandidate:
    """Decide that the two pictures match; with scope `image_only`, that they claim other things."""
    act = Act.CONFIRM if scope == Scope.WHOLE else Act.CONFIRM_IMAGE
    return decide(by=by, candidate=candidate, act=act, note=note, expected_version=expected_version)


def dissociate(
    *, by: Actor, candidate: MatchCandidate, note: str = "", expected_version: int | None = None
) -> MatchCandidate:
    """Decide that the two pictures do not match: they are never suggested or returned again."""
    return decide(
        by=by,
        candidate=candidate,
        act=Act.DISSOCIATE,
        note=note,
        expected_version=expected_version,
    )


@transaction.atomic
def decide(
    *,
    by: Actor,
    candidate: MatchCandidate,
    act: Act,
    note: str = "",
    expected_version: int | None = None,
) -> MatchCandidate:
    """Confirm or dissociate a pair, or ask for a second look (`unsure`) and decide nothing."""
    by.require(Permission.DECIDE_MATCHES)
    return transitions.decide(
        candidate,
        act=act,
        by=by,
        note=_checked_note(note),
        expected_version=expected_version,
    )


@transaction.atomic
def undo(
    *, by: Actor, candidate: MatchCandidate, expected_version: int | None = None
) -> MatchCandidate:
    """Take the latest decision about a pair back."""
    by.require(Permission.DECIDE_MATCHES)
    return transitions.undo(candidate, by=by, expected_version=expected_version)


@transaction.atomic
def undo_last(*, by: Actor) -> MatchCandidate:
    """Take the person's own latest decision back, whatever pair it was about."""
    by.require(Permission.DECIDE_MATCHES)
    decision = selectors.last_decision_of(by)
    if decision is None:
        raise transitions.NothingToUndo("You have no decision left to undo.")
    return transitions.undo(decision.candidate, by=by)


@transaction.atomic
def remove_item(*, by: Actor, item: Item) -> None:
    """Take an item out of its list, and the pairs that it leaves behind out of the queue."""
    lists_services.remove_item(by=by, item=item)
    still_there = Item.objects.filter(
        image_list_id=item.image_list_id, image_id=item.image_id, removed_at=None
    )
    if still_there.exists():
        return
    for candidate in _pairs_with(item).filter(state=State.SUGGESTED):
        transitions.supersede(candidate)


@transaction.atomic
def remove_items(*, by: Actor, items: list[Item]) -> None:
    """Take several items out, all or none."""
    for item in items:
        remove_item(by=by, item=item)


@transaction.atomic
def restore_item(*, by: Actor, item: Item) -> Item:
    """Put a removed item back, and its pairs whose other image is still in the list."""
    restored = lists_services.restore_item(by=by, item=item)
    live_images = Item.objects.filter(image_list_id=item.image_list_id, removed_at=None)
    listed = set(live_images.values_list("image_id", flat=True))
    for candidate in _pairs_with(item).filter(state=State.SUPERSEDED):
        if candidate.item_image_id in listed:
            transitions.revive(candidate)
    return restored


def _pairs_with(item: Item) -> QuerySet[MatchCandidate]:
    return MatchCandidate.objects.select_for_update().filter(
        Q(image_low=item.image_id) | Q(image_high=item.image_id),
        image_list_id=item.image_list_id,
    )


def _checked_note(note: str) -> str:
    if len(note) > MAX_NOTE_LENGTH or "\x00" in note:
        raise InvalidInput(f"A note has at most {MAX_NOTE_LENGTH} characters.", field="note")
    return note
