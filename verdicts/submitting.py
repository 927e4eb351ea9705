"""Keeping what clients ask about, and telling at once what is known already."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from accounts.actors import Actor
from accounts.permissions import Permission
from common.errors import InvalidInput
from lists import transactions
from lists.models import Item
from review.pairs import invariants
from verdicts import lengths, planning, stirring
from verdicts.kinds import NoticeKind, NoticeState
from verdicts.known import KnownVerdict, verdict_of
from verdicts.models import Notice, Submission, Verdict
from verdicts.values import Sent
from webhooks import services as webhooks_services

# So long nobody is told by a notice what the answer to the request itself tells in a moment.
_ANSWERED_WITHIN = dt.timedelta(seconds=30)


def checked_sent(*, by: Actor, sent: Sent) -> Sent:
    """Check whom to tell, before anything is stored, and make sure that a callback can be told.

    Raise Forbidden for who may not add pictures, InvalidInput for what is too long or no text, and
    for an address that may not be posted to; TooManyWebhooks beyond the number of addresses that an
    organisation may name.
    """
    by.require(Permission.CHANGE_ITEMS)
    lengths.checked(sent.recipient, "recipient", lengths.MAX_RECIPIENT_LENGTH)
    lengths.checked(sent.language, "language", lengths.MAX_LANGUAGE_LENGTH)
    if sent.callback_url:
        try:
            webhooks_services.keep_callback(
                organisation_id=by.organisation_id, url=sent.callback_url
            )
        except InvalidInput as error:
            error.field = "callback_url"
            raise
    return sent


# Without a savepoint: what fails here fails the addition too.
@transaction.atomic(savepoint=False)
def record_submission(
    *, by: Actor, item: Item, sent: Sent, is_answered: bool = False
) -> Submission:
    """Keep that a client asked about a picture, in the transaction that stores the picture.

    What comes again under its `external_id`, for the same bytes and the same recipient, is the
    submission that is there already, with the language and the callback that it has now.
    `is_answered` tells that `answer_at_once` follows.
    """
    place = {
        "image_list_id": item.image_list_id,
        "image_id": item.image_id,
        "external_id": sent.external_id,
        "recipient": sent.recipient,
    }
    now_said = {"language": sent.language, "callback_url": sent.callback_url}
    new = {"organisation_id": by.organisation_id, "credential_id": by.credential_id}
    if sent.external_id:
        submission, _ = Submission.objects.update_or_create(
            **place, defaults=now_said, create_defaults={**now_said, **new}
        )
    else:
        submission = Submission.objects.create(**place, **now_said, **new)
    if submission.wants_notice:
        due_at = timezone.now() + (_ANSWERED_WITHIN if is_answered else dt.timedelta())
        stirring.stir_submission(submission=submission, due_at=due_at)
    return submission


def answer_at_once(*, submission: Submission) -> KnownVerdict | None:
    """Return the verdict that covers a submission's picture, and note that its recipient is told.

    So nobody is told of it again. A version that may still be taken back without anybody knowing
    is not answered.
    """
    known = verdict_of(image_id=submission.image_id)
    if known is None or not submission.wants_notice:
        return known
    return _answered(submission)


@transactions.tried_again
@transaction.atomic
def _answered(submission: Submission) -> KnownVerdict | None:
    invariants.take_turn(submission.organisation_id)
    known = verdict_of(image_id=submission.image_id)
    if known is not None:
        _note_answered(submission, known)
    return known


def _note_answered(submission: Submission, known: KnownVerdict) -> None:
    verdict = Verdict.objects.select_for_update().get(pk=known.verdict.pk)
    due = planning.due_for(verdict, submission)
    is_latest = known.version.number == verdict.number
    if due is None or due.kind == NoticeKind.RETRACTION:
        return
    if due.kind == NoticeKind.CORRECTION and not is_latest:
        return  # They know what is answered.
    mine = Notice.objects.filter(verdict=verdict, audience=submission.audience)
    mine.filter(state=NoticeState.PLANNED).update(state=NoticeState.WITHDRAWN)
    now = timezone.now()
    Notice.objects.create(
        organisation_id=submission.organisation_id,
        verdict=verdict,
        number=known.version.number,
        submission=submission,
        audience=submission.audience,
        kind=due.kind,
        episode=due.episode,
        subject=due.subject,
        state=NoticeState.ANSWERED,
        due_at=now,
        sent_at=now,
    )
    if not is_latest:
        # What was planned of the version that waits is a correction now.
        latest = verdict.versions.get(number=verdict.number)
        stirring.stir_submission(submission=submission, due_at=latest.announce_at)
