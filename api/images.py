"""The one picture of a request: an upload, base64 text in an upload, or an address to fetch."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from rest_framework.request import Request

from accounts.permissions import Permission
from api import quotas
from api.authentication import actor_of
from api.errors import NoImage, TwoImages
from intake import sources
from intake.sources import RawImage
from lists.fetching import fetched


def image_of(request: Request, *, fields: Sequence[str], url: str = "") -> RawImage:
    """Return the request's picture; raise NoImage or TwoImages unless there is exactly one.

    Who may not check pictures, or has used up a quota, makes us fetch none.
    """
    actor_of(request).require(Permission.CHECK_IMAGES)
    uploads = [upload for field in fields for upload in request.FILES.getlist(field)]
    if len(uploads) + bool(url) > 1:
        raise TwoImages("Send one picture per request: one file, or one url.", field=fields[0])
    if not uploads and not url:
        raise NoImage(
            f"The request has no picture. Send a file as '{fields[0]}', or its address as 'url'.",
            field=fields[0],
        )
    quotas.take(request)
    return fetched(url) if url else uploaded(uploads[0])


def uploaded(upload: UploadedFile[bytes]) -> RawImage:
    """Return the upload's bytes; some clients send a file that is the base64 text of a picture."""
    raw = sources.from_chunks(
        upload.chunks(), name=upload.name or "", max_bytes=settings.MAX_IMAGE_BYTES
    )
    return sources.unwrapped(raw)
