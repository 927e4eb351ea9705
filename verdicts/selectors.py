"""Reads of verdicts, submissions, demand and notices."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, F, Max, QuerySet

from accounts.actors import Actor
from accounts.permissions import Permission
from common.ids import is_id
from common.sentences import Sentence
from lists import selectors as lists_selectors
from lists.models import Image, Item
from lists.pages import Page, newest_page
from review.clusters import selectors as clusters_selectors
from review.clusters.selectors import ImageCluster
from review.pairs import connected
from verdicts import reach, stirring
from verdicts.errors import NoticeNotFound, VerdictNotFound
from verdicts.kinds import VerdictState
from verdicts.models import (
    Notice,
    Submission,
    Verdict,
    VerdictVersion,
)

_IN_FORCE = (VerdictState.DRAFT, VerdictState.PUBLISHED)


@dataclass(frozen=True, slots=True)
class Demand:
    """How often the pictures of a group were asked about, and by how many who want to be told."""

    submissions: int
    recipients: int


@dataclass(frozen=True, slots=True)
class AskedGroup:
    """A group, the item of its reference (None out of reach), and how much it is asked about."""

    cluster: ImageCluster
    reference: Item | None
    demand: Demand


@dataclass(frozen=True, slots=True)
class GroupVerdict:
    """What a group's verdict is, what it says, and which of its pictures it does not cover."""

    verdict: Verdict
    version: VerdictVersion | None
    uncovered: frozenset[int]


@dataclass(frozen=True, slots=True)
class ShownVerdict:
    """A verdict and its latest version, None before the first."""

    verdict: Verdict
    version: VerdictVersion | None


@dataclass(frozen=True, slots=True)
class WantedGroup:
    """A group that many ask about: its reference is the picture asked about most."""

    image: Image
    size: int
    demand: Demand
    verdict: Verdict | None


def verdict_in(cluster: ImageCluster) -> Verdict | None:
    """Return the verdict in force of a group: published before drafted, then the newest."""
    return _first_of(_in_force(cluster.image_ids))


def group_verdict(cluster: ImageCluster) -> GroupVerdict | None:
    """Return the verdict in force of a group with its latest version."""
    verdict = verdict_in(cluster)
    if verdict is None:
        return None
    version = verdict.latest
    covered = reach.covered_from(verdict.image_id)
    return GroupVerdict(verdict, version, frozenset(cluster.image_ids) - covered)


def group_of(actor: Actor, item: Item) -> AskedGroup:
    """Return the group that an item is in, by ten queries whatever its size."""
    cluster = clusters_selectors.cluster_of(actor, item)
    reference_id = cluster.reference.pk
    items = clusters_selectors.items_by_image(actor, [reference_id]).get(reference_id)
    demand = demand_of(actor, cluster.image_ids)
    return AskedGroup(cluster, items[0] if items else None, demand)


def demand_of(actor: Actor, image_ids: Collection[int]) -> Demand:
    """Return how often pictures were asked about in the lists within reach; three queries."""
    return demands_of(actor, [image_ids])[0]


def demands_of(actor: Actor, groups: Sequence[Collection[int]]) -> list[Demand]:
    """Return the same for each of several groups, by as many queries."""
    place = {image_id: number for number, group in enumerate(groups) for image_id in group}
    submissions = [0] * len(groups)
    audiences: list[set[str]] = [set() for _ in groups]
    unnamed = [0] * len(groups)
    for ids in connected.in_pieces(place):
        own = submissions_for(actor).filter(image__in=ids).order_by()
        callbacks = own.filter(recipient="").exclude(callback_url="")
        for counted, rows in ((submissions, own), (unnamed, callbacks)):
            for image_id, count in rows.values_list("image").annotate(Count("pk")):
                counted[place[image_id]] += count
        named = own.exclude(recipient="").values_list("image", "recipient").distinct()
        for image_id, recipient in named:
            audiences[place[image_id]].add(recipient)
    return [
        Demand(count, len(audience) + more)
        for count, audience, more in zip(submissions, audiences, unnamed, strict=True)
    ]


def submissions_for(actor: Actor) -> QuerySet[Submission]:
    """Return the submissions of the lists within reach."""
    actor.require(Permission.VIEW)
    own = Submission.objects.filter(image_list__in=lists_selectors.lists_for(actor))
    return own.select_related("image", "image_list", "credential")


def submissions_called(actor: Actor, external_id: str, *, count: int) -> list[Submission]:
    """Return up to so many submissions of exactly this id of the client's own, in no order."""
    sought = lists_selectors.searchable(external_id)
    # Said once more, the condition of the index that is to find them.
    found = submissions_for(actor).filter(external_id=sought).exclude(external_id="")
    return list(found[:count])


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


def notice_for(actor: Actor, public_id: str) -> Notice:
    """Return one notice; raise NoticeNotFound for an id that is unknown or out of reach."""
    found = notices_for(actor).filter(public_id=public_id).first() if is_id(public_id) else None
    if found is None:
        raise NoticeNotFound(Sentence("There is no such notice."))
    return found


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
    own = Verdict.objects.filter(organisation=actor.organisation_id)
    own = own.select_related("image", "replaced_by")
    if actor.is_restricted:
        own = own.filter(image_list__in=lists_selectors.lists_for(actor))
    return own


def verdicts_page(actor: Actor, *, after: int | None, size: int, state: str = "") -> Page[Verdict]:
    """Return the verdicts that follow row id `after`, newest first."""
    rows = verdicts_for(actor)
    return newest_page(rows.filter(state=state) if state else rows, after=after, size=size)


def verdict_for(actor: Actor, public_id: str) -> Verdict:
    """Return one verdict; raise VerdictNotFound for an id that is unknown or somebody else's."""
    found = verdicts_for(actor).filter(public_id=public_id).first() if is_id(public_id) else None
    if found is None:
        raise VerdictNotFound(Sentence("There is no such verdict."))
    return found


def versions_page(verdict: Verdict, *, after: int | None, size: int) -> Page[VerdictVersion]:
    """Return the versions of a verdict that follow row id `after`, newest first."""
    versions = verdict.versions.select_related("user", "credential")
    return newest_page(versions, after=after, size=size)


def grace_s_of(actor: Actor) -> int:
    """Return how many seconds the organisation waits before anybody is told."""
    actor.require(Permission.VIEW)
    return int(stirring.grace_of(actor.organisation_id).total_seconds())


def most_wanted(
    actor: Actor, *, images: int, size: int, skip: int = 0, is_undecided: bool = False
) -> list[WantedGroup]:
    """Return the groups that most ask about, of the `images` pictures asked about most.

    They come after the first `skip`; with `is_undecided` only those without a published verdict.
    The number of queries is the same however many there are.
    """
    rows = (
        submissions_for(actor)
        .order_by()
        .values_list("image")
        .annotate(times=Count("pk"), last=Max("pk"))
    )
    asked = list(rows.order_by("-times", "-last")[:images])
    clusters = connected.clusters_for(actor, [image_id for image_id, *_ in asked])
    best: dict[int, int] = {}
    times: Counter[int] = Counter()
    for image_id, count, _ in asked:
        root = clusters.of(image_id)
        best.setdefault(root, image_id)
        times[root] += count
    if is_undecided:
        published = (each for each in _in_force(clusters.image_ids) if each.is_published)
        for root in {clusters.of(each.image_id) for each in published}:
            del best[root]
    shown = sorted(best, key=lambda root: -times[root])[skip:][:size]
    members = {clusters.of(min(group)): group for group in clusters.members()}
    groups = [members[root] for root in shown]
    pictures = Image.objects.in_bulk(best[root] for root in shown)
    in_force = _in_force({image_id for group in groups for image_id in group})
    return [
        WantedGroup(
            image=pictures[best[root]],
            size=len(group),
            demand=demand,
            verdict=_first_of(verdict for verdict in in_force if verdict.image_id in group),
        )
        for root, group, demand in zip(shown, groups, demands_of(actor, groups), strict=True)
    ]


def with_versions(verdicts: Sequence[Verdict]) -> list[ShownVerdict]:
    """Return verdicts with what each says now, by one query."""
    latest = VerdictVersion.objects.filter(
        verdict__in=[each.pk for each in verdicts], number=F("verdict__number")
    )
    by_verdict = {version.verdict_id: version for version in latest}
    return [ShownVerdict(each, by_verdict.get(each.pk)) for each in verdicts]


def _in_force(image_ids: Collection[int]) -> list[Verdict]:
    found: list[Verdict] = []
    for ids in connected.in_pieces(image_ids):
        verdicts = Verdict.objects.filter(image__in=ids, state__in=_IN_FORCE)
        found += verdicts.select_related("image", "replaced_by")
    return found


def _first_of(verdicts: Iterable[Verdict]) -> Verdict | None:
    """Return the one that counts for a group: published before drafted, then the newest."""
    return max(verdicts, key=lambda each: (each.is_published, each.changed_at), default=None)
