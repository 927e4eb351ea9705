"""Texts leave compressed for clients that ask for it, and say the same."""

from __future__ import annotations

import gzip

import pytest
from django.test import Client

from accounts.actors import Actor
from accounts.models import User
from lists.models import List
from review.pairs import services as pairs_services
from review.submissions import services as submissions_services
from review.submissions.values import NewSubmission
from tests import bare_pairs
from tests.conftest import raw_image

MOST_BYTES = 20 * 1024


@pytest.fixture
def signed_in(admin: Actor) -> Client:
    """A browser that takes compressed answers, as all do."""
    client = Client(headers={"accept-encoding": "gzip"})
    client.force_login(User.objects.get(pk=admin.user_id or 0))
    return client


def test_a_full_queue_is_small_and_its_tokens_stay_masked(
    signed_in: Client, image_list: List
) -> None:
    bare_pairs.make(60, image_list)

    first, second = (signed_in.get("/review/") for _ in range(2))

    assert first["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in first["Vary"]
    page = gzip.decompress(first.content)
    assert len(page) > 4 * len(first.content)
    assert len(first.content) < MOST_BYTES
    assert str(first.context["csrf_token"]).encode() in page
    assert str(first.context["csrf_token"]) != str(second.context["csrf_token"])


@pytest.mark.parametrize("path", ["/openapi.json", "/docs/", "/activity/"])
def test_pages_and_descriptions_say_the_same_compressed(signed_in: Client, path: str) -> None:
    answer = signed_in.get(path)

    assert answer["Content-Encoding"] == "gzip"
    assert gzip.decompress(answer.content)[:1] in b"{<\n"


def test_a_table_that_is_sent_as_it_is_read_is_whole(
    signed_in: Client, admin: Actor, image_list: List
) -> None:
    for pair in bare_pairs.make(3, image_list):
        pairs_services.confirm(by=admin, pair=pair)

    answer = signed_in.get("/activity/export/")

    assert answer["Content-Encoding"] == "gzip"
    assert gzip.decompress(answer.getvalue()).count(b"\r\n") == 4


def test_pictures_are_sent_as_they_are(
    signed_in: Client, admin: Actor, image_list: List, coffee: bytes
) -> None:
    submission = NewSubmission(raw=raw_image(coffee), add_to=image_list)
    item = submissions_services.submit(by=admin, submission=submission).item
    assert item is not None

    answer = signed_in.get(f"/o/{item.image.sha256}")

    assert "Content-Encoding" not in answer
    assert answer.getvalue() == coffee


def test_a_client_that_does_not_ask_for_compression_gets_plain_text(admin: Actor) -> None:
    answer = Client().get("/login/")

    assert "Content-Encoding" not in answer
    assert b"<html" in answer.content
