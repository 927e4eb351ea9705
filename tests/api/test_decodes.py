"""How often a check decodes its picture and searches the index: never more than it has to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest
from PIL import Image as Picture

from accounts.actors import Actor
from intake import examine
from intake.examine import Examination
from intake.limits import Limits
from lists import image_pool
from lists import services as lists_services
from lists.depths import Depth
from lists.list_settings import ListSettings
from lists.live_index import LiveIndex
from lists.models import Image, List
from review.models import MatchCandidate
from review.submissions import services as submissions_services
from review.submissions.values import NewSubmission, Outcome
from tests.callers import Caller
from tests.conftest import encoded, opened, raw_image

FAST, FULL = Depth.FAST, Depth.FULL


@dataclass
class Done:
    """What was done since it was last asked."""

    decodes: int = 0
    searches: int = 0

    def take(self) -> tuple[int, int]:
        """Return the counts and begin anew."""
        taken = (self.decodes, self.searches)
        self.decodes = self.searches = 0
        return taken


class PoolHere:
    """Examines pictures in this process, where it can be seen."""

    def examine(self, data: bytes, *wanted: Any, owner: object = None) -> Examination:
        """Do what a worker does."""
        return examine.examine(data, Limits(), *wanted)


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> Done:
    """Counts every file that is opened to be decoded, and every look into the index."""
    counts = Done()
    open_file, index = Picture.open, LiveIndex.up_to_date

    def count_decode(*given: Any, **options: Any) -> Picture.Image:
        # Of pictures that come in, as no test opens them; what the product made itself is none.
        counts.decodes += "JPEG" in options.get("formats", ())
        return open_file(*given, **options)

    def count_search(*given: Any, **options: Any) -> Any:
        counts.searches += 1
        return index(*given, **options)

    monkeypatch.setattr(image_pool, "current", PoolHere)
    monkeypatch.setattr(Picture, "open", count_decode)
    monkeypatch.setattr(LiveIndex, "up_to_date", count_search)
    return counts


def submitted(by: Actor, photo: bytes, **asked: object) -> Outcome:
    """Submit a picture."""
    submission = NewSubmission(raw=raw_image(photo), **asked)  # type: ignore[arg-type]
    return submissions_services.submit(by=by, submission=submission)


# Beside the full decode of a JPEG there is one at a fraction of its size, for the fingerprints.
@pytest.mark.parametrize(
    ("depth", "image_format", "unmatched", "same_bytes", "paired"),
    [
        (FAST, "JPEG", 1, 1, 2),
        (FAST, "PNG", 1, 1, 2),
        (FULL, "JPEG", 2, 2, 3),
        (FULL, "PNG", 1, 1, 2),
    ],
)
def test_a_check_searches_once_and_decodes_again_only_for_what_a_pair_keeps(
    admin: Actor,
    image_list: List,
    coffee: bytes,
    astronaut: bytes,
    done: Done,
    depth: Depth,
    image_format: str,
    unmatched: int,
    same_bytes: int,
    paired: int,
) -> None:
    item, other = (encoded(opened(photo), image_format) for photo in (coffee, astronaut))
    copy = encoded(opened(coffee).resize((300, 200)), image_format)
    submitted(admin, item, add_to=image_list)
    done.take()

    for photo, decodes in ((other, unmatched), (item, same_bytes), (copy, paired)):
        submitted(admin, photo, check_lists=[image_list], depth=depth)
        assert done.take() == (decodes, 1)

    assert MatchCandidate.objects.count() == 1
    assert Image.objects.filter(is_stored=True).count() == 2


@pytest.mark.parametrize(("depth", "decodes"), [(FAST, 2), (FULL, 2)])
def test_a_pair_without_a_snapshot_needs_no_more_than_its_pixels(
    admin: Actor, coffee: bytes, coffee_copy: bytes, done: Done, depth: Depth, decodes: int
) -> None:
    settings = ListSettings(name="Bare", keeps_snapshots=False)
    image_list = lists_services.create_list(by=admin, settings=settings)
    submitted(admin, coffee, add_to=image_list)
    done.take()

    submitted(admin, coffee_copy, check_lists=[image_list], depth=depth)

    assert done.take() == (decodes, 1)
    assert all(image.pixel_sha256 for image in Image.objects.all())


@pytest.mark.parametrize("depth", [FAST, FULL])
def test_an_addition_is_decoded_once_in_full_and_searched_again_for_arrivals(
    admin: Actor, image_list: List, coffee: bytes, coffee_copy: bytes, done: Done, depth: Depth
) -> None:
    for photo in coffee, coffee_copy:
        submitted(admin, photo, add_to=image_list, depth=depth)

        assert done.take() == (2, 2)


def test_a_preview_makes_no_files(
    admin: Actor, image_list: List, coffee: bytes, coffee_copy: bytes, done: Done
) -> None:
    submitted(admin, coffee, add_to=image_list)
    done.take()
    submission = NewSubmission(raw=raw_image(coffee_copy), check_lists=[image_list])

    for depth in FAST, FULL:
        asked = replace(submission, depth=depth)
        outcome = submissions_services.preview(by=admin, submission=asked)

        assert len(outcome.by_list[0].matches) == 1
        assert done.take() == (2, 1)


@pytest.mark.parametrize(("depth", "decodes"), [("fast", 2), ("full", 2)])
def test_properties_are_measured_in_the_decode_of_the_check(
    caller: Caller, image_list: List, coffee: bytes, done: Done, depth: str, decodes: int
) -> None:
    asked = {"lists": image_list.public_id, "models": "properties", "depth": depth}

    body = caller.sightengine("check.json", coffee, **asked).json()

    assert body["sharpness"] > 0
    assert done.take() == (decodes, 1)
