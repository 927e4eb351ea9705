"""Several people and searches at once: what is stored is what all decisions together imply."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress

import pytest
from django.db import transaction

from accounts.actors import Actor
from common.errors import Conflict, NotFound
from lists.models import Image, Item, List
from lists.search import ItemMatch
from matching.evidence import Comparison, Evidence, Kind
from matching.types import Orientation
from review.models import Act, MatchCandidate
from review.pairs import services as pairs_services
from review.queue import claims
from review.queue.filters import Queue
from review.submissions import pairing
from tests import bare_pairs, implied
from tests.threads import run_threads

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = 4
ACTS_EACH = 12
_ALIKE = Comparison(
    score=0.9,
    kind=Kind.NEAR,
    evidence=Evidence(
        algorithm_version=1,
        distances_bits={"pdq": 12, "phash": 2},
        orientation=Orientation.IDENTITY,
        query_quality=100,
        item_quality=100,
    ),
)


def test_people_who_decide_undo_add_and_remove_at_once_leave_what_follows(
    admin: Actor, image_list: List
) -> None:
    pairs = list(bare_pairs.among("ABCDEF", image_list).values())
    Image.objects.update(is_stored=True)
    items = list(Item.objects.select_related("image", "image_list").order_by("pk"))

    run_threads(*[person(admin, pairs, items, seed) for seed in range(PEOPLE)])

    assert implied.derived() or implied.blocked()
    implied.check()


def person(
    by: Actor, pairs: list[MatchCandidate], items: list[Item], seed: int
) -> Callable[[], None]:
    """Return what one person does, who meets what others did meanwhile."""
    chance = random.Random(seed)  # noqa: S311 - not for secrets

    def act() -> None:
        for _ in range(ACTS_EACH):
            with suppress(Conflict, NotFound):
                chance.choice(deeds)()

    def confirm() -> None:
        pairs_services.confirm(by=by, pair=chance.choice(pairs))

    def dissociate() -> None:
        pairs_services.dissociate(by=by, pair=chance.choice(pairs))

    def say_other_claim() -> None:
        pairs_services.decide(by=by, pair=chance.choice(pairs), act=Act.CONFIRM_IMAGE)

    def undo() -> None:
        pairs_services.undo(by=by, pair=chance.choice(pairs))

    def remove_and_restore() -> None:
        item = Item.objects.get(pk=chance.choice(items).pk)
        pairs_services.remove_item(by=by, item=item)
        pairs_services.restore_item(by=by, item=Item.objects.get(pk=item.pk))

    def look() -> None:
        claims.take_next(by=by, queue=Queue(), count=3)
        claims.release(by=by, match_ids=[pair.public_id for pair in pairs[:9]])

    def add() -> None:
        (new,) = bare_pairs.images_of(1, items[0].image_list)
        found = [ItemMatch(item=item, comparison=_ALIKE) for item in chance.sample(items, 2)]
        with transaction.atomic():
            pairing.take_turn(by.organisation_id, found)
            pairing.suggest(new, found, by=by)

    deeds = [confirm, confirm, confirm, dissociate, undo, say_other_claim, look]
    # New images are numbered by how many there are: one person adds them.
    deeds += [add] if seed == 0 else [remove_and_restore]
    return act
