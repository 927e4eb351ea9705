"""What an item is called and known by, changed after it was added."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction

from accounts.actors import Actor
from accounts.permissions import Permission
from common.errors import Conflict
from common.sentences import Sentence
from lists import contexts, selectors, services
from lists.models import Item


class NameTaken(Conflict):
    """The list has the same picture under this custom_id already."""

    code = "custom_id_taken"


@transaction.atomic
def change(
    *,
    by: Actor,
    item: Item,
    custom_id: str | None = None,
    name: str | None = None,
    context: Mapping[str, Any] | None = None,
) -> bool:
    """Change what is given, each as a whole, and tell whether anything was another.

    Raise ItemNotFound when somebody else just removed the item, NameTaken, and InvalidInput.
    """
    by.require(Permission.CHANGE_ITEMS)
    live = selectors.items_of(item.image_list).select_for_update(of=("self",))
    locked = live.filter(pk=item.pk).first()
    if locked is None:
        raise selectors.ItemNotFound("There is no such image in this list.", field="media_id")
    before = (locked.custom_id, locked.name, locked.context)
    if custom_id is not None:
        locked.custom_id = services.checked_custom_id(text=custom_id)
    if name is not None:
        locked.name = name
    if context is not None:
        locked.context = contexts.checked(context)
    is_changed = before != (locked.custom_id, locked.name, locked.context)
    if is_changed:
        _save(locked)
    return is_changed


def _save(item: Item) -> None:
    try:
        with transaction.atomic():
            item.save()
    except IntegrityError as error:
        raise NameTaken(
            Sentence(
                "The list has the same picture under the id “%(id)s” already.", id=item.custom_id
            )
        ) from error
