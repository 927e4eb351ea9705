"""What our own API answers about a cluster, with its description."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.native.answers import PICTURE, Shown, ShownPicture, picture
from api.native.paging import PageAnswer
from api.shapes import FLAG, INTEGER, MOMENT, NUMBER, TEXT, Shape
from review.clusters.selectors import ImageCluster, Member

if TYPE_CHECKING:
    from lists.models import List
    from review.models import MatchCandidate

_SCORE_DIGITS = 4


@dataclass(frozen=True, slots=True)
class ShownCluster:
    """A cluster with a page of its members; `edges` None when there are too many of them."""

    cluster: ImageCluster
    reference: ShownPicture
    members: PageAnswer[Shown[Member]]
    edges: Sequence[MatchCandidate] | None


SPANNED_LIST: Shape[tuple[List, int]] = Shape(
    "SpannedList",
    "A list that has pictures of a cluster.",
    id=TEXT.of(lambda spanned: spanned[0].public_id),
    name=TEXT.of(lambda spanned: spanned[0].name),
    count=INTEGER.of(lambda spanned: spanned[1], "How many of the cluster's pictures it has."),
)
MEMBER = Shape[Shown[Member]](
    "ClusterMember",
    "A picture of a cluster beside the reference.",
    **PICTURE.within(lambda shown: picture(shown.it.image, shown.it.item, shown.request)),
    match=TEXT.or_null.of(
        lambda shown: shown.it.pair.public_id if shown.it.pair else None,
        "The pair with the reference, whatever its state; else null.",
    ),
    state=TEXT.or_null.of(
        lambda shown: shown.it.pair.state if shown.it.pair else None, "That pair's state."
    ),
    score=NUMBER.or_null.of(
        lambda shown: round(shown.it.pair.score, _SCORE_DIGITS) if shown.it.pair else None,
        "That pair's score.",
    ),
    steps=INTEGER.or_null.of(
        lambda shown: shown.it.thread.steps if shown.it.thread else None,
        "Over how many confirmed pairs the best way leads.",
    ),
    weakest_score=NUMBER.or_null.of(
        lambda shown: round(shown.it.thread.weakest, _SCORE_DIGITS) if shown.it.thread else None,
        "The lowest score on that way.",
    ),
)
EDGE: Shape[MatchCandidate] = Shape(
    "ClusterEdge",
    "A confirmed pair between two pictures of a cluster.",
    match=TEXT.of(lambda pair: pair.public_id),
    list=TEXT.of(lambda pair: pair.image_list.public_id),
    sha256_a=TEXT.of(lambda pair: pair.image_low.sha256),
    sha256_b=TEXT.of(lambda pair: pair.image_high.sha256),
    score=NUMBER.of(lambda pair: round(pair.score, _SCORE_DIGITS)),
    kind=TEXT.of(lambda pair: pair.kind),
)
CLUSTER = Shape[ShownCluster](
    "ItemCluster",
    "The pictures that confirmed pairs connect with an item's, a page of them.",
    size=INTEGER.of(
        lambda shown: shown.cluster.size, "The number of pictures, the reference among them."
    ),
    reference=PICTURE.of(lambda shown: shown.reference),
    is_chosen=FLAG.of(
        lambda shown: shown.cluster.is_chosen,
        "Whether somebody chose the reference; else it is the oldest, then the largest.",
    ),
    first_seen=MOMENT.of(lambda shown: shown.cluster.first_seen),
    last_seen=MOMENT.of(lambda shown: shown.cluster.last_seen),
    lists=SPANNED_LIST.many.of(lambda shown: shown.cluster.lists),
    edges=EDGE.many.or_null.of(
        lambda shown: shown.edges,
        "The pairs between this page's pictures and those before them, best first; null where "
        "there are too many.",
    ),
    results=MEMBER.many.of(
        lambda shown: shown.members.rows, "The other pictures, first seen first."
    ),
    next=TEXT.or_null.of(lambda shown: shown.members.next),
)
