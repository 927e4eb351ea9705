"""Batches: many images asked about at once, each answered once, however often a worker is killed.

What is asked about an image, and its answer, are JSON that only the dialect understands.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts import selectors as accounts_selectors
from accounts.actors import Actor
from accounts.permissions import Permission
from common.errors import Conflict, Forbidden, NotFound, Unauthenticated
from jobs import services as jobs_services
from lists import selectors as lists_selectors
from lists.models import List
from review.models import Batch, BatchImage

RETENTION = dt.timedelta(days=7)
# A batch: submit its next images. What an image asks for and how it is answered is the business of
# the dialect that took the batch, which has the handler.
MATCH_BATCH: Final = "review.match_batch"
# A batch: delete it with its answers.
FORGET_BATCH: Final = "review.forget_batch"


class BatchNotFound(NotFound):
    """No such batch within the actor's reach."""

    code = "batch_not_found"


class AnsweredMeanwhile(Conflict):
    """Another worker has the batch and has answered this image."""

    code = "answered_meanwhile"


@dataclass(frozen=True, slots=True)
class BatchReport:
    """How far a batch has come: the answers in the order of its images, None for those to come."""

    public_id: str
    answers: Sequence[Mapping[str, Any] | None]

    @property
    def done(self) -> int:
        """Return how many images are answered."""
        return sum(answer is not None for answer in self.answers)

    @property
    def state(self) -> str:
        """Return `waiting`, `running` or `done`."""
        if self.done == len(self.answers):
            return "done"
        return "running" if self.done else "waiting"


@transaction.atomic
def begin(
    *,
    by: Actor,
    image_list: List,
    images: Sequence[Mapping[str, Any]],
    adds: bool,
    request_id: str,
) -> BatchReport:
    """Keep what is asked about the images, and have the background answer it for the credential.

    `adds` tells whether any of them is to be added to the list.
    """
    by.require(Permission.CHANGE_ITEMS if adds else Permission.CHECK_IMAGES)
    if by.credential_id is None:
        raise Forbidden("A batch is asked for with an API credential.")
    jobs_services.require_room(owner=by.organisation_id)
    batch = Batch.objects.create(
        image_list=image_list, credential_id=by.credential_id, request_id=request_id
    )
    BatchImage.objects.bulk_create(
        BatchImage(batch=batch, position=position, asked=dict(image))
        for position, image in enumerate(images)
    )
    jobs_services.enqueue(
        kind=FORGET_BATCH,
        payload={"batch_id": batch.pk},
        run_after=timezone.now() + RETENTION,
    )
    work_later(batch=batch)
    return BatchReport(public_id=batch.public_id, answers=[None] * len(images))


def report_for(actor: Actor, public_id: str) -> BatchReport:
    """Return a batch in a list that the actor may reach; raise BatchNotFound for any other id."""
    batch = Batch.objects.filter(
        image_list__in=lists_selectors.lists_for(actor),
        public_id=lists_selectors.searchable(public_id),
    ).first()
    if batch is None:
        raise BatchNotFound("There is no such batch, or it is older than a week.")
    answers = batch.images.order_by("position").values_list("answer", flat=True)
    return BatchReport(public_id=batch.public_id, answers=list(answers))


def work_later(*, batch: Batch, delay_s: float = 0.0) -> None:
    """Have the background go on with a batch, by a job that begins with all its attempts."""
    jobs_services.enqueue(
        kind=MATCH_BATCH,
        payload={"batch_id": batch.pk},
        owner=batch.image_list.organisation_id,
        unique_key=str(batch.pk),
        run_after=timezone.now() + dt.timedelta(seconds=delay_s),
    )


def begin_next(*, batch_id: int) -> BatchImage | None:
    """Return the first image without an answer, its attempt counted; None when all have one."""
    waiting = BatchImage.objects.filter(batch=batch_id, answer__isnull=True).order_by("position")
    image = waiting.select_related("batch__image_list", "batch__credential").first()
    if image is not None:
        BatchImage.objects.filter(pk=image.pk).update(attempts=F("attempts") + 1)
        image.attempts += 1
    return image


def actor_of(batch: Batch) -> Actor:
    """Return who asked; raise Unauthenticated when the credential was revoked since."""
    if batch.credential.revoked_at is not None:
        raise Unauthenticated("The credential that asked for this batch has been revoked.")
    return accounts_selectors.actor_for_credential(batch.credential)


def answer(*, image: BatchImage, body: Mapping[str, Any]) -> None:
    """Keep an image's answer; raise AnsweredMeanwhile when it has one.

    Within the transaction that stores the image itself, both are there or neither is.
    """
    unanswered = BatchImage.objects.filter(pk=image.pk, answer__isnull=True)
    if not unanswered.update(answer=dict(body)):
        raise AnsweredMeanwhile("Another worker has answered this image.")


def forget(*, batch_id: int) -> None:
    """Delete a batch with its answers."""
    Batch.objects.filter(pk=batch_id).delete()
