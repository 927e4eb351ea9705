"""A list as its page shows it: searched, filtered, sorted, a page at a time, at any size.

Every sort has an index that a page is read from. What a filter leaves has one too, newest first;
in another order the few are looked up and sorted, the many are met on the way. Counts stop at
`MOST_COUNTED`, so that they cost the same in a list of any size.
"""

from __future__ import annotations

import datetime as dt
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from django.db import connection
from django.db.models import (
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    TextChoices,
)
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiCredential, Membership
from lists import words
from lists.models import Item, List
from lists.pages import Page
from lists.selectors import REMOVAL_UNDO_PERIOD, searchable

# One more than is shown, so that "999+" is known.
MOST_COUNTED: Final = 1_000
# Up to here a list is counted whenever it is shown; a larger one, once in a while.
_COUNTED_EXACTLY = 10_000
_COUNT_AGE_S = 60
# So many are looked up and sorted; of more, a page is met soon on the way through the list.
_FEW = 2_000
_YIELDED_AT_ONCE = 500
# No row has this id.
_NOBODY = 0
# Of a search; the others are left out.
_MOST_WORDS = 10
_MEDIA_ID = re.compile("med_[0-9A-Za-z]+")
_SHA256 = re.compile("[0-9a-fA-F]{64}")


class Sort(TextChoices):
    """What comes first in a list."""

    NEWEST = "newest", _("Newest")
    OLDEST = "oldest", _("Oldest")
    NAME = "name", _("Name")
    COPIES = "copies", _("Most copies")


# Of each sort the columns, each with whether it falls; the last one is the row id.
_COLUMNS: Final[Mapping[Sort, Sequence[tuple[str, bool]]]] = {
    Sort.NEWEST: (("pk", True),),
    Sort.OLDEST: (("pk", False),),
    Sort.NAME: (("sort_name", False), ("pk", False)),
    Sort.COPIES: (("copies", True), ("pk", True)),
}


@dataclass(frozen=True, slots=True)
class WantedItems:
    """Which items of a list are looked at, and in which order; what is empty asks nothing.

    `text` is an id or SHA-256, or starts of words of the custom id, the name and the context.
    `added_by` and `added_with` are row ids of a person and of a credential, `tag` one of a tag.
    """

    text: str = ""
    has_copies: bool = False
    to_review: bool = False
    is_flat: bool = False
    is_removed: bool = False
    added_by: int | None = None
    added_with: int | None = None
    tag: int | None = None
    sort: Sort = Sort.NEWEST

    @property
    def is_narrowed(self) -> bool:
        """Tell whether anything but the order is asked."""
        return replace(self, sort=Sort.NEWEST) != WantedItems()

    @property
    def as_query(self) -> str:
        """Return what is asked as `wanted_of` reads it."""
        asked = {
            "q": self.text,
            "copies": "1" if self.has_copies else "",
            "review": "1" if self.to_review else "",
            "flat": "1" if self.is_flat else "",
            "removed": "1" if self.is_removed else "",
            "by": self.added_by or "",
            "with": self.added_with or "",
            "tag": self.tag or "",
        }
        return urlencode({name: value for name, value in asked.items() if value})


@dataclass(frozen=True, slots=True)
class FilterCounts:
    """How many live items each filter leaves, and how many were removed; see `MOST_COUNTED`."""

    has_copies: int
    to_review: int
    is_flat: int
    is_removed: int
    shown: int


def wanted_of(query: str) -> WantedItems:
    """Return what `WantedItems.as_query` was made of."""
    asked = dict(parse_qsl(query))
    return WantedItems(
        text=asked.get("q", ""),
        has_copies="copies" in asked,
        to_review="review" in asked,
        is_flat="flat" in asked,
        is_removed="removed" in asked,
        added_by=int(asked["by"]) if "by" in asked else None,
        added_with=int(asked["with"]) if "with" in asked else None,
        tag=int(asked["tag"]) if "tag" in asked else None,
    )


def narrowed(
    image_list: List,
    wanted: WantedItems,
    *,
    now: dt.datetime | None = None,
) -> QuerySet[Item]:
    """Return a list's items that are wanted, in no order.

    Removed ones are those that can be taken back.
    """
    items = _filtered(image_list, wanted, now=now)
    return _TextSearch.of(image_list, wanted).found(items)


def _filtered(
    image_list: List, wanted: WantedItems, *, now: dt.datetime | None = None
) -> QuerySet[Item]:
    """Return a list's items that are wanted but for the text, in no order."""
    items = image_list.items.all()
    if wanted.is_removed:
        since = (now or timezone.now()) - REMOVAL_UNDO_PERIOD
        items = items.filter(removed_at__isnull=False, removed_at__gte=since, purged_at=None)
    else:
        items = items.filter(removed_at=None)
    return items.filter(*_conditions(wanted))


def items_page(
    image_list: List, wanted: WantedItems, *, after: int | None, size: int
) -> Page[Item]:
    """Return the wanted items that follow row id `after`, in their order, with images and tags."""
    search, filtered = _TextSearch.of(image_list, wanted), _filtered(image_list, wanted)
    items = search.found(filtered)
    if wanted.is_narrowed and wanted.sort not in {Sort.NEWEST, Sort.OLDEST}:
        are_many = search.finds_surely_many(filtered)
        items = _to_sort(items, image_list, wanted, are_many=are_many)
    ids = _ids_after(items, _COLUMNS[wanted.sort], after, size + 1, image_list=image_list)
    rows = _in_order(ids[:size])
    return Page(rows, ids[size - 1] if len(ids) > size else None)


def filter_counts(image_list: List, wanted: WantedItems) -> FilterCounts:
    """Return the counts of the page, asking the database once."""
    alone = (WantedItems(has_copies=True), WantedItems(to_review=True), WantedItems(is_flat=True))
    removed = narrowed(image_list, WantedItems(is_removed=True))
    queries = [*(narrowed(image_list, each) for each in alone), removed]
    search, filtered = _TextSearch.of(image_list, wanted), _filtered(image_list, wanted)
    are_many = search.finds_surely_many(filtered)
    if wanted.is_narrowed and not are_many:
        queries.append(search.found(filtered))
    counts = _capped_counts(queries)
    has_copies, to_review, is_flat, is_removed, *others = counts
    shown = MOST_COUNTED if are_many else sum(others)
    return FilterCounts(has_copies, to_review, is_flat, is_removed, shown=shown)


def item_count(image_list: List) -> int:
    """Return the number of a list's live items; of a large list, as of a minute ago at most."""
    known = _counts.get(image_list.pk)
    if known and time.monotonic() - known[1] < _COUNT_AGE_S:
        return known[0]
    live = image_list.items.filter(removed_at=None)
    count = live.order_by().values("pk")[: _COUNTED_EXACTLY + 1].count()
    if count <= _COUNTED_EXACTLY:
        return count
    count = live.count()
    _counts[image_list.pk] = (count, time.monotonic())
    while len(_counts) > _MOST_KNOWN:
        _counts.pop(next(iter(_counts)))
    return count


def newest_id(image_list: List) -> int:
    """Return the row id of the newest item the list ever had, 0 for none: what comes is above."""
    newest = image_list.items.order_by("-pk").values_list("pk", flat=True).first()
    return newest or 0


def each_wanted(image_list: List, wanted: WantedItems, *, up_to: int) -> Iterator[Item]:
    """Yield the wanted items up to a row id, newest first, and hold only some at a time."""
    before = up_to + 1
    items = narrowed(image_list, wanted)
    while True:
        wanted_ids = items.filter(pk__lt=before).order_by("-pk").values_list("pk", flat=True)
        ids = list(wanted_ids[:_YIELDED_AT_ONCE])
        # Some of them may be erased by now.
        yield from _in_order(ids)
        if len(ids) < _YIELDED_AT_ONCE:
            return
        before = ids[-1]


def each_chosen(image_list: List, public_ids: Sequence[str]) -> Iterator[Item]:
    """Yield the live items of the list that have these ids, in their order."""
    for start in range(0, len(public_ids), _YIELDED_AT_ONCE):
        some = public_ids[start : start + _YIELDED_AT_ONCE]
        live = image_list.items.filter(public_id__in=list(map(searchable, some)), removed_at=None)
        rows = {item.public_id: item for item in _with_all(live)}
        yield from (rows[each] for each in some if each in rows)


@dataclass(frozen=True, slots=True)
class Adder:
    """Somebody who added items: `key` names them in addresses; a person or a credential."""

    key: str
    name: str
    user_id: int | None = None
    credential_id: int | None = None


def adders(image_list: List) -> list[Adder]:
    """Return who added live items of the list: people by address, then credentials by name."""
    live = Item.objects.filter(image_list=image_list, removed_at=None)
    people = Membership.objects.filter(
        Exists(live.filter(added_by=OuterRef("user"))), organisation=image_list.organisation_id
    )
    credentials = ApiCredential.objects.filter(
        Exists(live.filter(added_with=OuterRef("pk"))), organisation=image_list.organisation_id
    )
    return [
        *(
            Adder(each.public_id, each.user.email, user_id=each.user_id)
            for each in people.select_related("user").order_by("user__email")
        ),
        *(
            Adder(each.public_id, each.name, credential_id=each.pk)
            for each in credentials.order_by("name", "pk")
        ),
    ]


# Of large lists by row id: how many live items, and when that was counted.
_counts: dict[int, tuple[int, float]] = {}
_MOST_KNOWN = 1_000


def _conditions(wanted: WantedItems) -> list[Q]:
    conditions = {
        Q(copies__gt=0): wanted.has_copies,
        Q(to_review__gt=0): wanted.to_review,
        Q(is_flat=True): wanted.is_flat,
        Q(added_by=wanted.added_by): wanted.added_by is not None,
        Q(added_with=wanted.added_with): wanted.added_with is not None,
        Q(item_tags__tag=wanted.tag, item_tags__image_list=F("image_list")): wanted.tag is not None,
    }
    return [condition for condition, is_asked in conditions.items() if is_asked]


@dataclass(frozen=True, slots=True)
class _TextSearch:
    """What a search text asks: nothing, one image, or words, each with the first that have it.

    `first_ids` are row ids: those of all items with a word, or of more than `_FEW` of them.
    """

    condition: Q = field(default_factory=Q)
    first_ids: Mapping[str, set[int]] = field(default_factory=dict)

    @classmethod
    def of(cls, image_list: List, wanted: WantedItems) -> _TextSearch:
        """Look the words of a text up."""
        asked = searchable(wanted.text.strip())
        if not asked:
            return cls()
        organisation_id = image_list.organisation_id
        if _MEDIA_ID.fullmatch(asked):
            return cls(Q(public_id=asked))
        if _SHA256.fullmatch(asked):
            return cls(Q(image__organisation=organisation_id, image__sha256=asked.lower()))
        sought = words.sought(asked)[:_MOST_WORDS]
        if not sought:
            return cls(Q(pk=_NOBODY))
        return cls(first_ids={word: _first_ids(organisation_id, word) for word in sought})

    def found(self, items: QuerySet[Item]) -> QuerySet[Item]:
        """Return those of the items that are found: among few ids, or each asked for the word."""
        of_words = (
            Q(pk__in=ids or {_NOBODY})
            if len(ids) <= _FEW
            else Q(words.of_item(OuterRef("pk"), word))
            for word, ids in self.first_ids.items()
        )
        return items.filter(self.condition, *of_words)

    def finds_surely_many(self, items: QuerySet[Item]) -> bool:
        """Tell that as many are found as are counted, where a part of those with a word shows it.

        To meet as many on the way through the list takes ten times as long.
        """
        if all(len(ids) <= _FEW for ids in self.first_ids.values()):
            return False
        sample = items.filter(*(Q(pk__in=ids or {_NOBODY}) for ids in self.first_ids.values()))
        return sample.order_by().values("pk")[:MOST_COUNTED].count() == MOST_COUNTED


def _first_ids(organisation_id: int, word: str) -> set[int]:
    rows = words.of_items(organisation_id, word)
    return set(rows.values_list("item_id", flat=True)[: _FEW + 1])


def _to_sort(
    items: QuerySet[Item], image_list: List, wanted: WantedItems, *, are_many: bool
) -> QuerySet[Item]:
    """Return the same items: few by their ids, to be sorted; many to be met on the way."""
    if not are_many:
        ids = list(items.order_by().values_list("pk", flat=True)[: _FEW + 1])
        if len(ids) <= _FEW:
            return Item.objects.filter(pk__in=ids)
    if (wanted.added_by or wanted.added_with) and not wanted.is_removed:
        # Asked of each: SQLite would take the index of who added, and sort all of theirs.
        live = image_list.items.filter(removed_at=None)
        return live.filter(Exists(items.filter(pk=OuterRef("pk"))))
    return items


def _ids_after(
    items: QuerySet[Item],
    columns: Sequence[tuple[str, bool]],
    after: int | None,
    count: int,
    *,
    image_list: List,
) -> list[int]:
    """Return the row ids of up to so many items that follow one in the order of the columns.

    First those that are equal to it but for the row id, then the others: each of the two is a
    place in the index, which a condition about both would not be.
    """
    (name, falls), *rest = columns
    order = [f"-{each}" if is_falling else each for each, is_falling in columns]
    value: Any = after
    if after is not None and rest:
        # Of one that was erased meanwhile nothing is known, nor of another list's: from the top.
        own = Item.objects.filter(pk=after, image_list=image_list)
        value = own.values_list(name, flat=True).first()
    if value is None:
        return list(items.order_by(*order).values_list("pk", flat=True)[:count])
    equal = []
    if rest:
        same = items.filter(**{name: value})
        equal = _ids_after(same, rest, after, count, image_list=image_list)
    beyond = items.filter(**{f"{name}__{'lt' if falls else 'gt'}": value}).order_by(*order)
    left = count - len(equal)
    return [*equal, *(beyond.values_list("pk", flat=True)[:left] if left else [])]


def _in_order(ids: Sequence[int]) -> list[Item]:
    rows = {item.pk: item for item in _with_all(Item.objects.filter(pk__in=ids))}
    return [rows[each] for each in ids if each in rows]


def _with_all(items: QuerySet[Item]) -> QuerySet[Item]:
    return items.select_related("image").prefetch_related("item_tags__tag")


def _capped_counts(queries: Sequence[QuerySet[Any]]) -> list[int]:
    """Return the number of rows of each query, up to `MOST_COUNTED`, asking the database once."""
    parts = [
        rows.order_by().values("pk")[:MOST_COUNTED].query.sql_with_params() for rows in queries
    ]
    columns = ", ".join(
        f"(SELECT COUNT(*) FROM ({sql}) AS counted_{number})"  # noqa: S608 - Django's own SQL
        for number, (sql, _) in enumerate(parts)
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns}", [value for _, values in parts for value in values])
        return list(cursor.fetchone())
