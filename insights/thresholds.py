"""What other thresholds would do to a list, from what people decided there.

What scores below the suggestion threshold was never suggested: only the audit's sample tells of it,
where the list draws one, and each drawn pair stands for as many as `review.submissions.sampling`
says. What the engine never compares is in neither.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from insights import selectors
from insights.estimates import Share
from insights.selectors import DayWindow
from lists.models import List
from review.submissions import sampling

DAYS = 90
_DAYS_A_WEEK = 7


@dataclass(frozen=True, slots=True)
class ThresholdOutlook:
    """What lies from one score to another: how much of it is right, and how many come in a week.

    `a_week` is None where nobody knows.
    """

    right: Share
    a_week: float | None


@dataclass(frozen=True, slots=True)
class ListRecord:
    """What is known of a list: the right among the decided, and the found, by hundredths."""

    threshold: float
    days: int
    decided: Mapping[int, Share]
    found: Mapping[int, int]
    audited: Mapping[int, Share]
    drawn: Mapping[int, int]
    handle_s: int | None

    @property
    def decisions(self) -> int:
        """Return how many pairs were decided, without the sample."""
        return self.between(0, 1).right.of

    def between(self, low: float, high: float) -> ThresholdOutlook:
        """Return what lies from one score up to another; 1 is the end and included."""
        right = _sum_of_shares(self.decided, low, high)
        return ThresholdOutlook(right, self._a_week(low, high))

    def audited_between(self, low: float, high: float) -> Share:
        """Return how many audited pairs there are right."""
        return _sum_of_shares(self.audited, low, high)

    def _a_week(self, low: float, high: float) -> float | None:
        if not self.days:
            return None
        known = _total(self.found, low, high)
        if low < self.threshold:
            drawn = _total(self.drawn, low, self.threshold)
            if not drawn:
                return None
            known += round(drawn / sampling.SHARE)
        return known * _DAYS_A_WEEK / self.days


def record_of(image_list: List) -> ListRecord:
    """Return what is known of a list from its last `DAYS` days."""
    window = DayWindow([image_list.pk], DAYS)
    return ListRecord(
        threshold=image_list.suggestion_threshold,
        days=selectors.days_counted(window),
        decided=selectors.right_by_hundredth(window),
        found=selectors.found_by_hundredth(window),
        audited=selectors.right_by_hundredth(window, is_sample=True),
        drawn=selectors.found_by_hundredth(window, is_sample=True),
        handle_s=selectors.times(window).at(0.5),
    )


def _within(hundredths: int, low: float, high: float) -> bool:
    return round(low * 100) <= hundredths and (high >= 1 or hundredths < round(high * 100))


def _total(counts: Mapping[int, int], low: float, high: float) -> int:
    return sum(count for at, count in counts.items() if _within(at, low, high))


def _sum_of_shares(shares: Mapping[int, Share], low: float, high: float) -> Share:
    within = (share for at, share in shares.items() if _within(at, low, high))
    return sum(within, Share(0, 0))
