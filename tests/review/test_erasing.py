"""Erasing at once: what goes, what others keep, and the receipt."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from django.utils import timezone

from accounts import audit
from accounts.actors import Actor
from accounts.models import Organisation, User
from accounts.permissions import Role
from accounts.services import NewCredential
from common.errors import Forbidden, InvalidInput
from jobs import runner
from jobs import services as jobs_services
from jobs.models import Job
from lists import image_pool
from lists import services as lists_services
from lists.list_settings import ListSettings
from lists.live_index import LiveIndex
from lists.models import Image, ImageFeatures, ImageFingerprint, Item, ItemDeed, List
from review.life import selectors, services
from review.models import (
    BatchImage,
    Decision,
    Erasure,
    Feedback,
    MatchCandidate,
    QueueView,
    ReferenceChoice,
)
from review.pairs import services as pairs_services
from review.queue import kept_views
from review.submissions import batches
from review.submissions import services as submissions_services
from review.submissions.feedback import Report
from review.submissions.values import NewSubmission
from tests.conftest import raw_image

pytestmark = pytest.mark.django_db

REASON = "Asked for by the person shown."
CONTENT = (
    Item, ItemDeed, Image, ImageFingerprint, ImageFeatures, MatchCandidate, Decision,
    ReferenceChoice, Feedback, QueueView, BatchImage, Job,
)  # fmt: skip


def added(by: Actor, image_list: List, photo: bytes, custom_id: str = "") -> Item:
    submission = NewSubmission(raw=raw_image(photo), add_to=image_list, custom_id=custom_id)
    item = submissions_services.submit(by=by, submission=submission).item
    assert item is not None
    return item


@pytest.fixture
def item(
    admin: Actor,
    image_list: List,
    coffee: bytes,
    coffee_copy: bytes,
    credential: NewCredential,
) -> Item:
    """An item of which everything that can be speaks: a pair with a checked copy, notes, jobs."""
    item = added(admin, image_list, coffee, "cup")
    submissions_services.submit(
        by=admin, submission=NewSubmission(raw=raw_image(coffee_copy), check_lists=[image_list])
    )
    pair = MatchCandidate.objects.get()
    pairs_services.confirm(by=admin, pair=pair, note="The same cup.")
    pairs_services.undo(by=admin, pair=pair)
    ReferenceChoice.objects.create(image=item.image, surface="browser")
    kept_views.keep(by=admin, name="Cup", query="q=cup", is_shared=True)
    submissions_services.give_feedback(
        by=admin, report=Report(raw=raw_image(coffee, "cup.jpg"), model="m", class_name="c")
    )
    batches.begin(
        by=_program(credential),
        image_list=image_list,
        images=[{"external_id": "cup", "context": {"place": "kitchen"}}],
        adds=True,
        request_id="r",
    )
    Job.objects.all().delete()
    jobs_services.enqueue(
        kind=lists_services.DEEPEN_ITEM,
        payload={"body": [item.public_id]},
        owner=admin.organisation_id,
    )
    return item


def _program(credential: NewCredential) -> Actor:
    return Actor(
        organisation_id=credential.credential.organisation_id,
        role=Role.MANAGER,
        surface="api",  # type: ignore[arg-type]
        credential_id=credential.credential.pk,
    )


def left() -> dict[str, int]:
    """Return of which tables rows are left, and how many."""
    return {model.__name__: count for model in CONTENT if (count := model._default_manager.count())}


def files(folder: Path) -> int:
    return sum(path.is_file() for path in folder.rglob("*"))


def test_nothing_of_an_erased_item_is_left_but_its_hash_in_the_receipt(
    admin: Actor, item: Item, own_media: Path
) -> None:
    sha256s = set(Image.objects.values_list("sha256", flat=True))
    erasure = services.erase_item(by=admin, item=item, reason=REASON)

    assert (left(), files(own_media)) == ({}, 0)
    receipt = selectors.receipt_for(admin, erasure.public_id).as_json()
    assert set(receipt["sha256"]) == sha256s
    assert len(sha256s) == 2
    assert receipt["counts"] == {
        "items": 1, "pictures": 2, "pairs": 1, "decisions": 2, "events": 3, "feedback": 1,
        "batches": 1,
        "views": 1, "jobs": 1,
    }  # fmt: skip
    assert (receipt["kind"], receipt["subject"]) == ("item", item.public_id)
    assert (receipt["reason"], receipt["by"]) == (
        REASON,
        audit.name_of(by=admin),
    )
    assert receipt["finished_at"]


def test_every_running_index_forgets_an_erased_item(
    admin: Actor, image_list: List, coffee: bytes
) -> None:
    item = added(admin, image_list, coffee)
    query = image_pool.current().examine(coffee).sighting.query
    running = LiveIndex()
    running.catch_up()
    services.erase_item(by=admin, item=item, reason=REASON)

    for index in (running, LiveIndex()):
        search = index.up_to_date().search(
            [query], radius_bits=31, list_ids=[image_list.pk], limit=9
        )
        assert search.candidates == [[]]


def test_what_another_place_needs_stays(
    admin: Actor, item: Item, coffee: bytes, own_media: Path
) -> None:
    other = lists_services.create_list(by=admin, settings=ListSettings(name="Other"))
    added(admin, other, coffee)
    assert selectors.other_lists_with(item) == [other]
    erasure = services.erase_item(by=admin, item=item, reason=REASON)

    assert Item.objects.get().image_list == other
    assert Image.objects.get().fingerprints.count() == 2
    assert files(own_media) == 3
    assert not MatchCandidate.objects.exists()
    (copy,) = selectors.receipt_for(admin, erasure.public_id).sha256s
    assert copy != item.image.sha256


def test_another_organisation_keeps_the_same_picture(
    admin: Actor, stranger: Actor, item: Item, coffee: bytes, own_media: Path
) -> None:
    theirs = lists_services.create_list(by=stranger, settings=ListSettings(name="Theirs"))
    kept = added(stranger, theirs, coffee)
    services.erase_item(by=admin, item=item, reason=REASON)

    assert Item.objects.get() == kept
    assert files(own_media) == 3
    assert kept.image.fingerprints.count() == 2


def test_nothing_takes_jobs_of_another_organisation_along(
    admin: Actor, image_list: List, coffee: bytes, stranger_credential: NewCredential
) -> None:
    item = added(admin, image_list, coffee, "7")
    named = {"id": "7", "about": [item.public_id, f"/o/{item.image.sha256}"]}
    kept = {"credential_id": stranger_credential.credential.pk, "item_id": 7, **named}
    Job.objects.all().delete()
    jobs_services.enqueue(kind=lists_services.DEEPEN_ITEM, payload=kept)
    services.erase_item(by=admin, item=item, reason=REASON)

    assert Job.objects.get().payload == kept


def test_a_picture_that_was_erased_can_be_added_anew(
    admin: Actor, image_list: List, item: Item, coffee: bytes, own_media: Path
) -> None:
    services.erase_item(by=admin, item=item, reason=REASON)
    again = added(admin, image_list, coffee, "cup")

    assert again.image.is_stored
    assert (again.image.submission_count, files(own_media)) == (1, 3)


def test_a_list_is_out_of_service_at_once_and_then_erased(
    admin: Actor, image_list: List, item: Item, astronaut: bytes, own_media: Path
) -> None:
    added(admin, image_list, astronaut)
    erasure = services.erase_list(by=admin, image_list=image_list, reason=REASON)
    assert selectors.receipt_for(admin, erasure.public_id).finished_at is None
    image_list.refresh_from_db()
    assert (image_list.name, image_list.purged_at is None) == ("", False)

    runner.drain(kinds=[services.ERASE_LIST])
    Job.objects.filter(kind=services.ERASE_LIST).delete()
    receipt = selectors.receipt_for(admin, erasure.public_id)
    assert receipt.finished_at is not None
    assert (receipt.counts["items"], receipt.counts["lists"], len(receipt.sha256s)) == (2, 1, 3)
    assert not List.objects.exists()
    assert (set(left()) - {"QueueView", "Feedback"}, files(own_media)) == (set(), 0)


@pytest.mark.parametrize("reason", ["", "  ", "x" * 1001, "nul\0"])
def test_an_erasure_has_a_reason(admin: Actor, item: Item, reason: str) -> None:
    with pytest.raises(InvalidInput):
        services.erase_item(by=admin, item=item, reason=reason)
    assert Item.objects.exists()
    assert not Erasure.objects.exists()


def test_an_analyst_erases_nothing(admin: Actor, item: Item) -> None:
    analyst = Actor(admin.organisation_id, Role.ANALYST, admin.surface, admin.user_id)

    with pytest.raises(Forbidden):
        services.erase_item(by=analyst, item=item, reason=REASON)
    with pytest.raises(Forbidden):
        services.erase_list(by=analyst, image_list=item.image_list, reason=REASON)
    with pytest.raises(Forbidden):
        selectors.receipts_page(analyst, after=None, size=1)


def test_nobody_changes_a_receipt(admin: Actor, item: Item) -> None:
    erasure = services.erase_item(by=admin, item=item, reason=REASON)

    for rows in (Erasure.objects.all(), erasure.steps.all()):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(created_at=timezone.now())


def test_an_organisation_is_erased_with_its_people_and_files(
    admin: Actor,
    stranger: Actor,
    item: Item,
    coffee: bytes,
    own_media: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    theirs = lists_services.create_list(by=stranger, settings=ListSettings(name="Theirs"))
    added(stranger, theirs, coffee)
    call_command("erase_organization", "Factcheckers", reason=REASON, yes=True)

    receipt = json.loads(capsys.readouterr().out)
    assert receipt["finished_at"]
    assert len(receipt["sha256"]) == 2
    assert Organisation.objects.get().pk == stranger.organisation_id
    assert list(User.objects.values_list("pk", flat=True)) == [stranger.user_id]
    assert (List.objects.get(), Item.objects.get().image_list) == (theirs, theirs)
    assert files(own_media) == 3


def test_a_dry_run_and_another_name_erase_nothing(
    item: Item, monkeypatch: pytest.MonkeyPatch
) -> None:
    call_command("erase_organization", "Factcheckers", dry_run=True)
    monkeypatch.setattr("builtins.input", lambda _: "Fact")
    for wrong in (("Factcheckers", REASON), ("Factcheckers", ""), ("Nobody", REASON)):
        with pytest.raises(CommandError):
            call_command("erase_organization", wrong[0], reason=wrong[1])

    assert Item.objects.get() == item
