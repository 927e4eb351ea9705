"""The addresses of the Check dialect."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace
from typing import Any

from django.urls import reverse
from rest_framework.request import Request
from rest_framework.response import Response

from api import quotas, request_ids
from api.authentication import actor_of
from api.check import answers, asked, errors, schema
from api.check.answers import Near
from api.check.serializers import Include, MatchRequest, SimilarRequest
from api.images import image_of
from api.parameters import parameters_of
from api.views import DialectView
from common import timings
from common.timings import Timings
from lists import services as lists_services
from review.submissions import batches
from review.submissions import services as submissions_services
from review.submissions.values import Outcome

_IMAGE_FIELDS = ("image", "q", "media")
_REPRESENTATION = frozenset({Include.ITEM, Include.MATCHES, Include.TIMING})
_PREFERENCE = "return=representation"
# These say more about matches, so they bring the matches along.
_ABOUT_MATCHES = frozenset({Include.EVIDENCE, Include.DISSOCIATED})
_WITH_MATCHES = frozenset({Include.MATCHES, Include.RESULTS})


class CheckView(DialectView):
    """A view that answers in the Check dialect, and says what the time went to."""

    failure_of = staticmethod(errors.failure)
    spent: Timings

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Answer the request with the header Server-Timing."""
        with timings.collected() as self.spent:
            response = super().dispatch(request, *args, **kwargs)
        response["Server-Timing"] = answers.server_timing(self.spent)
        return response


class MatchImage(CheckView):
    """Was this image, or one like it, submitted before?"""

    @schema.MATCH
    def post(self, request: Request) -> Response:
        """Match an image against all earlier ones, and keep it for later ones."""
        actor = actor_of(request)
        wanted = asked.checked(MatchRequest, parameters_of(request))
        image_list = lists_services.list_or_default(by=actor, public_id=wanted["list"])
        raw = image_of(request, fields=_IMAGE_FIELDS, url=wanted["url"])
        submission = replace(
            asked.submission(wanted, raw, image_list),
            add_to=image_list if wanted["store"] else None,
            custom_id=wanted["external_id"],
            context=wanted["context"],
        )
        outcome = submissions_services.submit(by=actor, submission=submission)
        near = answers.nearest(outcome, threshold=asked.threshold_for(wanted, image_list))
        headers = {"X-Item-Id": outcome.item.public_id} if outcome.item else {}
        include = wanted["include"]
        if _prefers_representation(request):
            include |= _REPRESENTATION
            headers["Preference-Applied"] = _PREFERENCE
        body = answers.answer(near)
        body.update(self._included(include, outcome, _piece(near, wanted)))
        return Response(body, headers=headers)

    def _included(
        self, include: Collection[Include], outcome: Outcome, near: list[Near]
    ) -> dict[str, Any]:
        """Return what the client asked for besides the documented answer."""
        words = set(include)
        if words & _ABOUT_MATCHES and not words & _WITH_MATCHES:
            words.add(Include.MATCHES)
        more: dict[str, Any] = {}
        if Include.ITEM in words:
            more["item"] = answers.item(outcome)
        if words & _WITH_MATCHES:
            rows = answers.rows(near, self.request, with_evidence=Include.EVIDENCE in words)
            more.update({word.value: rows for word in _WITH_MATCHES & words})
        if Include.ADDED in words:
            more["added"] = outcome.is_new_item
        if Include.TIMING in words:
            more["timing"] = answers.timing(self.spent)
        return more


class SimilarImages(CheckView):
    """Which images are most like this one?"""

    @schema.SIMILAR
    def post(self, request: Request) -> Response:
        """Return the images most like one; nothing is stored or suggested."""
        actor = actor_of(request)
        wanted = asked.checked(SimilarRequest, parameters_of(request))
        image_list = lists_services.list_or_default(by=actor, public_id=wanted["list"])
        raw = image_of(request, fields=_IMAGE_FIELDS, url=wanted["url"])
        submission = asked.submission(wanted, raw, image_list)
        outcome = submissions_services.preview(by=actor, submission=submission)
        near = answers.nearest(outcome, threshold=asked.threshold_for(wanted, image_list))
        with_evidence = Include.EVIDENCE in wanted["include"]
        return Response(
            {
                "success": True,
                "match": any(each.counts for each in near),
                "results": answers.rows(_piece(near, wanted), request, with_evidence=with_evidence),
                "timing": round(self.spent.total_ms / 1000, 4),
            }
        )


class Batches(CheckView):
    """Many images at once."""

    @schema.NEW_BATCH
    def post(self, request: Request) -> Response:
        """Leave up to 100 images to the background, to be matched one after the other."""
        actor = actor_of(request)
        list_id, images = asked.checked_batch(parameters_of(request))
        quotas.take(request, pictures=len(images))
        report = batches.begin(
            by=actor,
            image_list=lists_services.list_or_default(by=actor, public_id=list_id),
            images=images,
            adds=any(image["store"] for image in images),
            request_id=request_ids.of(request),
        )
        address = reverse("check:batch", args=(report.public_id,))
        headers = {"Location": request.build_absolute_uri(address)}
        return Response(answers.batch(report), status=202, headers=headers)


class OneBatch(CheckView):
    """One batch."""

    @schema.BATCH
    def get(self, request: Request, batch_id: str) -> Response:
        """Return how far a batch has come, and the answers so far."""
        report = batches.report_for(actor_of(request), batch_id)
        return Response({**answers.batch(report), "results": report.answers})


class UnknownAddress(CheckView):
    """Whatever else lies under the dialect's addresses."""

    authentication_classes = []
    schema = None
    get = post = put = patch = delete = DialectView.no_such_address


def _piece(near: list[Near], wanted: asked.Asked) -> list[Near]:
    return near[wanted["offset"] :][: wanted["limit"]]


def _prefers_representation(request: Request) -> bool:
    preferences = re.split("[,;]", request.headers.get("Prefer", ""))
    return any(re.sub(r'[\s"]', "", each).lower() == _PREFERENCE for each in preferences)
