"""Each service of set-up and of the demo once, in no transaction."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django import Settings

from accounts import first_admin
from accounts.actors import Actor
from accounts.models import Membership, SetUp
from accounts.permissions import Role
from demo import cases, services
from demo.cases import DemoPicture
from demo.models import Demo, DemoList, DemoState
from lists import tags
from lists.models import Image, Item, ItemTag, List, Tag
from tests import bare_pairs, working
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_installation_is_begun(tmp_path: Path, settings: Settings) -> None:
    settings.DATA_DIR = tmp_path
    token = first_admin.waiting_token()

    person = first_admin.begin_installation(
        token=token,
        organisation="Factcheckers",
        name="Ann",
        email="ann@example.org",
        password=PASSWORD,
        language="es",
    )

    assert Membership.objects.get(user=person).role == Role.ADMIN
    assert SetUp.objects.count() == 1
    assert list(tmp_path.glob("setup-token*")) == []


def test_the_demo_is_loaded_and_removed_with_a_further_list(
    admin: Actor, image_list: List, coffee: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cases, "pictures", lambda: [DemoPicture("cup", lambda: coffee)])
    services.load_later(by=admin)
    services.load(organisation_id=admin.organisation_id)
    services.include_lists(by=admin, lists=[image_list])
    assert Demo.objects.get().state == DemoState.LOADED
    assert (DemoList.objects.count(), Item.objects.count()) == (2, 1)

    services.remove(by=admin)
    working.run_all()

    for emptied in (Demo, DemoList, List, Item, Image):
        assert not emptied.objects.exists()


def test_tags_of_lists_are_forgotten(admin: Actor, image_list: List) -> None:
    other = List.objects.create(organisation=image_list.organisation, name="Others")
    image, again = bare_pairs.images_of(2, image_list)
    here = Item.objects.create(image_list=image_list, image=image, custom_id="a")
    there = Item.objects.create(image_list=other, image=again, custom_id="b")
    tags.set_tags(by=admin, item=here, names=["both", "here"])
    tags.set_tags(by=admin, item=there, names=["both"])

    tags.forget_tags_of(organisation_id=admin.organisation_id, list_ids=[image_list.pk])

    assert list(Tag.objects.values_list("name", flat=True)) == ["both"]
    assert ItemTag.objects.get().item == there
