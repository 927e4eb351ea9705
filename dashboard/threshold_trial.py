"""The trial of a list's thresholds, in words: what others would do, beside those of now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from dashboard import figures
from dashboard.figures import Figure
from dashboard.forms import ThresholdsForm
from insights import thresholds

if TYPE_CHECKING:
    from insights.estimates import Share
    from insights.thresholds import ListRecord, ThresholdOutlook
    from lists.models import List


@dataclass(frozen=True, slots=True)
class ThresholdTrial:
    """What a page says of two thresholds; each side has its lines, the first one the answer."""

    form: ThresholdsForm
    figure: Figure
    decisions: int
    duplicates: list[str]
    to_review: list[str]
    audit: str
    is_audited: bool
    threshold: str


def trial_of(image_list: List, tried: ThresholdsForm) -> ThresholdTrial:
    """Return what is known of the thresholds in the form, or of the list's own."""
    record = thresholds.record_of(image_list)
    now = image_list.suggestion_threshold, image_list.duplicate_threshold
    low, high = _typed(tried) or now
    marks = [(low, _("Review %(score)s")), (high, _("Duplicate %(score)s"))]
    return ThresholdTrial(
        form=ThresholdsForm(initial=vars(image_list)),
        figure=figures.bands(
            "thresholds",
            record.decided,
            marks=[(at, text % {"score": _score(at)}) for at, text in marks],
            audited=record.audited_between(0, now[0]),
        ),
        decisions=record.decisions,
        duplicates=_duplicates(record, high, now[1]),
        to_review=_to_review(record, (low, high), now),
        audit=_audit(record.audited_between(min(low, now[0]) if low < now[0] else 0, now[0])),
        is_audited=image_list.samples_below,
        threshold=_score(now[0]),
    )


def _typed(tried: ThresholdsForm) -> tuple[float, float] | None:
    if not (tried.is_bound and tried.is_valid()):
        return None
    settings = tried.settings()
    low, high = settings.suggestion_threshold, settings.duplicate_threshold
    return (low, high) if low is not None and high is not None else None


def _duplicates(record: ListRecord, threshold: float, now: float) -> list[str]:
    outlook = record.between(threshold, 1)
    lines = [_at(threshold, _right_a_week(outlook)), _interval(outlook.right)]
    if threshold != now:
        lines.append(_now(now, _right_a_week(record.between(now, 1))))
    return [line for line in lines if line]


def _to_review(
    record: ListRecord, tried: tuple[float, float], now: tuple[float, float]
) -> list[str]:
    outlook = record.between(*tried)
    lines = [_at(tried[0], _a_week_to_review(outlook)), _minutes(record, outlook)]
    if outlook.right.of:
        text = _("%(share)s of those decided there are matches.")
        lines.append(text % {"share": _percent(outlook.right.value)})
    if tried[0] < record.threshold:
        text = _("Below %(score)s nothing was suggested; the audit stands for it.")
        lines.append(text % {"score": _score(record.threshold)})
    if tried != now:
        lines.append(_now(now[0], _a_week_to_review(record.between(*now))))
    return [line for line in lines if line]


def _audit(share: Share) -> str:
    if not share.of:
        return _("No audited pair was decided yet.")
    text = _("%(part)s of %(of)s audited pairs were matches (%(low)s to %(high)s).")
    low, high = _ends(share)
    return text % {"part": share.part, "of": share.of, "low": low, "high": high}


def _at(score: float, what: str) -> str:
    return _("At %(score)s: %(what)s") % {"score": _score(score), "what": what}


def _now(score: float, what: str) -> str:
    return _("Now, at %(score)s: %(what)s") % {"score": _score(score), "what": what}


def _right_a_week(outlook: ThresholdOutlook) -> str:
    if outlook.right.value is None:
        return _("nothing was decided there")
    values = {"share": _percent(outlook.right.value), "n": _number(outlook.a_week)}
    return _("%(share)s right, %(n)s a week") % values


def _a_week_to_review(outlook: ThresholdOutlook) -> str:
    if outlook.a_week is None:
        return _("not known")
    return _("%(n)s a week to review") % {"n": _number(outlook.a_week)}


def _interval(share: Share) -> str:
    if not share.of:
        return ""
    low, high = _ends(share)
    return _("Between %(low)s and %(high)s.") % {"low": low, "high": high}


def _minutes(record: ListRecord, outlook: ThresholdOutlook) -> str:
    if outlook.a_week is None or record.handle_s is None:
        return ""
    minutes = outlook.a_week * record.handle_s / 60
    return _("About %(n)s min of work a week.") % {"n": _number(minutes)}


def _ends(share: Share) -> tuple[str, str]:
    return _percent(share.interval.low), _percent(share.interval.high)


def _percent(value: float | None) -> str:
    return f"{round(100 * (value or 0))}%"


def _number(value: float | None) -> str:
    return "–" if value is None else number_format(value, 0, force_grouping=True)


def _score(value: float) -> str:
    return number_format(value, 2)
