"""What recipients are told, and time that passes until they are."""

from __future__ import annotations

import datetime as dt

from django.db.models import F

from jobs.models import Job
from review.models import MatchCandidate
from tests import working
from verdicts.models import Notice, Stirred, VerdictVersion
from webhooks.models import Event

GRACE = dt.timedelta(seconds=61)


class Told:
    """The notices that were sent, in their order; calling it lets the grace period pass."""

    def now(self) -> list[tuple[str, str, int]]:
        """Do what waits by now; return recipient, kind and version of all that was told so far."""
        working.run_all()
        events = Event.objects.filter(type__startswith="notice.").order_by("pk")
        return [
            (
                each.data["recipient"],
                each.type.removeprefix("notice."),
                each.data["verdict"]["version"],
            )
            for each in events
        ]

    def __call__(self) -> list[tuple[str, str, int]]:
        """Let the grace period pass, and return what was told so far."""
        working.run_all()
        Notice.objects.update(due_at=F("due_at") - GRACE)
        Stirred.objects.update(due_at=F("due_at") - GRACE)
        VerdictVersion.objects.update(announce_at=F("announce_at") - GRACE)
        MatchCandidate.objects.update(changed_at=F("changed_at") - GRACE)
        Job.objects.update(run_after=F("run_after") - GRACE)
        return self.now()
