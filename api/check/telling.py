"""Keeping whom to tell of a picture, and telling at once what is known of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from accounts.actors import Actor
from api.check.serializers import Include
from lists import selectors as lists_selectors
from review.submissions.values import Outcome
from verdicts import known as known_verdicts
from verdicts import selectors, submitting
from verdicts.known import KnownVerdict
from verdicts.selectors import AskedGroup
from verdicts.values import Sent

if TYPE_CHECKING:
    from lists.models import Item
    from verdicts.models import Submission


@dataclass(slots=True)
class SubmissionKeeper:
    """Keeps that somebody asked, in the transaction that stores the picture: `when_stored`."""

    by: Actor
    sent: Sent
    is_answered: bool = False
    submission: Submission | None = None

    def __call__(self, outcome: Outcome) -> None:
        """Keep the submission of a picture that became an item."""
        if outcome.item is not None:
            self.submission = submitting.record_submission(
                by=self.by, item=outcome.item, sent=self.sent, is_answered=self.is_answered
            )


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a picture by now, as far as it was asked for."""

    verdict: KnownVerdict | None = None
    group: AskedGroup | None = None


def known(outcome: Outcome, keeping: SubmissionKeeper, include: Collection[Include]) -> Known:
    """Return what was asked for; whom the answer tells of a verdict is told by no notice."""
    verdict, group = None, None
    wanted = {Include.VERDICT, Include.GROUP} & set(include)
    item = _item_of(outcome, keeping.by) if wanted else None
    if item is not None and Include.VERDICT in wanted:
        verdict = (
            submitting.answer_at_once(submission=keeping.submission)
            if keeping.submission is not None
            else known_verdicts.verdict_of(image_id=item.image_id)
        )
    if item is not None and Include.GROUP in wanted:
        group = selectors.group_of(keeping.by, item)
    return Known(verdict, group)


def _item_of(outcome: Outcome, actor: Actor) -> Item | None:
    """Return the item that the picture became, or one of the same bytes within reach."""
    if outcome.item is not None:
        return outcome.item
    try:
        return lists_selectors.items_known_as(actor, outcome.raw.sha256)[0]
    except lists_selectors.ItemNotFound:
        return None
