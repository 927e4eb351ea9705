"""What is wrong with a network that an operator brought."""

from __future__ import annotations


class WrongModel(Exception):
    """A network cannot be used; the text says why, to its operator."""
