"""A list of one template through the whole: what is drawn decides, and looking is bounded."""

from __future__ import annotations

import logging

import pytest
from django.core.files.storage import default_storage
from PIL import Image as Picture

from accounts.actors import Actor
from common.errors import Unavailable
from intake.thumbnails import THUMBNAIL_SIDES_PX
from lists import closer_look, storage
from lists.models import Image, Item, List
from matching import score
from matching.evidence import Kind
from review.submissions import services as submissions_services
from review.submissions.values import MatchedItem, NewSubmission
from tests.conftest import raw_image
from tests.matching.test_closer_look import receipt
from tests.photos import encoded


def add(by: Actor, image_list: List, picture: Picture.Image) -> Item:
    submission = NewSubmission(raw=raw_image(encoded(picture, "PNG")), add_to=image_list)
    item = submissions_services.submit(by=by, submission=submission).item
    assert item is not None
    return item


def check(by: Actor, image_list: List, picture: Picture.Image) -> dict[int, MatchedItem]:
    file = raw_image(encoded(picture.resize((294, 448)), "JPEG", quality=75))
    submission = NewSubmission(raw=file, check_lists=[image_list], min_score=0.1)
    outcome = submissions_services.preview(by=by, submission=submission)
    return {match.item.pk: match for match in outcome.by_list[0].matches}


def codes(match: MatchedItem) -> set[str]:
    return {reason.code for reason in match.comparison.evidence.reasons}


@pytest.fixture
def receipts(admin: Actor, image_list: List) -> list[Item]:
    return [add(admin, image_list, receipt(seed)) for seed in range(4)]


def test_another_receipt_of_the_shop_is_none_of_the_list(
    admin: Actor, image_list: List, receipts: list[Item]
) -> None:
    found = check(admin, image_list, receipt(9))

    assert found
    assert all(match.score <= 0.49 for match in found.values())
    assert {match.comparison.kind for match in found.values()} == {Kind.RELATED}


def test_a_copy_of_a_receipt_is_that_one_only(
    admin: Actor, image_list: List, receipts: list[Item]
) -> None:
    found = check(admin, image_list, receipt(2))

    above = [item_id for item_id, match in found.items() if match.score > 0.5]
    assert above == [receipts[2].pk]


def test_once_some_are_others_the_rest_is_suggested_and_not_looked_at(
    admin: Actor, image_list: List, receipts: list[Item], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(closer_look, "_MAX_OTHERS", 1)

    found = check(admin, image_list, receipt(9))

    looked = [match for match in found.values() if "other_drawing" in codes(match)]
    rest = [match for match in found.values() if "not_looked_at" in codes(match)]
    assert len(looked) == 1
    assert rest
    assert all(match.score <= 0.49 for match in rest)
    assert all(score.score(match.comparison.evidence.signals) <= 0.49 for match in rest)


def test_without_the_kept_picture_the_comparison_stands(
    admin: Actor, image_list: List, receipts: list[Item]
) -> None:
    image = Image.objects.get(pk=receipts[2].image_id)
    default_storage.delete(
        storage.thumbnail_name(image.organisation_id, image.sha256, max(THUMBNAIL_SIDES_PX))
    )

    match = check(admin, image_list, receipt(2))[receipts[2].pk]

    assert match.score > 0.5
    assert "ink_kept" not in match.comparison.evidence.signals


def test_a_storage_that_is_away_is_noted_and_stops_no_check(
    admin: Actor,
    image_list: List,
    receipts: list[Item],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def away(image: Image, side_px: int) -> None:
        raise storage.StorageUnavailable("The files cannot be reached.")

    monkeypatch.setattr(storage, "read_thumbnail", away)
    with caplog.at_level(logging.WARNING):
        match = check(admin, image_list, receipt(2))[receipts[2].pk]

    assert match.score > 0.5
    assert issubclass(storage.StorageUnavailable, Unavailable)
    assert "not looked at closely" in caplog.text
