"""Where pictures lie: content-addressed names over Django storage, local files or S3."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage

from intake.examine import THUMBNAIL_SIDES_PX
from lists.models import Image


class AtomicFileSystemStorage(FileSystemStorage):
    """Local files that are whole or absent: a process killed while writing leaves no half file."""

    def _save(self, name: str, content: File[bytes]) -> str:
        target = Path(self.path(name))
        target.parent.mkdir(parents=True, exist_ok=True)
        descriptor, partial_name = tempfile.mkstemp(dir=target.parent, prefix=".partial-")
        with os.fdopen(descriptor, "wb") as partial_file:
            for chunk in content.chunks():
                partial_file.write(chunk)
            partial_file.flush()
            os.fsync(partial_file.fileno())
        Path(partial_name).replace(target)
        return name


def original_name(organisation_id: int, sha256: str) -> str:
    """Return the storage name of an original."""
    return f"originals/{organisation_id}/{sha256[:2]}/{sha256}"


def thumbnail_name(organisation_id: int, sha256: str, side_px: int) -> str:
    """Return the storage name of a WebP thumbnail whose longer side is at most `side_px`."""
    return f"thumbnails/{organisation_id}/{sha256[:2]}/{sha256}-{side_px}.webp"


def write_files(
    *, organisation_id: int, sha256: str, original: bytes, thumbnails: dict[int, bytes]
) -> None:
    """Write a picture's files; names are content hashes, so writing them again changes nothing."""
    _write(original_name(organisation_id, sha256), original)
    for side_px, thumbnail in thumbnails.items():
        _write(thumbnail_name(organisation_id, sha256, side_px), thumbnail)


def read_original(image: Image) -> File[bytes]:
    """Open a picture's original bytes."""
    return default_storage.open(original_name(image.organisation_id, image.sha256))


def read_thumbnail(image: Image, side_px: int) -> File[bytes]:
    """Open a picture's WebP thumbnail."""
    return default_storage.open(thumbnail_name(image.organisation_id, image.sha256, side_px))


def delete_files(image: Image) -> None:
    """Delete a picture's original and thumbnails; what is already gone is no error."""
    default_storage.delete(original_name(image.organisation_id, image.sha256))
    for side_px in THUMBNAIL_SIDES_PX:
        default_storage.delete(thumbnail_name(image.organisation_id, image.sha256, side_px))


def _write(name: str, content: bytes) -> None:
    if default_storage.exists(name):
        return
    saved_name = default_storage.save(name, ContentFile(content))
    # A storage that saw the name taken meanwhile chose another one: the same bytes, once too often.
    if saved_name != name:
        default_storage.delete(saved_name)
