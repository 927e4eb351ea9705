"""Deleting submissions with what their people were told."""

from __future__ import annotations

from django.db.models import QuerySet

from lists.erasing import delete_rows
from review.pairs import connected
from verdicts import reach
from verdicts.kinds import NoticeState
from verdicts.models import Notice, Stirred, Submission
from webhooks import services as webhooks_services


def erase_submissions(submissions: QuerySet[Submission]) -> int:
    """Delete submissions, their notices and the events of those; return how many there were.

    What somebody was told, or is to be, stays with what else they submitted and the verdict covers:
    else they would be told again, or not at all.
    """
    notices = Notice.objects.filter(submission__in=submissions.values("pk"))
    event_ids = list(notices.exclude(event_id="").values_list("event_id", flat=True))
    webhooks_services.delete_events(public_ids=event_ids)
    _hand_over(notices, submissions)
    delete_rows(Notice.objects.filter(pk__in=notices.values("pk")))
    delete_rows(Stirred.objects.filter(submission__in=submissions.values("pk")))
    return delete_rows(Submission.objects.filter(pk__in=submissions.values("pk")))


def _hand_over(notices: QuerySet[Notice], submissions: QuerySet[Submission]) -> None:
    """Leave notices to another submission of the same people, in no list out of service."""
    told = notices.exclude(state=NoticeState.WITHDRAWN).exclude(submission__recipient="")
    for verdict_id, image_id in told.values_list("verdict", "verdict__image").distinct():
        of_verdict = told.filter(verdict=verdict_id)
        heirs: dict[str, int] = {}
        for ids in connected.in_pieces(reach.covered_from(image_id)):
            others = Submission.objects.filter(image__in=ids, image_list__removed_at=None)
            others = others.filter(recipient__in=of_verdict.values("audience"))
            others = others.exclude(pk__in=submissions.values("pk")).order_by("-pk")
            heirs.update(others.values_list("recipient", "pk"))
        for notice in of_verdict.filter(audience__in=heirs):
            own = Notice.objects.filter(pk=notice.pk)
            own.update(submission=heirs[notice.audience], event_id="")
