"""The addresses of matches in our own API."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from rest_framework.request import Request
from rest_framework.response import Response

from api import quotas
from api.authentication import actor_of
from api.native import answers, paging, schema
from api.native.base import NativeView
from api.native.serializers import (
    ConfirmationRequest,
    DecisionRequest,
    ManyDecisions,
    MatchFilter,
    NewMatch,
)
from api.parameters import checked, parameters_of
from api.shapes import Json
from common.errors import InvalidInput
from lists import selectors as lists_selectors
from review import bulk
from review.bulk import SeenPair
from review.clusters import linking
from review.pairs import selectors as pairs_selectors
from review.pairs import services as pairs_services
from review.queue import selectors as queue_selectors
from review.queue.filters import Queue

if TYPE_CHECKING:
    from review.models import MatchCandidate

# As the header ETag of a match has it; a proxy that compresses answers makes it weak.
_VERSION_TAG = re.compile(r'(?:W/)?"(\d{1,9})"')


class Matches(NativeView):
    """The matches of all lists."""

    @schema.MATCHES
    def get(self, request: Request) -> Response:
        """Return matches, best score first."""
        actor = actor_of(request)
        piece = paging.asked_piece(request)
        asked = checked(MatchFilter, dict(request.query_params.items()))
        image_list = lists_selectors.list_for(actor, asked["list"]) if asked["list"] else None
        page = queue_selectors.pairs_page(
            actor,
            queue=Queue(image_list),
            state=pairs_selectors.state_named(asked["state"]) if asked["state"] else None,
            kind=pairs_selectors.kind_named(asked["kind"]) if asked["kind"] else None,
            after=pairs_selectors.pair_at(actor, piece.after) if piece.after else None,
            size=piece.size,
        )
        rows = answers.shown_pairs(page.rows, request)
        return Response(answers.MATCHES(paging.answer(request, page.showing(rows))))

    @schema.NEW_MATCH
    def post(self, request: Request) -> Response:
        """Compare two items that no search has paired, and keep the pair for a decision."""
        actor = actor_of(request)
        asked = checked(NewMatch, parameters_of(request))
        image_list = lists_selectors.list_for(actor, asked["list"]) if asked["list"] else None
        query_item = lists_selectors.items_known_as(actor, asked["item_a"], image_list=image_list)[
            0
        ]
        item = lists_selectors.items_known_as(
            actor, asked["item_b"], image_list=query_item.image_list
        )[0]
        quotas.take_place(request)
        link = linking.link(by=actor, query_item=query_item, item=item)
        status = 201 if link.is_new else 200
        return Response(_shown(link.pair, request), status=status)


class ManyMatches(NativeView):
    """Several matches at once."""

    @schema.DECIDE_MANY
    def post(self, request: Request) -> Response:
        """Decide several matches alike; one that cannot be decided stops none of the others."""
        actor = actor_of(request)
        asked = checked(ManyDecisions, parameters_of(request))
        seen = [SeenPair(match_id) for match_id in asked["ids"]]
        outcome = bulk.decide(by=actor, seen=seen, act=asked["act"], note=asked["note"])
        return Response(answers.DECIDED_MATCHES(outcome))


class OneMatch(NativeView):
    """One match."""

    @schema.MATCH
    def get(self, request: Request, match_id: str) -> Response:
        """Return a match with its evidence and history."""
        pair = pairs_selectors.pair_for(actor_of(request), match_id)
        headers = {"ETag": f'"{pair.version}"'}
        return Response(
            answers.MATCH_IN_FULL(answers.shown_pairs([pair], request)[0]), headers=headers
        )


class Confirm(NativeView):
    """The decision that two images match."""

    @schema.CONFIRM
    def post(self, request: Request, match_id: str) -> Response:
        """Decide that the two images match."""
        actor = actor_of(request)
        pair = pairs_selectors.pair_for(actor, match_id)
        asked = _decision(request, ConfirmationRequest)
        decided = pairs_services.confirm(
            by=actor,
            pair=pair,
            scope=asked["scope"],
            note=asked["note"],
            expected_version=asked["version"],
            words_agree=asked["words_agree"],
        )
        return Response(_shown(decided, request))


class Dissociate(NativeView):
    """The decision that two images do not match."""

    @schema.DISSOCIATE
    def post(self, request: Request, match_id: str) -> Response:
        """Decide that the two images do not match: they are never suggested again."""
        actor = actor_of(request)
        pair = pairs_selectors.pair_for(actor, match_id)
        asked = _decision(request)
        decided = pairs_services.dissociate(
            by=actor, pair=pair, note=asked["note"], expected_version=asked["version"]
        )
        return Response(_shown(decided, request))


class Undo(NativeView):
    """The taking back of a decision."""

    @schema.UNDO
    def post(self, request: Request, match_id: str) -> Response:
        """Take the latest decision about a match back."""
        actor = actor_of(request)
        pair = pairs_selectors.pair_for(actor, match_id)
        asked = _decision(request)
        undone = pairs_services.undo(by=actor, pair=pair, expected_version=asked["version"])
        return Response(_shown(undone, request))


def _decision(request: Request, read: type[DecisionRequest] = DecisionRequest) -> dict[str, Any]:
    """Return the decision, with the version of the header If-Match where the body has none."""
    asked = checked(read, parameters_of(request))
    tag = request.headers.get("If-Match", "*").strip()
    if tag != "*":
        found = _VERSION_TAG.fullmatch(tag)
        if found is None or asked["version"] not in (None, int(found[1])):
            raise InvalidInput(
                'If-Match names one version, as in "3", and the same one as the body.',
                field="If-Match",
            )
        asked["version"] = int(found[1])
    return asked


def _shown(pair: MatchCandidate, request: Request) -> Json:
    return answers.MATCH(answers.shown_pairs([pair], request)[0])
