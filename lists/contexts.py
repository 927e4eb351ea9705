"""A client's own facts about an item: a JSON object that comes back with every match."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from common.errors import InvalidInput

MAX_CONTEXT_BYTES = 10_000
MAX_NESTING = 32


def checked(
    context: object, *, field: str = "context", max_bytes: int = MAX_CONTEXT_BYTES
) -> dict[str, Any]:
    """Return the object; raise InvalidInput when it is none, too large, or cannot be stored."""
    if not isinstance(context, Mapping):
        raise InvalidInput(f"{field} has to be a JSON object.", field=field)
    if _is_deeper(context, MAX_NESTING):
        raise InvalidInput(f"{field} is nested at most {MAX_NESTING} deep.", field=field)
    try:
        written = json.dumps(context, allow_nan=False, ensure_ascii=False).encode()
    except (TypeError, ValueError):  # NaN, lone surrogates
        raise InvalidInput(f"{field} has to be plain JSON.", field=field) from None
    if len(written) > max_bytes:
        raise InvalidInput(f"{field} has at most {max_bytes:,} bytes as JSON.", field=field)
    if rb"\u0000" in written:
        raise InvalidInput(f"{field} may not hold the character NUL.", field=field)
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


def has_any_of(context: Mapping[str, Any], asked: Mapping[str, Sequence[Any]]) -> bool:
    """Tell whether the context has every asked key, with a value that contains one of those asked.

    A key that is asked with no value at all is had by none.
    """
    return all(
        key in context and any(contains(context[key], value) for value in values)
        for key, values in asked.items()
    )


def _is_deeper(value: object, levels: int) -> bool:
    """Tell whether objects and arrays lie in each other more than so many levels deep."""
    layer = [value]
    for _ in range(levels + 1):
        nested = [each for each in layer if isinstance(each, Mapping | list)]
        if not nested:
            return False
        layer = [inner for each in nested for inner in _inside(each)]
    return True


def _inside(value: Mapping[str, Any] | list[Any]) -> list[Any]:
    return list(value.values()) if isinstance(value, Mapping) else value
