"""Pictures by their address, in every dialect."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from lists.models import Image, List
from tests.callers import Caller
from tests.web_site import web_site

pytestmark = pytest.mark.django_db


@pytest.fixture
def site(coffee: bytes, settings: Settings) -> Iterator[str]:
    """A web site on this machine that has one picture, and that we may fetch from."""
    with web_site({"/cup.jpg": coffee}) as address:
        settings.FETCH_ALLOW_HOSTS = [address.removeprefix("http://")]
        yield address


@pytest.mark.parametrize("method", ["get", "post"])
def test_sightengine_names_the_address_as_the_medium(
    caller: Caller, image_list: List, site: str, method: str
) -> None:
    fields = {**caller.pair, "url": f"{site}/cup.jpg", "add_to_list": image_list.public_id}

    answer = getattr(caller.anonymous, method)("/1.0/check.json", fields)

    assert answer.status_code == 200
    assert answer.json()["media"]["uri"] == f"{site}/cup.jpg"
    assert Image.objects.get().is_stored


def test_check_matches_an_address_in_a_form_or_in_json(caller: Caller, site: str) -> None:
    first = caller.post("/v1/match/", url=f"{site}/cup.jpg")
    again = caller.client.post("/v1/match/", {"url": f"{site}/cup.jpg"})

    assert first.json()["match"] is False
    assert again.json()["closest_match"]["score"] == 0


def test_our_own_api_adds_an_address_in_json(
    caller: Caller, image_list: List, site: str, coffee: bytes
) -> None:
    path = f"/v1/lists/{image_list.public_id}/items/"

    answer = caller.post(path, url=f"{site}/cup.jpg", custom_id="cup")

    assert answer.status_code == 201
    assert answer.json()["byte_size"] == len(coffee)


def test_an_address_without_a_picture_is_told_and_its_page_is_not(
    caller: Caller, image_list: List, site: str
) -> None:
    url = f"{site}/lost.jpg"

    sightengine = caller.sightengine("check.json", lists=image_list.public_id, url=url)
    check = caller.post("/v1/match/", url=url)

    assert sightengine.json()["error"]["code"] == 3
    assert (check.status_code, check.json()["error"]) == (424, "fetch_failed")
    assert b"nothing here" not in sightengine.content + check.content
