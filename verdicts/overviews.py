"""Reads of many verdicts at once: lists of them, what they say, and whom they reached."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, F, Q, QuerySet

from accounts.actors import Actor
from lists import selectors as lists_selectors
from lists.pages import Page
from review.clusters.selectors import ImageCluster
from review.pairs import connected
from verdicts import selectors
from verdicts.kinds import TOLD, NoticeState, VerdictState
from verdicts.models import Notice, Verdict, VerdictVersion
from verdicts.selectors import verdicts_for, with_versions
from verdicts.values import VerdictContent

_MOST_WORDS = 8


@dataclass(frozen=True, slots=True)
class ListedVerdict:
    """A verdict with what it says now: its latest version, else its draft.

    `told` counts the notices that people got of it, `planned` those that they are to get.
    """

    verdict: Verdict
    version: VerdictVersion | None
    told: int
    planned: int

    @property
    def content(self) -> VerdictContent:
        """Return what is published, else what is being written."""
        if self.version is not None:
            return self.version.content
        return self.verdict.drafted or VerdictContent()


def verdicts_page(
    actor: Actor, *, after: int | None, size: int, state: str = ""
) -> Page[ListedVerdict]:
    """Return the verdicts that follow row id `after`, newest first, in a state or in any."""
    page = selectors.verdicts_page(actor, after=after, size=size, state=state)
    return page.showing(listed(page.rows))


def published_like(actor: Actor, words: str, *, size: int) -> list[ListedVerdict]:
    """Return published verdicts whose rating and title together have all words, newest first."""
    verdicts = verdicts_for(actor).filter(state=VerdictState.PUBLISHED)
    latest = _latest_versions(verdicts)
    for word in lists_selectors.searchable(words).split()[:_MOST_WORDS]:
        latest = latest.filter(Q(title__icontains=word) | Q(rating__icontains=word))
    found = latest.order_by("-pk").values_list("verdict", flat=True)[:size]
    by_id = verdicts.in_bulk(list(found))
    return listed([by_id[each] for each in found])


def is_any_published(actor: Actor) -> bool:
    """Tell whether there is a verdict that a group may have."""
    return verdicts_for(actor).filter(state=VerdictState.PUBLISHED).exists()


def latest_about(actor: Actor, image_ids: Collection[int]) -> list[VerdictVersion]:
    """Return what is published about the clusters of a few pictures, newest first.

    By two queries: one walks the clusters, one finds the versions.
    """
    reached = connected.reached_from(image_ids)
    verdicts = Verdict.objects.filter(
        organisation=actor.organisation_id, state=VerdictState.PUBLISHED, image__in=reached
    )
    return list(_latest_versions(verdicts).order_by("-pk"))


def versions_in(cluster: ImageCluster) -> list[VerdictVersion]:
    """Return every version of every verdict about a picture of a cluster, newest first."""
    versions: list[VerdictVersion] = []
    for ids in connected.in_pieces(cluster.image_ids):
        rows = VerdictVersion.objects.filter(verdict__image__in=ids)
        versions += rows.select_related("user", "credential", "verdict")
    return sorted(versions, key=lambda each: -each.pk)


def versions_told(notices: Sequence[Notice]) -> dict[tuple[int, int], VerdictVersion]:
    """Return what notices say, by verdict and number, by one query."""
    found = VerdictVersion.objects.filter(
        verdict__in={each.verdict_id for each in notices},
        number__in={each.number for each in notices},
    )
    return {(each.verdict_id, each.number): each for each in found}


def contents_of(verdicts: Collection[Verdict]) -> dict[tuple[int, int], VerdictContent]:
    """Return what each version of verdicts says, by row id and number, by one query.

    Of one that was never published that is its draft, under 0.
    """
    versions = VerdictVersion.objects.filter(verdict__in={each.pk for each in verdicts})
    drafts = {(each.pk, 0): each.drafted for each in verdicts}
    said = {key: draft for key, draft in drafts.items() if draft is not None}
    return said | {(each.verdict_id, each.number): each.content for each in versions}


def content_of(verdict: Verdict) -> VerdictContent:
    """Return what a verdict says now."""
    return listed([verdict])[0].content


def _latest_versions(verdicts: QuerySet[Verdict]) -> QuerySet[VerdictVersion]:
    own = VerdictVersion.objects.filter(verdict__in=verdicts.order_by().values("pk"))
    return own.filter(number=F("verdict__number")).select_related("verdict", "user", "credential")


def listed(verdicts: Sequence[Verdict]) -> list[ListedVerdict]:
    """Return verdicts with what they say, in the same order, by three queries."""
    ids = [each.pk for each in verdicts]
    told, planned = _counted(ids, TOLD), _counted(ids, [NoticeState.PLANNED])
    return [
        ListedVerdict(
            each.verdict,
            each.version,
            told.get(each.verdict.pk, 0),
            planned.get(each.verdict.pk, 0),
        )
        for each in with_versions(verdicts)
    ]


def _counted(verdict_ids: Sequence[int], states: Iterable[NoticeState]) -> dict[int, int]:
    """Return by verdict how many notices are in one of the states."""
    notices = Notice.objects.filter(verdict__in=verdict_ids, state__in=states)
    return dict(notices.order_by().values_list("verdict").annotate(count=Count("pk")))
