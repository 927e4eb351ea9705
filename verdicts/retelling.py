"""Telling somebody once more what a notice told."""

from __future__ import annotations

from django.db import transaction

from accounts import audit
from accounts.actors import Actor
from accounts.audit import AuditAct, Subject, SubjectKind
from accounts.permissions import Permission
from common.sentences import Sentence
from lists import transactions
from review.pairs import invariants
from verdicts import deeds
from verdicts.errors import NobodyToTell, NoticeNotSent, NoticeOutdated
from verdicts.kinds import TOLD, DeedAct, NoticeState
from verdicts.models import Notice
from webhooks import services as webhooks_services


@transactions.tried_again
@transaction.atomic
def send_again(*, by: Actor, notice: Notice) -> int:
    """Send the event of a notice again, under its own id; return to how many addresses.

    Raise NoticeNotSent for one that was no event, NoticeOutdated where its people were told
    something later that this would come after, EventsDeleted once the event is kept no longer, and
    NobodyToTell where no webhook and no callback is told of it.
    """
    by.require(Permission.PUBLISH_VERDICTS)
    invariants.take_turn(by.organisation_id)
    locked = Notice.objects.select_for_update().get(pk=notice.pk)
    if locked.state != NoticeState.SENT or not locked.event_id:
        raise NoticeNotSent(Sentence("This notice was not sent."))
    own = Notice.objects.filter(organisation=by.organisation_id, audience=locked.audience)
    if own.filter(subject=locked.subject, state__in=TOLD, pk__gt=locked.pk).exists():
        raise NoticeOutdated(
            Sentence("They were told something later about this. Send that notice again.")
        )
    count = webhooks_services.tell_again(
        organisation_id=by.organisation_id, event_id=locked.event_id
    )
    if not count:
        raise NobodyToTell(Sentence("No webhook and no callback is told of it."))
    details = {"notice": locked.public_id, "event": locked.event_id}
    deeds.note(
        by=by,
        organisation_id=by.organisation_id,
        act=DeedAct.SEND_AGAIN,
        about=locked.verdict,
        number=locked.number,
        details=details,
    )
    audit.record(
        by=by,
        act=AuditAct.NOTICE_SENT_AGAIN,
        about=Subject(SubjectKind.NOTICE, locked.public_id),
        details={"event": locked.event_id},
    )
    return count
