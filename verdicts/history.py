"""What was done in a group: decisions, choices of its reference, versions of its verdicts."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from accounts.actors import Actor
from lists.pages import Page
from review.clusters.selectors import ImageCluster
from review.models import Decision, ReferenceChoice
from review.pairs import activity
from review.pairs.selectors import DECIDER
from verdicts.models import VerdictVersion

DECISION, REFERENCE, VERDICT = KINDS = ("decision", "reference", "verdict")


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """Something that somebody did: a decision, a choice or a version."""

    act: Decision | ReferenceChoice | VerdictVersion

    @property
    def at(self) -> dt.datetime:
        """Return when it was done."""
        return self.act.created_at

    @property
    def kind(self) -> str:
        """Return which of `KINDS` it is."""
        if self.decision is not None:
            return DECISION
        return REFERENCE if self.choice is not None else VERDICT

    @property
    def decision(self) -> Decision | None:
        """Return the decision that it is, if it is one."""
        return self.act if isinstance(self.act, Decision) else None

    @property
    def choice(self) -> ReferenceChoice | None:
        """Return the choice that it is, if it is one."""
        return self.act if isinstance(self.act, ReferenceChoice) else None

    @property
    def version(self) -> VerdictVersion | None:
        """Return the version that it is, if it is one."""
        return self.act if isinstance(self.act, VerdictVersion) else None


def history_page(
    actor: Actor, cluster: ImageCluster, *, skip: int, size: int
) -> Page[HistoryEntry]:
    """Return what was done in a group, newest first, after the first `skip`; three queries.

    `next_after` counts what was passed over. Decisions about pairs out of reach are left out.
    """
    ids, most = cluster.image_ids, skip + size + 1
    decisions = activity.decisions_for(actor).filter(
        candidate__image_low__in=ids, candidate__image_high__in=ids
    )
    choices = ReferenceChoice.objects.filter(image__in=ids)
    versions = VerdictVersion.objects.filter(verdict__image__in=ids)
    entries = [
        HistoryEntry(act)
        for rows in (
            decisions.select_related("candidate", *DECIDER).defer("candidate__evidence"),
            choices.select_related("image", "user", "credential"),
            versions.select_related("verdict", "user", "credential"),
        )
        for act in rows.order_by("-created_at", "-pk")[:most]
    ]
    entries.sort(key=lambda entry: entry.at, reverse=True)
    shown = entries[skip:][:size]
    return Page(shown, next_after=skip + size if len(entries) > skip + size else None)
