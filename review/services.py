"""Writes of review: submissions, decisions, and items that leave a list or come back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.actors import Actor
from accounts.permissions import Permission
from common.errors import InvalidInput, LookalikeError
from lists import selectors as lists_selectors
from lists import services as lists_services
from lists.models import Item
from review import feedback, selectors, transitions
from review import submit as submission_run
from review.feedback import Report
from review.models import Act, Feedback, MatchCandidate, State
from review.submissions import MAX_LIMIT, Outcome, Submission

MAX_NOTE_LENGTH = 1000
MAX_DECIDED_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of one pair of many: the pair as it is now, or why it could not be decided."""

    match_id: str
    candidate: MatchCandidate | None = None
    error: LookalikeError | None = None


def submit(*, by: Actor, submission: Submission) -> Outcome:
    """Check a picture against lists, add it to one, or both: the one entrance of every dialect.

    The answer's matches are those found before the picture was added, so it never matches itself;
    bytes that were in a list before match with score 1. Raise UnusableImage for bytes that are no
    picture, Forbidden for what the actor may not do; then nothing is stored.
    """
    return submit_many(by=by, submissions=[submission])[0]


def submit_many(*, by: Actor, submissions: Sequence[Submission]) -> list[Outcome]:
    """Submit several pictures, all or none; the outcomes come in the order of the submissions.

    The answers' matches are those found before any of them was added, so they do not match each
    other. Raises as `submit` does.
    """
    checked = [_checked(by, submission) for submission in submissions]
    return submission_run.run(by, checked)


def preview(*, by: Actor, submission: Submission) -> Outcome:
    """Check a picture as `submit` does and keep nothing: no picture, no pair, no count."""
    by.require(Permission.CHECK_IMAGES)
    return submission_run.preview(by, submission)


def give_feedback(*, by: Actor, report: Report) -> Feedback:
    """Keep what somebody says about a picture; a duplicate is looked for and leaves its pairs.

    Raise UnusableImage for bytes that are no picture; then nothing is stored.
    """
    by.require(Permission.CHECK_IMAGES)
    search = feedback.search_of(report)
    if search is None:
        feedback.require_picture(report)
    else:
        submit(by=by, submission=search)
    return feedback.keep(by, report)


@transaction.atomic
def confirm(
    *, by: Actor, candidate: MatchCandidate, note: str = "", expected_version: int | None = None
) -> MatchCandidate:
    """Decide that the two pictures match."""
    by.require(Permission.DECIDE_MATCHES)
    return transitions.decide(
        candidate,
        act=Act.CONFIRM,
        to_state=State.CONFIRMED,
        by=by,
        note=_checked_note(note),
        expected_version=expected_version,
    )


@transaction.atomic
def dissociate(
    *, by: Actor, candidate: MatchCandidate, note: str = "", expected_version: int | None = None
) -> MatchCandidate:
    """Decide that the two pictures do not match: they are never suggested or returned again."""
    by.require(Permission.DECIDE_MATCHES)
    return transitions.decide(
        candidate,
        act=Act.DISSOCIATE,
        to_state=State.DISSOCIATED,
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


def decide_many(*, by: Actor, match_ids: Sequence[str], act: str, note: str = "") -> list[Decided]:
    """Decide several pairs, each by itself: one that cannot be decided stops none of the others.

    The answers come in the order of the ids, each id once.
    """
    by.require(Permission.DECIDE_MATCHES)
    decide = _DECIDED_BY.get(act)
    if decide is None:
        raise InvalidInput("act is confirm or dissociate.", field="act")
    _checked_note(note)
    wanted = list(dict.fromkeys(match_ids))
    if len(wanted) > MAX_DECIDED_AT_ONCE:
        raise InvalidInput(f"At most {MAX_DECIDED_AT_ONCE} ids at once.", field="ids")
    known = {
        candidate.public_id: candidate
        for candidate in selectors.candidates_for(by).filter(
            public_id__in=[lists_selectors.searchable(match_id) for match_id in wanted]
        )
    }
    as_asked = partial(decide, by=by, note=note)
    return [_decided(match_id, known.get(match_id), as_asked) for match_id in wanted]


def _decided(
    match_id: str, candidate: MatchCandidate | None, decide: Callable[..., MatchCandidate]
) -> Decided:
    if candidate is None:
        return Decided(match_id, error=selectors.match_not_found())
    try:
        return Decided(match_id, decide(candidate=candidate))
    except LookalikeError as error:
        return Decided(match_id, error=error)


_DECIDED_BY: dict[str, Callable[..., MatchCandidate]] = {
    Act.CONFIRM: confirm,
    Act.DISSOCIATE: dissociate,
}


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


def _checked(by: Actor, submission: Submission) -> Submission:
    by.require(Permission.CHECK_IMAGES)
    if submission.add_to is not None:
        by.require(Permission.CHANGE_ITEMS)
    if submission.min_score is not None and not 0 < submission.min_score <= 1:
        raise InvalidInput("min_score is a number above 0 and at most 1.", field="min_score")
    if not 1 <= submission.limit <= MAX_LIMIT:
        raise InvalidInput(f"limit is a whole number from 1 to {MAX_LIMIT}.", field="limit")
    custom_id = lists_services.checked_custom_id(text=submission.custom_id)
    return replace(submission, custom_id=custom_id)


def _checked_note(note: str) -> str:
    if len(note) > MAX_NOTE_LENGTH or "\x00" in note:
        raise InvalidInput(f"A note has at most {MAX_NOTE_LENGTH} characters.", field="note")
    return note
