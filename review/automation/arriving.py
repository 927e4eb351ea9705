"""Leaving pairs that arrive to the rules, in the transaction in which they arrive."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Final

from django.utils import timezone

from jobs import services as jobs_services
from review.automation import selectors
from review.models import Rule, RuleVersion

# Pairs that are new or back; and all that wait, for a version that has come to work.
TRY_PAIRS: Final = "review.try_rules"
TRY_WAITING: Final = "review.try_waiting"


def try_arrived(*, organisation_id: int, pair_ids: Collection[int], **_signal: object) -> None:
    """Have the rules that are at work look at pairs, soon after they are there."""
    at_work = Rule.objects.filter(
        organisation=organisation_id, removed_at=None, mode__in=selectors.AT_WORK
    )
    if at_work.exists():
        try_later(organisation_id=organisation_id, pair_ids=pair_ids)


def try_later(
    *, organisation_id: int, pair_ids: Collection[int], at: dt.datetime | None = None
) -> None:
    """Have the rules look at pairs, now or at a later moment."""
    jobs_services.enqueue(
        kind=TRY_PAIRS,
        payload={"organisation_id": organisation_id, "pair_ids": sorted(pair_ids)},
        owner=organisation_id,
        run_after=at or timezone.now(),
    )


def try_waiting_later(*, version: RuleVersion, after: int = 0) -> None:
    """Have a version look at the pairs that wait, from behind a row id on."""
    owner = version.rule.organisation_id
    jobs_services.enqueue(
        kind=TRY_WAITING,
        payload={"version_id": version.pk, "after": after},
        owner=owner,
        unique_key=f"{version.pk}-{after}",
    )
