"""The addresses of the Check dialect."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.urls import reverse
from rest_framework.request import Request
from rest_framework.response import Response

from api import quotas, request_ids
from api.authentication import actor_of
from api.check import answers, asked, errors, schema, telling
from api.check.answers import CheckAnswer, Near, ShownMatch
from api.check.serializers import Include, MatchRequest, SimilarRequest
from api.check.telling import SubmissionKeeper
from api.images import image_of
from api.parameters import parameters_of
from api.views import DialectView
from common import timings
from common.timings import Timings
from lists import services as lists_services
from review.submissions import batches
from review.submissions import services as submissions_services
from verdicts import submitting

_IMAGE_FIELDS = ("image", "q", "media")
_REPRESENTATION = frozenset({Include.ITEM, Include.MATCHES, Include.TIMING})
_PREFERENCE = "return=representation"
# These say more about matches, so they bring the matches along.
_ABOUT_MATCHES = frozenset({Include.EVIDENCE, Include.TEXT, Include.DISSOCIATED})
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

    def shown(
        self, near: Sequence[Near], wanted: asked.Asked, include: frozenset[Include]
    ) -> list[ShownMatch]:
        """Return the asked piece of the matches, to be shown in full."""
        piece = near[wanted["offset"] :][: wanted["limit"]]
        return answers.shown_in_full(piece, self.request, include)


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
        include = _included(wanted["include"])
        keeping = SubmissionKeeper(
            actor, asked.sent(wanted), is_answered=Include.VERDICT in include
        )
        if wanted["store"]:
            submitting.checked_sent(by=actor, sent=keeping.sent)
        outcome = submissions_services.submit(by=actor, submission=submission, when_stored=keeping)
        near = answers.nearest(outcome, threshold=asked.threshold_for(wanted, image_list))
        headers = {"X-Item-Id": outcome.item.public_id} if outcome.item else {}
        if _prefers_representation(request):
            include |= _REPRESENTATION
            headers["Preference-Applied"] = _PREFERENCE
        shown = self.shown(near, wanted, include) if include & _WITH_MATCHES else ()
        known = telling.known(outcome, keeping, include)
        answer = CheckAnswer(near, include, outcome, shown, self.spent, known)
        return Response(answers.MATCH(answer), headers=headers)


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
        shown = self.shown(near, wanted, wanted["include"])
        return Response(answers.SIMILAR(CheckAnswer(near, shown=shown, spent=self.spent)))


class Batches(CheckView):
    """Many images at once."""

    @schema.NEW_BATCH
    def post(self, request: Request) -> Response:
        """Leave up to 100 images to the background, to be matched one after the other."""
        actor = actor_of(request)
        list_id, images = asked.checked_batch(actor, parameters_of(request))
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
        return Response(answers.BATCH_ACCEPTED(report), status=202, headers=headers)


class OneBatch(CheckView):
    """One batch."""

    @schema.BATCH
    def get(self, request: Request, batch_id: str) -> Response:
        """Return how far a batch has come, and the answers so far."""
        report = batches.report_for(actor_of(request), batch_id)
        return Response(answers.BATCH(report))


class UnknownCheckAddress(CheckView):
    """All other addresses of the dialect."""

    authentication_classes = []
    schema = None
    get = post = put = patch = delete = DialectView.no_such_address


def _included(asked_for: frozenset[Include]) -> frozenset[Include]:
    """Return what was asked for, with the matches where it says more about them."""
    is_about_matches = bool(asked_for & _ABOUT_MATCHES) and not asked_for & _WITH_MATCHES
    return asked_for | {Include.MATCHES} if is_about_matches else asked_for


def _prefers_representation(request: Request) -> bool:
    preferences = re.split("[,;]", request.headers.get("Prefer", ""))
    return any(re.sub(r'[\s"]', "", each).lower() == _PREFERENCE for each in preferences)
