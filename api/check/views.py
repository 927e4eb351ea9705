"""The address of the Check dialect."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actors import Actor
from api.authentication import actor_of
from api.check import answers, distance, errors, schema
from api.check.serializers import MATCHES, MatchRequest
from api.images import image_of
from api.parameters import checked, parameters_of
from api.views import DialectView
from lists import selectors
from lists import services as lists_services
from review import services
from review.submissions import Submission

if TYPE_CHECKING:
    from lists.models import List

_IMAGE_FIELDS = ("image", "q", "media")
# Scores at a threshold's very edge must not be lost to the last digit of a division.
_EDGE = 1e-9


class MatchImage(DialectView):
    """Was this image, or one like it, submitted before?"""

    failure_of = staticmethod(errors.failure)

    @schema.MATCH
    def post(self, request: Request) -> Response:
        """Match an image against all earlier ones, and keep it for later ones."""
        asked = checked(MatchRequest, parameters_of(request))
        image_list = _list(actor_of(request), asked["list"])
        threshold = asked["threshold"]
        if threshold is None:
            threshold = distance.from_score(image_list.duplicate_threshold)
        submission = _submission(request, asked, image_list, threshold)
        outcome = services.submit(by=actor_of(request), submission=submission)
        near = answers.nearest(outcome, threshold=threshold)
        body = answers.answer(near)
        if asked["include"] == MATCHES:
            body["matches"] = answers.included(near)
        headers = {"X-Item-Id": outcome.item.public_id} if outcome.item else {}
        return Response(body, headers=headers)


def _list(actor: Actor, public_id: str) -> List:
    if public_id:
        return selectors.list_for(actor, public_id)
    return lists_services.default_list(by=actor)


def _submission(
    request: Request, asked: dict[str, Any], image_list: List, threshold: int
) -> Submission:
    return Submission(
        raw=image_of(request, fields=_IMAGE_FIELDS, url=asked["url"]),
        check_lists=[image_list],
        add_to=image_list if asked["store"] else None,
        custom_id=asked["external_id"],
        min_score=max(distance.lowest_score(threshold) - _EDGE, _EDGE),
        limit=asked["limit"],
    )
