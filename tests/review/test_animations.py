"""Animations through the whole: found by any scene, on either side, and told which one.

That each format is read frame by frame is tested with the decoder; here it may be any.
"""

from __future__ import annotations

import pytest
from PIL import Image as Picture
from PIL import ImageOps

from accounts.actors import Actor
from common.errors import UnusableImage
from lists.models import Image, ImageFingerprint, Item, List
from matching.evidence import Evidence, Kind
from review.submissions import services as submissions_services
from review.submissions.values import MatchedItem, NewSubmission, Outcome
from tests.conftest import raw_image
from tests.photos import animation, encoded, photo

SCENES = ("coffee", "rocket", "astronaut", "chelsea", "motorcycle_left")


def scene(name: str) -> Picture.Image:
    return photo(name).resize((320, 240))


def film(*names: str, image_format: str = "GIF", **options: int) -> bytes:
    return animation([scene(name) for name in names], image_format, **options)


def recompressed(picture: Picture.Image) -> bytes:
    return encoded(picture.resize((240, 180)), "JPEG", quality=60)


def add(by: Actor, image_list: List, file: bytes) -> Item:
    outcome = submissions_services.submit(
        by=by, submission=NewSubmission(raw=raw_image(file), add_to=image_list)
    )
    assert outcome.item is not None
    return outcome.item


def checked(by: Actor, image_list: List, file: bytes) -> Outcome:
    return submissions_services.submit(
        by=by, submission=NewSubmission(raw=raw_image(file), check_lists=[image_list])
    )


def check(by: Actor, image_list: List, file: bytes) -> list[MatchedItem]:
    return list(checked(by, image_list, file).by_list[0].matches)


def frame_params(match: MatchedItem) -> dict[str, object]:
    (reason,) = [each for each in match.comparison.evidence.reasons if each.code == "frame"]
    return dict(reason.params)


def test_an_animated_item_is_found_by_a_copy_of_a_middle_frame(
    admin: Actor, image_list: List
) -> None:
    item = add(admin, image_list, film(*SCENES))

    (match,) = check(admin, image_list, recompressed(scene("astronaut")))

    assert match.item == item
    assert match.score > 0.5
    assert (match.comparison.evidence.query_frame, match.comparison.evidence.item_frame) == (0, 2)
    assert frame_params(match) == {
        "query_frame": 1,
        "query_frames": 1,
        "item_frame": 3,
        "item_frames": 5,
    }


def test_a_still_item_is_found_by_an_animation_that_shows_it_once(
    admin: Actor, image_list: List
) -> None:
    item = add(admin, image_list, recompressed(scene("chelsea")))

    (match,) = check(admin, image_list, film(*SCENES, image_format="WEBP", quality=70))

    assert match.item == item
    assert match.score > 0.5
    assert frame_params(match)["query_frame"] == 4
    assert match.pair is not None
    stored = Evidence.from_json(match.pair.evidence)
    assert (stored.query_frame, stored.item_frame) == (3, 0)


LONG = (*SCENES, "brick", "camera", "coins", "gravel", "ihc", "moon", "retina")


def test_a_part_of_a_twelfth_scene_is_found_on_both_sides(admin: Actor, image_list: List) -> None:
    part = scene("retina").crop((60, 20, 260, 220))
    item = add(admin, image_list, film(*LONG, image_format="PNG"))
    other = add(admin, image_list, recompressed(part))

    (match,) = [m for m in check(admin, image_list, encoded(part, "PNG")) if m.item == item]
    (again,) = [m for m in check(admin, image_list, film(*LONG)) if m.item == other]

    assert (match.comparison.kind, again.comparison.kind) == (Kind.PART, Kind.CONTAINS)
    assert min(match.score, again.score) > 0.5
    assert (frame_params(match)["item_frame"], frame_params(again)["query_frame"]) == (12, 12)


@pytest.mark.parametrize("others", [1, 2])
def test_animations_that_share_a_title_are_no_copies(
    admin: Actor, image_list: List, others: int
) -> None:
    add(admin, image_list, film("chelsea", *LONG[:others]))

    (match,) = check(admin, image_list, film("chelsea", *LONG[5 : 5 + others], image_format="PNG"))

    assert match.comparison.kind in {Kind.PART, Kind.CONTAINS}


def test_a_mirrored_middle_frame_is_found_as_mirrored(admin: Actor, image_list: List) -> None:
    add(admin, image_list, film(*SCENES))

    (match,) = check(admin, image_list, recompressed(ImageOps.mirror(scene("rocket"))))

    assert match.score > 0.5
    assert match.comparison.kind == Kind.MIRRORED
    assert frame_params(match)["item_frame"] == 2


def test_a_middle_frame_within_a_letterbox_is_found(admin: Actor, image_list: List) -> None:
    item = add(admin, image_list, recompressed(scene("rocket")))
    tall = [ImageOps.pad(scene(name), (320, 420), color="black") for name in SCENES]

    (match,) = check(admin, image_list, animation(tall, "PNG"))

    assert match.item == item
    assert match.comparison.kind == Kind.CONTAINS
    assert "border_cut" in {reason.code for reason in match.comparison.evidence.reasons}
    assert frame_params(match)["query_frame"] == 2


def test_an_animation_is_found_once_by_its_best_frames(admin: Actor, image_list: List) -> None:
    item = add(admin, image_list, film(*SCENES, image_format="PNG"))
    other = add(admin, image_list, recompressed(scene("coffee")))

    matches = check(
        admin, image_list, film("motorcycle_left", "coffee", "rocket", image_format="WEBP")
    )

    assert sorted(match.item.pk for match in matches) == [item.pk, other.pk]
    assert all(match.score > 0.5 for match in matches)
    (of_film,) = [match for match in matches if match.item == item]
    numbers = frame_params(of_film)
    assert (numbers["query_frame"], numbers["item_frame"]) in {(1, 5), (2, 1), (3, 2)}


def test_each_item_is_compared_by_its_own_frame(admin: Actor, image_list: List) -> None:
    first = add(admin, image_list, film("coffee", "rocket"))
    second = add(admin, image_list, film("motorcycle_left", "coffee"))

    matches = check(admin, image_list, recompressed(scene("coffee")))

    assert {match.item.pk: frame_params(match)["item_frame"] for match in matches} == {
        first.pk: 1,
        second.pk: 2,
    }
    assert all(match.score > 0.5 for match in matches)


def test_animations_of_equal_pixels_are_pixels_and_of_another_rest_are_not(
    admin: Actor, image_list: List
) -> None:
    lossless = film("coffee", "rocket", image_format="PNG")
    add(admin, image_list, lossless)

    (same,) = check(admin, image_list, film("coffee", "rocket", image_format="WEBP", lossless=True))
    (other,) = check(admin, image_list, film("coffee", "motorcycle_left", image_format="PNG"))

    assert (same.score, same.comparison.kind) == (1.0, Kind.PIXELS)
    assert other.comparison.kind in {Kind.PART, Kind.CONTAINS}
    assert 0.5 < other.score < 1


def test_frames_that_look_alike_are_kept_once(admin: Actor, image_list: List) -> None:
    steps = [Picture.blend(scene("coffee"), scene("rocket"), share / 100) for share in range(5)]
    add(admin, image_list, animation([*steps, scene("motorcycle_left")], "PNG"))

    image = Image.objects.get()
    kept = ImageFingerprint.objects.filter(image=image, algorithm="pdq")

    assert image.frames == 6
    assert list(kept.order_by("frame").values_list("frame", flat=True)) == [0, 5]
    assert image.fingerprints.count() == 4


def test_still_pictures_are_stored_and_matched_as_ever(
    admin: Actor, image_list: List, coffee: bytes, coffee_copy: bytes
) -> None:
    item = add(admin, image_list, coffee)

    (match,) = check(admin, image_list, coffee_copy)

    assert (item.image.frames, item.image.fingerprints.count()) == (1, 2)
    assert "frame" not in [reason.code for reason in match.comparison.evidence.reasons]
    assert (match.comparison.evidence.query_frame, match.comparison.evidence.item_frame) == (0, 0)


def test_flat_frames_never_match(admin: Actor, image_list: List) -> None:
    white, black = (Picture.new("RGB", (320, 240), colour) for colour in ("white", "black"))
    add(admin, image_list, animation([white, scene("coffee"), black], "GIF"))

    other_flat = animation(
        [Picture.new("RGB", (300, 200), "white"), black.resize((300, 200))], "GIF"
    )

    assert check(admin, image_list, encoded(white, "PNG")) == []
    assert check(admin, image_list, other_flat) == []
    assert not checked(admin, image_list, other_flat).has_detail


def test_an_animation_with_one_detailed_frame_has_detail(admin: Actor, image_list: List) -> None:
    white = Picture.new("RGB", (320, 240), "white")
    item = add(admin, image_list, recompressed(scene("coffee")))

    outcome = checked(admin, image_list, animation([white, scene("coffee")], "GIF"))

    assert outcome.has_detail
    assert [match.item for match in outcome.by_list[0].matches] == [item]


def test_an_animation_broken_in_a_later_frame_is_refused_and_leaves_nothing_behind(
    admin: Actor, image_list: List
) -> None:
    whole = film(*SCENES)

    with pytest.raises(UnusableImage, match="broken or incomplete"):
        add(admin, image_list, whole[: len(whole) * 3 // 4])

    assert (Image.objects.count(), Item.objects.count()) == (0, 0)
