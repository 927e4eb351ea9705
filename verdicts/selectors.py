"""Reads of verdicts, submissions, demand and notices."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, Max, QuerySet

from accounts.actors import Actor
from accounts.permissions import Permission
from common.ids import is_id
from common.sentences import Sentence
from lists import selectors as lists_selectors
from lists.models import Image
from lists.pages import Page, newest_page
from review.clusters.selectors import ImageCluster
from review.pairs import connected
from review.pairs.connected import Clusters
from verdicts import reach
from verdicts.errors import VerdictNotFound
from verdicts.kinds import VerdictState
from verdicts.models import (
    DEFAULT_GRACE_S,
    Notice,
    Submission,
    Verdict,
    VerdictSettings,
    VerdictVersion,
)

_IN_FORCE = (VerdictState.DRAFT, VerdictState.PUBLISHED)


@dataclass(frozen=True, slots=True)
class Demand:
    """How often the pictures of a group were asked about, and by how many who want to be told."""

    submissions: int
    recipients: int


@dataclass(frozen=True, slots=True)
class GroupVerdict:
    """What a group's verdict is, what it says, and which of its pictures it does not cover."""

    verdict: Verdict
    version: VerdictVersion | None
    uncovered: frozenset[int]


@dataclass(frozen=True, slots=True)
class WantedGroup:
    """A group that many ask about: its reference is the picture asked about most."""

    image: Image
    size: int
    demand: Demand
    verdict: Verdict | None


def verdict_in(cluster: ImageCluster) -> Verdict | None:
    """Return the verdict in force of a group: published before drafted, then the newest."""
    found: list[Verdict] = []
    for ids in connected.in_pieces(cluster.image_ids):
        found += Verdict.objects.filter(image__in=ids, state__in=_IN_FORCE)
    return max(found, key=lambda each: (each.is_published, each.changed_at), default=None)


def group_verdict(cluster: ImageCluster) -> GroupVerdict | None:
    """Return the verdict in force of a group with its latest version."""
    verdict = verdict_in(cluster)
    if verdict is None:
        return None
    version = verdict.versions.filter(number=verdict.number).first()
    covered = reach.covered_from(verdict.image_id)
    return GroupVerdict(verdict, version, frozenset(cluster.image_ids) - covered)


def demand_of(actor: Actor, image_ids: Collection[int]) -> Demand:
    """Return how often pictures were asked about in the lists within reach."""
    return demands_of(actor, {0: image_ids})[0]


def demands_of(actor: Actor, groups: Mapping[int, Collection[int]]) -> dict[int, Demand]:
    """Return the same of several groups, which have no picture in common, by their keys.

    By three queries for every 10,000 pictures.
    """
    key_of = {image_id: key for key, image_ids in groups.items() for image_id in image_ids}
    submissions, unnamed = Counter[int](), Counter[int]()
    recipients: dict[int, set[str]] = defaultdict(set)
    for ids in connected.in_pieces(key_of):
        own = submissions_for(actor).filter(image__in=ids).order_by()
        for image_id, count in own.values_list("image").annotate(count=Count("pk")):
            submissions[key_of[image_id]] += count
        alone = own.filter(recipient="").exclude(callback_url="")
        for image_id, count in alone.values_list("image").annotate(count=Count("pk")):
            unnamed[key_of[image_id]] += count
        named = own.exclude(recipient="").values_list("image", "recipient").distinct()
        for image_id, recipient in named:
            recipients[key_of[image_id]].add(recipient)
    return {key: Demand(submissions[key], unnamed[key] + len(recipients[key])) for key in groups}


def submissions_for(actor: Actor) -> QuerySet[Submission]:
    """Return the submissions of the lists within reach."""
    actor.require(Permission.VIEW)
    own = Submission.objects.filter(image_list__in=lists_selectors.lists_for(actor))
    return own.select_related("image", "image_list", "credential")


def submissions_page(
    actor: Actor, *, after: int | None, size: int, external_id: str = "", recipient: str = ""
) -> Page[Submission]:
    """Return the submissions that follow row id `after`, newest first."""
    rows = submissions_for(actor)
    for name, text in (("external_id", external_id), ("recipient", recipient)):
        if text:
            rows = rows.filter(**{name: lists_selectors.searchable(text)})
    return newest_page(rows, after=after, size=size)


def notices_for(actor: Actor) -> QuerySet[Notice]:
    """Return the notices to who submitted through the lists within reach."""
    actor.require(Permission.VIEW)
    own = Notice.objects.filter(submission__image_list__in=lists_selectors.lists_for(actor))
    return own.select_related("verdict", "submission__image", "submission__image_list")


def notices_page(
    actor: Actor,
    *,
    after: int | None,
    size: int,
    verdict: Verdict | None = None,
    state: str = "",
) -> Page[Notice]:
    """Return the notices that follow row id `after`, newest first."""
    rows = notices_for(actor)
    if verdict is not None:
        rows = rows.filter(verdict=verdict)
    if state:
        rows = rows.filter(state=state)
    return newest_page(rows, after=after, size=size)


def verdicts_for(actor: Actor) -> QuerySet[Verdict]:
    """Return the verdicts that were given in the lists within reach; all, for who sees them all."""
    actor.require(Permission.VIEW)
    own = Verdict.objects.filter(organisation=actor.organisation_id).select_related("image")
    if actor.is_restricted:
        own = own.filter(image_list__in=lists_selectors.lists_for(actor))
    return own


def verdict_for(actor: Actor, public_id: str) -> Verdict:
    """Return one verdict; raise VerdictNotFound for an id that is unknown or somebody else's."""
    found = verdicts_for(actor).filter(public_id=public_id).first() if is_id(public_id) else None
    if found is None:
        raise VerdictNotFound(Sentence("There is no such verdict."))
    return found


def history_of(verdict: Verdict) -> Sequence[VerdictVersion]:
    """Return the versions of a verdict, newest first."""
    versions = verdict.versions.select_related("user", "credential")
    return list(versions.order_by("-number"))


def grace_s_of(actor: Actor) -> int:
    """Return how many seconds the organisation waits before anybody is told."""
    own = VerdictSettings.objects.filter(organisation=actor.organisation_id).first()
    return own.grace_s if own else DEFAULT_GRACE_S


def most_wanted(
    actor: Actor, *, images: int, size: int, is_undecided: bool = False
) -> list[WantedGroup]:
    """Return the groups that most ask about, of the `images` pictures asked about most.

    With `is_undecided` only those without a published verdict.
    """
    rows = (
        submissions_for(actor)
        .order_by()
        .values_list("image")
        .annotate(times=Count("pk"), last=Max("pk"))
    )
    asked = [image_id for image_id, *_ in rows.order_by("-times", "-last")[:images]]
    clusters = connected.clusters_of(asked)
    best: dict[int, int] = {}
    for image_id in asked:
        best.setdefault(clusters.of(image_id), image_id)
    verdicts = _in_force_by_group(clusters)
    if is_undecided:
        decided = {root for root, each in verdicts.items() if each.is_published}
        best = {root: image_id for root, image_id in best.items() if root not in decided}
    best = dict(list(best.items())[:size])
    groups = {
        root: members
        for members in clusters.members()
        if (root := clusters.of(next(iter(members)))) in best
    }
    pictures, demands = Image.objects.in_bulk(best.values()), demands_of(actor, groups)
    found = [
        WantedGroup(
            image=pictures[image_id],
            size=len(groups[root]),
            demand=demands[root],
            verdict=verdicts.get(root),
        )
        for root, image_id in best.items()
    ]
    return sorted(found, key=lambda group: -group.demand.submissions)


def _in_force_by_group(clusters: Clusters) -> dict[int, Verdict]:
    """Return the verdict in force of each group that has one, published before drafted."""
    found: list[Verdict] = []
    for ids in connected.in_pieces(clusters.image_ids):
        found += Verdict.objects.filter(image__in=ids, state__in=_IN_FORCE)
    found.sort(key=lambda each: (each.is_published, each.changed_at))
    return {clusters.of(each.image_id): each for each in found}
