"""The pages of lists beyond what the browser tests see: bounds, pages, refusals, query counts."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.actors import Actor
from accounts.models import User
from accounts.permissions import Role
from lists import room, texts
from lists import services as lists_services
from lists.list_settings import ListSettings
from lists.models import Image, Item, List
from lists.selectors import ItemNotFound
from tests import hooks

VALID = {
    "depth": "full",
    "name": "Known fakes",
    "description": "",
    "suggestion_threshold": "0.3",
    "duplicate_threshold": "0.5",
    "snapshot_retention_days": "90",
}


@pytest.fixture
def signed_in(make_user: Callable[..., User]) -> Client:
    client = Client()
    client.force_login(make_user(Role.ADMIN))
    return client


def fill(image_list: List, count: int) -> None:
    """Put rows of images without files into the list."""
    have = Image.objects.count()
    images = Image.objects.bulk_create(
        Image(
            organisation_id=image_list.organisation_id,
            sha256=f"{number:064x}",
            format="jpeg",
            width=4,
            height=3,
            byte_size=1,
            is_stored=True,
        )
        for number in range(have, have + count)
    )
    Item.objects.bulk_create(Item(image_list=image_list, image=image) for image in images)


def test_sixty_images_a_page_and_the_rest_after_them(signed_in: Client, image_list: List) -> None:
    fill(image_list, 70)
    address = f"/lists/{image_list.public_id}/"

    first = signed_in.get(address).context["page"]
    second = signed_in.get(f"{address}?after={first.next_after}").context["page"]

    assert (len(first.rows), len(second.rows), second.next_after) == (60, 10, None)
    assert {row.pk for row in first.rows}.isdisjoint(row.pk for row in second.rows)


@pytest.mark.parametrize("after", ["", "x", "-1", "9" * 40, "٣"])
def test_a_page_mark_that_makes_no_sense_shows_the_first_page(
    signed_in: Client, image_list: List, after: str
) -> None:
    fill(image_list, 2)

    answer = signed_in.get(f"/lists/{image_list.public_id}/", {"after": after})

    assert len(answer.context["page"].rows) == 2


@pytest.mark.parametrize(
    "page",
    [("/lists/", 7), ("/lists/{}/", 17), ("/settings/api/", 8)],
    ids=["all lists", "one list", "keys"],
)
def test_pages_ask_as_much_for_many_rows_as_for_few(
    signed_in: Client,
    admin: Actor,
    image_list: List,
    django_assert_num_queries: DjangoAssertNumQueries,
    page: tuple[str, int],
) -> None:
    address, queries = page
    room.recount(organisation_id=image_list.organisation_id)
    for rows in (2, 40):
        fill(image_list, rows)
        for number in range(rows // 2):
            name = f"List {number}"
            lists_services.create_list(by=admin, settings=ListSettings(name=name))
        with django_assert_num_queries(queries):
            signed_in.get(address.format(image_list.public_id))


@pytest.mark.parametrize(
    ("change", "mistake"),
    [
        ({"suggestion_threshold": "0.8"}, ("suggestion_threshold", "invalid_input")),
        ({"duplicate_threshold": "1"}, ("suggestion_threshold", "invalid_input")),
        ({"suggestion_threshold": "nan"}, ("suggestion_threshold", "invalid")),
        ({"snapshot_retention_days": "0"}, ("snapshot_retention_days", "min_value")),
        ({"auto_confirmed_kinds": "mirrored"}, ("auto_confirmed_kinds", "invalid_choice")),
        ({"name": "  "}, ("name", "required")),
    ],
)
def test_settings_out_of_range_are_refused_beside_their_field(
    signed_in: Client, image_list: List, change: dict[str, str], mistake: tuple[str, str]
) -> None:
    answer = signed_in.post(f"/lists/{image_list.public_id}/settings/", {**VALID, **change})

    assert hooks.mistakes(answer) == [mistake]
    image_list.refresh_from_db()
    assert image_list.duplicate_threshold == 0.5


@pytest.mark.parametrize(("typed", "kept"), [("30", 30), ("", None)])
def test_days_to_keep_images_may_be_left_empty(
    signed_in: Client, image_list: List, typed: str, kept: int | None
) -> None:
    List.objects.update(item_retention_days=7)
    address = f"/lists/{image_list.public_id}/settings/"
    signed_in.post(address, {**VALID, "item_retention_days": typed})

    image_list.refresh_from_db()
    assert image_list.item_retention_days == kept


def test_settings_are_saved(signed_in: Client, image_list: List) -> None:
    changed = {**VALID, "name": "New name", "auto_confirmed_kinds": ["pixels"]}

    signed_in.post(f"/lists/{image_list.public_id}/settings/", changed)

    image_list.refresh_from_db()
    assert (image_list.name, image_list.auto_confirmed_kinds) == ("New name", ["pixels"])
    assert (image_list.keeps_snapshots, image_list.reads_text) == (False, False)
    assert (image_list.review_blurred, image_list.review_greyscale) == (False, False)


@pytest.mark.parametrize("veil", ["review_blurred", "review_greyscale"])
def test_a_list_is_veiled_in_review_by_its_settings(
    signed_in: Client, image_list: List, veil: str
) -> None:
    address = f"/lists/{image_list.public_id}/settings/"

    signed_in.post(address, {**VALID, veil: "on"})

    image_list.refresh_from_db()
    veils = {name for name in ("review_blurred", "review_greyscale") if getattr(image_list, name)}
    assert veils == {veil}
    assert signed_in.get(address).context["form"][veil].value() is True


def test_a_file_beyond_the_limit_is_refused_by_name(
    signed_in: Client, image_list: List, coffee: bytes, settings: object
) -> None:
    settings.MAX_IMAGE_BYTES = 1000  # type: ignore[attr-defined]

    answer = signed_in.post(
        f"/lists/{image_list.public_id}/add/",
        {"images": [SimpleUploadedFile("large.jpg", coffee)]},
    )

    assert hooks.values(answer, "fate") == ["refused"]
    assert "large.jpg" in answer.content.decode()


def test_removing_an_unknown_image_removes_none(signed_in: Client, image_list: List) -> None:
    fill(image_list, 2)
    known = Item.objects.first()
    assert known is not None

    answer = signed_in.post(
        f"/lists/{image_list.public_id}/items/remove/", {"item": [known.public_id, "med_unknown"]}
    )

    assert answer.status_code == 404
    assert Item.objects.filter(removed_at=None).count() == 2


@pytest.mark.parametrize("unknown", ["med_unknown", "\x00", "é"])
def test_what_can_be_put_back_is_put_back_beside_what_cannot(
    signed_in: Client, image_list: List, unknown: str
) -> None:
    fill(image_list, 3)
    first, second, there = Item.objects.order_by("pk")
    Item.objects.filter(pk__in=[first.pk, second.pk]).update(removed_at=timezone.now())

    answer = signed_in.post(
        f"/lists/{image_list.public_id}/items/restore/",
        {"item": [first.public_id, unknown, there.public_id, second.public_id]},
    )

    assert answer.status_code == 302
    assert Item.objects.filter(removed_at=None).count() == 3
    said = [each.extra_tags for each in get_messages(answer.wsgi_request)]
    assert said == [ItemNotFound.code, "items_restored"]


def test_the_secret_is_never_cached(signed_in: Client) -> None:
    answer = signed_in.post("/settings/api/", {"name": "Bot", "role": "viewer"})

    assert "no-store" in answer["Cache-Control"]
    assert "api_secret" in answer.content.decode()


def test_names_are_shown_as_text(signed_in: Client, image_list: List, admin: Actor) -> None:
    attack = "<img src=x onerror=alert(1)>"
    lists_services.change_list(
        by=admin, image_list=image_list, settings=ListSettings(name=attack, description=attack)
    )

    for address in ("/lists/", f"/lists/{image_list.public_id}/", "/review/"):
        assert attack not in signed_in.get(address).content.decode()


def test_a_form_without_its_token_is_refused_with_a_page(make_user: Callable[..., User]) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(make_user(Role.ADMIN))

    answer = strict.post("/lists/", {"name": "Forged"})

    assert answer.status_code == 403
    assert "errors/problem.html" in [template.name for template in answer.templates]


@pytest.mark.parametrize("is_installed", [True, False])
def test_the_settings_say_when_texts_are_not_compared(
    signed_in: Client, image_list: List, monkeypatch: pytest.MonkeyPatch, *, is_installed: bool
) -> None:
    monkeypatch.setattr(texts, "is_available", lambda: is_installed)
    page = signed_in.get(f"/lists/{image_list.public_id}/settings/").content.decode()
    assert ("data-no-reader" in page) is not is_installed


def test_the_kinds_that_carry_verdicts_are_set(signed_in: Client, image_list: List) -> None:
    address = f"/lists/{image_list.public_id}/settings/"
    assert len(signed_in.get(address).context["form"]["verdict_kinds"].value()) == 6

    signed_in.post(address, {**VALID, "verdict_kinds": ["pixels", "near"]})
    image_list.refresh_from_db()
    assert image_list.verdict_kinds == ["near", "pixels"]

    page = signed_in.post(address, {**VALID, "verdict_kinds": ["related"]})
    assert hooks.mistakes(page) == [("verdict_kinds", "invalid_choice")]
