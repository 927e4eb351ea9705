"""Measures what a page of a list costs with many images beside few, and what an export holds.

    python -m bench.list_pages [--many 1000000] [--few 1000] [--rounds 9] [--exported 100000]

Two lists are made in a fresh database, one with few items, one with many. In both, one item in ten
has copies, one in ten waits for review, one in ten says a word that the others do not, and the
hundred oldest are flat, tagged and say another word. Both are asked for the same pages in turns,
and what is printed is how much longer the many take: the median of the times of the one divided by
that of the other. Then items are exported, and what is printed is how many bytes Python holds at
most meanwhile, for a tenth of them and for all.
DATABASE_URL names a server, on which a database is made and removed; without it, SQLite is used.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
import tracemalloc
from dataclasses import dataclass

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
django.setup()

from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import (  # noqa: E402
    setup_databases,
    setup_test_environment,
    teardown_databases,
)
from django.utils import timezone  # noqa: E402

from accounts import selectors as accounts_selectors  # noqa: E402
from accounts import services as accounts_services  # noqa: E402
from accounts.permissions import Role  # noqa: E402
from lists import browsing, exporting  # noqa: E402
from lists import services as lists_services  # noqa: E402
from lists.browsing import WantedItems  # noqa: E402
from lists.exporting import ExportFormat  # noqa: E402
from lists.list_settings import ListSettings  # noqa: E402
from lists.models import Image, Item, ItemTag, List, Tag  # noqa: E402

_IMAGES = 2_000
_AT_ONCE = 5_000
_RARE = 100
_ONE_IN = 10
_PAGES = {
    "newest": "",
    "oldest": "sort=oldest",
    "by name": "sort=name",
    "most copies": "sort=copies",
    "newest, after the middle": "after={middle}",
    "by name, after the middle": "sort=name&after={middle}",
    "most copies, after the middle": "sort=copies&after={middle}",
    "has copies": "copies=1",
    "has copies, by name": "copies=1&sort=name",
    "has copies, most copies": "copies=1&sort=copies",
    "to review": "review=1",
    "to review, by name": "review=1&sort=name",
    "flat": "flat=1",
    "flat, by name": "flat=1&sort=name",
    "removed": "removed=1",
    "removed, by name": "removed=1&sort=name",
    "added by": "by={member}",
    "added by, by name": "by={member}&sort=name",
    "tag": "tag=Election",
    "tag, by name": "tag=Election&sort=name",
    "search: all": "q=img",
    "search: all, by name": "q=img&sort=name",
    "search: one in ten": "q=pune",
    "search: one in ten, by name": "q=pune&sort=name",
    "search: the oldest": "q=volcano",
    "search: the oldest, by name": "q=volcano&sort=name",
    "search: an id": "q={item}",
    "search: nothing": "q=nothing",
    "search and to review": "q=yesterday&review=1",
}


@dataclass(frozen=True, slots=True)
class MeasuredList:
    """A list with its items, and the browser of somebody who looks at it."""

    client: Client
    image_list: List
    names: dict[str, str]

    def get(self, query: str) -> tuple[float, int]:
        """Return the seconds that a page took, and the number of items that it shows."""
        begin = time.perf_counter()
        address = f"/lists/{self.image_list.public_id}/?{query.format(**self.names)}"
        response = self.client.get(address)
        taken_s = time.perf_counter() - begin
        assert response.status_code == 200, (address, response.status_code)
        return taken_s, response.content.count(b"data-row")


def main() -> None:
    """Build both, measure them in turns, and print the ratios."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--many", type=int, default=1_000_000)
    parser.add_argument("--few", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--exported", type=int, default=100_000)
    asked = parser.parse_args()
    setup_test_environment(debug=False)
    made = setup_databases(verbosity=0, interactive=False)
    try:
        few, many = _side("few", asked.few), _side("many", asked.many)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
        _print_ratios(asked, few, many)
        for count in (asked.exported // 10, asked.exported):
            _print_export(many.image_list, count)
    finally:
        teardown_databases(made, verbosity=0)


def _print_ratios(asked: argparse.Namespace, few: MeasuredList, many: MeasuredList) -> None:
    print(f"{connection.vendor}: {asked.many:,} items beside {asked.few:,}, {asked.rounds} rounds")
    print(f"{'':<32}{'few ms':>9}{'many ms':>9}{'ratio':>8}{'items shown':>14}")
    for name, query in _PAGES.items():
        few.get(query), many.get(query)  # a large list is counted once in a while
        turns = [(few.get(query), many.get(query)) for _ in range(asked.rounds)]
        few_s, many_s = (statistics.median(turn[side][0] for turn in turns) for side in (0, 1))
        rows = f"{turns[0][0][1]} / {turns[0][1][1]}"
        times = f"{few_s * 1e3:>9.1f}{many_s * 1e3:>9.1f}{many_s / few_s:>8.2f}"
        print(f"{name:<32}{times}{rows:>14}", flush=True)


def _print_export(image_list: List, count: int) -> None:
    first = image_list.items.order_by("pk").values_list("pk", flat=True)[count - 1]
    tracemalloc.start()
    begin = time.perf_counter()
    items = browsing.each_wanted(image_list, WantedItems(), up_to=first)
    lines = exporting.lines(items, ExportFormat.CSV, address_of=lambda item: item.public_id)
    rows = size_bytes = 0
    for line in lines:
        rows += 1
        size_bytes += len(line)
    taken_s, peak = time.perf_counter() - begin, tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    print(
        f"export of {rows - 1:,}: {size_bytes / 1e6:.1f} MB in {taken_s:.1f} s, "
        f"at most {peak / 1e6:.1f} MB held",
        flush=True,
    )


def _side(name: str, count: int) -> MeasuredList:
    organisation = accounts_services.ensure_organisation(name=name)
    user = accounts_services.ensure_member(
        organisation=organisation, email=f"{name}@example.org", password=name, role=Role.ADMIN
    )
    by = accounts_selectors.actor_for_user(user)
    image_list = lists_services.create_list(by=by, settings=ListSettings(name="Many"))
    images = Image.objects.bulk_create(
        Image(
            organisation=organisation,
            sha256=f"{number:064x}",
            format="jpeg",
            width=400 + number % 300,
            height=300,
            byte_size=1,
            is_stored=True,
        )
        for number in range(_IMAGES)
    )
    for start in range(0, count, _AT_ONCE):
        Item.objects.bulk_create(
            _item(number, image_list, images, user.pk)
            for number in range(start, min(start + _AT_ONCE, count))
        )
    tag = Tag.objects.create(organisation=organisation, name="Election", folded="election")
    oldest = image_list.items.order_by("pk")[:_RARE]
    ItemTag.objects.bulk_create(
        ItemTag(item=item, tag=tag, image_list=image_list) for item in oldest
    )
    client = Client()
    client.force_login(user)
    middle = image_list.items.filter(removed_at=None).order_by("pk")[count // 2]
    member = accounts_selectors.colleagues_of(by)[0]
    return MeasuredList(
        client,
        image_list,
        {"middle": str(middle.pk), "member": member.public_id, "item": middle.public_id},
    )


def _item(number: int, image_list: List, images: list[Image], user_id: int) -> Item:
    """Return item number n; which of the few kinds it is depends on its place alone."""
    is_rare = number < _RARE
    says = [word for word, is_said in (("volcano", is_rare), ("pune", number % 10 == 3)) if is_said]
    shuffled = number * 7919 % 1_000_003
    return Item(
        image_list=image_list,
        image=images[number % _IMAGES],
        custom_id=f"id-{number}",
        name=f"IMG_{shuffled:07}.jpg",
        context={"claim": " ".join(["Seen", "yesterday", *says])},
        copies=1 + shuffled % 7 if number % _ONE_IN == 1 else 0,
        to_review=1 if number % _ONE_IN == 2 else 0,
        is_flat=is_rare,
        removed_at=timezone.now() if number % _ONE_IN == 4 else None,
        added_by_id=user_id if number % _ONE_IN == 5 else None,
    )


if __name__ == "__main__":
    main()
