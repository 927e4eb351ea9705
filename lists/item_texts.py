"""What an item is found and sorted by, made of its id, its name and its context.

`search_text` holds the words of all three, folded and a space apart. A word with signs in it is
there from each of its parts on: IMG_0193.jpg as img0193jpg, 0193jpg and jpg. So the start of any
part finds it, also with signs in between, and the index behind it knows starts of words alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.db import models

from moderation.text.folding import fold

if TYPE_CHECKING:
    from lists.models import Item

_MOST_CHARACTERS = 4_000
_LONGEST_WORD = 64
_MOST_PARTS = 8
_MOST_WORDS = 400
_LONGEST_NAME = 255
_PART = re.compile(r"[^\W_]+")


def sort_name_of(item: Item) -> str:
    """Return what an item is sorted by: its name, or its own id, without case and accents."""
    words = (fold(word) for word in (item.name or item.custom_id)[:_LONGEST_NAME].split())
    return " ".join(word for word in words if word)[:_LONGEST_NAME]


def search_text_of(item: Item) -> str:
    """Return the words that find an item, each once, with a space between them."""
    said = " ".join(islice(_said(item), _MOST_WORDS))[:_MOST_CHARACTERS]
    words = (word for token in said.split() for word in _starts(token))
    return " ".join(islice(dict.fromkeys(words), _MOST_WORDS))


def words_asked(text: str) -> list[str]:
    """Return the starts of words that a search asks for; empty where it names none."""
    return [word[:_LONGEST_WORD] for word in map(fold, text.split()) if word]


def _said(item: Item) -> Iterator[str]:
    yield from (item.custom_id, item.name)
    yield from _strings(item.context)


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each)


def _starts(token: str) -> Iterator[str]:
    """Yield the folded token from each of its parts on."""
    for part in islice(_PART.finditer(token), _MOST_PARTS):
        if word := fold(token[part.start() :])[:_LONGEST_WORD]:
            yield word


class _Made(models.Field[Any, Any]):
    """A column that follows others of its row: written anew whenever it is among the fields."""

    def pre_save(self, model_instance: models.Model, add: bool) -> str:  # noqa: ARG002, FBT001
        """Return the text made from the row as it is, and leave it on the instance."""
        made = self.made_of(model_instance)
        setattr(model_instance, self.attname, made)
        return made

    @staticmethod
    def made_of(item: Any) -> str:  # noqa: ANN401
        """Return what the column holds for an item."""
        raise NotImplementedError


class SortNameField(_Made, models.CharField[str, str]):
    """What `sort_name_of` makes of the row."""

    made_of = staticmethod(sort_name_of)


class SearchTextField(_Made, models.TextField[str, str]):
    """What `search_text_of` makes of the row."""

    made_of = staticmethod(search_text_of)
