"""What goes with a picture that is erased: pairs, decisions, snapshots, batches, views and jobs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from urllib.parse import parse_qsl

from django.db.models import Q, QuerySet

from accounts.models import ApiCredential
from common.mentions import mentions
from jobs import services as jobs_services
from lists import erasing
from lists.models import Image, Item
from review import signals
from review.models import (
    Batch,
    BatchImage,
    Decision,
    Feedback,
    GoldenAnswer,
    GoldenPair,
    GoldenQuestion,
    MatchCandidate,
    QueueView,
    ReferenceChoice,
    RuleProposal,
)
from review.pairs import following, invariants, relations, tallies
from webhooks import services as webhooks_services

_AT_ONCE = 10_000


@dataclass(slots=True)
class Gone:
    """What an erasure took: how many of what, and the SHA-256 of the pictures."""

    counts: Counter[str] = field(default_factory=Counter)
    sha256s: list[str] = field(default_factory=list)


def erase(*, organisation_id: int, item_ids: Collection[int]) -> Gone:
    """Erase items, and the pictures that no other place needs, in the caller's transaction.

    The copies that were only checked against them go too: nobody would see them again.
    """
    gone = Gone()
    invariants.take_turn(organisation_id)
    items = erasing.items_at_hand(item_ids=item_ids)
    places = {(item.image_list_id, item.image_id) for item in items}
    _erase_mentions(organisation_id, items, gone)
    erasing.erase_items(items=items)
    gone.counts["items"] += len(items)
    kept = Item.objects.filter(
        image_list__in={list_id for list_id, _ in places},
        image__in={image_id for _, image_id in places},
        purged_at=None,
    )
    places -= set(kept.values_list("image_list_id", "image_id"))
    image_ids = erasing.unneeded({item.image_id for item in items})
    signals.images_leaving.send(sender=Image, image_ids=image_ids)
    pairs = relations.pairs_at(places) | _pairs_of(image_ids)
    sides = _erase_pairs(list(pairs.values_list("pk", "image_low", "image_high")), gone)
    erase_images(
        organisation_id=organisation_id, image_ids=image_ids | _alone(sides - image_ids), gone=gone
    )
    return gone


def erase_pairs_of_list(*, list_id: int, gone: Gone) -> set[int]:
    """Erase what pairs are left of a list; return the images that only they were kept for."""
    rows = MatchCandidate.objects.filter(image_list=list_id)
    return _alone(_erase_pairs(list(rows.values_list("pk", "image_low", "image_high")), gone))


def erase_images(*, organisation_id: int, image_ids: Collection[int], gone: Gone) -> None:
    """Erase images that are in no place and in no pair."""
    for batch in _batches(image_ids):
        images = erasing.lock_images(image_ids=batch)
        sha256s = [image.sha256 for image in images]
        signals.images_erased.send(sender=Image, image_ids=batch, counts=gone.counts)
        erasing.delete_rows(ReferenceChoice.objects.filter(image__in=batch))
        feedback = Feedback.objects.filter(organisation=organisation_id, sha256__in=sha256s)
        gone.counts["feedback"] += erasing.delete_rows(feedback)
        gone.counts["jobs"] += delete_jobs(organisation_id, sha256s)
        erasing.erase_images(images=images)
        gone.counts["pictures"] += len(images)
        gone.sha256s += sha256s


def delete_jobs(organisation_id: int, names: Collection[str]) -> int:
    """Delete the jobs of an organisation that speak of one of the names; return how many."""
    credentials = ApiCredential.objects.filter(organisation=organisation_id)
    return jobs_services.delete_mentioning(
        names=names,
        owner=organisation_id,
        credential_ids=list(credentials.values_list("pk", flat=True)),
    )


def _batches(ids: Iterable[int]) -> Iterator[list[int]]:
    """Yield the ids, as many at a time as a statement on SQLite takes."""
    remaining = iter(ids)
    while batch := list(islice(remaining, _AT_ONCE)):
        yield batch


def _pairs_of(image_ids: Collection[int]) -> QuerySet[MatchCandidate]:
    return MatchCandidate.objects.filter(Q(image_low__in=image_ids) | Q(image_high__in=image_ids))


def _erase_pairs(pairs: Sequence[tuple[int, int, int]], gone: Gone) -> set[int]:
    """Delete pairs and what was decided about them; return the images on their sides.

    What followed from them elsewhere, or was blocked by them, is no longer. The caller has taken
    its turn.
    """
    resting = following.resting_on(pairs)
    for batch in _batches(pair_id for pair_id, _, _ in pairs):
        subjects = MatchCandidate.objects.filter(pk__in=batch).values_list("public_id", flat=True)
        gone.counts["events"] += webhooks_services.delete_about(subjects=list(subjects))
        erasing.delete_rows(RuleProposal.objects.filter(pair__in=batch))
        _erase_golden(batch)
        decisions = Decision.objects.filter(candidate__in=batch)
        gone.counts["decisions"] += erasing.delete_rows(decisions)
        gone.counts["pairs"] += erasing.delete_rows(MatchCandidate.objects.filter(pk__in=batch))
    following.look_at(resting)
    left = {image_id for _, *sides in pairs for image_id in sides}
    tallies.recount(left)
    return left


def _erase_golden(pair_ids: Collection[int]) -> None:
    """Delete what was marked golden of pairs, and what people answered about it."""
    golden = GoldenPair.objects.filter(pair__in=pair_ids)
    questions = GoldenQuestion.objects.filter(golden__in=golden)
    erasing.delete_rows(GoldenAnswer.objects.filter(question__in=questions))
    erasing.delete_rows(questions)
    erasing.delete_rows(golden)


def _alone(image_ids: Collection[int]) -> set[int]:
    """Return those of the images that are in no place and in no pair."""
    alone: set[int] = set()
    for batch in _batches(image_ids):
        sides = _pairs_of(batch).values_list("image_low", "image_high")
        alone |= erasing.unneeded(batch) - {image_id for pair in sides for image_id in pair}
    return alone


def _erase_mentions(organisation_id: int, items: Sequence[Item], gone: Gone) -> None:
    """Delete the batches, jobs and kept views that speak of one of the items."""
    public_ids = {item.public_id for item in items}
    own_ids = {item.custom_id for item in items} - {""}
    names = public_ids | own_ids
    gone.counts["batches"] += _erase_batches({item.image_list_id for item in items}, names)
    gone.counts["jobs"] += delete_jobs(organisation_id, names)
    gone.counts["views"] += delete_views(organisation_id, names)


def delete_views(organisation_id: int, names: Collection[str]) -> int:
    """Delete the kept views of an organisation that name one of the names; return how many."""
    views = QueueView.objects.filter(organisation=organisation_id)
    naming = [view.pk for view in views if mentions(dict(parse_qsl(view.query)), names)]
    return erasing.delete_rows(QueueView.objects.filter(pk__in=naming))


def _erase_batches(list_ids: Collection[int], names: Collection[str]) -> int:
    """Delete the batches of the lists that asked for one of the names or were answered with it."""
    images = BatchImage.objects.filter(batch__image_list__in=list_ids)
    naming = {
        batch_id
        for batch_id, *said in images.values_list("batch", "asked", "answer")
        if mentions(said, names)
    }
    return Batch.objects.filter(pk__in=naming).delete()[1].get("review.Batch", 0)
