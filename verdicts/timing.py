"""Notices and versions that wait for a moment which a clock ahead of this one has chosen."""

from __future__ import annotations

import datetime as dt

from verdicts import stirring
from verdicts.kinds import Announcement, NoticeState
from verdicts.models import Notice, Stirred, VerdictVersion


def bring_back(*, now: dt.datetime, **_: object) -> None:
    """Let what was planned later than now be told within the grace period."""
    planned = Notice.objects.filter(state=NoticeState.PLANNED, created_at__gt=now)
    versions = VerdictVersion.objects.filter(announcement=Announcement.WAITING, created_at__gt=now)
    organisations = {
        *planned.order_by().values_list("organisation", flat=True).distinct(),
        *versions.order_by().values_list("verdict__organisation", flat=True).distinct(),
        *Stirred.objects.filter(due_at__gt=now).values_list("organisation", flat=True).distinct(),
    }
    for organisation_id in organisations:
        latest = now + stirring.grace_of(organisation_id)
        own = {"organisation": organisation_id, "due_at__gt": latest}
        planned.filter(**own).update(due_at=latest)
        Stirred.objects.filter(**own).update(due_at=latest)
        versions.filter(verdict__organisation=organisation_id, announce_at__gt=latest).update(
            announce_at=latest
        )
        stirring.settle_later(organisation_id=organisation_id)
