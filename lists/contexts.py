"""A client's own facts about an item: a JSON object that comes back with every match."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from common.errors import InvalidInput

MAX_CONTEXT_BYTES = 10_000


def checked(context: object) -> dict[str, Any]:
    """Return the object; raise InvalidInput when it is none, too large, or cannot be stored."""
    if not isinstance(context, Mapping):
        raise InvalidInput("context has to be a JSON object.", field="context")
    try:
        written = json.dumps(context, allow_nan=False, ensure_ascii=False).encode()
    except (TypeError, ValueError, RecursionError):  # NaN, lone surrogates, endless nesting
        raise InvalidInput("context has to be plain JSON.", field="context") from None
    if len(written) > MAX_CONTEXT_BYTES:
        raise InvalidInput(
            f"context has at most {MAX_CONTEXT_BYTES:,} bytes as JSON.", field="context"
        )
    if rb"\u0000" in written:
        raise InvalidInput("context may not hold the character NUL.", field="context")
    return dict(context)


def contains(context: object, asked: object) -> bool:
    """Tell whether `asked` is a part of the context, as PostgreSQL's `@>` on jsonb reads it.

    Every key of an object has to be there with a value that contains the asked one; every entry
    of an array has to be contained in some entry, in any order; all else has to be equal.
    """
    if isinstance(asked, Mapping):
        return isinstance(context, Mapping) and all(
            key in context and contains(context[key], value) for key, value in asked.items()
        )
    if isinstance(asked, list):
        return isinstance(context, list) and all(
            any(contains(entry, value) for entry in context) for value in asked
        )
    # True is 1 to Python and not to JSON.
    return isinstance(asked, bool) == isinstance(context, bool) and asked == context
