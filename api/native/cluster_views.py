"""The addresses of clusters in our own API."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actors import Actor
from api.authentication import actor_of
from api.native import paging, schema
from api.native.answers import Shown, picture
from api.native.base import NativeView
from api.native.cluster_answers import CLUSTER, ShownCluster
from lists import selectors as lists_selectors
from review.clusters import selectors as clusters_selectors

if TYPE_CHECKING:
    from review.clusters.tree import ClusterEdge
    from review.models import MatchCandidate


class ClusterOfItem(NativeView):
    """The cluster that an item is in."""

    @schema.CLUSTER
    def get(self, request: Request, name: str) -> Response:
        """Return the reference, the other pictures and the confirmed pairs that connect them."""
        actor, piece = actor_of(request), paging.asked_piece(request)
        item = lists_selectors.items_known_as(actor, name)[0]
        cluster = clusters_selectors.cluster_of(actor, item)
        edges = clusters_selectors.edges_of(actor, cluster)
        members = clusters_selectors.members_page(
            actor,
            cluster,
            threads=clusters_selectors.threads_of(cluster, edges),
            after=piece.after,
            size=piece.size,
        )
        rows = [Shown(member, request) for member in members.rows]
        own = clusters_selectors.items_by_image(actor, [cluster.reference.pk]).get(
            cluster.reference.pk
        )
        on_page = {member.image.pk for member in members.rows}
        if piece.after is None:
            on_page.add(cluster.reference.pk)
        shown = ShownCluster(
            cluster=cluster,
            reference=picture(cluster.reference, own[0] if own else None, request),
            members=paging.answer(request, members.showing(rows)),
            edges=_between(actor, edges, on_page),
        )
        return Response(CLUSTER(shown))


def _between(
    actor: Actor, edges: Sequence[ClusterEdge] | None, on_page: Collection[int]
) -> list[MatchCandidate] | None:
    if edges is None:
        return None
    pair_ids = [edge.pair_id for edge in edges if edge.high_id in on_page]
    return clusters_selectors.pairs_at(actor, pair_ids)[::-1]
