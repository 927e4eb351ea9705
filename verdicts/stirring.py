"""Leaving to the background what a change means for verdicts, in the transaction of the change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Final

from django.utils import timezone

from jobs import services as jobs_services
from verdicts.grace import DEFAULT_GRACE_S
from verdicts.models import Stirred, Submission, VerdictSettings

# The job of an organisation: plan and send what its verdicts make due.
SETTLE: Final = "verdicts.settle"
# Before what tells of it: a webhook with a backlog is sent to for hours.
PRIORITY = 12
_BATCH = 1000


def grace_of(organisation_id: int) -> dt.timedelta:
    """Return how long the organisation waits before anybody is told."""
    own = VerdictSettings.objects.filter(organisation=organisation_id).first()
    return dt.timedelta(seconds=own.grace_s if own else DEFAULT_GRACE_S)


def settled_by(organisation_id: int) -> dt.datetime:
    """Return until when what was decided is told; what was decided since may still be undone."""
    return timezone.now() - grace_of(organisation_id)


def stir(*, organisation_id: int, image_ids: Collection[int], due_at: dt.datetime) -> None:
    """Have the verdicts around pictures looked at; what follows is told from `due_at` on."""
    rows = [
        Stirred(organisation_id=organisation_id, image_id=image_id, due_at=due_at)
        for image_id in sorted(image_ids)
    ]
    Stirred.objects.bulk_create(rows, batch_size=_BATCH)
    settle_later(organisation_id=organisation_id)


def stir_submission(*, submission: Submission, due_at: dt.datetime) -> None:
    """Have looked at what is known of a submission's picture; its audience is told from then on."""
    Stirred.objects.create(
        organisation_id=submission.organisation_id,
        image_id=submission.image_id,
        submission=submission,
        due_at=due_at,
    )
    settle_later(organisation_id=submission.organisation_id)


def settle_later(*, organisation_id: int, at: dt.datetime | None = None) -> None:
    """Have the background settle an organisation's verdicts, now or at a later moment."""
    jobs_services.enqueue(
        kind=SETTLE,
        payload={"organisation_id": organisation_id},
        owner=organisation_id,
        unique_key=str(organisation_id),
        run_after=at or timezone.now(),
        priority=PRIORITY,
    )
