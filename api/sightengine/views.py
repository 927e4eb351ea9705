"""The addresses of the Sightengine dialect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from django.http import HttpRequest
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actors import Actor
from api import request_ids
from api.authentication import actor_of
from api.images import image_of
from api.parameters import checked, parameters_of
from api.sightengine import (
    answers,
    catalogue,
    classifiers,
    errors,
    feedback_classes,
    jsonp,
    schema,
    text_checks,
    video_answers,
)
from api.sightengine.answers import SightengineAnswer
from api.sightengine.catalogue import Catalogue
from api.sightengine.checks import CheckParameters, SeenPicture, SightengineCheck
from api.sightengine.errors import Handled, NothingToDo
from api.sightengine.pictures import pictures_of
from api.sightengine.serializers import (
    CheckRequest,
    FeedbackRequest,
    RemovalRequest,
    TextCheckRequest,
    VideoCheckRequest,
)
from api.sightengine.text_checks import TextCheckAnswer, TextCheckParameters
from api.sightengine.video_answers import VideoAnswer
from api.sightengine.videos import VideoCheck, VideoParameters, video_of
from api.views import DialectView
from common.errors import InvalidInput
from lists import selectors
from moderation import registry
from moderation.vision import offers
from review.pairs import services as pairs_services
from review.submissions import services as submissions_services
from review.submissions.feedback import Report

if TYPE_CHECKING:
    from lists.models import List


class SightengineRenderer(JSONRenderer):
    """JSON whose content type names the character set, as Sightengine's does."""

    charset = "utf-8"


class SightengineView(DialectView):
    """A view that answers in Sightengine's envelope, to any origin and as JSONP."""

    failure_of = staticmethod(errors.failure)
    renderer_classes = [SightengineRenderer]
    callback = ""

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        """Learn the callback's name first, so that failures go to it too."""
        if request.method != "OPTIONS":
            self.callback = jsonp.callback_of(parameters_of(request))
        super().initial(request, *args, **kwargs)

    def get_renderers(self) -> list[BaseRenderer]:
        """Return the renderer of scripts when there is a callback."""
        return [jsonp.JsonpRenderer()] if self.callback else super().get_renderers()

    def options(self, request: HttpRequest, *args: object, **kwargs: object) -> Response:
        """Tell browsers what they may send."""
        headers = {
            "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
            "Access-Control-Allow-Headers": "Authorization, Content-Type",
        }
        return Response(status=204, headers=headers)

    def finalize_response(
        self, request: Request, response: Response, *args: object, **kwargs: object
    ) -> Response:
        """Open the answer to every origin; browsers run no script whose status is a failure."""
        final = super().finalize_response(request, response, *args, **kwargs)
        for name, value in errors.HEADERS.items():
            final[name] = value
        if self.callback:
            final.status_code = 200
            final["X-Content-Type-Options"] = "nosniff"
        return final


class CheckImage(SightengineView):
    """check.json: compare images with lists, add them to one, measure them, or all of it."""

    models: ClassVar[Sequence[str]] = ()

    @schema.CHECK_BY_ADDRESS
    def get(self, request: Request) -> Response:
        """Compare an image with lists, add it to a list, measure it; the image by its address."""
        return self._check(request)

    @schema.CHECK
    def post(self, request: Request) -> Response:
        """Compare images with lists, add them to a list, measure them."""
        return self._check(request)

    def _check(self, request: Request) -> Response:
        asked = CheckParameters(**checked(CheckRequest, parameters_of(request)))
        asked = replace(asked, models=[*self.models, *asked.models])
        check = SightengineCheck(actor_of(request), asked)
        pictures = pictures_of(request, url=asked.url)
        seen = check.run(pictures.raws)
        operations = sum(each.operations for each in seen)
        handled = Handled(request_ids.of(request), operations)
        answer = SightengineAnswer(handled, seen, check.unavailable)
        return Response(answers.BULK(answer) if pictures.is_bulk else answers.CHECK(answer))


class CheckVideo(SightengineView):
    """video/check-sync.json: look at the frames of a short video while its sender waits."""

    @schema.VIDEO_BY_ADDRESS
    def get(self, request: Request) -> Response:
        """Say what models find in the frames of a short video; the video by its address."""
        return self._check(request)

    @schema.VIDEO
    def post(self, request: Request) -> Response:
        """Say what models find in the frames of a short video."""
        return self._check(request)

    def _check(self, request: Request) -> Response:
        asked = VideoParameters(**checked(VideoCheckRequest, parameters_of(request)))
        check = VideoCheck(actor_of(request), asked)
        seen = check.run(video_of(request, url=asked.stream_url))
        handled = Handled(request_ids.of(request), seen.operations)
        return Response(video_answers.ANSWER(VideoAnswer(handled, seen, check.unavailable)))


class CheckText(SightengineView):
    """text/check.json: judge a text that is no picture."""

    @schema.TEXT_CHECK_BY_ADDRESS
    def get(self, request: Request) -> Response:
        """Judge a text by rules; the text in the query."""
        return self._judge(request)

    @schema.TEXT_CHECK
    def post(self, request: Request) -> Response:
        """Judge a text by rules."""
        return self._judge(request)

    def _judge(self, request: Request) -> Response:
        asked = TextCheckParameters(**checked(TextCheckRequest, parameters_of(request)))
        judged = text_checks.judged(actor_of(request), asked)
        handled = Handled(request_ids.of(request), operations=1)
        return Response(text_checks.ANSWER(TextCheckAnswer(handled, asked, judged)))


class MeasureImage(CheckImage):
    """properties.json: check.json with that model."""

    models = (registry.PROPERTIES,)

    @schema.PROPERTIES_BY_ADDRESS
    def get(self, request: Request) -> Response:
        """Measure an image: sharpness, contrast, brightness and main colours."""
        return self._check(request)

    @schema.PROPERTIES
    def post(self, request: Request) -> Response:
        """Measure images: sharpness, contrast, brightness and main colours."""
        return self._check(request)


class FindNudity(CheckImage):
    """nudity.json: check.json with that model."""

    models = (offers.NUDITY,)

    @schema.NUDITY_BY_ADDRESS
    def get(self, request: Request) -> Response:
        """Say how likely an image shows nudity; the image by its address."""
        return self._check(request)

    @schema.NUDITY
    def post(self, request: Request) -> Response:
        """Say how likely images show nudity."""
        return self._check(request)


class FindType(CheckImage):
    """type.json: check.json with that model."""

    models = (offers.TYPE,)

    @schema.TYPE_BY_ADDRESS
    def get(self, request: Request) -> Response:
        """Say whether an image is a photograph or an illustration; the image by its address."""
        return self._check(request)

    @schema.TYPE
    def post(self, request: Request) -> Response:
        """Say whether images are photographs or illustrations."""
        return self._check(request)


class FindWad(CheckImage):
    """weapon-alcohol-drugs.json: check.json with the model wad."""

    models = (offers.WAD,)

    @schema.WAD_BY_ADDRESS
    def get(self, request: Request) -> Response:
        """Say how likely an image shows weapons, alcohol or drugs; the image by its address."""
        return self._check(request)

    @schema.WAD
    def post(self, request: Request) -> Response:
        """Say how likely images show weapons, alcohol or drugs."""
        return self._check(request)


class CheckModel(CheckImage):
    """The addresses that other models have by their names alone."""

    schema = None


class ShowModels(SightengineView):
    """models.json: which models run here, and what is known of them."""

    @schema.MODELS
    def get(self, request: Request) -> Response:
        """Say which models run here: version, licence, languages, and how good they are."""
        return Response(catalogue.MODELS(Catalogue(Handled(request_ids.of(request)))))


class GiveFeedback(SightengineView):
    """feedback.json: say what an image really shows."""

    @schema.FEEDBACK_BY_ADDRESS
    def get(self, request: Request) -> Response:
        """Say what an image really shows; the image by its address."""
        return self._keep(request)

    @schema.FEEDBACK
    def post(self, request: Request) -> Response:
        """Say what an image really shows."""
        return self._keep(request)

    def _keep(self, request: Request) -> Response:
        asked = checked(FeedbackRequest, parameters_of(request))
        feedback_classes.require_known(asked["model"], asked["class"])
        duplicate_in = _duplicate_in(actor_of(request), asked)
        raw = image_of(request, fields=("media",), url=asked["url"])
        report = Report(
            raw=raw,
            model=asked["model"],
            class_name=asked["class"],
            url=asked["url"],
            duplicate_in=duplicate_in,
        )
        submissions_services.give_feedback(by=actor_of(request), report=report)
        answer = SightengineAnswer(
            Handled(request_ids.of(request)), [SeenPicture(raw, asked["url"])]
        )
        return Response(answers.THANKS(answer))


class RemoveItem(SightengineView):
    """list/remove-item.json: take images out of a list."""

    @schema.REMOVE
    def post(self, request: Request) -> Response:
        """Take an image out of a list, by its media id, your own id, or both."""
        actor = actor_of(request)
        asked = checked(RemovalRequest, parameters_of(request))
        if not asked["media_id"] and not asked["custom_id"]:
            raise NothingToDo("Say which image to remove: media_id, custom_id, or both.")
        items = selectors.items_named(
            selectors.list_for(actor, asked["list_id"]),
            public_id=asked["media_id"] or None,
            custom_id=asked["custom_id"] or None,
        )
        pairs_services.remove_items(by=actor, items=items)
        answer = SightengineAnswer(Handled(request_ids.of(request), operations=1))
        return Response(answers.ACKNOWLEDGEMENT(answer))


class NotOffered(SightengineView):
    """Models and services of Sightengine that this server does not offer."""

    schema = None

    def get(self, request: Request, model: str = "", service: str = "") -> Response:
        """Raise ClassifierNotHere, which names the model or service."""
        raise classifiers.not_here(f"model {model}" if model else f"service {service}")

    post = get


class UnknownSightengineAddress(SightengineView):
    """All other addresses under /1.0/."""

    authentication_classes = []
    schema = None
    get = post = put = patch = delete = DialectView.no_such_address


def _duplicate_in(actor: Actor, asked: dict[str, Any]) -> Sequence[List]:
    """Return the lists in which a picture that is a duplicate is looked for: those named, or all.

    Raise InvalidInput for lists with a model that is about none.
    """
    if asked["model"] != feedback_classes.SIMILARITY:
        if asked["lists"]:
            raise InvalidInput("lists goes with the model similarity only.", field="lists")
        return ()
    named = selectors.lists_named(actor, asked["lists"])
    if asked["class"] != feedback_classes.DUPLICATE:
        return ()
    return named or list(selectors.lists_for(actor))
