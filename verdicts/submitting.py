"""Keeping what clients ask about, and telling at once what is known already."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from accounts.actors import Actor
from common.errors import InvalidInput
from common.sentences import Sentence
from lists.list_settings import storable
from lists.models import Item
from review.pairs import rules
from verdicts import planning, stirring
from verdicts.kinds import NoticeKind, NoticeState
from verdicts.lengths import MAX_LANGUAGE_LENGTH, MAX_RECIPIENT_LENGTH
from verdicts.models import Notice, Submission, Verdict
from verdicts.selectors import KnownVerdict, verdict_of
from verdicts.values import Sent
from webhooks import services as webhooks_services


def checked_sent(*, by: Actor, sent: Sent) -> Sent:
    """Check whom to tell, before anything is stored, and make sure that a callback can be told.

    Raise InvalidInput for what is too long or no text, and for an address that may not be posted
    to; TooManyWebhooks beyond the number of addresses that an organisation may name.
    """
    _check(sent.recipient, "recipient", MAX_RECIPIENT_LENGTH)
    _check(sent.language, "language", MAX_LANGUAGE_LENGTH)
    if sent.callback_url:
        try:
            webhooks_services.keep_callback(
                organisation_id=by.organisation_id, url=sent.callback_url
            )
        except InvalidInput as error:
            error.field = "callback_url"
            raise
    return sent


@transaction.atomic
def record_submission(*, by: Actor, item: Item, sent: Sent) -> Submission:
    """Keep that a client asked about a picture, in the transaction that stores the picture.

    What comes again under its `external_id`, for the same bytes and the same recipient, is the
    submission that is there already, with the language and the callback that it has now.
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
        stirring.stir(
            organisation_id=by.organisation_id,
            image_ids=[item.image_id],
            due_at=timezone.now(),
        )
    return submission


@transaction.atomic
def answer_at_once(*, submission: Submission) -> KnownVerdict | None:
    """Return the verdict that covers a submission's picture, and note that its recipient is told.

    So nobody is told of it again. A version that may still be taken back without anybody knowing
    is not answered.
    """
    rules.take_turn(submission.organisation_id)
    known = verdict_of(image_id=submission.image_id)
    if known is None or known.version.announce_at > timezone.now():
        return None
    if submission.wants_notice:
        _note_answered(submission, known)
    return known


def _note_answered(submission: Submission, known: KnownVerdict) -> None:
    verdict = Verdict.objects.select_for_update().get(pk=known.verdict.pk)
    agenda = planning.agenda_of(verdict)
    due = agenda.wanted.get(submission.audience)
    if due is None or due.kind == NoticeKind.RETRACTION:
        return
    mine = Notice.objects.filter(verdict=verdict, audience=submission.audience)
    mine.filter(state=NoticeState.PLANNED).update(state=NoticeState.WITHDRAWN)
    now = timezone.now()
    Notice.objects.create(
        organisation_id=submission.organisation_id,
        verdict=verdict,
        number=verdict.number,
        submission=submission,
        audience=submission.audience,
        kind=due.kind,
        episode=due.episode,
        subject=due.subject,
        state=NoticeState.ANSWERED,
        due_at=now,
        sent_at=now,
    )


def _check(text: str, field: str, most: int) -> None:
    storable(text, field)
    if len(text) > most:
        raise InvalidInput(
            Sentence("%(field)s has at most %(most)s characters.", field=field, most=most),
            field=field,
        )
