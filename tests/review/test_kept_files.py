"""The files of a picture that comes again: used while they are there, else made anew."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from accounts.actors import Actor
from intake.examine import Examination, Sighting, Want
from intake.pool import ImagePool
from lists import services as lists_services
from lists import storage
from lists.models import Image, List
from review.models import MatchCandidate
from review.submissions import services as submissions_services
from review.submissions.values import NewSubmission
from tests.conftest import raw_image

LONG_AFTER = dt.timedelta(days=400)


def add(by: Actor, image_list: List, photo: bytes) -> None:
    """Add a picture."""
    submission = NewSubmission(raw=raw_image(photo), add_to=image_list)
    submissions_services.submit(by=by, submission=submission)


def check(by: Actor, image_list: List, photo: bytes) -> None:
    """Check a picture."""
    submission = NewSubmission(raw=raw_image(photo), check_lists=[image_list])
    submissions_services.submit(by=by, submission=submission)


def files(folder: Path) -> set[Path]:
    """Return the files that are kept."""
    return {path for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def asked_for(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Notice what is wanted of pictures, and do something before the first is looked at."""
    original = ImagePool.examine

    @contextmanager
    def watched(before: Callable[[], object] = lambda: None) -> Iterator[list[Want]]:
        wants: list[Want] = []

        def examine(
            pool: ImagePool,
            data: bytes,
            want: Want = Want.FINGERPRINTS,
            sighting: Sighting | None = None,
            **whose: Any,
        ) -> Examination:
            if not wants:
                before()
            wants.append(want)
            return original(pool, data, want, sighting, **whose)

        with monkeypatch.context() as patch:
            patch.setattr(ImagePool, "examine", examine)
            yield wants

    return watched


@pytest.fixture
def snapshot(admin: Actor, image_list: List, coffee: bytes, coffee_copy: bytes) -> Image:
    """A picture that is kept since a check found its original in a list."""
    add(admin, image_list, coffee)
    check(admin, image_list, coffee_copy)
    return MatchCandidate.objects.get().query_image


@pytest.mark.parametrize("submit", [check, add])
def test_a_picture_that_is_kept_gets_no_new_thumbnails(
    submit: Callable[..., None],
    admin: Actor,
    image_list: List,
    snapshot: Image,
    coffee_copy: bytes,
    own_media: Path,
    asked_for: Callable[..., Any],
) -> None:
    before = files(own_media)

    with asked_for() as wants:
        submit(admin, image_list, coffee_copy)

    assert wants
    assert not any(want & Want.FILES for want in wants)
    assert files(own_media) == before


@pytest.mark.parametrize("submit", [check, add])
def test_a_thumbnail_that_was_lost_is_made_again(
    submit: Callable[..., None],
    admin: Actor,
    image_list: List,
    snapshot: Image,
    coffee_copy: bytes,
    own_media: Path,
) -> None:
    before = files(own_media)
    name = storage.thumbnail_name(admin.organisation_id, snapshot.sha256, 256)
    (own_media / name).unlink()

    submit(admin, image_list, coffee_copy)

    assert files(own_media) == before


@pytest.mark.parametrize("submit", [check, add])
def test_a_purge_during_the_look_leaves_no_picture_without_thumbnails(
    submit: Callable[..., None],
    admin: Actor,
    image_list: List,
    snapshot: Image,
    coffee_copy: bytes,
    own_media: Path,
    asked_for: Callable[..., Any],
) -> None:
    before = files(own_media)

    def purge() -> None:
        assert lists_services.purge_expired_files(now=timezone.now() + LONG_AFTER) == 1

    with asked_for(purge):
        submit(admin, image_list, coffee_copy)

    assert Image.objects.get(pk=snapshot.pk).is_stored
    assert files(own_media) == before
