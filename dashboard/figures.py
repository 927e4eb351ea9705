"""Statistics as pages show them: each figure is a table, and most have a chart of its numbers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from insights import charts, golden, selectors
from insights.charts import Bar, Chart, Mark
from insights.estimates import Share
from insights.selectors import DayWindow
from review.pairs.wording import kind_name

Value = str | int | float | dt.date | None
_NOTHING = "–"


class CellForm(StrEnum):
    """How the values of a column are written."""

    TEXT = "text"
    DAY = "day"
    COUNT = "count"
    SHARE = "share"
    SECONDS = "seconds"
    AGE = "age"
    DECIMAL = "decimal"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: `code` in files, `label` on pages."""

    code: str
    label: str
    form: CellForm = CellForm.COUNT


@dataclass(frozen=True, slots=True)
class Figure:
    """A table, and the chart of it if there is one."""

    code: str
    title: str
    columns: Sequence[Column]
    values: Sequence[Sequence[Value]]
    chart: Chart | None = None

    @property
    def rows(self) -> list[list[str]]:
        """Return the rows as pages write them."""
        return [
            [written(value, column.form) for column, value in zip(self.columns, row, strict=True)]
            for row in self.values
        ]


def written(value: Value, form: CellForm) -> str:
    """Return a value in words; a dash for what is not known."""
    return _NOTHING if value is None else _WRITERS[form](value)


def figures_of(window: DayWindow, *, user_id: int | None = None) -> list[Figure]:
    """Return all figures of some lists, or of one person's own work there."""
    work = [_decisions(window, user_id), _people(window, user_id), _golden(window, user_id)]
    if user_id is not None:
        return work
    return [_checks(window), _waiting(window), _ages(window), *work, _kinds(window), _bands(window)]


def share_cells(share: Share) -> list[Value]:
    """Return the cells of a share: of how many, which, and between which the true one lies."""
    interval = share.interval
    known = share.of > 0
    return [
        share.of,
        share.value,
        interval.low if known else None,
        interval.high if known else None,
    ]


def share_columns(of: str, what: str) -> list[Column]:
    """Return the columns for `share_cells`."""
    return [
        Column("of", of),
        Column("share", what, CellForm.SHARE),
        Column("low", _("At least"), CellForm.SHARE),
        Column("high", _("At most"), CellForm.SHARE),
    ]


def bands(
    code: str,
    shares: Mapping[int, Share],
    *,
    marks: Sequence[tuple[float, str]] = (),
    audited: Share | None = None,
) -> Figure:
    """Return the right among the decided pairs by score, in bands of 0.05.

    Between `marks`, scores in their order with a text each, bars look different. `audited` are
    those of the audit's sample, apart from the bands.
    """
    rows = {low: share for low, share in selectors.in_bands(shares).items() if share.of}
    marked = [int(100 * score) // selectors.BAND * selectors.BAND for score, _text in marks]
    first = min([*rows, *marked], default=0)
    every = {low: rows.get(low, Share(0, 0)) for low in range(first, 100, selectors.BAND)}
    sample = [(pgettext("chart", "audit"), audited)] if audited and audited.of else []
    bars = [
        *(_share_bar(label, share, "is-out") for label, share in sample),
        *(_share_bar(_score(low), share, _style(low, marks)) for low, share in every.items()),
    ]
    at = [
        Mark(len(sample) + (100 * score - first) / selectors.BAND, text, is_after=number > 0)
        for number, (score, text) in enumerate(marks)
    ]
    cells = [*sample, *((_score(low), share) for low, share in every.items() if share.of)]
    title = _("Right pairs by score")
    return Figure(
        code,
        title,
        [Column("from", _("Score from"), CellForm.TEXT), *share_columns(_("Decided"), _("Right"))],
        [[label, *share_cells(share)] for label, share in cells],
        Chart(title, bars, _SHARE_TICKS, height=_TALL if marks else _LOW, marks=at)
        if rows
        else None,
    )


def _share_bar(label: str, share: Share, style: str) -> Bar:
    interval = share.interval if share.of else None
    return Bar(label, share.value or 0, interval=interval, style=style)


def _style(low: int, marks: Sequence[tuple[float, str]]) -> str:
    """Return how a band looks: by how many of the marks the greater part of it is above."""
    above = sum(low + selectors.BAND / 2 >= 100 * score for score, _text in marks)
    return _STYLES[above] if marks else ""


def _bands(window: DayWindow) -> Figure:
    return bands("scores", selectors.right_by_hundredth(window))


def _kinds(window: DayWindow) -> Figure:
    shares = selectors.right_by_kind(window)
    title = _("Right pairs by kind")
    bars = [
        Bar(kind_name(kind), share.value or 0, interval=share.interval)
        for kind, share in shares.items()
    ]
    return Figure(
        "kinds",
        title,
        [Column("kind", _("Kind"), CellForm.TEXT), *share_columns(_("Decided"), _("Right"))],
        [[kind_name(kind), *share_cells(share)] for kind, share in shares.items()],
        Chart(title, bars, _SHARE_TICKS) if shares else None,
    )


def _checks(window: DayWindow) -> Figure:
    asked = selectors.asked(window)
    title = _("Checks and duplicates")
    most = max(sums.checks for sums in asked.values())
    bars = [
        Bar(_day_of_month(day), sums.checks, part=sums.duplicates) for day, sums in asked.items()
    ]
    return Figure(
        "checks",
        title,
        [
            Column("day", _("Day"), CellForm.DAY),
            Column("checks", _("Checks")),
            Column("matches", _("With matches")),
            Column("duplicates", _("Duplicates")),
            Column("share", _("Share of duplicates"), CellForm.SHARE),
        ],
        [
            [day, sums.checks, sums.matches, sums.duplicates, sums.duplicate_share.value]
            for day, sums in asked.items()
        ],
        _counts_chart(title, bars, most),
    )


def _waiting(window: DayWindow) -> Figure:
    return _by_day("waiting", _("Waiting pairs"), _("Waiting"), selectors.waiting(window))


def _ages(window: DayWindow) -> Figure:
    return Figure(
        "ages",
        _("Age of the queue"),
        [
            Column("list", _("List"), CellForm.TEXT),
            Column("waiting", _("Waiting")),
            Column("p50_s", _("Half wait up to"), CellForm.AGE),
            Column("p90_s", _("9 of 10 wait up to"), CellForm.AGE),
        ],
        [
            [each.image_list.name, each.waiting, each.p50_s, each.p90_s]
            for each in selectors.queues(window)
        ],
    )


def _decisions(window: DayWindow, user_id: int | None) -> Figure:
    counts = selectors.decided(window, user_id=user_id)
    return _by_day("decisions", _("Decisions of people"), _("Decisions"), counts)


def _people(window: DayWindow, user_id: int | None) -> Figure:
    rows: list[Sequence[Value]] = []
    for work in selectors.work_by_person(window, user_id=user_id):
        name = work.user.email if work.user else _NOTHING
        times, agreement = work.times, work.agreement
        handle = [times.per_hour, times.at(0.5), times.at(0.9)]
        cells = [*share_cells(agreement.share), agreement.kappa]
        rows.append([name, work.decisions, *handle, *cells])
    return Figure(
        "people",
        _("Work and agreement"),
        [
            Column("person", _("Person"), CellForm.TEXT),
            Column("decisions", _("Decisions")),
            Column("per_hour", _("An hour")),
            Column("p50_s", _("Half take up to"), CellForm.SECONDS),
            Column("p90_s", _("9 of 10 take up to"), CellForm.SECONDS),
            *share_columns(_("Decided by two"), _("Agreed")),
            Column("kappa", _("Kappa"), CellForm.DECIMAL),
        ],
        rows,
    )


def _golden(window: DayWindow, user_id: int | None) -> Figure:
    rows: list[Sequence[Value]] = []
    for work in golden.golden_by_person(window, user_id=user_id):
        name = work.user.email if work.user else _NOTHING
        agreed = [work.agreement.share.of, work.agreement.share.value, work.agreement.kappa]
        rows.append([name, *share_cells(work.right), work.unsure, *agreed])
    return Figure(
        "golden",
        _("Golden pairs"),
        [
            Column("person", _("Person"), CellForm.TEXT),
            *share_columns(_("Answered"), _("Right")),
            Column("unsure", _("Unsure")),
            Column("by_two", _("Answered by two")),
            Column("agreed", _("Agreed"), CellForm.SHARE),
            Column("kappa", _("Kappa"), CellForm.DECIMAL),
        ],
        rows,
    )


def _by_day(code: str, title: str, label: str, counts: Mapping[dt.date, int]) -> Figure:
    bars = [Bar(_day_of_month(day), count) for day, count in counts.items()]
    return Figure(
        code,
        title,
        [Column("day", _("Day"), CellForm.DAY), Column("count", label)],
        [[day, count] for day, count in counts.items()],
        _counts_chart(title, bars, max(counts.values())),
    )


def _counts_chart(title: str, bars: Sequence[Bar], most: float) -> Chart | None:
    ticks = [(at, number_format(at, 0, force_grouping=True)) for at in charts.ticks_up_to(most)]
    return Chart(title, bars, ticks) if most else None


def _day_of_month(day: dt.date) -> str:
    """Return the day as short as a chart needs it, in every language."""
    return f"{day:%m-%d}"


def _day(day: dt.date) -> str:
    return date_format(day, "SHORT_DATE_FORMAT")


def _score(hundredths: int) -> str:
    return number_format(hundredths / 100, 2)


def _age(seconds: float) -> str:
    now = timezone.now()
    return timesince(now - dt.timedelta(seconds=seconds), now, depth=1)


# Below the first mark, from there to the second, and above both.
_STYLES = ("is-out", "", "is-duplicate")
_LOW, _TALL = 220, 344
_SHARE_TICKS = [(0, "0%"), (0.5, "50%"), (1, "100%")]
_WRITERS: Mapping[CellForm, Callable[..., str]] = {
    CellForm.TEXT: str,
    CellForm.DAY: _day,
    CellForm.COUNT: lambda value: number_format(value, 0, force_grouping=True),
    CellForm.SHARE: lambda value: f"{round(100 * value)}%",
    CellForm.SECONDS: lambda value: _("%(n)s s") % {"n": value},
    CellForm.AGE: _age,
    CellForm.DECIMAL: lambda value: number_format(value, 2),
}
