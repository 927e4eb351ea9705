"""The addresses of clusters in our own API."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

from rest_framework.request import Request
from rest_framework.response import Response

from api.authentication import actor_of
from api.native import paging, schema, shapes
from api.native.base import NativeView
from lists import selectors as lists_selectors
from review.clusters import selectors as clusters_selectors
from review.clusters.selectors import Cluster, Member

if TYPE_CHECKING:
    from review.clusters.tree import Edge
    from review.models import MatchCandidate

_SCORE_DIGITS = 4


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
        own = clusters_selectors.items_by_image(actor, [cluster.reference.pk]).get(
            cluster.reference.pk
        )
        on_page = {member.image.pk for member in members.rows}
        if piece.after is None:
            on_page.add(cluster.reference.pk)
        return Response(
            {
                "size": cluster.size,
                "reference": shapes.picture(cluster.reference, own[0] if own else None, request),
                "is_chosen": cluster.is_chosen,
                "first_seen": cluster.first_seen,
                "last_seen": cluster.last_seen,
                "lists": _lists(cluster),
                "edges": _edges(request, edges, on_page),
                **paging.page_body(
                    request, members, lambda rows: [_member(row, request) for row in rows]
                ),
            }
        )


def _lists(cluster: Cluster) -> list[dict[str, Any]]:
    return [
        {"id": image_list.public_id, "name": image_list.name, "count": count}
        for image_list, count in cluster.lists
    ]


def _member(member: Member, request: Request) -> dict[str, Any]:
    pair, thread = member.pair, member.thread
    return {
        **shapes.picture(member.image, member.item, request),
        "match": pair.public_id if pair else None,
        "state": pair.state if pair else None,
        "score": round(pair.score, _SCORE_DIGITS) if pair else None,
        "steps": thread.steps if thread else None,
        "weakest_score": round(thread.weakest, _SCORE_DIGITS) if thread else None,
    }


def _edges(
    request: Request, edges: Sequence[Edge] | None, on_page: Collection[int]
) -> list[dict[str, Any]] | None:
    if edges is None:
        return None
    pair_ids = [edge.pair_id for edge in edges if edge.high_id in on_page]
    return [
        _edge(pair) for pair in clusters_selectors.candidates_in(actor_of(request), pair_ids)[::-1]
    ]


def _edge(pair: MatchCandidate) -> dict[str, Any]:
    return {
        "match": pair.public_id,
        "list": pair.image_list.public_id,
        "sha256_a": pair.image_low.sha256,
        "sha256_b": pair.image_high.sha256,
        "score": round(pair.score, _SCORE_DIGITS),
        "kind": pair.kind,
    }
