"""The addresses of the Sightengine dialect."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from api import request_ids
from api.authentication import actor_of
from api.images import image_of
from api.parameters import checked, parameters_of
from api.sightengine import answers, classifiers, errors, jsonp, schema
from api.sightengine.errors import NothingToDo
from api.sightengine.serializers import CheckRequest, RemovalRequest
from api.views import DialectView
from lists import selectors
from review import services
from review.submissions import Submission

_IMAGE_FIELDS = ("media", "media[]")


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
    """check.json: compare an image with lists, add it to one, or both."""

    @schema.CHECK_BY_ADDRESS
    def get(self, request: Request) -> Response:
        """Compare an image with lists, add it to a list, or both; the image by its address."""
        return self._check(request)

    @schema.CHECK
    def post(self, request: Request) -> Response:
        """Compare an image with lists, add it to a list, or both."""
        return self._check(request)

    def _check(self, request: Request) -> Response:
        asked = checked(CheckRequest, parameters_of(request))
        classifiers.refuse(asked["models"])
        if not asked["lists"] and not asked["add_to_list"]:
            raise NothingToDo("Say what to do with the image: lists, add_to_list, or both.")
        submission = _submission(request, asked)
        outcome = services.submit(by=actor_of(request), submission=submission)
        request_id = request_ids.of(request)
        return Response(answers.check(outcome, request_id=request_id, url=asked["url"]))


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
        services.remove_items(by=actor, items=items)
        return Response(answers.removal(request_ids.of(request)))


class UnknownAddress(SightengineView):
    """Whatever else lies under /1.0/."""

    authentication_classes = []
    schema = None
    get = post = put = patch = delete = DialectView.no_such_address


def _submission(request: Request, asked: dict[str, Any]) -> Submission:
    actor = actor_of(request)
    add_to_id = asked["add_to_list"]
    return Submission(
        check_lists=selectors.lists_named(actor, asked["lists"]),
        add_to=selectors.list_for(actor, add_to_id) if add_to_id else None,
        raw=image_of(request, fields=_IMAGE_FIELDS, url=asked["url"]),
        custom_id=asked["custom_id"],
        min_score=asked["min_score"],
        limit=asked["limit"],
    )
