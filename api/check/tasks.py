"""Background work of the Check dialect: batches, one image after the other."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from api import errors as request_errors
from api.check import answers, asked, errors
from api.check.answers import CheckAnswer
from api.check.telling import SubmissionKeeper
from common.errors import LookalikeError, Unavailable
from jobs import handlers
from jobs.handlers import Payload
from lists import selectors
from lists.fetching import fetched
from review.submissions import batches
from review.submissions import services as submissions_services
from review.submissions.batches import AnsweredMeanwhile
from review.submissions.values import NewSubmission, Outcome
from verdicts import submitting

if TYPE_CHECKING:
    from review.models import BatchImage

# Other work is let in after this long.
_TURN_S = 20.0
_BUSY_DELAY_S = 15.0
_MAX_ATTEMPTS = 3


@handlers.job(batches.MATCH_BATCH)
def match_batch(payload: Payload) -> None:
    """Answer the next images of a batch, and leave the rest to a further job.

    An image that was begun before took its worker down, met a fault of ours, or found the server
    busy: the job after it has all its attempts again, so however many such images there are, the
    batch ends.
    """
    batch_id = payload["batch_id"]
    ends_at = time.monotonic() + _TURN_S
    while (image := batches.begin_next(batch_id=batch_id)) is not None:
        delay_s = _answer(image)
        if delay_s or image.attempts > 1 or time.monotonic() >= ends_at:
            batches.work_later(batch=image.batch, delay_s=delay_s)
            return


def _answer(image: BatchImage) -> float:
    """Answer an image, or return seconds to wait before trying it again."""
    with suppress(AnsweredMeanwhile):
        try:
            _submit(image)
        except AnsweredMeanwhile:
            raise
        except LookalikeError as error:
            if isinstance(error, Unavailable) and image.attempts < _MAX_ATTEMPTS:
                return _BUSY_DELAY_S
            _refuse(image, error)
    return 0.0


def _submit(image: BatchImage) -> None:
    """Submit an image; its answer is kept in the transaction that stores it."""
    if image.attempts > _MAX_ATTEMPTS:
        raise request_errors.internal_fault()
    actor = batches.actor_of(image.batch)
    image_list = selectors.list_for(actor, image.batch.image_list.public_id)
    wanted = image.asked
    keeping = SubmissionKeeper(actor, asked.sent(wanted))
    if wanted["store"]:
        # The address for callbacks may have been deleted meanwhile.
        submitting.checked_sent(by=actor, sent=keeping.sent)
    threshold = asked.threshold_for(wanted, image_list)

    def keep_answer(outcome: Outcome) -> None:
        keeping(outcome)
        near = answers.nearest(outcome, threshold=threshold)
        batches.answer(image=image, body=answers.MATCH(CheckAnswer(near)))

    submission: NewSubmission = replace(
        asked.submission(wanted, fetched(wanted["url"]), image_list),
        add_to=image_list if wanted["store"] else None,
        custom_id=wanted["external_id"],
        context=wanted["context"],
    )
    submissions_services.submit(by=actor, submission=submission, when_stored=keep_answer)


def _refuse(image: BatchImage, error: LookalikeError) -> None:
    failure = errors.failure(error, image.batch.request_id)
    batches.answer(image=image, body=failure.body)
