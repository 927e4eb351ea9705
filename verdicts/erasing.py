"""Deleting submissions with what their people were told."""

from __future__ import annotations

from django.db.models import QuerySet

from lists.erasing import delete_rows
from verdicts.models import Notice, Stirred, Submission
from webhooks import services as webhooks_services


def erase_submissions(submissions: QuerySet[Submission]) -> int:
    """Delete submissions, their notices and the events of those; return how many there were."""
    notices = Notice.objects.filter(submission__in=submissions.values("pk"))
    subjects = list(notices.order_by().values_list("subject", flat=True).distinct())
    webhooks_services.delete_about(subjects=subjects)
    delete_rows(Notice.objects.filter(pk__in=notices.values("pk")))
    delete_rows(Stirred.objects.filter(submission__in=submissions.values("pk")))
    return delete_rows(Submission.objects.filter(pk__in=submissions.values("pk")))
