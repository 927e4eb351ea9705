"""Public ids: a prefix that names the kind of object, then random base62."""

from __future__ import annotations

import re
import secrets
import string

# What a text must look like to be anything's id; shorter and longer ones are only unknown.
PATTERN = "[0-9A-Za-z_]+"
_ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
# 21 characters of 62 carry 125 bits: collisions and guesses are out of reach. The length is that
# of the ids in Sightengine's documented samples, which clients may have sized columns for.
_RANDOM_LENGTH = 21


def new_id(prefix: str) -> str:
    """Return a fresh id such as `ili_0Zq…` for the prefix `ili`."""
    return f"{prefix}_{random_text(_RANDOM_LENGTH)}"


def is_id(text: str) -> bool:
    """Tell whether a text looks like an id; what does not may be unfit even to be looked up."""
    return re.fullmatch(PATTERN, text) is not None


def random_text(length: int) -> str:
    """Return `length` random base62 characters, 5.95 bits each, from the system's secure source."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))
