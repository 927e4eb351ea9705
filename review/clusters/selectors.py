"""Reads of clusters: the pictures that confirmed pairs connect, and what waits beside them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, F, Max, Min, Q, QuerySet

from accounts.actors import Actor
from common.errors import InvalidInput
from common.sentences import Sentence
from lists import selectors as lists_selectors
from lists.models import Image, Item, List
from lists.pages import Page
from review.clusters import tree
from review.clusters.tree import ClusterEdge, Thread
from review.models import MatchCandidate, ReferenceChoice, State
from review.pairs import connected
from review.pairs import selectors as pairs_selectors
from review.pairs.selectors import ShownPair

# What is read at most to say how a cluster hangs together; beyond, nothing is said about it.
MAX_EDGES = 10_000


@dataclass(frozen=True, slots=True)
class ImageCluster:
    """The pictures that are connected with an item's, within the actor's reach.

    A picture without any confirmed pair is a cluster by itself. `reference` is the one that was
    chosen last, else the oldest, of several the largest. `image_ids` are in the order of row ids.
    """

    item: Item
    image_ids: Sequence[int]
    reference: Image
    is_chosen: bool
    first_seen: dt.datetime
    last_seen: dt.datetime
    lists: Sequence[tuple[List, int]]

    @property
    def size(self) -> int:
        """Return the number of pictures."""
        return len(self.image_ids)


@dataclass(frozen=True, slots=True)
class Member:
    """A picture of a cluster beside the reference.

    `item` is one of its places in the lists within reach; None for a picture that was submitted
    and is in none. `pair` is the best pair with the reference whatever its state, and `thread` how
    confirmed pairs connect the two, both None where there is none to be said.
    """

    image: Image
    items: Sequence[Item]
    pair: MatchCandidate | None
    thread: Thread | None

    @property
    def item(self) -> Item | None:
        """Return the item that represents the picture."""
        return self.items[0] if self.items else None


@dataclass(frozen=True, slots=True)
class Beside:
    """A cluster as a pair's page shows it: the item that it is linked by, how many more copies."""

    item: Item
    copies: int


def item_for(actor: Actor, public_id: str) -> Item:
    """Return a live item in reach; raise ItemNotFound for an id that is unknown or foreign."""
    items = lists_selectors.items_in_reach(actor)
    item = items.filter(public_id=lists_selectors.searchable(public_id)).first()
    if item is None:
        raise lists_selectors.ItemNotFound("There is no such image in your lists.")
    return item


def cluster_of(actor: Actor, item: Item) -> ImageCluster:
    """Return the cluster that an item is in, by six queries whatever its size."""
    image_ids = sorted(connected.component_for(actor, item.image_id))[: connected.MAX_MEMBERS]
    images = Image.objects.filter(pk__in=image_ids)
    seen = images.aggregate(first=Min("created_at"), last=Max("last_submitted_at"))
    choice = _chosen(image_ids)
    oldest = images.order_by("created_at", -(F("width") * F("height")), "pk")
    return ImageCluster(
        item=item,
        image_ids=image_ids,
        reference=choice.image if choice else oldest[0],
        is_chosen=choice is not None,
        first_seen=seen["first"],
        last_seen=seen["last"],
        lists=_lists_spanned(actor, image_ids),
    )


def members_page(
    actor: Actor,
    cluster: ImageCluster,
    *,
    threads: Mapping[int, Thread],
    after: int | None,
    size: int,
) -> Page[Member]:
    """Return the members by age, without the reference, after row id `after`; three queries."""
    ids = [each for each in cluster.image_ids if each != cluster.reference.pk]
    ids = [each for each in ids if after is None or each > after]
    on_page = ids[:size]
    images = Image.objects.in_bulk(on_page)
    items = items_by_image(actor, on_page)
    pairs = _pairs_with_reference(actor, cluster.reference.pk, on_page)
    rows = [
        Member(images[each], items.get(each, []), pairs.get(each), threads.get(each))
        for each in on_page
    ]
    return Page(rows, next_after=on_page[-1] if len(ids) > size else None)


def edges_of(actor: Actor, cluster: ImageCluster) -> list[ClusterEdge] | None:
    """Return the confirmed pairs within reach that hold a cluster together, best first.

    None when there are more than `MAX_EDGES`.
    """
    rows = (
        _within(cluster.image_ids, connected.edges())
        .filter(image_list__in=lists_selectors.lists_for(actor))
        .order_by("-score", "pk")
        .values_list("pk", "image_low_id", "image_high_id", "score")
    )
    edges = [ClusterEdge(*row) for row in rows[: MAX_EDGES + 1]]
    return edges if len(edges) <= MAX_EDGES else None


def threads_of(cluster: ImageCluster, edges: Sequence[ClusterEdge] | None) -> dict[int, Thread]:
    """Return, by image row id, how the strongest confirmed pairs lead to the reference."""
    return tree.threads(edges, cluster.reference.pk) if edges is not None else {}


def suggested_with(actor: Actor, cluster: ImageCluster) -> QuerySet[MatchCandidate]:
    """Return the pairs to review that have a member on either side, best first."""
    image_ids = cluster.image_ids
    of_members = Q(image_low__in=image_ids) | Q(image_high__in=image_ids)
    waiting = pairs_selectors.pairs_for(actor).filter(of_members, state=State.SUGGESTED)
    return pairs_selectors.best_first(waiting)


def pairs_at(actor: Actor, row_ids: Collection[int]) -> list[MatchCandidate]:
    """Return the pairs of these row ids that the actor may reach, weakest first."""
    return list(pairs_selectors.pairs_for(actor).filter(pk__in=row_ids).order_by("score", "pk"))


def contradicted_by(
    cluster: ImageCluster, pairs: Collection[MatchCandidate]
) -> dict[int, MatchCandidate]:
    """Return what is dissociated between a member and the other picture of each of these pairs.

    By row id of the pair, one each, of those that directly do: a decision looks further.
    """
    members = set(cluster.image_ids)
    beside_members: dict[int, list[int]] = {}
    for pair in pairs:
        for image_id in {pair.image_low_id, pair.image_high_id} - members:
            beside_members.setdefault(image_id, []).append(pair.pk)
    apart = connected.pairs_with(beside_members.keys()).filter(state=State.DISSOCIATED)
    against: dict[int, MatchCandidate] = {}
    for contrary in apart.order_by("-pk"):
        ends = {contrary.image_low_id, contrary.image_high_id}
        if ends & members:
            for image_id in ends - members:
                against |= dict.fromkeys(beside_members[image_id], contrary)
    return against


def beside(actor: Actor, shown: ShownPair) -> Beside | None:
    """Return the cluster of the pair's listed picture, by one query; None without an item."""
    item = shown.linked_item
    if item is None:
        return None
    return Beside(item, copies=len(connected.component_for(actor, item.image_id)) - 1)


def linked_counts(image_ids: Collection[int], image_list: List) -> dict[int, int]:
    """Return, by image row id, with how many pictures of a list confirmed pairs link it directly.

    Two grouped reads of those images' own pairs, however large their clusters are.
    """
    counts: dict[int, int] = {}
    for side in ("image_low", "image_high"):
        rows = connected.matches().filter(image_list=image_list, **{f"{side}__in": image_ids})
        for image_id, count in rows.order_by().values_list(side).annotate(Count("pk")):
            counts[image_id] = counts.get(image_id, 0) + count
    return counts


def items_by_image(actor: Actor, image_ids: Collection[int]) -> dict[int, list[Item]]:
    """Return the live items of images in the lists within reach, oldest first."""
    items: dict[int, list[Item]] = {}
    for item in lists_selectors.items_in_reach(actor).filter(image__in=image_ids).order_by("pk"):
        items.setdefault(item.image_id, []).append(item)
    return items


def images_of(image_ids: Collection[int], *, count: int) -> list[Image]:
    """Return the oldest of these images, at most `count`."""
    return list(Image.objects.filter(pk__in=image_ids).order_by("pk")[:count])


def require_inside(actor: Actor, cluster: ImageCluster, match_ids: Collection[str]) -> None:
    """Raise MatchNotFound unless all these are pairs of two members that the actor may reach."""
    members = set(cluster.image_ids)
    pairs = pairs_selectors.pairs_named(actor, match_ids)
    inside = [pair for pair in pairs.values() if {pair.image_low_id, pair.image_high_id} <= members]
    if len(inside) < len(set(match_ids)):
        raise pairs_selectors.match_not_found()


def parting(actor: Actor, cluster: ImageCluster, names: Collection[str]) -> list[str]:
    """Return the ids of the pairs that hold members, given by id or SHA-256, among the others.

    Raise ItemNotFound for a name that no member has, InvalidInput where they are all there are, or
    are held by no pair within reach.
    """
    part = _members_named(actor, cluster, names)
    rest = set(cluster.image_ids) - part
    across = Q(image_low__in=part, image_high__in=rest) | Q(image_low__in=rest, image_high__in=part)
    pairs = connected.edges().filter(across, image_list__in=lists_selectors.lists_for(actor))
    found = list(pairs.order_by("pk").values_list("public_id", flat=True))
    if not found:
        raise InvalidInput(Sentence("There is nothing to split off."), field="items")
    return found


def _members_named(actor: Actor, cluster: ImageCluster, names: Collection[str]) -> set[int]:
    sought = {lists_selectors.searchable(name) for name in names}
    hashes = {name.lower() for name in sought}
    ids = cluster.image_ids
    images = Image.objects.filter(pk__in=ids, sha256__in=hashes).values_list("sha256", "pk")
    items = lists_selectors.items_in_reach(actor).filter(image__in=ids, public_id__in=sought)
    found = dict(images) | dict(items.values_list("public_id", "image"))
    if any(name not in found and name.lower() not in found for name in sought):
        raise lists_selectors.ItemNotFound("There is no such image in this cluster.")
    return set(found.values())


def member_image(cluster: ImageCluster, sha256: str) -> Image:
    """Return the member of these bytes; raise ItemNotFound for any other."""
    named = lists_selectors.searchable(sha256)
    image = Image.objects.filter(pk__in=cluster.image_ids, sha256=named).first()
    if image is None:
        raise lists_selectors.ItemNotFound("There is no such image in this cluster.")
    return image


def _chosen(image_ids: Collection[int]) -> ReferenceChoice | None:
    choices = ReferenceChoice.objects.filter(image__in=image_ids).select_related("image")
    return choices.order_by("-pk").first()


def _lists_spanned(actor: Actor, image_ids: Collection[int]) -> list[tuple[List, int]]:
    """Return the lists within reach that have members, with how many, by two queries."""
    live = Item.objects.filter(
        image__in=image_ids, removed_at=None, image_list__in=lists_selectors.lists_for(actor)
    )
    rows = live.order_by().values_list("image_list_id").annotate(Count("image", distinct=True))
    counts = dict(rows)
    lists = List.objects.filter(pk__in=counts).order_by("name", "pk")
    return [(image_list, counts[image_list.pk]) for image_list in lists]


def _pairs_with_reference(
    actor: Actor, reference_id: int, image_ids: Collection[int]
) -> dict[int, MatchCandidate]:
    """Return the best pair of each picture with the reference, whatever its state."""
    with_reference = Q(image_low=reference_id, image_high__in=image_ids) | Q(
        image_high=reference_id, image_low__in=image_ids
    )
    best: dict[int, MatchCandidate] = {}
    rows = pairs_selectors.pairs_for(actor).filter(with_reference)
    for pair in rows.exclude(state=State.SUPERSEDED).order_by("score", "pk"):
        other_id = pair.image_high_id if pair.image_low_id == reference_id else pair.image_low_id
        best[other_id] = pair
    return best


def _within(
    image_ids: Collection[int], pairs: QuerySet[MatchCandidate]
) -> QuerySet[MatchCandidate]:
    return pairs.filter(image_low__in=image_ids, image_high__in=image_ids)
