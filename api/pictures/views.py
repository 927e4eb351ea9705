"""The addresses of pictures: `/t/` thumbnails, `/o/` originals."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from django.core.files import File
from django.http import FileResponse, HttpResponseBase
from django.http.response import HttpResponseNotModified
from django.utils.http import parse_etags
from rest_framework.request import Request

from api.authentication import BrowserOrTokenAuthentication, actor_of
from api.native.errors import failure
from api.views import DialectView
from lists import storage
from lists.formats import MEDIA_TYPES
from review.pairs import selectors as pairs_selectors

if TYPE_CHECKING:
    from lists.models import Image

_log = logging.getLogger(__name__)


class PictureView(DialectView):
    """A picture; 404 unless the actor may see it."""

    failure_of = staticmethod(failure)
    authentication_classes = [BrowserOrTokenAuthentication]
    schema = None
    cache_control = "private, no-cache"

    def get(self, request: Request, sha256: str, side_px: str = "0") -> HttpResponseBase:
        """Return the picture, or 304 if the client has it already."""
        image = pairs_selectors.image_for(actor_of(request), sha256)
        etag = f'"{sha256[:32]}-{side_px}"'
        if etag in parse_etags(request.META.get("HTTP_IF_NONE_MATCH", "")):
            return self._cached(HttpResponseNotModified(), etag)
        try:
            return self._cached(self.picture(image, int(side_px)), etag)
        except FileNotFoundError as error:
            _log.error("The files of picture %s are missing.", sha256)
            raise pairs_selectors.ImageNotFound("There is no such picture.") from error

    def picture(self, image: Image, side_px: int) -> FileResponse:
        """Return the file."""
        raise NotImplementedError

    def _cached(self, answer: HttpResponseBase, etag: str) -> HttpResponseBase:
        answer["ETag"] = etag
        answer["Cache-Control"] = self.cache_control
        answer["Vary"] = "Cookie, Authorization"
        answer["X-Content-Type-Options"] = "nosniff"
        return answer


class Thumbnail(PictureView):
    """A WebP thumbnail, whose longer side is at most `side_px`."""

    # What it shows never changes, but who may see it does: it is asked again after this.
    cache_control = "private, max-age=3600"

    def picture(self, image: Image, side_px: int) -> FileResponse:
        """Return the thumbnail's file."""
        return _file(storage.read_thumbnail(image, side_px), "image/webp", f"{image.sha256}.webp")


class Original(PictureView):
    """The bytes that were submitted."""

    def picture(self, image: Image, side_px: int) -> FileResponse:
        """Return the file: drawn by browsers if it is of a kind that they can only draw."""
        kind = image.format.lower()
        content_type = MEDIA_TYPES.get(kind, "application/octet-stream")
        name = f"{image.sha256[:16]}.{kind if kind.isalnum() else 'bin'}"
        answer = _file(storage.read_original(image), content_type, name)
        # Browsers draw what they can only draw; anything else is only ever downloaded.
        if kind not in MEDIA_TYPES:
            answer["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer


def _file(content: File[bytes], content_type: str, name: str) -> FileResponse:
    return FileResponse(content, content_type=content_type, filename=name)
