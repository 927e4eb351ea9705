"""The pictures of a request: one as `media` or `url`, or several as `media[]`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rest_framework.request import Request

from accounts.permissions import Permission
from api import quotas
from api.authentication import actor_of
from api.errors import TwoImages
from api.images import image_of, uploaded
from api.sightengine.errors import TooManyImages, TooMuchTogether
from intake.sources import RawImage

MAX_IMAGES = 6
MAX_BYTES_TOGETHER = 24_000_000
_SINGLE = "media"
# With a number as PHP's cURL names them, which knows no two fields of one name.
_SEVERAL = re.compile(r"media\[[0-9]{0,3}\]")


@dataclass(frozen=True, slots=True)
class AskedPictures:
    """What a request brings; `is_bulk` when it brought it as `media[]`, be it one picture only."""

    raws: tuple[RawImage, ...]
    is_bulk: bool


def pictures_of(request: Request, *, url: str) -> AskedPictures:
    """Return the request's pictures; raise an error when they are too many or none."""
    fields = [name for name in request.FILES if _SEVERAL.fullmatch(name)]
    if not fields:
        return AskedPictures((image_of(request, fields=(_SINGLE,), url=url),), is_bulk=False)
    actor_of(request).require(Permission.CHECK_IMAGES)
    if url or _SINGLE in request.FILES:
        raise TwoImages("Send one image as media or url, or several as media[].", field=_SINGLE)
    uploads = [upload for field in fields for upload in request.FILES.getlist(field)]
    if len(uploads) > MAX_IMAGES:
        raise TooManyImages(f"Send at most {MAX_IMAGES} images in one request.", field="media[]")
    quotas.take(request, pictures=len(uploads))
    raws: list[RawImage] = []
    for upload in uploads:
        raws.append(uploaded(upload))
        if sum(len(raw.data) for raw in raws) > MAX_BYTES_TOGETHER:
            raise TooMuchTogether(
                f"The images have more than {MAX_BYTES_TOGETHER:,} bytes together. "
                "Send fewer in one request.",
                field="media[]",
            )
    return AskedPictures(tuple(raws), is_bulk=True)
