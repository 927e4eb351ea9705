"""A list's page as a workbench: filters by link, acts on what is selected, export, editing."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable

import pytest
from django.test import Client

from accounts.actors import Actor
from accounts.models import User
from accounts.permissions import Role
from common import spreadsheets
from lists import services, tags
from lists.exporting import COLUMNS
from lists.models import BulkChange, Image, Item, List
from review.life import many_items
from tests import bare_pairs, hooks

pytestmark = pytest.mark.django_db

CLAIM = {"claim": "=1+1", "seen": ["Pune", 3]}


@pytest.fixture
def signed_in(make_user: Callable[..., User]) -> Client:
    client = Client()
    client.force_login(make_user(Role.MANAGER))
    return client


@pytest.fixture
def items(admin: Actor, image_list: List) -> list[Item]:
    """Three items; the second has copies and a tag, and its context looks like a formula."""
    images = bare_pairs.images_of(3, image_list)
    Image.objects.update(is_stored=True)
    made = [
        services.place_item(
            by=admin,
            image_list=image_list,
            image=image,
            custom_id=custom_id,
            name=f"{custom_id}.jpg",
            context=CLAIM if custom_id == "-b" else {},
        ).item
        for image, custom_id in zip(images, ["a", "-b", "c"], strict=True)
    ]
    Item.objects.filter(pk=made[1].pk).update(copies=2, is_flat=False)
    tags.set_tags(by=admin, item=made[1], names=["Zoo", "election"])
    return made


@pytest.fixture
def address(image_list: List) -> str:
    return f"/lists/{image_list.public_id}/"


def shown(client: Client, address: str) -> list[str]:
    return hooks.values(client.get(address), "item")


def test_chips_lead_to_what_they_count_and_back(
    signed_in: Client, address: str, items: list[Item]
) -> None:
    page = signed_in.get(address)
    chips = {chip.name: chip for chip in page.context["chips"]}
    assert {name: chip.count for name, chip in chips.items()} == {
        "copies": 1,
        "review": 0,
        "flat": 2,
        "removed": 0,
    }

    narrowed = signed_in.get(f"{address}?{chips['copies'].query}")
    assert hooks.values(narrowed, "item") == [items[1].public_id]
    (copies, *_) = narrowed.context["chips"]
    assert (copies.is_on, copies.query) == (True, "")
    assert hooks.values(narrowed, "copies") == ["2"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=a", "0"),
        ("tag=ELECTION", "1"),
        ("tag=unknown", "210"),
        ("sort=name", "012"),
        ("sort=nonsense", "210"),
        ("by=mem_unknown", "210"),
        ("sort=name&after=x", "012"),
        ("removed=1", ""),
        ("q=" + "x" * 5000, ""),
        ("q=%00", ""),
    ],
)
def test_what_an_address_asks_for_is_shown(
    signed_in: Client, address: str, items: list[Item], query: str, found: str
) -> None:
    assert shown(signed_in, f"{address}?{query}") == [items[int(n)].public_id for n in found]


def test_the_size_of_pictures_is_remembered(
    signed_in: Client, address: str, items: list[Item]
) -> None:
    signed_in.get(f"{address}?size=large")

    assert hooks.values(signed_in.get(address), "density") == ["large"]


def test_a_further_page_comes_alone_to_a_script(
    signed_in: Client, address: str, items: list[Item]
) -> None:
    piece = signed_in.get(f"{address}?after={items[2].pk}", headers={"X-Fragment": "1"})

    assert hooks.values(piece, "item") == [items[1].public_id, items[0].public_id]
    assert b"<html" not in piece.content


def test_selected_images_go_and_come_back(
    signed_in: Client, address: str, items: list[Item]
) -> None:
    sent = {"act": "remove", "item": [items[0].public_id, items[2].public_id]}
    answer = signed_in.post(f"{address}items/change/?sort=oldest", sent)
    assert answer["Location"] == f"{address}?sort=oldest"

    page = signed_in.get(answer["Location"])
    assert hooks.values(page, "item") == [items[1].public_id]
    assert (hooks.values(page, "state"), hooks.values(page, "done")) == (["done"], ["2"])
    change = BulkChange.objects.get()
    signed_in.post(f"{address}changes/{change.public_id}/undo/")
    assert len(shown(signed_in, address)) == 3


def test_all_that_match_means_what_was_there_when_the_person_looked(
    signed_in: Client, admin: Actor, image_list: List, address: str, items: list[Item]
) -> None:
    page = signed_in.get(f"{address}?q=jpg")
    image = bare_pairs.images_of(1, image_list)[0]
    services.place_item(by=admin, image_list=image_list, image=image, custom_id="", name="d.jpg")

    sent = {"act": "tag", "all": "1", "up_to": page.context["up_to"], "tag": "Seen"}
    signed_in.post(f"{address}items/change/?q=jpg", sent)

    assert len(shown(signed_in, f"{address}?q=jpg")) == 4
    assert len(shown(signed_in, f"{address}?tag=Seen")) == 3


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({"act": "remove"}, "invalid_input"),
        ({"act": "explode", "all": "1"}, "invalid_input"),
        ({"act": "copy", "all": "1"}, "invalid_input"),
        ({"act": "tag", "all": "1", "tag": "a|b"}, "invalid_input"),
    ],
)
def test_what_makes_no_sense_is_said_on_the_page(
    signed_in: Client, address: str, items: list[Item], sent: dict[str, str], code: str
) -> None:
    answer = signed_in.post(f"{address}items/change/", sent, follow=True)

    assert hooks.values(answer, "message") == [code]
    assert not BulkChange.objects.exists()


def test_an_export_reads_back_as_what_the_list_holds(
    signed_in: Client, address: str, items: list[Item]
) -> None:
    table = _sent(signed_in.get(f"{address}export/?sort=name"))
    rows = list(csv.DictReader(io.StringIO(table.removeprefix("\ufeff"))))
    lines = [
        json.loads(line)
        for line in _sent(signed_in.get(f"{address}export/?as=jsonl")).split("\n")[:-1]
    ]

    assert list(rows[0]) == list(lines[0]) == list(COLUMNS)
    for row, line, item in zip(rows, lines, reversed(items), strict=True):
        plain = {name: spreadsheets.as_written(cell) for name, cell in row.items()}
        assert line["media_id"] == plain["media_id"] == item.public_id
        assert line["custom_id"] == plain["custom_id"] == item.custom_id
        assert line["tags"] == [name for name in plain["tags"].split("|") if name]
        assert line["context"] == item.context == json.loads(plain["context"] or "{}")
        assert line["sha256"] == plain["sha256"] == item.image.sha256
        assert signed_in.get(line["url"]).status_code in {200, 404}
    assert rows[1]["custom_id"] == "'-b"
    assert lines[1]["tags"] == ["election", "Zoo"]


def test_a_filter_or_what_is_selected_is_exported_alone(
    signed_in: Client, address: str, items: list[Item]
) -> None:
    filtered = _sent(signed_in.get(f"{address}export/?copies=1&as=jsonl"))
    chosen = _sent(
        signed_in.post(f"{address}export/", {"as": "jsonl", "item": [items[0].public_id, "x"]})
    )

    assert [json.loads(line)["custom_id"] for line in filtered.splitlines()] == ["-b"]
    assert [json.loads(line)["custom_id"] for line in chosen.splitlines()] == ["a"]


def test_all_that_are_selected_are_exported(
    signed_in: Client, address: str, items: list[Item], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(many_items, "MAX_CHOSEN", 2)
    selected = {"act": "export", "item": [each.public_id for each in items]}

    answer = signed_in.post(f"{address}items/change/", selected)

    assert len(b"".join(answer.streaming_content).splitlines()) == 4  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", ["q", "tag", "by", "after", "up_to", "sort", "size"])
def test_no_parameter_is_a_fault(
    signed_in: Client, address: str, items: list[Item], name: str
) -> None:
    for value in ("\x00", "-1", "9" * 30, "%_\\", "\U0001f5bc" * 5_000, "[]"):
        assert signed_in.get(address, {name: value}).status_code == 200


def test_an_image_is_edited_and_a_mistake_is_named(
    signed_in: Client, image_list: List, address: str, items: list[Item]
) -> None:
    edit = f"/items/{items[0].public_id}/edit/"
    typed = {"custom_id": "new", "name": "Name", "tags": "One, two", "context": '{"claim": "Moon"}'}
    signed_in.post(edit, typed)

    assert shown(signed_in, f"{address}?q=moon") == [items[0].public_id]
    assert hooks.values(signed_in.get(f"/items/{items[0].public_id}/"), "tag") == ["One", "two"]
    for change, mistake in {
        ("context", "[1]"): ("context", "invalid_input"),
        ("context", "{"): ("context", "invalid"),
        ("tags", "a|b"): ("__all__", "invalid_input"),
        ("tags", "\ufb03" * 64): ("__all__", "invalid_input"),
    }.items():
        answer = signed_in.post(edit, typed | {"name": "Not kept"} | dict([change]))
        assert hooks.mistakes(answer) == [mistake]
    assert Item.objects.get(pk=items[0].pk).name == "Name", "All of it, or nothing."
    services.place_item(
        by=Actor(image_list.organisation_id, Role.MANAGER, "browser"),  # type: ignore[arg-type]
        image_list=image_list,
        image=items[0].image,
        custom_id="taken",
        name="",
    )
    answer = signed_in.post(edit, typed | {"custom_id": "taken"})
    assert hooks.mistakes(answer) == [("__all__", "conflict")]


def _sent(response: object) -> str:
    return b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]
