"""Measures what a page of the review queue costs with many pairs beside few.

    python -m bench.queue_pages [--many 100000] [--few 100] [--rounds 15]

Two organisations are made in a fresh database: one with few pairs, one with many, in three lists
each. Both are asked for the same pages in turns, first one and then the other, and what is printed
is how much longer the many take: the median of the times of the one divided by that of the other.
It also prints how many pairs each page shows, for a page of forty costs more than one of ten.
DATABASE_URL names a server, on which a database is made and removed; without it, SQLite is used.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable
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

from accounts import selectors as accounts_selectors  # noqa: E402
from accounts import services as accounts_services  # noqa: E402
from accounts.models import User  # noqa: E402
from accounts.permissions import Role  # noqa: E402
from lists import services as lists_services  # noqa: E402
from lists.list_settings import ListSettings  # noqa: E402
from lists.models import Image, Item, List  # noqa: E402
from review.models import MatchCandidate, State  # noqa: E402
from review.queue import ordering  # noqa: E402
from review.queue.filters import Queue  # noqa: E402
from review.scopes import Scope  # noqa: E402

_LISTS = 3
_IMAGES = 2_000
_AT_ONCE = 5_000
_PAGES = {
    "first page": "",
    "highest score": "order=score",
    "newest": "order=newest",
    "score 0.6 to 0.7": "score_from=0.6&score_to=0.7",
    "second look": "unsure=1",
    "my claims": "assignee=me",
    "confirmed": "state=confirmed",
    "same image, other claim": "state=other_claim",
    "one list": "list={list}",
    "an id": "q={item}",
    "page after the middle": "after={middle}",
    "by score, after the middle": "order=score&after={middle}",
}


@dataclass(frozen=True, slots=True)
class Tenant:
    """An organisation with its pairs, and the browser of one of its people."""

    client: Client
    names: dict[str, str]

    def get(self, address: str) -> tuple[float, int]:
        """Return the seconds that an address took, and the number of pairs that it shows."""
        begin = time.perf_counter()
        response = self.client.get(address.format(**self.names))
        taken_s = time.perf_counter() - begin
        assert response.status_code in {200, 302}, (address, response.status_code)
        return taken_s, response.content.count(b"data-row>")


def main() -> None:
    """Build both, measure them in turns, and print the ratios."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--many", type=int, default=100_000)
    parser.add_argument("--few", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=15)
    asked = parser.parse_args()
    setup_test_environment(debug=False)
    made = setup_databases(verbosity=0, interactive=False)
    try:
        few, many = _side("few", asked.few), _side("many", asked.many)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        _print_ratios(asked, few, many)
    finally:
        teardown_databases(made, verbosity=0)


def _print_ratios(asked: argparse.Namespace, few: Tenant, many: Tenant) -> None:
    print(f"{connection.vendor}: {asked.many:,} pairs beside {asked.few:,}, {asked.rounds} rounds")
    print(f"{'':<28}{'few ms':>9}{'many ms':>9}{'ratio':>8}{'pairs shown':>14}")
    pages = {name: f"/review/?{query}" for name, query in _PAGES.items()}
    pages |= {"live counts": "/review/counts/", "start": "/review/start/", "lists": "/lists/"}
    for name, address in pages.items():
        turns = [(few.get(address), many.get(address)) for _ in range(asked.rounds)]
        few_s, many_s = (statistics.median(turn[side][0] for turn in turns) for side in (0, 1))
        rows = f"{turns[0][0][1]} / {turns[0][1][1]}"
        times = f"{few_s * 1e3:>9.1f}{many_s * 1e3:>9.1f}{many_s / few_s:>8.2f}"
        print(f"{name:<28}{times}{rows:>14}", flush=True)


def _side(name: str, count: int) -> Tenant:
    organisation = accounts_services.ensure_organisation(name=name)
    user = accounts_services.ensure_member(
        organisation=organisation, email=f"{name}@example.org", password=name, role=Role.ADMIN
    )
    by = accounts_selectors.actor_for_user(user)
    lists = [
        lists_services.create_list(by=by, settings=ListSettings(name=f"List {number}"))
        for number in range(_LISTS)
    ]
    images = Image.objects.bulk_create(
        Image(
            organisation=organisation,
            sha256=f"{number:064x}",
            format="jpeg",
            width=4,
            height=3,
            byte_size=1,
        )
        for number in range(min(_IMAGES, count + 2))
    )
    items = Item.objects.bulk_create(
        Item(image_list=lists[number % _LISTS], image=image, custom_id=f"id-{number}")
        for number, image in enumerate(images)
    )
    _make_pairs(_pair_of(images, lists, user), count)
    client = Client()
    client.force_login(user)
    pairs = ordering.first_after(lists, Queue(), after=None, size=count)
    names = {
        "list": lists[0].public_id,
        "item": items[len(items) // 2].public_id,
        "middle": pairs[len(pairs) // 2].public_id,
    }
    return Tenant(client, names)


def _make_pairs(pair_of: Callable[[int], MatchCandidate], count: int) -> None:
    for start in range(0, count, _AT_ONCE):
        numbers = range(start, min(start + _AT_ONCE, count))
        MatchCandidate.objects.bulk_create([pair_of(number) for number in numbers])


def _pair_of(images: list[Image], lists: list[List], user: User) -> Callable[[int], MatchCandidate]:
    """Return what makes pair number n: one in ten confirmed, a few in doubt, assigned, and so on.

    How many of the few kinds there are does not grow with the number of pairs.
    """

    def pair(number: int) -> MatchCandidate:
        step, place = divmod(number, len(images) - 1)
        low, high = sorted((place, (place + step + 1) % len(images)))
        is_confirmed = number % 10 == 9
        is_rare = number < 100 and number % 10 == 9
        return MatchCandidate(
            image_list=lists[number % _LISTS],
            image_low=images[low],
            image_high=images[high],
            query_image=images[low],
            score=0.3 + 0.7 * (number * 7919 % 10_007) / 10_006,
            kind="near",
            evidence={"reasons": []},
            state=State.CONFIRMED if is_confirmed else State.SUGGESTED,
            scope=Scope.IMAGE_ONLY if is_rare else Scope.WHOLE,
            is_unsure=number < 100 and number % 10 == 1,
            assigned_to=user if number < 100 and number % 10 == 2 else None,
        )

    return pair


if __name__ == "__main__":
    main()
