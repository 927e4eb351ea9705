"""The addresses of the Alegre dialect."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import Permission
from api import quotas
from api.alegre import answers, callbacks, errors, schema, similar
from api.alegre import asked as asking
from api.alegre.errors import CallNotHere
from api.alegre.serializers import DeletionRequest
from api.authentication import actor_of
from api.images import image_of
from api.parameters import checked, parameters_of
from api.views import DialectView
from intake import deliver, fetch
from lists import services as lists_services
from lists.fetching import fetch_policy
from webhooks.addresses import delivery_policy


class AlegreView(DialectView):
    """A view of this dialect."""

    failure_of = staticmethod(errors.failure)

    def not_here(self, *_: object, **__: object) -> Response:
        """Raise CallNotHere: nothing is made up for what this server does not do."""
        raise CallNotHere(
            "This server does not do this. It answers POST /similarity/sync/image, "
            "POST /similarity/async/image and DELETE /image/similarity/."
        )


class Similar(AlegreView):
    """Which images are similar to this one?"""

    @schema.SIMILAR
    def post(self, request: Request) -> Response:
        """Keep an image and answer with the images that are similar to it."""
        by = actor_of(request)
        asked = asking.read(parameters_of(request))
        image_list = lists_services.list_or_default(by=by, public_id=asked.list_id)
        raw = image_of(request, fields=("url",), url=asked.url)
        found = similar.find(by=by, asked=asked, image_list=image_list, raw=raw)
        return Response(answers.RESULT(found))


class SimilarLater(AlegreView):
    """The same, answered later to an address."""

    @schema.SIMILAR_LATER
    def post(self, request: Request) -> Response:
        """Leave a search to the background, which posts its result to the callback."""
        by = actor_of(request)
        asked = asking.read(parameters_of(request))
        by.require(Permission.CHANGE_ITEMS if asked.is_kept else Permission.CHECK_IMAGES)
        image_list = lists_services.list_or_default(by=by, public_id=asked.list_id)
        # Names are looked up, which may take seconds.
        quotas.take_place(request)
        fetch.check(asked.url, fetch_policy())
        if asked.wants_callback:
            callback_url = callbacks.required_callback(by, asked)
            deliver.check(callback_url, delivery_policy())
        quotas.take(request)
        later = callbacks.search_later(by=by, asked=asked, image_list=image_list)
        return Response(answers.LATER(later))


class KeptImage(AlegreView):
    """An image that was kept."""

    @schema.DELETION
    def delete(self, request: Request) -> Response:
        """Forget the image under a doc_id."""
        by = actor_of(request)
        by.require(Permission.CHANGE_ITEMS)
        asked = checked(DeletionRequest, parameters_of(request))
        image_list = lists_services.list_or_default(by=by, public_id=asked["list"])
        is_deleted = similar.forget(by=by, image_list=image_list, doc_id=asked["doc_id"])
        return Response(answers.DELETION(is_deleted))


class Elsewhere(AlegreView):
    """Calls of Alegre's that this server does not answer."""

    schema = None
    get = post = put = patch = delete = AlegreView.not_here
