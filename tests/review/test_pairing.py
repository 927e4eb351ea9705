"""Pairs that several submissions write at the same time."""

from __future__ import annotations

import threading
from itertools import pairwise

import pytest
from django.db import transaction

from lists.models import Image, Item, List
from lists.search import ItemMatch
from matching.evidence import Comparison, Evidence, Kind
from matching.types import Orientation
from review.models import MatchCandidate
from review.pairs import tallies
from review.submissions import pairing
from tests import bare_pairs
from tests.threads import run_threads

_ROUNDS = 25
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


def make_items(image_list: List, count: int) -> list[Item]:
    """Add items without files to a list."""
    images = bare_pairs.images_of(count, image_list)
    return [Item.objects.create(image_list=image_list, image=image) for image in images]


def found(query: Item, *others: Item) -> tuple[Image, list[ItemMatch]]:
    """Return that a search for one finds the others."""
    return query.image, [ItemMatch(item=other, comparison=_ALIKE) for other in others]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_calls_that_write_the_same_pairs_crosswise_never_wait_in_a_circle(
    image_list: List, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Counts on items are written in the organisation's turn, which nobody has here.
    monkeypatch.setattr(tallies, "recount_of", lambda _pairs: None)
    items = make_items(image_list, 300)
    forwards = [found(a, b) for a, b in pairwise(items)]
    backwards = [found(b, a) for a, b in reversed(list(pairwise(items)))]
    together = threading.Barrier(2)

    def write(calls: list[tuple[Image, list[ItemMatch]]]) -> None:
        for _ in range(_ROUNDS):
            together.wait(timeout=20)
            with transaction.atomic():
                pairing.suggest_all(calls, by=None)
            together.wait(timeout=20)
            MatchCandidate.objects.all().delete()

    run_threads(lambda: write(forwards), lambda: write(backwards))


@pytest.mark.django_db
def test_each_image_is_told_its_own_pairs(image_list: List) -> None:
    a, b, c = make_items(image_list, 3)

    of_a, of_b, of_none = pairing.suggest_all([found(a, b, c), found(b, a), (None, [])], by=None)

    rows = {(row.image_low_id, row.image_high_id): row for row in MatchCandidate.objects.all()}
    list_id = image_list.pk
    assert of_a == {
        (list_id, b.image_id): rows[a.image_id, b.image_id],
        (list_id, c.image_id): rows[a.image_id, c.image_id],
    }
    assert of_b == {(list_id, a.image_id): rows[a.image_id, b.image_id]}
    assert of_none == {}
    assert len(rows) == 2
