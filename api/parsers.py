"""Bodies: JSON that cannot hurt, and forms whose pictures survive odd clients."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Mapping
from contextlib import nullcontext
from typing import IO, Any

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.http import QueryDict
from django.http.multipartparser import MultiPartParser
from django.utils.datastructures import MultiValueDict
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser, DataAndFiles, FormParser

from api.errors import too_large, too_many_values

IMAGE_FIELDS = ("media", "media[]", "image", "q")
MAX_JSON_BYTES = 1_000_000
# A value takes a hundred bytes of memory for three of a body. Each but the first follows one of
# these signs, of which base64 has none; texts have some, and leave room for it here.
_MAX_VALUES = 250_000
_BEFORE_VALUES = (b",", b"[", b"{")
_PIECE_BYTES = 256 * 1024
# While one is read, no other thread computes: for 40 MB a tenth of a second.
_one_by_one = threading.Lock()
# Maps every byte to one character and back, so that nothing is lost before we know what it is.
_BYTES_AS_TEXT = "latin-1"


class BoundedJsonParser(BaseParser):
    """Reads JSON of bounded size; deep nesting and numbers that are none are parse errors."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """Return the parsed body; an empty one counts as an empty object."""
        max_bytes = self.max_bytes()
        body = stream.read(max_bytes + 1)
        if len(body) > max_bytes:
            raise too_large()
        if not body:
            return {}
        _require_few_values(body)
        try:
            with _one_by_one if len(body) > MAX_JSON_BYTES else nullcontext():
                return json.loads(body.decode("utf-8"), parse_constant=_refuse)
        # ValueError covers wrong syntax, wrong UTF-8 and numbers with too many digits.
        except (ValueError, RecursionError) as error:
            raise ParseError from error

    def max_bytes(self) -> int:
        """Return how many bytes may come."""
        return MAX_JSON_BYTES


class ByteSafeMultiPartParser(MultiPartParser):
    """Django's parser, reading every part as Latin-1, in which each byte is one character.

    Django decodes a part without a file name as text, and a picture sent so would be lost.
    """

    def __init__(self, headers: Any, stream: Any, upload_handlers: Any) -> None:
        super().__init__(headers, stream, upload_handlers, encoding=_BYTES_AS_TEXT)

    def sanitize_file_name(self, file_name: str) -> str | None:
        """Decode a file's name before what cannot be printed is taken out of it."""
        return super().sanitize_file_name(_decoded(file_name))


class ImageFormParser(BaseParser):
    """Reads multipart bodies; a picture may come as a part without a file name."""

    media_type = "multipart/form-data"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> DataAndFiles[Any, Any]:
        """Return the fields, and the uploads with or without a file name."""
        request = (parser_context or {})["request"]
        handlers = request.upload_handlers
        parsed, files = ByteSafeMultiPartParser(request.META, stream, handlers).parse()
        fields = QueryDict(mutable=True)
        uploads: MultiValueDict[str, Any] = MultiValueDict()
        for name, upload in _each(files):
            uploads.appendlist(_decoded(name), upload)
        for name, text in _each(parsed):
            if name in IMAGE_FIELDS:
                uploads.appendlist(name, _upload(name, text.encode(_BYTES_AS_TEXT)))
            else:
                fields.appendlist(_decoded(name), _decoded(text))
        return DataAndFiles(fields, uploads)


ALL_PARSERS = [BoundedJsonParser, ImageFormParser, FormParser]


def _require_few_values(body: bytes) -> None:
    """Raise TooManyValues as soon as there are; other threads go on after each piece."""
    found = 0
    for start in range(0, len(body), _PIECE_BYTES):
        end = start + _PIECE_BYTES
        found += sum(body.count(sign, start, end) for sign in _BEFORE_VALUES)
        if found > _MAX_VALUES:
            raise too_many_values()


def _each(values: MultiValueDict[str, Any]) -> list[tuple[str, Any]]:
    return [(name, value) for name, several in values.lists() for value in several]


def _decoded(text: str) -> str:
    return text.encode(_BYTES_AS_TEXT, "replace").decode("utf-8", "replace")


def _upload(field: str, content: bytes) -> InMemoryUploadedFile:
    return InMemoryUploadedFile(
        file=io.BytesIO(content),
        field_name=field,
        name=None,
        content_type=None,
        size=len(content),
        charset=None,
    )


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON number")
