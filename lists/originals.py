"""The pictures that are kept, as they came in."""

from __future__ import annotations

from common.errors import InvalidInput
from common.sentences import Sentence
from intake import sources
from intake.sources import RawImage
from lists import storage
from lists.models import Image


class FileNotKept(InvalidInput):
    """The picture is known, and its file is gone."""

    code = "file_not_kept"


def original_of(image: Image, *, name: str = "") -> RawImage:
    """Return a picture's original bytes under a name; raise FileNotKept when they were deleted."""
    try:
        with storage.read_original(image) as file:
            return sources.from_chunks(file.chunks(), name=name, max_bytes=image.byte_size)
    except FileNotFoundError:
        raise FileNotKept(
            Sentence("The file of this picture is no longer kept. Search with the file itself.")
        ) from None
