"""The lists that a command is to work on."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.management.base import CommandError

from lists.models import List


def chosen_lists(ids: Sequence[str], *, every: bool) -> list[List]:
    """Return the live lists of these ids, or every one; raise CommandError for an unknown id."""
    live = List.objects.filter(removed_at=None).order_by("pk")
    if every:
        return list(live)
    if not ids:
        raise CommandError("Name lists by their ids (ili_…), or say --all.")
    chosen = list(live.filter(public_id__in=ids))
    unknown = set(ids) - {image_list.public_id for image_list in chosen}
    if unknown:
        raise CommandError(f"There is no list {', '.join(sorted(unknown))}.")
    return chosen
