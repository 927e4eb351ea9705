"""Whatever is decided, undone, published and merged: in the end everybody knows what holds."""

from __future__ import annotations

import random
from contextlib import suppress
from dataclasses import replace

import pytest
from django.db import transaction

from accounts.actors import Actor
from common.errors import Conflict, InvalidInput, NotFound
from lists.models import Image, Item, List
from review.clusters import selectors as clusters_selectors
from review.clusters.selectors import ImageCluster
from review.models import Act, MatchCandidate
from review.pairs import following
from review.pairs import services as pairs_services
from tests import bare_pairs, implied
from tests.verdicts import implied_notices
from tests.verdicts.conftest import FALSE
from tests.verdicts.told import Told
from verdicts import merging, selectors, services, submitting
from verdicts.models import Verdict
from verdicts.values import Sent

pytestmark = pytest.mark.django_db

LETTERS = "ABCDE"
WALKS = 25
ACTS_EACH = 30
ABOUT_PAIRS = ("confirm", "confirm", "dissociate", "image", "undo", "merge", "merge", "read")
ABOUT_ITEMS = ("publish", "publish", "retract", "ask", "ask", "remove", "restore")
ABOUT_TIME = ("wait", "wait", "settle")


def test_everybody_knows_what_holds_after_any_of_it(
    admin: Actor, image_list: List, told: Told
) -> None:
    for seed in range(WALKS):
        with transaction.atomic():
            world, chance = World(admin, image_list, told), random.Random(seed)
            for _ in range(ACTS_EACH):
                act = chance.choice((*ABOUT_PAIRS, *ABOUT_ITEMS, *ABOUT_TIME))
                world.do(act, chance.randrange(10 if act in ABOUT_PAIRS else 15))
            told()
            told()
            implied_notices.check()
            implied.check()
            transaction.set_rollback(True)


class World:
    """Five pictures, every pair of them, and what can happen to them."""

    def __init__(self, by: Actor, image_list: List, told: Told) -> None:
        self.by, self.told = by, told
        self.pairs = list(bare_pairs.among(LETTERS, image_list).values())
        Image.objects.update(is_stored=True)
        self.items = list(Item.objects.select_related("image", "image_list").order_by("pk"))
        for act, number in (("ask", 0), ("ask", 6), ("ask", 12), ("publish", 0), ("publish", 7)):
            self.do(act, number)

    def do(self, act: str, number: int) -> None:
        """Do it, or be refused."""
        with suppress(Conflict, NotFound, InvalidInput), transaction.atomic():
            getattr(self, f"_{act}")(number)

    def _pair(self, number: int) -> MatchCandidate:
        pk = self.pairs[number].pk
        return MatchCandidate.objects.select_related("image_list").get(pk=pk)

    def _item(self, number: int) -> Item:
        pk = self.items[number % len(self.items)].pk
        return Item.objects.select_related("image", "image_list").get(pk=pk)

    def _group(self, number: int) -> ImageCluster:
        return clusters_selectors.cluster_of(self.by, self._item(number))

    def _verdict(self, number: int) -> Verdict:
        found = selectors.verdict_in(self._group(number))
        if found is None:
            raise NotFound("No verdict.")
        return found

    def _confirm(self, number: int) -> None:
        pairs_services.confirm(by=self.by, pair=self._pair(number))

    def _dissociate(self, number: int) -> None:
        pairs_services.dissociate(by=self.by, pair=self._pair(number))

    def _image(self, number: int) -> None:
        pairs_services.decide(by=self.by, pair=self._pair(number), act=Act.CONFIRM_IMAGE)

    def _undo(self, number: int) -> None:
        pairs_services.undo(by=self.by, pair=self._pair(number))

    def _merge(self, number: int) -> None:
        pair = self._pair(number)
        group = clusters_selectors.cluster_of(self.by, Item.objects.get(image=pair.image_low_id))
        keep = selectors.verdict_in(group)
        name = Item.objects.get(image=pair.image_high_id).public_id
        merging.merge(by=self.by, cluster=group, name=name, keep=keep.public_id if keep else "")

    def _read(self, number: int) -> None:
        """Have the texts of a pair compared, with another result."""
        pair = self._pair(number)
        pair.text_state = "agrees" if pair.text_state == "differs" else "differs"
        if pair.is_derived:
            raise NotFound("What follows falls when its texts differ.")
        pair.save(update_fields=["text_state"])
        following.tell_changed([pair])

    def _publish(self, number: int) -> None:
        content = replace(FALSE, rating=("False", "Misleading", "Satire")[number // 5])
        draft = services.write_draft(by=self.by, cluster=self._group(number), content=content)
        services.publish(by=self.by, verdict=draft)

    def _retract(self, number: int) -> None:
        services.retract(by=self.by, verdict=self._verdict(number))

    def _ask(self, number: int) -> None:
        recipient = ("ann", "bob", "cem")[number // 5]
        submitting.record_submission(
            by=self.by, item=self._item(number), sent=Sent(recipient=recipient)
        )

    def _remove(self, number: int) -> None:
        pairs_services.remove_item(by=self.by, item=self._item(number))

    def _restore(self, number: int) -> None:
        pairs_services.restore_item(by=self.by, item=self._item(number))

    def _wait(self, _: int) -> None:
        self.told()

    def _settle(self, _: int) -> None:
        self.told.now()
