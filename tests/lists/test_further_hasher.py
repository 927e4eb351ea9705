"""A hasher that is added to the registry: old items go on without its hash until their turn."""

from __future__ import annotations

import pytest

from accounts.actors import Actor
from intake import examine, sources
from intake.limits import Limits
from lists import indexed_rows, selectors, services
from lists.models import Image, Item, List
from matching.engine import Engine
from matching.evidence import Evidence
from matching.hashers import registry
from tests import further_hasher

pytestmark = pytest.mark.django_db
LIMITS = Limits()
STEPS = "steps"


def stored(admin: Actor, image_list: List, content: bytes) -> Item:
    """Add a picture to a list, decoded in this process."""
    image = services.keep_image(
        organisation_id=image_list.organisation_id,
        raw=sources.from_chunks([content], name="", max_bytes=LIMITS.max_bytes),
        examination=examine.examine(content, LIMITS),
    )
    return services.place_item(
        by=admin, image_list=image_list, image=image, custom_id="", name=""
    ).item


def distances(query: bytes, item: Item) -> dict[str, int]:
    """Return what the comparison of a picture with an item measures."""
    kept = indexed_rows.fingerprints_of(item, frame=0)
    assert kept
    comparison = Engine().compare(examine.examine(query, LIMITS).sighting.query, kept)
    evidence = Evidence.from_json(comparison.evidence.as_json())
    assert evidence.signals[f"{STEPS}_distance_bits"] == evidence.distances_bits[STEPS]
    return dict(evidence.distances_bits)


def fast(image_list: List) -> List:
    """Make it a list without local features, where fingerprints alone can be out of date."""
    List.objects.filter(pk=image_list.pk).update(depth="fast")
    image_list.refresh_from_db()
    return image_list


def test_its_hash_is_stored_and_compared(
    admin: Actor,
    image_list: List,
    coffee: bytes,
    coffee_copy: bytes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    further_hasher.add(monkeypatch)
    item = stored(admin, image_list, coffee)

    assert STEPS in item.image.fingerprints.values_list("algorithm", flat=True)
    assert set(distances(coffee_copy, item)) == {each.algorithm for each in registry.HASHERS}


def test_items_from_before_are_compared_without_it_and_are_out_of_date(
    admin: Actor, image_list: List, coffee: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = stored(admin, fast(image_list), coffee)
    known = {each.algorithm for each in registry.HASHERS}
    assert not selectors.outdated_items(image_list).exists()

    further_hasher.add(monkeypatch)

    kept = indexed_rows.fingerprints_of(item, frame=0)
    assert kept
    assert {each.algorithm for each in kept} == known
    assert list(selectors.outdated_items(image_list)) == [item]


def test_refingerprinting_adds_its_hash(
    admin: Actor, image_list: List, coffee: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = stored(admin, fast(image_list), coffee)
    further_hasher.add(monkeypatch)

    image = Image.objects.get(pk=item.image_id)
    services.keep_examined(image=image, examination=examine.examine(coffee, LIMITS))

    assert distances(coffee, item)[STEPS] == 0
    assert not selectors.outdated_items(image_list).exists()
