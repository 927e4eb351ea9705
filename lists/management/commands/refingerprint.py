"""Brings lists to the present versions of fingerprints and local features, in the background."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from lists import selectors, services
from lists.management.chosen import chosen_lists


class Command(BaseCommand):
    """Leaves the lists to the background; they stay in service meanwhile."""

    help = (
        "Extract anew what the items of a list lack of the present versions of fingerprints and "
        "local features. `manage.py work` does it in the background, and the list stays in "
        "service: until an item's turn has come it is found by what it has of the present versions."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take lists by id, or all."""
        parser.add_argument("lists", nargs="*", metavar="ili_…", help="the lists to bring up")
        parser.add_argument("--all", action="store_true", help="every list of every organisation")
        parser.add_argument("--status", action="store_true", help="only say what is left to do")

    def handle(self, **options: Any) -> None:
        """Enqueue each list, or count what is left."""
        for image_list in chosen_lists(options["lists"], every=options["all"]):
            left = selectors.outdated_items(image_list).count()
            if left and not options["status"]:
                services.deepen_list_later(image_list=image_list)
            done = selectors.item_count(image_list) - left
            self.stdout.write(f"{image_list.public_id}: {done} items up to date, {left} to do")
