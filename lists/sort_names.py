"""What an item is sorted by, made of its name or its own id."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

from moderation.text.folding import fold

if TYPE_CHECKING:
    from lists.models import Item

_LONGEST_NAME = 255


def sort_name_of(item: Item) -> str:
    """Return what an item is sorted by: its name, or its own id, without case and accents."""
    words = (fold(word) for word in (item.name or item.custom_id)[:_LONGEST_NAME].split())
    return " ".join(word for word in words if word)[:_LONGEST_NAME]


class SortNameField(models.CharField[str, str]):
    """A column that follows others of its row: written anew whenever it is among the fields."""

    def pre_save(self, model_instance: models.Model, add: bool) -> str:  # noqa: ARG002, FBT001
        """Return the text made from the row as it is, and leave it on the instance."""
        made = sort_name_of(model_instance)  # type: ignore[arg-type]
        setattr(model_instance, self.attname, made)
        return made
