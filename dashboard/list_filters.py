"""What somebody asks of a list's page: read from its address, and the addresses of the next asks.

Every chip and menu of the page is a link, so a filter works without script and can be kept as a
bookmark. What makes no sense asks nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lists import browsing, tags
from lists.browsing import Adder, FilterCounts, Sort, WantedItems

if TYPE_CHECKING:
    from lists.models import List, Tag

MAX_TEXT_LENGTH = 200
_SWITCHES = {"copies": "has_copies", "review": "to_review", "flat": "is_flat"}
_LABELS = {
    "copies": _("Has copies"),
    "review": _("To review"),
    "flat": _("Flat"),
    "removed": _("Removed"),
}
_NAMES = ("q", "copies", "review", "flat", "removed", "by", "tag", "sort")


@dataclass(frozen=True, slots=True)
class ListChip:
    """A link of the filter line: what it says, whether it is on, and the query behind it."""

    name: str
    label: str | Promise
    is_on: bool
    query: str
    count: int | None = None


class AskedItems:
    """What is asked of a list's page."""

    def __init__(self, asked: QueryDict, image_list: List, *, may_see_removed: bool) -> None:
        self._asked = {name: asked.get(name, "") for name in _NAMES if asked.get(name)}
        if not may_see_removed:
            self._asked.pop("removed", None)
        self.text = self._asked.get("q", "")[:MAX_TEXT_LENGTH]
        self.adders: Sequence[Adder] = browsing.adders(image_list)
        self.tags: Sequence[Tag] = tags.tags_of(image_list.organisation_id)
        self._may_see_removed = may_see_removed
        self.adder = next((each for each in self.adders if each.key == self._asked.get("by")), None)
        self.tag = tags.tag_named(image_list.organisation_id, self._asked.get("tag", ""))
        asked_sort = self._asked.get("sort", "")
        self.sort = Sort(asked_sort) if asked_sort in Sort.values else Sort.NEWEST

    @property
    def wanted(self) -> WantedItems:
        """Return which items are asked for, and in which order."""
        switches = {field: name in self._asked for name, field in _SWITCHES.items()}
        return WantedItems(
            text=self.text,
            **switches,
            is_removed="removed" in self._asked,
            added_by=self.adder.user_id if self.adder else None,
            added_with=self.adder.credential_id if self.adder else None,
            tag=self.tag.pk if self.tag else None,
            sort=self.sort,
        )

    @property
    def query(self) -> str:
        """Return the query of the page as it is asked."""
        return self._with()

    @property
    def hidden(self) -> dict[str, str]:
        """Return what the search field's form sends along."""
        return {name: value for name, value in self._asked.items() if name != "q"}

    @property
    def without_text(self) -> str:
        """Return the query without the search."""
        return self._with(q="")

    def chips(self, counts: FilterCounts) -> list[ListChip]:
        """Return the filters that are on or off, with what each alone would leave."""
        by_name = {
            "copies": counts.has_copies,
            "review": counts.to_review,
            "flat": counts.is_flat,
            "removed": counts.is_removed,
        }
        names = [name for name in by_name if name != "removed" or self._may_see_removed]
        return [
            ListChip(
                name,
                _LABELS[name],
                name in self._asked,
                self._with(**{name: "" if name in self._asked else "1"}),
                by_name[name],
            )
            for name in names
        ]

    @property
    def adder_chips(self) -> list[ListChip]:
        """Return who can be chosen as the one who added images."""
        return [
            ListChip(each.key, each.name, each == self.adder, self._with(by=each.key))
            for each in self.adders
        ]

    @property
    def tag_chips(self) -> list[ListChip]:
        """Return the tags that can be chosen."""
        return [
            ListChip(str(each.pk), each.name, each == self.tag, self._with(tag=each.name))
            for each in self.tags
        ]

    @property
    def sort_chips(self) -> list[ListChip]:
        """Return the orders that can be chosen."""
        usual = Sort.NEWEST
        return [
            ListChip(
                each.value,
                each.label,
                each == self.sort,
                self._with(sort="" if each == usual else each.value),
            )
            for each in Sort
        ]

    @property
    def without_adder(self) -> str:
        """Return the query for images that anybody added."""
        return self._with(by="")

    @property
    def without_tag(self) -> str:
        """Return the query for images with any tag or none."""
        return self._with(tag="")

    def _with(self, **changes: str) -> str:
        asked = QueryDict(mutable=True)
        asked.update({name: value for name, value in (self._asked | changes).items() if value})
        return asked.urlencode()
