"""Whether JSON speaks of something by its name."""

from __future__ import annotations

from collections.abc import Collection

# Of public ids and hashes, which no other text holds by chance.
_UNIQUE_LENGTH = 20


def mentions(value: object, names: Collection[str]) -> bool:
    """Tell whether a text in the JSON is one of the names, or holds one too long for chance."""
    if isinstance(value, dict):
        return any(mentions(each, names) for each in value.values())
    if isinstance(value, list):
        return any(mentions(each, names) for each in value)
    if not isinstance(value, str):
        return False
    return any(name == value or (len(name) >= _UNIQUE_LENGTH and name in value) for name in names)
