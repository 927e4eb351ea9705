"""Keeps the daily counts: adds what is new, and counts everything anew once a day.

A decision is counted with all that was decided about its pair: what its pair counted as before is
taken off, and what it counts as now is added. Row ids grow in the order in which an organisation's
pairs and decisions are written, because whoever writes them takes a turn
(`review.pairs.invariants`); so what is new is all that has a higher one than the last that was
counted.

Erased pairs and scores that were computed anew are seen when everything is counted again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Final

from django.db import transaction
from django.utils import timezone

from accounts.models import Organisation
from insights import reading
from insights.models import (
    AgreementCount,
    FoundCount,
    OutcomeCount,
    Progress,
    QueueAge,
    WorkCount,
)
from insights.tallies import DailyTally
from jobs import services as jobs_services
from lists.models import List

# What the background does for an organisation: count what is new.
COUNT: Final = "insights.count"
RECOUNTED_EVERY = dt.timedelta(days=1)


def count_all_later(**_: object) -> None:
    """Have the background count what is new of every organisation that has a list."""
    with_lists = Organisation.objects.filter(lists__removed_at=None, lists__isnull=False)
    for organisation_id in with_lists.order_by("pk").values_list("pk", flat=True).distinct():
        count_later(organisation_id=organisation_id)


def count_later(*, organisation_id: int) -> None:
    """Have the background count what is new of an organisation."""
    jobs_services.enqueue(
        kind=COUNT,
        payload={"organisation_id": organisation_id},
        owner=organisation_id,
        unique_key=str(organisation_id),
    )


def count(*, organisation_id: int, now: dt.datetime | None = None) -> None:
    """Count what is new of an organisation, or everything where that is due."""
    now = now or timezone.now()
    progress = Progress.objects.filter(organisation=organisation_id).first()
    if progress is None or progress.recounted_at <= now - RECOUNTED_EVERY:
        recount(organisation_id=organisation_id, now=now)
    while _count_next(organisation_id):
        pass
    _note_ages(organisation_id, now)
    Progress.objects.filter(organisation=organisation_id).update(counted_at=now)


def recount(*, organisation_id: int, now: dt.datetime | None = None) -> None:
    """Count everything of an organisation from the beginning.

    It is read before it is written, so nobody waits meanwhile; what comes in between is counted as
    new the next time.
    """
    now = now or timezone.now()
    until = reading.ends(organisation_id)
    tally = reading.everything(organisation_id, until=until)
    with transaction.atomic():
        _locked_progress(organisation_id, now)
        tally.replace(organisation_id)
        Progress.objects.filter(organisation=organisation_id).update(
            pair_id=until.pair_id, decision_id=until.decision_id, counted_at=now, recounted_at=now
        )


@transaction.atomic
def _count_next(organisation_id: int) -> bool:
    """Count a number of new pairs and decisions; tell whether there were any."""
    progress = _locked_progress(organisation_id, timezone.now())
    since = reading.Ends(progress.pair_id, progress.decision_id)
    until = reading.ends_of_next(organisation_id, since=since)
    if until == since:
        return False
    tally: DailyTally = reading.changes(organisation_id, since=since, until=until)
    tally.add()
    progress.pair_id, progress.decision_id = until.pair_id, until.decision_id
    progress.save(update_fields=["pair_id", "decision_id"])
    return True


def _locked_progress(organisation_id: int, now: dt.datetime) -> Progress:
    Progress.objects.bulk_create(
        [Progress(organisation_id=organisation_id, counted_at=now, recounted_at=now)],
        ignore_conflicts=True,
    )
    return Progress.objects.select_for_update().get(organisation=organisation_id)


def _note_ages(organisation_id: int, now: dt.datetime) -> None:
    """Write down how long the pairs of each list have waited; the last of a day counts."""
    lists = List.objects.filter(organisation=organisation_id, removed_at=None).order_by("pk")
    QueueAge.objects.bulk_create(
        _ages(lists, now),
        update_conflicts=True,
        unique_fields=["image_list", "day"],
        update_fields=["waiting", "p50_s", "p90_s"],
    )


def _ages(lists: Iterable[List], now: dt.datetime) -> list[QueueAge]:
    return [
        QueueAge(image_list=each, day=now.date(), **reading.waiting_in(each, now=now)._asdict())
        for each in lists
    ]


def erase_with_list(*, list_id: int, **_: object) -> None:
    """Delete what was counted of a list that is erased, in the caller's transaction."""
    for counts in (FoundCount, OutcomeCount, WorkCount, AgreementCount, QueueAge):
        counts.objects.filter(image_list=list_id).delete()
