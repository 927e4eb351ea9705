"""Erasing at once and for good, each time with a receipt that nobody can change."""

from __future__ import annotations

from typing import Final

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.actors import Actor
from accounts.audit import AuditAct, Subject, SubjectKind
from accounts.permissions import Permission
from common.errors import InvalidInput
from common.sentences import Sentence
from jobs import services as jobs_services
from lists import erasing as lists_erasing
from lists import list_settings, purging, transactions
from lists.models import Item, List
from review import signals
from review.life import erasing
from review.life.erasing import Gone
from review.models import Batch, CheckCount, Erased, Erasure, ErasureStep
from review.pairs import following, invariants

MAX_REASON_LENGTH = 1000
# A list whose erasure has begun: erase it, a batch of items at a time.
ERASE_LIST: Final = "review.erase_list"
_AT_ONCE = 100


@transactions.tried_again
def erase_item(*, by: Actor, item: Item, reason: str) -> Erasure:
    """Erase an item, and its picture unless another place needs it."""
    by.require(Permission.CHANGE_ITEMS)
    with transaction.atomic():
        erasure = begin(
            by=audit.name_of(by=by),
            organisation_id=by.organisation_id,
            kind=Erased.ITEM,
            subject=item.public_id,
            reason=reason,
        )
        gone = erasing.erase(organisation_id=by.organisation_id, item_ids=[item.pk])
        write_step(erasure=erasure, gone=gone, is_last=True)
        about = Subject(SubjectKind.ITEM, item.public_id)
        audit.record(by=by, act=AuditAct.ITEM_ERASED, about=about)
    purging.forget_copies()
    return erasure


@transaction.atomic
def erase_list(*, by: Actor, image_list: List, reason: str) -> Erasure:
    """Take a list out of service for good, and have the background erase it."""
    by.require(Permission.CHANGE_LISTS)
    erasure = begin(
        by=audit.name_of(by=by),
        organisation_id=by.organisation_id,
        kind=Erased.LIST,
        subject=image_list.public_id,
        reason=reason,
    )
    close_list(list_id=image_list.pk)
    about = Subject(SubjectKind.LIST, image_list.public_id)
    audit.record(by=by, act=AuditAct.LIST_ERASED, about=about)
    jobs_services.enqueue(
        kind=ERASE_LIST, payload={"erasure_id": erasure.pk, "list_id": image_list.pk}
    )
    return erasure


def begin(*, by: str, organisation_id: int, kind: Erased, subject: str, reason: str) -> Erasure:
    """Begin a receipt; raise InvalidInput without a reason."""
    checked = list_settings.storable(reason.strip(), "reason")
    if not 1 <= len(checked) <= MAX_REASON_LENGTH:
        raise InvalidInput(
            Sentence("Say why, in at most %(most)s characters.", most=MAX_REASON_LENGTH),
            field="reason",
        )
    return Erasure.objects.create(
        organisation_row=organisation_id, kind=kind, subject=subject, by=by, reason=checked
    )


def write_step(*, erasure: Erasure, gone: Gone, is_last: bool = False) -> None:
    """Add to a receipt what was erased, in the transaction that does it."""
    ErasureStep.objects.create(
        erasure=erasure,
        counts={name: count for name, count in gone.counts.items() if count},
        sha256s=gone.sha256s,
        is_last=is_last,
    )


@transaction.atomic
def close_list(*, list_id: int) -> None:
    """Take a list out of service so that nobody can take it back."""
    now = timezone.now()
    image_list = List.objects.get(pk=list_id)
    invariants.take_turn(image_list.organisation_id)
    closed = List.objects.filter(pk=list_id)
    closed.filter(removed_at=None).update(removed_at=now)
    closed.update(purged_at=now, name="", description="")
    following.look_around_list(image_list)


def erase_list_in_steps(*, erasure: Erasure, list_id: int, is_last: bool = True) -> None:
    """Erase a closed list, a step for each batch of items; begun anew it goes on where it was."""
    closed = List.objects.filter(pk=list_id).first()
    if closed is None:
        return
    items = Item.objects.filter(image_list=list_id).order_by("pk")
    while item_ids := list(items.values_list("pk", flat=True)[:_AT_ONCE]):
        with transaction.atomic():
            gone = erasing.erase(organisation_id=closed.organisation_id, item_ids=item_ids)
            write_step(erasure=erasure, gone=gone)
    with transaction.atomic():
        write_step(erasure=erasure, gone=_erase_rest(closed), is_last=is_last)
    purging.forget_copies()


def _erase_rest(closed: List) -> Gone:
    """Erase what is left of a list without items."""
    gone = Gone()
    invariants.take_turn(closed.organisation_id)
    alone = erasing.erase_pairs_of_list(list_id=closed.pk, gone=gone)
    erasing.erase_images(organisation_id=closed.organisation_id, image_ids=alone, gone=gone)
    batches = Batch.objects.filter(image_list=closed).delete()[1]
    gone.counts["batches"] += batches.get("review.Batch", 0)
    gone.counts["views"] += erasing.delete_views(closed.organisation_id, [closed.public_id])
    gone.counts["jobs"] += erasing.delete_jobs(closed.organisation_id, [closed.public_id])
    CheckCount.objects.filter(image_list=closed).delete()
    signals.list_erased.send(sender=List, list_id=closed.pk)
    lists_erasing.erase_list(list_id=closed.pk)
    gone.counts["lists"] += 1
    return gone
