"""The kinds of background work about lists."""

from __future__ import annotations

from typing import Final

# One item: extract what is missing of its picture, then look for what it matches.
DEEPEN_ITEM: Final = "lists.deepen_item"
# A list: leave each of its items that lacks something to a job of its own, a batch at a time.
DEEPEN_LIST: Final = "lists.deepen_list"
