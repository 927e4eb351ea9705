"""Thumbnails and originals, for those who may see them."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from PIL import Image

from accounts.models import Organisation
from accounts.permissions import Role
from lists import models, storage
from tests.callers import Caller
from tests.conftest import encoded, opened

pytestmark = pytest.mark.django_db


@pytest.fixture
def sha256(caller: Caller, image_list: models.List, coffee: bytes) -> str:
    """The hash of a picture in a list."""
    path = f"/v1/lists/{image_list.public_id}/items/"
    return str(caller.upload(path, coffee).json()["sha256"])


def content_of(answer: Any) -> bytes:
    """Return the streamed bytes."""
    return b"".join(answer.streaming_content)


@pytest.mark.parametrize(("side_px", "width"), [(256, 256), (960, 600)])
def test_a_thumbnail_is_a_webp_that_browsers_keep(
    caller: Caller, sha256: str, side_px: int, width: int
) -> None:
    answer = caller.get(f"/t/{sha256}/{side_px}.webp")

    assert answer["Content-Type"] == "image/webp"
    assert answer["Cache-Control"] == "private, max-age=3600"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert Image.open(io.BytesIO(content_of(answer))).width == width


def test_an_original_is_byte_for_byte_what_was_sent(
    caller: Caller, sha256: str, coffee: bytes
) -> None:
    answer = caller.get(f"/o/{sha256}")

    assert content_of(answer) == coffee
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"] == f'inline; filename="{sha256[:16]}.jpeg"'


def test_an_original_that_browsers_do_not_draw_is_only_downloaded(
    caller: Caller, image_list: models.List, coffee: bytes
) -> None:
    scan = encoded(opened(coffee), "TIFF")
    path = f"/v1/lists/{image_list.public_id}/items/"
    sha256 = caller.upload(path, scan).json()["sha256"]

    answer = caller.get(f"/o/{sha256}")

    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment;")
    content_of(answer)


def test_a_picture_that_the_client_has_already_answers_304(caller: Caller, sha256: str) -> None:
    first = caller.get(f"/t/{sha256}/256.webp")
    content_of(first)

    again = caller.client.get(
        f"/t/{sha256}/256.webp", headers={"if-none-match": f'"other", {first["ETag"]}'}
    )

    assert again.status_code == 304
    assert again.content == b""


def test_a_signed_in_person_sees_pictures(sha256: str, make_user: Callable[..., Any]) -> None:
    browser = Client()
    browser.force_login(make_user(Role.VIEWER))

    answer = browser.get(f"/t/{sha256}/256.webp")

    assert answer.status_code == 200
    content_of(answer)


def test_a_person_of_another_organisation_sees_none(
    sha256: str, make_user: Callable[..., Any], stranger_organisation: Organisation
) -> None:
    browser = Client()
    browser.force_login(make_user(Role.ADMIN, of=stranger_organisation))

    assert browser.get(f"/t/{sha256}/256.webp").status_code == 404


def test_a_picture_whose_file_is_missing_answers_as_unknown(caller: Caller, sha256: str) -> None:
    storage.delete_files(models.Image.objects.get())

    assert caller.get(f"/o/{sha256}").status_code == 404


@pytest.mark.parametrize("path", ["/t/x/256.webp", f"/t/{'0' * 64}/300.webp", "/o/", "/o/../etc"])
def test_an_address_that_is_no_picture_answers_json(caller: Caller, path: str) -> None:
    answer = caller.get(path)

    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "unknown_address"


def test_pictures_can_only_be_read(caller: Caller, sha256: str) -> None:
    assert caller.post(f"/o/{sha256}").status_code == 405
