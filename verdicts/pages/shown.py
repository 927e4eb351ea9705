"""A cluster's verdict, ready to be shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.http import actor_of
from review.clusters import selectors as clusters_selectors
from review.clusters.selectors import ImageCluster
from verdicts import overviews, selectors
from verdicts.pages.forms import VerdictForm
from verdicts.selectors import Demand
from verdicts.values import VerdictContent

if TYPE_CHECKING:
    from lists.models import Image
    from verdicts.models import Verdict, VerdictVersion

_UNCOVERED_SHOWN = 6


@dataclass(frozen=True, slots=True)
class ClusterVerdict:
    """What people see of a cluster's verdict; all but `demand` and `versions` may be empty."""

    cluster: ImageCluster
    demand: Demand
    versions: Sequence[VerdictVersion]
    verdict: Verdict | None = None
    version: VerdictVersion | None = None
    uncovered_count: int = 0
    uncovered: Sequence[Image] = ()

    @property
    def content(self) -> VerdictContent:
        """Return what is published, else what is being written."""
        if self.version is not None:
            return self.version.content
        return self.draft or VerdictContent()

    @property
    def draft(self) -> VerdictContent | None:
        """Return what is being written."""
        return self.verdict.drafted if self.verdict else None

    @property
    def seconds_left(self) -> int:
        """Return for how long it can be taken back without anybody knowing."""
        return seconds_until(self.version) if self.version else 0


@dataclass(frozen=True, slots=True)
class ChangedField:
    """A field of a verdict whose text is another one in the draft."""

    name: str
    label: str
    before: str
    after: str


def cluster_asked(request: HttpRequest, item_id: str) -> ImageCluster:
    """Return the cluster of an item; raise ItemNotFound for one that is out of reach."""
    actor = actor_of(request)
    return clusters_selectors.cluster_of(actor, clusters_selectors.item_for(actor, item_id))


def shown_verdict(actor: Actor, cluster: ImageCluster) -> ClusterVerdict:
    """Return what a cluster's page says about its verdict."""
    found = selectors.group_verdict(cluster)
    demand = selectors.demand_of(actor, cluster.image_ids)
    versions = overviews.versions_in(cluster)
    if found is None:
        return ClusterVerdict(cluster, demand, versions)
    pictures = (
        clusters_selectors.images_of(found.uncovered, count=_UNCOVERED_SHOWN)
        if found.uncovered
        else []
    )
    return ClusterVerdict(
        cluster,
        demand,
        versions,
        verdict=found.verdict,
        version=found.version,
        uncovered_count=len(found.uncovered),
        uncovered=pictures,
    )


def changes_between(before: VerdictContent, after: VerdictContent) -> list[ChangedField]:
    """Return the fields in which two texts of a verdict differ."""
    first, last = before.as_json(), after.as_json()
    labels = VerdictForm.base_fields
    return [
        ChangedField(name, str(labels[name].label), first[name], last[name])
        for name in first
        if first[name] != last[name]
    ]


def seconds_until(version: VerdictVersion) -> int:
    """Return how many seconds are left until programs and people are told of a version."""
    return max(0, round((version.announce_at - timezone.now()).total_seconds()))


def published(version: VerdictVersion) -> str:
    """Return what a person reads who has just published a version."""
    if version.number == 1:
        text = _("Published. It goes out in %(n)s s; until then you can retract it unnoticed.")
    else:
        # Who was told of an earlier version is told of a retraction too.
        text = _("Published. It goes out in %(n)s s.")
    return text % {"n": seconds_until(version)}
