"""The secrets in links: random with 190 bits, and kept only as SHA-256."""

from __future__ import annotations

import hashlib

from common.errors import NotFound
from common.ids import random_text
from common.sentences import Sentence

_TOKEN_LENGTH = 32  # base62


class LinkOver(NotFound):
    """The link was used, withdrawn or replaced, is too old, or never was one."""

    code = "link_over"

    def __init__(self) -> None:
        super().__init__(Sentence("This link can no longer be used. Ask for a new one."))


def new_token() -> str:
    """Return a token that nobody can guess."""
    return random_text(_TOKEN_LENGTH)


def sha256(secret: str) -> str:
    """Return what is kept of a secret that is random: there is nothing to guess."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
