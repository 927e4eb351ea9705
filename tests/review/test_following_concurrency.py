"""Several people and searches at once: what is stored is what all decisions together imply."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

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
    chance = random.Random(seed)
    one = Deeds(by, pairs, items, chance)
    deeds = [one.confirm, one.confirm, one.confirm, one.dissociate, one.undo, one.say_other_claim]
    # New images are numbered by how many there are: one person adds them.
    deeds += [one.look, one.add if seed == 0 else one.remove_and_restore]

    def act() -> None:
        for _ in range(ACTS_EACH):
            with suppress(Conflict, NotFound):
                chance.choice(deeds)()

    return act


@dataclass(frozen=True, slots=True)
class Deeds:
    """What somebody may do with any of the pairs and items."""

    by: Actor
    pairs: list[MatchCandidate]
    items: list[Item]
    chance: random.Random

    def confirm(self) -> None:
        pairs_services.confirm(by=self.by, pair=self.chance.choice(self.pairs))

    def dissociate(self) -> None:
        pairs_services.dissociate(by=self.by, pair=self.chance.choice(self.pairs))

    def say_other_claim(self) -> None:
        pair = self.chance.choice(self.pairs)
        pairs_services.decide(by=self.by, pair=pair, act=Act.CONFIRM_IMAGE)

    def undo(self) -> None:
        pairs_services.undo(by=self.by, pair=self.chance.choice(self.pairs))

    def remove_and_restore(self) -> None:
        item = Item.objects.get(pk=self.chance.choice(self.items).pk)
        pairs_services.remove_item(by=self.by, item=item)
        pairs_services.restore_item(by=self.by, item=Item.objects.get(pk=item.pk))

    def look(self) -> None:
        claims.take_next(by=self.by, queue=Queue(), count=3)
        claims.release(by=self.by, match_ids=[pair.public_id for pair in self.pairs[:9]])

    def add(self) -> None:
        (new,) = bare_pairs.images_of(1, self.items[0].image_list)
        found = [ItemMatch(item, _ALIKE) for item in self.chance.sample(self.items, 2)]
        with transaction.atomic():
            pairing.take_turn(self.by.organisation_id, found)
            pairing.suggest(new, found, by=self.by)
