"""Checking a picture against the lists: from every source, grouped by picture, kept if asked."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image as Picture
from pytest_django import Settings

from accounts.actors import Actor
from accounts.permissions import Role
from dashboard import searches
from dashboard.searches import Found, FoundPlace, Group
from lists import services as lists_services
from lists import storage
from lists.list_settings import ListSettings
from lists.models import Image, Item, List
from matching.evidence import Comparison, Kind
from review.models import MatchCandidate
from review.submissions import services as submissions_services
from review.submissions.values import MatchedItem, NewSubmission
from tests import further_hasher, hooks, made_pairs
from tests.conftest import encoded, opened, raw_image
from tests.web_site import web_site

FRAGMENT = {"X-Fragment": "1"}


@pytest.fixture
def browser(make_user: Callable[..., Any]) -> Client:
    client = Client()
    client.force_login(make_user(Role.ANALYST))
    return client


@pytest.fixture
def add(admin: Actor, image_list: List) -> Callable[..., Item]:
    """Add a photograph to a list."""

    def add_to(photo: bytes, custom_id: str = "", into: List = image_list) -> Item:
        submission = NewSubmission(raw=raw_image(photo), add_to=into, custom_id=custom_id)
        item = submissions_services.submit(by=admin, submission=submission).item
        assert item is not None
        return item

    return add_to


@pytest.fixture
def other_list(admin: Actor) -> List:
    return lists_services.create_list(by=admin, settings=ListSettings(name="Adverts"))


@pytest.fixture
def site(coffee_copy: bytes, settings: Settings) -> Iterator[str]:
    """A web site that we may fetch from."""
    with web_site({"/cup.jpg": coffee_copy, "/page.html": b"<p>no picture"}) as address:
        settings.FETCH_ALLOW_HOSTS = [address.removeprefix("http://")]
        yield address


def upload(photo: bytes, name: str = "photo.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, photo)


def search(browser: Client, **form: object) -> Found:
    answer = browser.post("/check/", form, headers=FRAGMENT)
    assert answer.status_code == 200, answer.content.decode()
    found: Found = answer.context["found"]
    return found


def refusal(browser: Client, **form: object) -> str:
    answer = browser.post("/check/", form, headers=FRAGMENT)
    assert answer.status_code == 422
    assert "found" not in answer.context
    (code,) = hooks.values(answer, "code")
    return code


def mistake(browser: Client, **form: object) -> tuple[str, str]:
    """Return the field of the form that is wrong, and the code."""
    answer = browser.post("/check/", form, headers=FRAGMENT)
    assert answer.status_code == 422
    ((field, (error,)),) = answer.context["form"].errors.get_json_data().items()
    return field, error["code"]


def test_a_picture_in_several_lists_is_one_group_with_its_places(
    browser: Client,
    add: Callable[..., Item],
    image_list: List,
    other_list: List,
    coffee: bytes,
    coffee_copy: bytes,
    astronaut: bytes,
) -> None:
    add(coffee, "cup-1")
    add(coffee, "cup-2", other_list)
    add(astronaut)

    found = search(browser, image=upload(coffee_copy, "copy.jpg"))
    (group,) = found.groups

    assert {(place.image_list.name, place.match.item.custom_id) for place in group.places} == {
        ("Known fakes", "cup-1"),
        ("Adverts", "cup-2"),
    }
    assert found.verdict == "duplicate"
    assert found.name == "copy.jpg"


def test_nothing_of_a_search_is_kept(
    browser: Client, add: Callable[..., Item], coffee: bytes, coffee_copy: bytes
) -> None:
    add(coffee)

    assert search(browser, image=upload(coffee_copy)).groups

    assert (Image.objects.count(), Item.objects.count(), MatchCandidate.objects.count()) == (
        1,
        1,
        0,
    )
    assert Image.objects.get().submission_count == 1


def test_only_the_chosen_lists_are_searched(
    browser: Client,
    add: Callable[..., Item],
    image_list: List,
    other_list: List,
    coffee: bytes,
    coffee_copy: bytes,
) -> None:
    add(coffee)
    add(coffee, "", other_list)

    (group,) = search(browser, image=upload(coffee_copy), lists=[other_list.public_id]).groups

    assert [place.image_list for place in group.places] == [other_list]


@pytest.mark.parametrize("by", ["address", "media id", "SHA-256", "SHA-256 in capitals"])
def test_a_picture_is_named_by(
    browser: Client,
    add: Callable[..., Item],
    site: str,
    coffee: bytes,
    coffee_copy: bytes,
    by: str,
) -> None:
    add(coffee, "original")
    copy = add(coffee_copy, "copy")
    sha256 = hashlib.sha256(coffee_copy).hexdigest()
    names = {
        "address": f"{site}/cup.jpg",
        "media id": f"  {copy.public_id} ",
        "SHA-256": sha256,
        "SHA-256 in capitals": sha256.upper(),
    }

    groups = search(browser, text=names[by]).groups

    assert [group.best.match.item.custom_id for group in groups] == ["copy", "original"]
    assert groups[0].score == 1


def test_a_stored_pair_is_linked_and_a_picture_that_has_none_is_not(
    browser: Client, add: Callable[..., Item], coffee: bytes, coffee_copy: bytes
) -> None:
    add(coffee)
    copy = add(coffee_copy)
    again = encoded(opened(coffee).resize((280, 190)))
    pair = MatchCandidate.objects.get()

    known = browser.post("/check/", {"text": copy.public_id}, headers=FRAGMENT)
    unknown = browser.post("/check/", {"image": upload(again)}, headers=FRAGMENT)

    assert f"/review/pair/{pair.public_id}/" in known.content.decode()
    assert len(unknown.context["found"].groups) == 2
    assert "/review/pair/" not in unknown.content.decode()


def test_weak_matches_are_there_for_the_slider_and_hidden_at_first(
    browser: Client, add: Callable[..., Item], admin: Actor, image_list: List, coffee: bytes
) -> None:
    lists_services.change_list(
        by=admin,
        image_list=image_list,
        settings=ListSettings(name="Strict", suggestion_threshold=0.95, duplicate_threshold=0.96),
    )
    add(coffee)
    part = encoded(opened(coffee).crop((150, 80, 470, 330)))

    page = browser.post("/check/", {"image": upload(part)})

    found = page.context["found"]
    (group,) = found.groups
    assert searches.LOWEST_SCORE <= group.score < found.first_score == 0.95
    assert re.search(r'data-score="0\.\d{4}"\s+hidden', page.content.decode())
    assert found.suggested_count == 0
    assert found.verdict == "nothing"


def test_what_was_measured_is_told(
    browser: Client, add: Callable[..., Item], coffee: bytes, coffee_copy: bytes
) -> None:
    add(coffee)

    page = browser.post("/check/", {"image": upload(coffee_copy)}, headers=FRAGMENT)
    (group,) = page.context["found"].groups
    signals = dict(group.signals)

    assert re.fullmatch(r"\d+ / 256", signals["pdq_distance_bits"])
    assert re.fullmatch(r"\d+ / 64", signals["phash_distance_bits"])
    assert int(signals["inliers"]) > 10
    assert "block_correlation" in signals
    assert "<code>pdq_distance_bits</code>" in page.content.decode()


def test_the_distance_by_a_further_hasher_is_told(
    image_list: List, monkeypatch: pytest.MonkeyPatch
) -> None:
    further_hasher.add(monkeypatch)
    evidence = replace(made_pairs.made_pair(Kind.NEAR).evidence, distances_bits={"steps": 3})
    match = MatchedItem(item=Item(), comparison=Comparison(0.9, Kind.NEAR, evidence), pair=None)

    signals = dict(Group(Image(), [FoundPlace(image_list, match)]).signals)

    assert signals["steps_distance_bits"] == "3 / 8"


def test_a_flat_picture_is_said_to_have_too_little_detail(
    browser: Client, add: Callable[..., Item], coffee: bytes
) -> None:
    add(coffee)
    white = encoded(Picture.new("RGB", (300, 200), "white"), "PNG")

    assert search(browser, image=upload(white)).verdict == "too_flat"


def test_without_any_list_nothing_is_found(browser: Client, coffee: bytes) -> None:
    assert hooks.values(browser.get("/check/"), "no-lists") == [""]
    assert search(browser, image=upload(coffee)).verdict == "nothing"


def test_what_names_no_picture_is_refused_with_what_to_do(
    browser: Client, add: Callable[..., Item], site: str, coffee: bytes
) -> None:
    item = add(coffee)

    assert refusal(browser, text="cat.jpg") == "unclear_search"
    assert refusal(browser) == "no_picture"
    assert refusal(browser, image=upload(coffee), text=item.public_id) == "invalid_input"
    assert refusal(browser, text="med_nothing") == "item_not_found"
    assert refusal(browser, text="0" * 64) == "image_not_found"
    assert mistake(browser, text="a\x00b") == ("text", "null_characters_not_allowed")
    assert mistake(browser, text=item.public_id, lists=["ili_x"]) == ("lists", "invalid_choice")
    assert mistake(browser, image=upload(b"")) == ("image", "empty")
    assert refusal(browser, image=upload(b"not a picture")) == "unsupported_format"
    assert refusal(browser, text=f"{site}/page.html") == "unsupported_format"
    assert refusal(browser, text=f"{site}/lost.jpg") == "fetch_failed"


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1/a.jpg", "http://10.1.2.3/a.jpg", "http://user@example.org/a.jpg"]
)
def test_an_address_that_may_not_be_fetched_is_refused(
    browser: Client, image_list: List, address: str
) -> None:
    assert refusal(browser, text=address) == "fetch_refused"


def test_a_picture_whose_file_is_gone_is_refused(
    browser: Client, add: Callable[..., Item], coffee: bytes
) -> None:
    item = add(coffee)
    storage.delete_files(item.image)

    assert refusal(browser, text=item.public_id) == "file_not_kept"


def test_a_file_that_is_too_large_is_refused(
    browser: Client, image_list: List, coffee: bytes, settings: Settings
) -> None:
    settings.MAX_IMAGE_BYTES = 1000

    assert refusal(browser, image=upload(coffee)) == "too_many_bytes"


def test_organisations_never_find_each_others_pictures(
    browser: Client, stranger: Actor, image_list: List, coffee: bytes
) -> None:
    foreign = lists_services.create_list(by=stranger, settings=ListSettings(name="Theirs"))
    submission = NewSubmission(raw=raw_image(coffee), add_to=foreign, custom_id="secret")
    item = submissions_services.submit(by=stranger, submission=submission).item
    assert item is not None

    assert search(browser, image=upload(coffee)).groups == []
    assert refusal(browser, text=item.public_id) == refusal(browser, text="med_nothing")
    assert refusal(browser, text=item.image.sha256) == refusal(browser, text="0" * 64)
    named = refusal(browser, image=upload(coffee), lists=[foreign.public_id])
    assert named.replace(foreign.public_id, "ili_nothing") == refusal(
        browser, image=upload(coffee), lists=["ili_nothing"]
    )


def test_a_search_asks_as_much_for_many_pictures_as_for_few(
    browser: Client, add: Callable[..., Item], coffee: bytes, coffee_copy: bytes
) -> None:
    counts = []
    picture = opened(coffee)
    for sizes in ([600], [540, 480, 420, 390]):
        for width in sizes:
            add(encoded(picture.resize((width, width * 2 // 3)), quality=90))
        search(browser, image=upload(coffee_copy))  # the index is brought up to date
        with CaptureQueriesContext(
            connection,
        ) as queries:
            found = search(browser, image=upload(coffee_copy))
        counts.append((len(found.groups), len(queries)))

    (few, queries_for_few), (many, queries_for_many) = counts
    assert (few, many) == (1, 5)
    assert queries_for_few == queries_for_many


@pytest.mark.parametrize("where", ["/search/", "/lists/{}/check/"])
def test_addresses_of_before_lead_to_the_page_and_answer_forms(
    browser: Client, image_list: List, add: Callable[..., Item], coffee: bytes, where: str
) -> None:
    add(coffee)
    address = where.format(image_list.public_id)

    page = browser.get(address, follow=True)
    answer = browser.post(address, {"image": upload(coffee)}, headers=FRAGMENT)

    assert page.redirect_chain[0][0].startswith("/check/")
    assert page.context["form"].initial["lists"] == (
        [image_list.public_id] if "lists" in where else []
    )
    assert len(answer.context["found"].groups) == 1


def test_the_page_begins_with_what_its_address_says_and_asks_nothing(
    browser: Client, image_list: List
) -> None:
    asked = {"lists": ["ili_foreign", image_list.public_id], "text": "http://10.0.0.1/a.jpg"}

    page = browser.get("/check/", asked)

    assert page.context["form"].initial["lists"] == [image_list.public_id]
    assert 'value="http://10.0.0.1/a.jpg"' in page.content.decode()
    assert "hits" not in page.context


def test_a_picture_is_kept_as_asked_and_by_who_may(
    browser: Client,
    manager: Client,
    add: Callable[..., Item],
    image_list: List,
    other_list: List,
    coffee: bytes,
    coffee_copy: bytes,
) -> None:
    add(coffee)
    add(coffee, into=other_list)

    def keep(client: Client, **form: object) -> list[str]:
        form |= {"image": upload(coffee_copy)}
        return hooks.values(client.post("/check/", form, headers=FRAGMENT), "kept")

    assert keep(browser) == ["nothing"]
    assert (Item.objects.count(), MatchCandidate.objects.count()) == (2, 0)
    lists = [image_list.public_id]
    assert keep(browser, keeping="pairs", lists=lists) == ["pairs"]
    assert MatchCandidate.objects.get().image_list == image_list
    item = {"keeping": "item", "add_to": image_list.public_id}
    assert mistake(browser, image=upload(coffee_copy), keeping="item") == (
        "keeping",
        "invalid_choice",
    )
    assert Item.objects.count() == 2
    assert refusal(manager, image=upload(coffee_copy), keeping="item") == "no_list"
    assert keep(manager, **item) == ["item"]
    assert Item.objects.latest("pk").image_list == image_list
    assert MatchCandidate.objects.count() == 1


def test_each_hit_is_made_ready_to_be_compared(
    browser: Client, add: Callable[..., Item], coffee: bytes, coffee_copy: bytes
) -> None:
    item = add(coffee)

    answer = browser.post("/check/", {"image": upload(coffee_copy)}, headers=FRAGMENT)

    assert hooks.values(answer, "compared") == [item.public_id]
    (hit,) = answer.context["hits"]
    assert hit.compared.overlay is not None
    assert not hit.compared.shown.query.image.is_stored
    add(coffee_copy)
    again = browser.post("/check/", {"image": upload(coffee_copy)}, headers=FRAGMENT)
    assert again.context["hits"][0].compared.shown.query.image.is_stored
