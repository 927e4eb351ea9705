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
from api.parameters import parameters_of
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
        raise _no_image(request, fields)
    quotas.take(request)
    return fetched(url) if url else uploaded(uploads[0])


def _no_image(request: Request, fields: Sequence[str]) -> NoImage:
    """Return the error that says what is missing, or where a picture came that is not read."""
    wanted = fields[0]
    files = set(fields) - {"url"}
    given = (name for name, value in parameters_of(request).items() if value)
    if name := next((name for name in given if name.partition("[")[0] in files), None):
        return NoImage(
            f"'{name}' came as text. Send the picture, or its base64 text, as a part of a "
            "multipart/form-data body, or its address as 'url'.",
            field=wanted,
        )
    return NoImage(
        f"The request has no picture. Send a file as '{wanted}', or its address as 'url'.",
        field=wanted,
    )


def uploaded(upload: UploadedFile[bytes]) -> RawImage:
    """Return the upload's bytes; some clients send a file that is the base64 text of a picture."""
    raw = sources.from_chunks(
        upload.chunks(), name=upload.name or "", max_bytes=settings.MAX_IMAGE_BYTES
    )
    return sources.unwrapped(raw)
