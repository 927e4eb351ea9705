"""Where a page of rows goes on, as an address says it."""

from __future__ import annotations


def row_id(text: str) -> int | None:
    """Return a row id that an SQL integer holds; None for anything else starts from the top."""
    is_row_id = text.isascii() and text.isdigit() and len(text) <= 18
    return int(text) if is_row_id else None
