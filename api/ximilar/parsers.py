"""Bodies of the Ximilar dialect: JSON with whole pictures in it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from rest_framework.exceptions import ParseError

from api.parsers import BoundedJsonParser

# Fields of a record come back as they were; nobody needs them deeper than this.
_MAX_LEVELS = 30


class RecordsJsonParser(BoundedJsonParser):
    """Reads JSON as large as any request may be, whose every value can be stored and sent back."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """Return the parsed body; raise ParseError as well for NUL, lone surrogates and 1e999."""
        body = super().parse(stream, media_type, parser_context)
        _require_storable(body, _MAX_LEVELS)
        return body

    def max_bytes(self) -> int:
        """Return the bound of the whole server."""
        return int(settings.MAX_BODY_BYTES)


def _require_storable(value: Any, levels: int) -> None:
    if levels < 0:
        raise ParseError
    if isinstance(value, str):
        _require_text(value)
    elif isinstance(value, float) and not math.isfinite(value):
        raise ParseError
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            _require_text(name)
            _require_storable(inner, levels - 1)
    elif isinstance(value, list):
        for inner in value:
            _require_storable(inner, levels - 1)


def _require_text(text: str) -> None:
    if "\x00" in text:
        raise ParseError
    # Base64 is, and takes long to copy.
    if text.isascii():
        return
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ParseError from error
