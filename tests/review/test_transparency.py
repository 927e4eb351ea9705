"""Logos on nothing: found and kept apart, also those that were kept before transparency counted."""

from __future__ import annotations

import numpy as np
import pytest
from django.core.management import call_command
from django.db.models import F
from PIL import Image as Picture
from PIL import ImageDraw

from accounts.actors import Actor
from intake import examine
from intake.limits import Limits
from lists import live_index, selectors, storage
from lists.models import Image, ImageFingerprint, Item, List
from review.submissions import services as submissions_services
from review.submissions.values import MatchedItem, NewSubmission
from tests.conftest import encoded, opened, raw_image
from tests.review.test_depth import run_jobs

SIZE = (400, 200)


def logo(sides: int) -> Picture.Image:
    """Draw a white polygon with a hole on nothing."""
    picture = Picture.new("RGBA", SIZE, (0, 0, 0, 0))
    ImageDraw.Draw(picture).regular_polygon((120, 100, 90), sides, fill="white")
    ImageDraw.Draw(picture).regular_polygon((120, 100, 40), sides, rotation=50, fill=(0, 0, 0, 0))
    ImageDraw.Draw(picture).rectangle((230, 40 * sides - 80, 380, 40 * sides - 50), fill="white")
    return picture


def on(colour: str, picture: Picture.Image) -> bytes:
    """Return a JPEG of the picture over a colour."""
    flat = Picture.new("RGB", picture.size, colour)
    flat.paste(picture, mask=picture)
    return encoded(flat, quality=80)


def png(picture: Picture.Image) -> bytes:
    return encoded(picture, "PNG")


def added(by: Actor, image_list: List, content: bytes) -> Item:
    outcome = submissions_services.submit(
        by=by, submission=NewSubmission(raw=raw_image(content), add_to=image_list)
    )
    assert outcome.item
    return outcome.item


def matches(by: Actor, image_list: List, content: bytes) -> list[MatchedItem]:
    outcome = submissions_services.submit(
        by=by, submission=NewSubmission(raw=raw_image(content), check_lists=[image_list])
    )
    return list(outcome.by_list[0].matches)


def seen_as_before(item: Item) -> None:
    """Keep of the item what was kept when everything lay over white, and on its side."""
    white = examine.examine(
        png(Picture.new("RGB", SIZE, "white")), Limits(), examine.Want.PIXELS | examine.Want.FILES
    )
    Image.objects.filter(pk=item.image_id).update(
        transparency_version=None,
        pixel_sha256=white.pixel_sha256,
        width=F("height"),
        height=F("width"),
    )
    for fingerprint in white.sighting.query.upright:
        ImageFingerprint.objects.filter(
            image=item.image_id, algorithm=fingerprint.algorithm
        ).update(bits=fingerprint.bits, quality=fingerprint.quality)
    storage.replace_thumbnails(item.image, dict(white.thumbnails))
    live_index.reset()


def darkest(item: Item) -> int:
    """Return the least luma of the item's thumbnail."""
    with storage.read_thumbnail(item.image, 256) as file:
        return int(np.asarray(opened(file.read()).convert("L")).min())


def test_a_logo_on_nothing_is_found_in_other_sizes_and_on_grounds_where_it_shows(
    admin: Actor, image_list: List
) -> None:
    item = added(admin, image_list, png(logo(3)))
    copies = [png(logo(3).resize((200, 100))), on("black", logo(3)), on("navy", logo(3))]

    for copy in copies:
        (match,) = matches(admin, image_list, copy)
        assert match.item == item
        assert match.score > 0.5


def test_neither_another_logo_nor_a_white_sheet_is_the_same(admin: Actor, image_list: List) -> None:
    added(admin, image_list, png(logo(3)))

    for other in (png(logo(5)), png(Picture.new("RGB", SIZE, "white")), on("white", logo(3))):
        assert all(match.score <= 0.5 for match in matches(admin, image_list, other))


@pytest.mark.parametrize("depth", ["fast", "full"])
def test_what_was_kept_over_white_is_seen_anew_by_refingerprinting(
    admin: Actor, image_list: List, depth: str
) -> None:
    List.objects.filter(pk=image_list.pk).update(depth=depth)
    image_list.refresh_from_db()
    item = added(admin, image_list, png(logo(3)))
    as_now = Image.objects.get(pk=item.image_id)
    features_now = list(as_now.features.values_list("content", flat=True))
    seen_as_before(item)
    assert darkest(item) == 255

    call_command("refingerprint", image_list.public_id)
    run_jobs()

    image = Image.objects.get(pk=item.image_id)
    assert image.pixel_sha256 == as_now.pixel_sha256
    assert (image.width, image.height) == (as_now.width, as_now.height)
    assert image.feature_version == as_now.feature_version
    assert list(image.features.values_list("content", flat=True)) == features_now
    assert darkest(item) < 20
    assert not selectors.outdated_items(image_list).exists()
    (match,) = matches(admin, image_list, on("black", logo(3)))
    assert match.score > 0.5


def test_until_then_it_is_not_taken_for_a_blank_sheet(admin: Actor, image_list: List) -> None:
    item = added(admin, image_list, png(logo(3)))
    seen_as_before(item)

    assert matches(admin, image_list, png(Picture.new("RGB", SIZE, "white"))) == []
    assert list(selectors.outdated_items(image_list)) == [item]


def test_a_jpeg_from_before_is_not_looked_at_again_for_it(
    admin: Actor, image_list: List, coffee: bytes
) -> None:
    added(admin, image_list, coffee)
    Image.objects.update(transparency_version=None)

    assert not selectors.outdated_items(image_list).exists()
