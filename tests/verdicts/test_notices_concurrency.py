"""Several people, clients and workers at once: in the end everybody knows what holds, told once."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from functools import partial

import pytest

from accounts.actors import Actor
from lists.models import Item, List
from tests import implied
from tests.threads import run_threads
from tests.verdicts import implied_notices
from tests.verdicts.test_notices_of_any_history import ABOUT_ITEMS, ABOUT_PAIRS, World
from tests.verdicts.told import Told
from verdicts import settling, submitting
from verdicts.models import Notice, Submission, Verdict
from verdicts.values import Sent

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = 3
ACTS_EACH = 12


def test_what_people_publish_decide_and_ask_at_once_is_told_as_it_is_in_the_end(
    admin: Actor, image_list: List, told: Told
) -> None:
    world = World(admin, image_list, told)
    is_over = threading.Event()

    def person(seed: int) -> None:
        chance = random.Random(seed)
        for _ in range(ACTS_EACH):
            act = chance.choice((*ABOUT_PAIRS, *ABOUT_ITEMS))
            world.do(act, chance.randrange(10 if act in ABOUT_PAIRS else 15))

    def everybody() -> None:
        run_threads(*[partial(person, seed) for seed in range(PEOPLE)])
        is_over.set()

    def worker() -> None:
        while not is_over.is_set():
            settling.settle(organisation_id=admin.organisation_id)

    run_threads(everybody, worker, worker)
    told()
    told()

    implied_notices.check()
    implied.check()


def test_the_same_request_sent_at_once_is_kept_once(
    admin: Actor, image_list: List, told: Told
) -> None:
    world = World(admin, image_list, told)
    before = Submission.objects.count()
    item = Item.objects.select_related("image", "image_list").get(pk=world.items[0].pk)
    sent = Sent(external_id="tip-1", recipient="dan")

    run_threads(*at_once(partial(submitting.record_submission, by=admin, item=item, sent=sent), 4))

    assert Submission.objects.count() == before + 1


def test_what_is_due_is_told_by_one_of_several_workers(
    admin: Actor, image_list: List, told: Told
) -> None:
    World(admin, image_list, told)
    settling.settle(organisation_id=admin.organisation_id)
    Notice.objects.update(due_at=Verdict.objects.first().created_at)  # type: ignore[union-attr]

    run_threads(*at_once(partial(settling.settle, organisation_id=admin.organisation_id), 3))
    told()

    implied_notices.check()


def at_once(act: Callable[[], object], count: int) -> list[Callable[[], None]]:
    begin = threading.Barrier(count)

    def do() -> None:
        begin.wait()
        act()

    return [do] * count
