"""Imports as their page shows them, and their refused rows as a table."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from imports import plans, selectors, spoken, tables

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.utils.functional import Promise

    from accounts.actors import Actor
    from imports.models import Import, ImportRow

FEW_REFUSED = 5
MANY_REFUSED = 500
_ICONS = {"zip": "zip", "table": "table", "files": "folder", "bucket": "server"}
# A rate of fewer rows says nothing yet.
_LEAST_ROWS = 20
MEANING_LABELS: Mapping[str, str | Promise] = {
    "url": _("Image address"),
    "custom_id": _("Custom ID"),
    "name": _("Name"),
    "tags": _("Tags"),
    "context": _("Context (JSON)"),
    "media_id": _("Media ID"),
    "sha256": "SHA-256",
    tables.FACT: _("Fact or claim"),
    tables.IGNORED: _("Nothing"),
}


@dataclass(frozen=True, slots=True)
class RefusedShown:
    """A row that was refused, and why in the language of the page."""

    position: int
    name: str
    why: str


@dataclass(frozen=True, slots=True)
class GivenColumn:
    """A column of a table that waits: its name, what it means, and its first cells."""

    name: str
    meaning: str


@dataclass(frozen=True, slots=True)
class ShownImport:
    """An import with what its row says."""

    run: Import
    by: Actor
    refused: Sequence[RefusedShown] = field(default_factory=list)

    @property
    def icon(self) -> str:
        """Return the icon of where its images come from."""
        return _ICONS[self.run.source]

    @property
    def is_mine(self) -> bool:
        """Tell whether who looks began it."""
        return self.run.user_id is not None and self.run.user_id == self.by.user_id

    @property
    def why(self) -> str:
        """Return why it does not go on, empty where nothing is wrong."""
        return said(self.run.reason) if self.run.reason else ""

    @property
    def percent(self) -> int | None:
        """Return how much is done, or sent while it is being sent; None if nobody knows."""
        run = self.run
        done, all_of_it = (
            (run.received_bytes, run.byte_size)
            if run.state == "receiving"
            else (run.position, run.total)
        )
        return 100 * done // all_of_it if all_of_it else None

    @property
    def images_a_minute(self) -> int | None:
        """Return the rate; None before there is one."""
        run = self.run
        if run.position < _LEAST_ROWS or run.worked_s <= 0:
            return None
        return round(60 * run.position / run.worked_s) or 1

    @property
    def minutes_left(self) -> int | None:
        """Return how long it will still take, rounded up; None if nobody knows."""
        rate, total = self.images_a_minute, self.run.total
        return math.ceil((total - self.run.position) / rate) if rate and total else None

    @property
    def minutes_taken(self) -> int:
        """Return the whole minutes that it was at work."""
        return int(self.run.worked_s) // 60

    @property
    def seconds_taken(self) -> int:
        """Return the seconds beyond those minutes; nothing takes no time at all."""
        return int(self.run.worked_s) % 60 or (0 if self.minutes_taken else 1)

    @property
    def columns(self) -> list[GivenColumn]:
        """Return the columns of a table that waits."""
        plan = plans.of(self.run)
        return [GivenColumn(*each) for each in zip(plan.columns, plan.meanings, strict=True)]

    @property
    def sample(self) -> list[list[str]]:
        """Return the first rows of a table that waits."""
        return plans.sample_of(self.run)


def shown(run: Import, *, by: Actor, most_refused: int = 0) -> ShownImport:
    """Return an import with some of its refused rows."""
    rows = selectors.first_refused(run, limit=most_refused) if most_refused else []
    return ShownImport(
        run, by, [RefusedShown(each.position, each.name, why(each)) for each in rows]
    )


def why(row: ImportRow) -> str:
    """Return why a row was refused, in the language of the page."""
    return said(row.said)


def said(kept: Mapping[str, Any]) -> str:
    """Return a kept sentence in the language of the page."""
    sentence = spoken.sentence(kept)
    pattern = gettext(sentence.pattern) if sentence.pattern else ""
    return pattern % sentence.values if sentence.values else pattern
