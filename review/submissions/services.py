"""The one entrance of every check and add, and what people report about pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from accounts.actors import Actor
from accounts.permissions import Permission
from common.errors import InvalidInput
from lists import services as lists_services
from review.models import Feedback
from review.submissions import feedback, run
from review.submissions.feedback import Report
from review.submissions.values import MAX_LIMIT, NewSubmission, Outcome


def submit(
    *, by: Actor, submission: NewSubmission, when_stored: run.WhenStored | None = None
) -> Outcome:
    """Check a picture against lists, add it to one, or both: the one entrance of every dialect.

    The answer's matches are those found before the picture was added, so it never matches itself;
    bytes that were in a list before match with score 1. Raise UnusableImage for bytes that are no
    picture, Forbidden for what the actor may not do; then nothing is stored. `when_stored` is
    called with the outcome in the transaction that stores it, to write what has to be there exactly
    when that is.
    """
    checked = _checked(by, submission)
    return run.run(by=by, submissions=[checked], when_stored=when_stored)[0]


def submit_many(*, by: Actor, submissions: Sequence[NewSubmission]) -> list[Outcome]:
    """Submit several pictures, all or none; the outcomes come in the order of the submissions.

    The answers' matches are those found before any of them was added, so they do not match each
    other. Raises as `submit` does.
    """
    checked = [_checked(by, submission) for submission in submissions]
    return run.run(by=by, submissions=checked)


def preview(*, by: Actor, submission: NewSubmission) -> Outcome:
    """Check a picture as `submit` does and keep nothing: no picture, no pair, no count."""
    by.require(Permission.CHECK_IMAGES)
    return run.preview(by=by, submission=submission)


def give_feedback(*, by: Actor, report: Report) -> Feedback:
    """Keep what somebody says about a picture; a duplicate is looked for and leaves its pairs.

    Raise UnusableImage for bytes that are no picture; then nothing is stored.
    """
    by.require(Permission.CHECK_IMAGES)
    search = feedback.search_of(report)
    if search is None:
        feedback.require_picture(report, by=by)
    else:
        submit(by=by, submission=search)
    return feedback.keep(by=by, report=report)


def _checked(by: Actor, submission: NewSubmission) -> NewSubmission:
    by.require(Permission.CHECK_IMAGES)
    if submission.add_to is not None:
        by.require(Permission.CHANGE_ITEMS)
    if submission.min_score is not None and not 0 < submission.min_score <= 1:
        raise InvalidInput("min_score is a number above 0 and at most 1.", field="min_score")
    if not 1 <= submission.limit <= MAX_LIMIT:
        raise InvalidInput(f"limit is a whole number from 1 to {MAX_LIMIT}.", field="limit")
    custom_id = lists_services.checked_custom_id(text=submission.custom_id)
    return replace(submission, custom_id=custom_id)
