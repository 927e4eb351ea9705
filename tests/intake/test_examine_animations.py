"""What a worker returns of an animation: views of its distinct frames, one hash of all pixels."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from PIL import Image, ImageOps

from intake import examine
from intake.examine import Want
from intake.limits import Limits
from tests.photos import animation, encoded, photo

LIMITS = Limits()
SCENES = ("coffee", "rocket", "astronaut")
ANIMATED = [("GIF", {}), ("WEBP", {"lossless": True}), ("PNG", {})]


def scenes(names: Sequence[str] = SCENES) -> list[Image.Image]:
    return [photo(name).resize((320, 240)) for name in names]


def pixel_hash(file: bytes) -> str:
    return examine.examine(file, LIMITS, Want.PIXELS).pixel_sha256


@pytest.mark.parametrize(("image_format", "options"), ANIMATED)
def test_each_distinct_frame_is_a_view(image_format: str, options: dict[str, bool]) -> None:
    coffee, rocket, astronaut = scenes()
    faded = Image.blend(rocket, Image.new("RGB", rocket.size), 0.1)
    file = animation([coffee, rocket, faded, astronaut], image_format, **options)

    seen = examine.examine(file, LIMITS).sighting

    assert seen.frames == 4
    assert [view.frame for view in seen.whole_frames] == [0, 1, 3]
    assert [view.frame for view in seen.views if not view.is_trimmed] == [0, 1, 3]
    assert examine.examine(file, LIMITS, Want.PIXELS).sighting == seen


@pytest.mark.parametrize(("most", "kept", "seen_frames"), [(4, [0, 1, 3], 4), (2, [0, 1], 2)])
def test_frames_after_the_last_that_is_kept_were_not_seen(
    most: int, kept: list[int], seen_frames: int
) -> None:
    coffee, rocket, astronaut = scenes()
    file = animation([coffee, rocket, coffee, astronaut], "PNG")

    seen = examine.examine(file, Limits(max_distinct_frames=most)).sighting

    assert (seen.frames, seen.frames_seen) == (4, seen_frames)
    assert [view.frame for view in seen.whole_frames] == kept


def test_a_frame_with_a_border_is_seen_whole_and_without_it() -> None:
    coffee, rocket, astronaut = scenes()
    letterboxed = ImageOps.pad(rocket, (320, 400), color="black")
    file = animation([coffee.resize((320, 400)), letterboxed, astronaut.resize((320, 400))], "PNG")

    seen = examine.examine(file, LIMITS).sighting

    assert [(view.frame, view.is_trimmed) for view in seen.views if view.frame == 1] == [
        (1, False),
        (1, True),
    ]
    (trimmed,) = [view for view in seen.views if view.frame == 1 and view.is_trimmed]
    assert abs(trimmed.height - 240) <= 4


def test_an_animation_that_begins_flat_has_detail() -> None:
    flat = Image.new("RGB", (320, 240), "white")
    file = animation([flat, *scenes(["coffee"])], "GIF")

    seen = examine.examine(file, LIMITS).sighting

    assert seen.query.quality == 0
    assert seen.quality >= 50
    assert {view.frame for view in seen.views} == {1}


def test_flat_frames_are_no_views() -> None:
    flat = [Image.new("RGB", (320, 240), colour) for colour in ("white", "black", "red")]

    seen = examine.examine(animation(flat, "GIF"), LIMITS).sighting

    assert (seen.frames, seen.views) == (3, ())
    assert [view.frame for view in seen.whole_frames] == [0]


def test_a_still_picture_is_seen_as_ever() -> None:
    (coffee,) = scenes(["coffee"])

    seen = examine.examine(encoded(coffee, "GIF"), LIMITS).sighting

    assert (seen.frames, seen.further_views) == (1, ())
    assert [view.frame for view in seen.whole_frames] == [0]


def test_animations_with_one_beginning_and_other_endings_have_other_pixels() -> None:
    coffee, rocket, astronaut = scenes()
    hashes = {
        pixel_hash(animation(pictures, "PNG"))
        for pictures in (
            [coffee],
            [coffee, rocket],
            [coffee, astronaut],
            [coffee, rocket, astronaut],
            [coffee, astronaut, rocket],
        )
    }

    assert len(hashes) == 5


def test_the_same_frames_in_any_lossless_animation_have_one_hash() -> None:
    # Few enough colours for a GIF to keep them all.
    pictures = [picture.quantize(32).convert("RGB") for picture in scenes()]
    files = [animation(pictures, each, **options) for each, options in ANIMATED]

    assert len({pixel_hash(file) for file in files}) == 1


def test_a_picture_that_never_moves_has_the_pixels_of_a_still_one() -> None:
    coffee = scenes()[0].quantize(32).convert("RGB")
    nearly = coffee.copy()
    nearly.putpixel((0, 0), (255, 255, 255))
    stills = {pixel_hash(encoded(coffee, each)) for each in ("PNG", "GIF", "BMP")}

    assert len(stills) == 1
    assert examine.animation_sha256([*stills, *stills]) in stills
    assert pixel_hash(animation([coffee, nearly], "PNG")) not in stills


def test_thumbnails_are_of_the_first_frame() -> None:
    first = scenes()[0]
    moving = examine.examine(animation(scenes(), "PNG"), LIMITS, Want.FILES)

    still = examine.examine(encoded(first, "PNG"), LIMITS, Want.FILES)

    assert moving.thumbnails == still.thumbnails


@pytest.mark.parametrize("part", [Want.PIXELS, Want.FILES])
def test_what_is_made_later_is_of_the_same_frames(part: Want) -> None:
    file = animation(scenes(), "WEBP", lossless=True)
    seen = examine.examine(file, LIMITS)

    later = examine.examine(file, LIMITS, part, seen.sighting)

    assert seen.joined(later) == examine.examine(file, LIMITS, part)
