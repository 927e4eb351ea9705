"""Background work of review."""

from __future__ import annotations

from django.db import transaction

from common.errors import UnusableImage
from intake.examine import Examination, Want
from jobs import handlers
from jobs import services as jobs_services
from jobs.handlers import GiveUp, Payload
from lists import image_pool, search, text_reading
from lists import services as lists_services
from lists import texts as lists_texts
from lists.depths import Depth
from lists.models import Image, Item
from lists.originals import FileNotKept, original_of
from lists.search import Query
from review.life import many_items
from review.life import services as life_services
from review.models import Erasure
from review.pairs import selectors as pairs_selectors
from review.pairs import services as pairs_services
from review.pairs import texts as pairs_texts
from review.pairs.services import DERIVE_PAIRS
from review.submissions import batches, pairing


@handlers.job(lists_services.DEEPEN_ITEM)
def deepen_item(payload: Payload) -> None:
    """Extract what an item's picture lacks, then suggest what it matches in its list's depth."""
    live = Item.objects.filter(pk=payload["item_id"], removed_at=None, image_list__removed_at=None)
    item = live.select_related("image", "image_list").first()
    if item is None or not item.image.is_stored:
        return
    examination = _examined(item)
    with transaction.atomic():
        image = Image.objects.select_for_update().get(pk=item.image_id)
        lists_services.keep_examined(image=image, examination=examination)
    findings = search.find_matches(
        _query(item, examination),
        [item.image_list],
        min_score=item.image_list.suggestion_threshold,
        limit=pairing.MAX_PAIRS_PER_QUERY,
    )
    paired = pairing.paired_matches(findings, [item.image_list], sha256=image.sha256)
    with transaction.atomic():
        pairing.take_turn(image.organisation_id, paired)
        pairing.suggest(image, paired, by=None)


@handlers.job(text_reading.READ_TEXT)
def read_text(payload: Payload) -> None:
    """Read an image's text, then compare the pairs that wait for it."""
    image = Image.objects.filter(pk=payload["image_id"]).first()
    if image is None or not lists_texts.is_available():
        return
    text_reading.read(image)
    pairs_texts.compare_waiting(image_id=image.pk)


@handlers.job(DERIVE_PAIRS)
def derive_pairs(payload: Payload) -> None:
    """Confirm or block what follows from decisions made before that was known, a step at a time."""
    owner = payload["organisation_id"]
    last = pairs_services.derive_next(organisation_id=owner, after=payload["after"])
    if last is not None:
        jobs_services.enqueue(
            kind=DERIVE_PAIRS,
            payload={"organisation_id": owner, "after": last},
            owner=owner,
            unique_key=str(owner),
        )


@handlers.job(many_items.CHANGE_ITEMS)
def change_items(payload: Payload) -> None:
    """Go on with a change of many items."""
    many_items.go_on(change_id=payload["change_id"])


@handlers.job(batches.FORGET_BATCH)
def forget_batch(payload: Payload) -> None:
    """Delete a batch whose answers were kept long enough."""
    batches.forget(batch_id=payload["batch_id"])


@handlers.job(life_services.ERASE_LIST)
def erase_list(payload: Payload) -> None:
    """Erase a list whose erasure has begun."""
    erasure = Erasure.objects.get(pk=payload["erasure_id"])
    life_services.erase_list_in_steps(erasure=erasure, list_id=payload["list_id"])


def _examined(item: Item) -> Examination:
    pool = image_pool.current()
    want = Want.PIXELS
    # A list in full depth may have the same picture.
    if Depth.FULL in {item.image_list.depth, item.image.depth}:
        want |= Want.FEATURES | Want.ITEM_FEATURES
    if not item.image.is_seen_as_today:
        want |= Want.FILES
    try:
        content = original_of(item.image).data
        return pool.examine(content, want, owner=item.image.organisation_id)
    except (FileNotKept, UnusableImage) as error:
        raise GiveUp(f"The picture of item {item.public_id} cannot be read: {error}") from error


def _query(item: Item, examination: Examination) -> Query:
    return Query(
        organisation_id=item.image.organisation_id,
        sha256=item.image.sha256,
        examination=examination,
        close_list_ids=frozenset({item.image_list_id}),
        excluded_image_ids=pairs_selectors.dissociated_images(item.image, [item.image_list]),
    )
