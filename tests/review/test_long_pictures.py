"""Long pages through the whole: cut or asked for by one screen, they are found, with the region."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image as Picture
from PIL import ImageDraw, ImageFilter, ImageOps

from accounts.actors import Actor
from jobs import handlers
from jobs import services as jobs_services
from lists import live_index, selectors
from lists import services as lists_services
from lists.models import Image, ImageFeatures, Item, List
from matching import tiles
from matching.evidence import Evidence, Kind
from review.models import MatchCandidate, State
from review.pairs import services as pairs_services
from review.submissions import services as submissions_services
from review.submissions.values import MatchedItem, NewSubmission
from tests.conftest import raw_image
from tests.photos import animation, encoded, photo

NAMES = ("coffee", "rocket", "astronaut", "chelsea", "ihc", "moon", "coins", "retina")


def page(*names: str) -> Picture.Image:
    """Photographs one below the other, 300 x 200 px each."""
    made = Picture.new("RGB", (300, 200 * len(names)), "white")
    for number, name in enumerate(names):
        made.paste(ImageOps.fit(photo(name), (300, 190)), (0, 200 * number))
    return made


def noisy_page(seed: int, header: Picture.Image) -> Picture.Image:
    """A header above 1,400 px of blots."""
    blots = np.random.default_rng(seed).integers(0, 256, (70, 15), dtype=np.uint8)
    made = Picture.fromarray(blots).resize((300, 1400)).filter(ImageFilter.GaussianBlur(3))
    whole = Picture.new("RGB", (300, 1600))
    whole.paste(header, (0, 0))
    whole.paste(made.convert("RGB"), (0, 200))
    return whole


def add(by: Actor, image_list: List, picture: Picture.Image) -> Item:
    submission = NewSubmission(raw=raw_image(encoded(picture, "PNG")), add_to=image_list)
    item = submissions_services.submit(by=by, submission=submission).item
    assert item is not None
    return item


def check(by: Actor, image_list: List, picture: Picture.Image) -> list[MatchedItem]:
    file = raw_image(encoded(picture, "JPEG", quality=75))
    submission = NewSubmission(raw=file, check_lists=[image_list])
    return list(submissions_services.submit(by=by, submission=submission).by_list[0].matches)


def rows_of(match: MatchedItem) -> tuple[float, float]:
    """Return from where to where the region goes in the item, in shares of its height."""
    alignment = match.comparison.evidence.alignment
    assert alignment is not None
    ys = [y for _, y in alignment.item_outline]
    return min(ys), max(ys)


def run_jobs() -> None:
    while claim := jobs_services.claim(lease_s=60):
        handlers.handler_for(claim.kind)(claim.payload)
        jobs_services.complete(claim=claim)


def test_a_long_page_that_lost_a_quarter_is_found_with_its_region(
    admin: Actor, image_list: List
) -> None:
    item = add(admin, image_list, page(*NAMES))

    (match,) = check(admin, image_list, page(*NAMES).crop((0, 400, 300, 1600)))

    assert (match.item, match.comparison.kind) == (item, Kind.PART)
    assert match.score > 0.5
    assert rows_of(match) == pytest.approx((0.25, 1.0), abs=0.03)
    stored = Evidence.from_json(MatchCandidate.objects.get().evidence)
    assert (stored.query_frame, stored.item_frame) == (0, 0)
    assert "frame" not in {reason.code for reason in stored.reasons}


def test_a_tenth_of_a_panorama_is_found_on_both_sides(admin: Actor, image_list: List) -> None:
    wide = page(*NAMES).rotate(90, expand=True)
    part = wide.crop((700, 40, 900, 280))
    whole = add(admin, image_list, wide)

    (match,) = check(admin, image_list, part)
    screen = add(admin, image_list, part)
    (again,) = [each for each in check(admin, image_list, wide) if each.item == screen]

    assert (match.item, match.comparison.kind) == (whole, Kind.PART)
    assert again.comparison.kind == Kind.CONTAINS
    assert min(match.score, again.score) > 0.5


def test_a_tile_is_no_frame_of_an_animation(admin: Actor, image_list: List) -> None:
    item = add(admin, image_list, page(*NAMES))
    screen = page(*NAMES).crop((0, 800, 300, 1200))
    film = animation([ImageOps.fit(photo("brick"), (300, 400)), screen], "PNG")

    outcome = submissions_services.submit(
        by=admin, submission=NewSubmission(raw=raw_image(film), check_lists=[image_list])
    )

    (match,) = outcome.by_list[0].matches
    evidence = match.comparison.evidence
    assert (match.item, match.score > 0.5) == (item, True)
    assert (evidence.query_frame, evidence.item_frame) == (1, 0)
    assert rows_of(match) == pytest.approx((0.5, 0.75), abs=0.03)


def test_pages_that_share_their_header_alone_are_no_copies(admin: Actor, image_list: List) -> None:
    header = ImageOps.fit(photo("coffee"), (300, 200))
    ImageDraw.Draw(header).text((20, 20), "DAILY HERALD", fill="white")
    add(admin, image_list, noisy_page(1, header))

    found = check(admin, image_list, noisy_page(2, header))

    assert all(match.score <= 0.5 for match in found)


@pytest.fixture
def old_item(admin: Actor, image_list: List) -> Item:
    """A long page as it was kept before there were tiles."""
    item = add(admin, image_list, page(*NAMES))
    ImageFeatures.objects.filter(frame__gt=0).delete()
    Image.objects.update(feature_version=1)
    live_index.reset()
    return item


def test_a_list_from_before_tiles_is_in_service_and_brought_up_in_the_background(
    admin: Actor, image_list: List, old_item: Item
) -> None:
    copy, part = page(*NAMES).resize((240, 1280)), page(*NAMES).crop((0, 800, 300, 1000))
    usual = add(admin, image_list, photo("brick"))
    Image.objects.filter(pk=usual.image_id).update(feature_version=1)
    before = [match.item for match in check(admin, image_list, copy)]
    decided = pairs_services.confirm(by=admin, pair=MatchCandidate.objects.get())

    lists_services.deepen_list_later(image_list=image_list)
    run_jobs()

    (match,) = check(admin, image_list, part)
    assert before == [match.item] == [old_item]
    kept = ImageFeatures.objects.filter(image=old_item.image_id).order_by("frame")
    views = tiles.views_of((300, 1600))
    assert list(kept.values_list("frame", flat=True)) == list(range(len(views)))
    assert not selectors.outdated_items(image_list).exists()
    assert Image.objects.get(pk=usual.image_id).feature_version == 1
    decided.refresh_from_db()
    assert decided.state == State.CONFIRMED
