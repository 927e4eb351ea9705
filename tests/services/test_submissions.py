"""Each service of submissions once, in no transaction but its own."""

from __future__ import annotations

import pytest

from accounts import selectors as accounts_selectors
from accounts.actors import Actor
from accounts.services import NewCredential
from jobs.models import Job
from lists.models import Image, Item, List
from review.models import Batch, BatchImage, Feedback, MatchCandidate
from review.submissions import batches, feedback, services
from review.submissions.feedback import Report
from review.submissions.values import NewSubmission
from tests.conftest import raw_image

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def batch(credential: NewCredential, image_list: List) -> Batch:
    """A batch of one image."""
    program = accounts_selectors.actor_for_credential(credential.credential)
    batches.begin(by=program, image_list=image_list, images=[{"n": 1}], adds=True, request_id="r")
    return Batch.objects.get()


def test_pictures_are_added_and_make_a_pair(
    admin: Actor, image_list: List, coffee: bytes, coffee_copy: bytes
) -> None:
    services.submit(by=admin, submission=NewSubmission(raw=raw_image(coffee), add_to=image_list))
    services.submit_many(
        by=admin, submissions=[NewSubmission(raw=raw_image(coffee_copy), add_to=image_list)]
    )

    assert (Item.objects.count(), MatchCandidate.objects.count()) == (2, 1)


def test_a_preview_keeps_nothing(admin: Actor, image_list: List, coffee: bytes) -> None:
    services.preview(
        by=admin, submission=NewSubmission(raw=raw_image(coffee), check_lists=[image_list])
    )

    assert not Image.objects.exists()


def test_feedback_is_kept(admin: Actor, coffee: bytes) -> None:
    report = Report(raw=raw_image(coffee), model="nudity", class_name="safe")
    services.give_feedback(by=admin, report=report)
    feedback.keep(by=admin, report=report)

    assert [row.user_id for row in Feedback.objects.all()] == [admin.user_id] * 2


def test_a_batch_is_begun_with_its_jobs(batch: Batch) -> None:
    kinds = set(Job.objects.values_list("kind", flat=True))
    assert kinds == {batches.MATCH_BATCH, batches.FORGET_BATCH}
    assert batch.images.get().asked == {"n": 1}


def test_a_batch_goes_on_later(batch: Batch) -> None:
    Job.objects.all().delete()
    batches.work_later(batch=batch, delay_s=5)

    assert Job.objects.get().payload == {"batch_id": batch.pk}


def test_an_image_of_a_batch_is_answered(batch: Batch) -> None:
    image = batches.begin_next(batch_id=batch.pk)
    assert image is not None
    batches.answer(image=image, body={"matches": []})

    kept = BatchImage.objects.get()
    assert (kept.attempts, kept.answer) == (1, {"matches": []})


def test_a_batch_is_forgotten(batch: Batch) -> None:
    batches.forget(batch_id=batch.pk)

    assert not Batch.objects.exists()
