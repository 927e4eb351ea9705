"""A further copy that somebody names for a cluster, because no search found it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from accounts.actors import Actor
from common.errors import InvalidInput
from common.sentences import Sentence
from lists import selectors as lists_selectors
from lists.models import Item
from review.clusters import linking
from review.clusters.selectors import ImageCluster
from review.models import MatchCandidate, State


class NoCommonList(InvalidInput):
    """No copy of the cluster is in a list with the image that was named."""

    code = "no_common_list"


@dataclass(frozen=True, slots=True)
class Named:
    """The pair of a named item with a member; it waits unless it was decided before."""

    pair: MatchCandidate

    @property
    def is_told_apart(self) -> bool:
        """Tell whether somebody decided that the two do not match."""
        return self.pair.state == State.DISSOCIATED

    @property
    def is_confirmed(self) -> bool:
        """Tell whether somebody confirmed the pair."""
        return self.pair.state == State.CONFIRMED


def link(*, by: Actor, cluster: ImageCluster, name: str) -> Named:
    """Return the pair of a named item with a member of the cluster, compared now if it is new.

    `name` is an item's id or a SHA-256. The member is the reference where it is in a list with the
    named item, else the item that the cluster was asked for by, else the oldest one. Raises as
    `linking.link` does, and NoCommonList when no member is in such a list.
    """
    found = lists_selectors.items_known_as(by, name)
    members = _members_beside(by, cluster, found)
    if not members:
        raise NoCommonList(
            Sentence(
                "No copy of this cluster is in a list with that image, and only images of one list "
                "are compared. Add one of them to the other's list."
            ),
            field="item",
        )
    member = min(members, key=lambda each: _preference(cluster, each))
    other = next(each for each in found if each.image_list_id == member.image_list_id)
    return Named(linking.link(by=by, query_item=other, item=member).pair)


def _members_beside(by: Actor, cluster: ImageCluster, found: Sequence[Item]) -> list[Item]:
    lists = {item.image_list_id for item in found}
    beside = lists_selectors.items_in_reach(by).filter(
        image__in=cluster.image_ids, image_list__in=lists
    )
    others = beside.exclude(image__in={item.image_id for item in found})
    return list(others) or list(beside[:1])


def _preference(cluster: ImageCluster, item: Item) -> tuple[bool, bool, int]:
    return item.image_id != cluster.reference.pk, item.pk != cluster.item.pk, item.pk
