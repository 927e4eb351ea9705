"""Stretches of time in which use is counted."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of time that is counted by itself; its end belongs to the next one."""

    starts_at: dt.datetime
    ends_at: dt.datetime


class Period(TextChoices):
    """How long a window is; each begins on the full minute, day or month in UTC."""

    MINUTE = "minute", _("Minute")
    DAY = "day", _("Day")
    MONTH = "month", _("Month")

    def window(self, now: dt.datetime) -> Window:
        """Return the window that a moment falls into."""
        minute = now.astimezone(dt.UTC).replace(second=0, microsecond=0)
        if self is Period.MINUTE:
            return Window(minute, minute + dt.timedelta(minutes=1))
        day = minute.replace(hour=0, minute=0)
        if self is Period.DAY:
            return Window(day, day + dt.timedelta(days=1))
        month = day.replace(day=1)
        return Window(month, (month + dt.timedelta(days=31)).replace(day=1))
