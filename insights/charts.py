"""Charts as SVG, drawn on the server.

Nothing in them has a style of its own: what a part is its class says, and static/css/charts.css
gives classes the colours of the theme, as the Content-Security-Policy wants it. The elements are
those of svg.py, which escapes nothing: every text goes through `_text`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import svg
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from common.intervals import Interval

WIDTH = 640
_LEFT, _TOP, _BELOW = 44, 24, 34
_FULL = 1.0
_MOST_LABELS = 8
_NARROW_LABELS = 4
_CAP = 4
_GAP_SHARE = 0.22


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its label, its height, the part of it that is dark, and where the truth may lie.

    `style` is a class of the bar.
    """

    label: str
    value: float
    part: float = 0
    interval: Interval | None = None
    style: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """An upright line before the bar of that number, and what it says."""

    place: float
    text: str
    is_after: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars over an axis from 0 to `top`; `ticks` are the heights that are named, and the names."""

    label: str
    bars: Sequence[Bar]
    ticks: Sequence[tuple[float, str]]
    height: int = 220
    marks: Sequence[Mark] = field(default_factory=tuple)

    def draw(self) -> SafeString:
        """Return the chart as the text of an SVG element."""
        drawing = svg.SVG(
            viewBox=svg.ViewBoxSpec(0, 0, WIDTH, self.height),
            class_=["chart"],
            elements=[*self._axis(), *self._bars(), *self._labels(), *self._marks()],
            extra={"role": "img", "aria-label": escape(self.label)},
        )
        return mark_safe(str(drawing))  # noqa: S308 - numbers and escaped texts alone

    @property
    def _top(self) -> float:
        return max((at for at, _ in self.ticks), default=_FULL) or _FULL

    @property
    def _step(self) -> float:
        return (WIDTH - _LEFT) / max(1, len(self.bars))

    def _x(self, place: float) -> float:
        return round(_LEFT + place * self._step, 1)

    def _y(self, value: float) -> float:
        room = self.height - _TOP - _BELOW
        return round(_TOP + room * (1 - min(value, self._top) / self._top), 1)

    def _axis(self) -> Iterator[svg.Element]:
        for at, name in self.ticks:
            y = self._y(at)
            yield svg.Line(x1=_LEFT, x2=WIDTH, y1=y, y2=y, class_=["axis"])
            yield _text(name, _LEFT - 8, y + 4.5, anchor="end")

    def _bars(self) -> Iterator[svg.Element]:
        width = round(self._step * (1 - _GAP_SHARE), 1)
        for number, bar in enumerate(self.bars):
            x = round(self._x(number) + (self._step - width) / 2, 1)
            if bar.value:
                yield self._column(x, width, bar.value, ["col", *bar.style.split()])
            if bar.part:
                yield self._column(x, width, bar.part, ["col", "is-part"])
            if bar.interval is not None:
                yield from self._interval(round(x + width / 2, 1), bar.interval)

    def _column(self, x: float, width: float, value: float, classes: list[str]) -> svg.Element:
        y, foot = self._y(value), self._y(0)
        return svg.Rect(
            x=x, y=y, width=width, height=round(foot - y, 1), rx=min(3, width / 4), class_=classes
        )

    def _interval(self, x: float, interval: Interval) -> Iterator[svg.Element]:
        top, foot = self._y(interval.high), self._y(interval.low)
        # The light edge shows it on dark bars too.
        yield svg.Line(x1=x, x2=x, y1=top, y2=foot, class_=["ci", "is-edge"])
        yield svg.Line(x1=x, x2=x, y1=top, y2=foot, class_=["ci"])
        for y in (top, foot):
            yield svg.Line(x1=x - _CAP, x2=x + _CAP, y1=y, y2=y, class_=["ci"])

    def _labels(self) -> Iterator[svg.Element]:
        every = max(1, math.ceil(len(self.bars) / _MOST_LABELS))
        narrow = every * math.ceil(_MOST_LABELS / _NARROW_LABELS)
        for number, bar in enumerate(self.bars):
            if number % every == 0:
                classes = [] if number % narrow == 0 else ["is-wide"]
                x = self._x(number + 0.5)
                yield _text(bar.label, x, self.height - 12, anchor="middle", classes=classes)

    def _marks(self) -> Iterator[svg.Element]:
        for mark in self.marks:
            x = self._x(mark.place)
            yield svg.Line(x1=x, x2=x, y1=_TOP - 6, y2=self._y(0), class_=["mark"])
            at, anchor = (x + 6, "start") if mark.is_after else (x - 6, "end")
            yield _text(mark.text, at, _TOP - 9, anchor=anchor, classes=["mark-label"])


def ticks_up_to(most: float) -> list[float]:
    """Return 0, a half and the whole of the least round number that is not below `most`."""
    if most <= 1:
        return [0, 1]
    size = 10 ** math.floor(math.log10(most))
    top = next(step * size for step in (1, 2, 4, 6, 8, 10) if step * size >= most)
    return [0, top / 2, top]


def _text(
    text: str, x: float, y: float, *, anchor: str, classes: Sequence[str] = ()
) -> svg.Element:
    return svg.Text(
        text=escape(text),
        x=round(x, 1),
        y=round(y, 1),
        text_anchor=anchor,  # type: ignore[arg-type]
        class_=list(classes) or None,
    )
