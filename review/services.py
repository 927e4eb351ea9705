"""Writes of review: submissions, decisions, and items that leave a list or come back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from accounts.actors import Actor
from accounts.permissions import Permission
from common.errors import InvalidInput, LookalikeError
from common.sentences import Sentence
from lists import services as lists_services
from lists.models import Item
from review import cluster_rules, feedback, selectors, transitions
from review import submit as submission_run
from review.feedback import Report
from review.models import Act, Decision, Feedback, MatchCandidate, Reason, State
from review.scopes import Scope
from review.submissions import MAX_LIMIT, Outcome, Submission
from review.transitions import Details

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
    details = Details(note=note, expected_version=expected_version)
    return decide(by=by, candidate=candidate, act=act, details=details)


def dissociate(
    *, by: Actor, candidate: MatchCandidate, note: str = "", expected_version: int | None = None
) -> MatchCandidate:
    """Decide that the two pictures do not match: they are never suggested or returned again."""
    details = Details(note=note, expected_version=expected_version)
    return decide(by=by, candidate=candidate, act=Act.DISSOCIATE, details=details)


def decide(
    *, by: Actor, candidate: MatchCandidate, act: Act, details: Details | None = None
) -> MatchCandidate:
    """Confirm or dissociate a pair, or ask for a second look (`unsure`) and decide nothing.

    Sent again under the same key it counts once. Raise KeyReused when the key names something else.
    """
    by.require(Permission.DECIDE_MATCHES)
    checked = _checked_details(details or Details())
    with _one_per_key(checked.key), transaction.atomic():
        return transitions.decide(candidate, act=act, by=by, details=checked)


def explain(
    *, by: Actor, candidate: MatchCandidate, details: Details, of_key: str = ""
) -> Decision:
    """Say why about one's own decision that stands: the one sent under `of_key`, else the latest.

    It may be said again, which counts instead; nothing that was said is lost.
    """
    by.require(Permission.DECIDE_MATCHES)
    checked = _checked_details(details)
    if not checked.reason and not checked.note:
        raise InvalidInput(Sentence("Choose a reason or write a note."), field="reason")
    with _one_per_key(checked.key), transaction.atomic():
        return transitions.explain(candidate, by=by, of_key=of_key, details=checked)


@transaction.atomic
def undo(
    *, by: Actor, candidate: MatchCandidate, expected_version: int | None = None
) -> MatchCandidate:
    """Take the latest decision about a pair back."""
    by.require(Permission.DECIDE_MATCHES)
    return transitions.undo(candidate, by=by, details=Details(expected_version=expected_version))


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
    _checked_details(Details(note=note, key=key))
    answers = []
    for match_id, candidate in _known(by, match_ids).items():
        details = Details(
            note=note,
            expected_version=(versions or {}).get(match_id),
            key=key_of(key=key, candidate=candidate) if key and candidate else "",
        )
        as_asked = partial(decide, by=by, act=Act(act), details=details)
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
    decision = selectors.latest_undone(undone)
    if (decision.user_id, decision.credential_id) != (by.user_id, by.credential_id):
        raise transitions.NothingToUndo(
            Sentence("Somebody else has decided this pair: it stays so.")
        )
    return undone


def _known(by: Actor, match_ids: Sequence[str]) -> dict[str, MatchCandidate | None]:
    """Return the pairs by id in the order asked, None for those that are out of reach."""
    wanted = list(dict.fromkeys(match_ids))
    if len(wanted) > MAX_DECIDED_AT_ONCE:
        raise InvalidInput(f"At most {MAX_DECIDED_AT_ONCE} ids at once.", field="ids")
    return dict.fromkeys(wanted) | selectors.candidates_named(by, wanted)


def _decided(
    match_id: str, candidate: MatchCandidate | None, decide: Callable[..., MatchCandidate]
) -> Decided:
    if candidate is None:
        return Decided(match_id, error=selectors.match_not_found())
    try:
        return Decided(match_id, decide(candidate=candidate))
    except LookalikeError as error:
        return Decided(match_id, error=error)


_DECIDED_TOGETHER = (Act.CONFIRM, Act.DISSOCIATE, Act.UNSURE)


def undo_last(*, by: Actor, key: str = "") -> MatchCandidate:
    """Take the person's own latest decision back, whatever pair it was about.

    Sent again under the same key it takes back no second one.
    """
    by.require(Permission.DECIDE_MATCHES)
    checked = _checked_details(Details(key=key))
    try:
        with transaction.atomic():
            return _undo_last(by, checked)
    except IntegrityError:
        # The same request came twice at once, and the other was first.
        return transitions.done_under(by, checked.key).candidate


def _undo_last(by: Actor, details: Details) -> MatchCandidate:
    # Before anything is read: the same request that came at once may change which one is the last.
    cluster_rules.take_turn(by.organisation_id)
    before = selectors.decision_under(by, details.key)
    decision = before or selectors.last_decision_of(by)
    if decision is None:
        raise transitions.NothingToUndo(Sentence("You have no decision left to undo."))
    return transitions.undo(decision.candidate, by=by, details=details)


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


def _checked_details(details: Details) -> Details:
    if len(details.note) > MAX_NOTE_LENGTH or "\x00" in details.note:
        raise InvalidInput(
            Sentence("A note has at most %(most)s characters.", most=MAX_NOTE_LENGTH), field="note"
        )
    if details.reason not in {"", *Reason.values}:
        raise InvalidInput(f"reason is one of {', '.join(Reason.values)}.", field="reason")
    if not re.fullmatch(r"[\w-]{0,64}", details.key, re.ASCII):
        raise InvalidInput("A key has at most 64 letters, digits, - and _.", field="key")
    return details
