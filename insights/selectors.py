"""Reads of the daily counts: what a page of statistics and a threshold's simulator show."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet, Sum
from django.utils import timezone

from accounts.models import User
from insights.estimates import RaterAgreement, Share, Times
from insights.models import (
    AgreementCount,
    FoundCount,
    OutcomeCount,
    Progress,
    QueueAge,
    WorkCount,
)
from lists.models import List
from review.models import CheckCount

BAND = 5  # hundredths


@dataclass(frozen=True, slots=True)
class DayWindow:
    """Which lists, by row id, and how many days until today."""

    list_ids: Collection[int]
    days: int

    @property
    def first(self) -> dt.date:
        """Return the first day."""
        return timezone.now().date() - dt.timedelta(days=self.days - 1)

    @property
    def dates(self) -> list[dt.date]:
        """Return the days in order."""
        return [self.first + dt.timedelta(days=n) for n in range(self.days)]

    def of(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Return the rows of these lists and days."""
        return rows.filter(image_list__in=self.list_ids, day__gte=self.first)


@dataclass(frozen=True, slots=True)
class CheckSums:
    """How many pictures were looked for, how many matched, and how many were duplicates."""

    checks: int = 0
    matches: int = 0
    duplicates: int = 0

    def __add__(self, other: CheckSums) -> CheckSums:
        return CheckSums(
            self.checks + other.checks,
            self.matches + other.matches,
            self.duplicates + other.duplicates,
        )

    @property
    def duplicate_share(self) -> Share:
        """Return how many of them were duplicates."""
        return Share(self.duplicates, self.checks)


@dataclass(frozen=True, slots=True)
class Queued:
    """How many pairs of a list waited, and how long half and nine in ten of them had."""

    image_list: List
    waiting: int
    p50_s: int
    p90_s: int


@dataclass(frozen=True, slots=True)
class Work:
    """What a person decided, how long each took where that is known, and who agreed."""

    user: User | None
    decisions: int
    times: Times
    agreement: RaterAgreement


def counted_at(organisation_id: int) -> dt.datetime | None:
    """Return when an organisation's pairs and decisions were counted last."""
    progress = Progress.objects.filter(organisation=organisation_id).first()
    return progress.counted_at if progress else None


def asked(window: DayWindow) -> dict[dt.date, CheckSums]:
    """Return what was asked on each day of the window."""
    rows = window.of(CheckCount.objects.all()).values("day").order_by("day")
    sums = rows.annotate(
        checked=Sum("checks"), matched=Sum("matches"), duplicated=Sum("duplicates")
    )
    found = {
        row["day"]: CheckSums(row["checked"], row["matched"], row["duplicated"]) for row in sums
    }
    return {day: found.get(day, CheckSums()) for day in window.dates}


def waiting(window: DayWindow) -> dict[dt.date, int]:
    """Return how many pairs waited at the end of each day; what was not counted is 0."""
    rows = window.of(QueueAge.objects.all()).values("day").order_by("day")
    found = {row["day"]: row["all"] for row in rows.annotate(all=Sum("waiting"))}
    return {day: found.get(day, 0) for day in window.dates}


def queues(window: DayWindow) -> list[Queued]:
    """Return the queue of each list as it was counted last, the longest first."""
    rows = window.of(QueueAge.objects.all()).select_related("image_list").order_by("day")
    latest = {row.image_list_id: row for row in rows}
    return sorted(
        (
            Queued(row.image_list, row.waiting, row.p50_s, row.p90_s)
            for row in latest.values()
            if row.waiting
        ),
        key=lambda each: -each.waiting,
    )


def decided(window: DayWindow, *, user_id: int | None = None) -> dict[dt.date, int]:
    """Return how many decisions people took on each day, or one of them."""
    rows = _of_user(window.of(WorkCount.objects.all()), user_id).values("day").order_by("day")
    found = {row["day"]: row["all"] for row in rows.annotate(all=Sum("count"))}
    return {day: found.get(day, 0) for day in window.dates}


def times(window: DayWindow, *, user_id: int | None = None) -> Times:
    """Return how long decisions took, of everybody or of one person."""
    rows = _of_user(window.of(WorkCount.objects.exclude(seconds=WorkCount.UNTIMED)), user_id)
    sums = rows.values("seconds").order_by("seconds").annotate(all=Sum("count"))
    return Times({row["seconds"]: row["all"] for row in sums})


def work_by_person(window: DayWindow, *, user_id: int | None = None) -> list[Work]:
    """Return what each person decided, the busiest first, or what one did."""
    rows = _of_user(window.of(WorkCount.objects.all()), user_id)
    sums = rows.values("user", "seconds").order_by("user").annotate(all=Sum("count"))
    seconds: dict[int, Counter[int]] = defaultdict(Counter)
    for row in sums:
        seconds[row["user"]][row["seconds"]] += row["all"]
    said = _agreements_by_person(window)
    people = User.objects.in_bulk(list(seconds))
    found = []
    for pk, counts in seconds.items():
        total = counts.total()
        del counts[WorkCount.UNTIMED]
        found.append(Work(people.get(pk), total, Times(counts), RaterAgreement(said[pk])))
    return sorted(found, key=lambda work: -work.decisions)


def agreement(window: DayWindow, *, user_id: int | None = None) -> RaterAgreement:
    """Return how people agreed who decided the same pairs, or those with one of them."""
    if user_id is not None:
        return RaterAgreement(_agreements_by_person(window)[user_id])
    return RaterAgreement(_said(window.of(AgreementCount.objects.all())))


def right_by_kind(window: DayWindow) -> dict[str, Share]:
    """Return how many decided pairs of each kind are matches, the most frequent kind first."""
    shares: dict[str, Share] = defaultdict(lambda: Share(0, 0))
    for kind, _, share in _outcomes(window, is_sample=False):
        shares[kind] += share
    return dict(sorted(shares.items(), key=lambda each: -each[1].of))


def right_by_hundredth(window: DayWindow, *, is_sample: bool = False) -> dict[int, Share]:
    """Return how many decided pairs of each score are matches, by hundredths.

    Pairs of the audit's sample are counted by themselves.
    """
    shares: dict[int, Share] = defaultdict(lambda: Share(0, 0))
    for _, hundredths, share in _outcomes(window, is_sample=is_sample):
        shares[hundredths] += share
    return dict(shares)


def found_by_hundredth(window: DayWindow, *, is_sample: bool = False) -> dict[int, int]:
    """Return how many pairs of each score were found; those of the sample by themselves."""
    rows = window.of(FoundCount.objects.filter(is_sample=is_sample))
    sums = rows.values("hundredths").order_by("hundredths").annotate(all=Sum("count"))
    return {row["hundredths"]: row["all"] for row in sums}


def days_counted(window: DayWindow) -> int:
    """Return for how many days of the window there are pairs, from the first to today."""
    first = window.of(FoundCount.objects.all()).order_by("day").values_list("day", flat=True)
    begun = first.first()
    return (timezone.now().date() - begun).days + 1 if begun else 0


def in_bands(shares: Mapping[int, Share]) -> dict[int, Share]:
    """Return the shares put together by bands of 0.05, each named by its lower end."""
    bands = {low: Share(0, 0) for low in range(0, 100, BAND)}
    for hundredths, share in shares.items():
        bands[hundredths // BAND * BAND] += share
    return bands


def _outcomes(window: DayWindow, *, is_sample: bool) -> list[tuple[str, int, Share]]:
    rows = window.of(OutcomeCount.objects.filter(is_sample=is_sample))
    by = ("kind", "hundredths", "is_match")
    sums = rows.values(*by).order_by(*by).annotate(all=Sum("count"))
    return [
        (row["kind"], row["hundredths"], Share(row["all"] if row["is_match"] else 0, row["all"]))
        for row in sums
    ]


def _of_user(rows: QuerySet[Any], user_id: int | None) -> QuerySet[Any]:
    return rows if user_id is None else rows.filter(user=user_id)


def _agreements_by_person(window: DayWindow) -> dict[int, Counter[tuple[str, str]]]:
    found: dict[int, Counter[tuple[str, str]]] = defaultdict(Counter)
    by = ("first", "second", "first_said", "second_said")
    sums = window.of(AgreementCount.objects.all()).values(*by).order_by(*by)
    for row in sums.annotate(all=Sum("count")):
        said = row["first_said"], row["second_said"]
        for person in ("first", "second"):
            found[row[person]][said] += row["all"]
    return found


def _said(rows: QuerySet[Any]) -> Counter[tuple[str, str]]:
    by = ("first_said", "second_said")
    sums = rows.values(*by).order_by(*by).annotate(all=Sum("count"))
    return Counter({(row["first_said"], row["second_said"]): row["all"] for row in sums})
