"""Lists: who may keep them, what their settings allow, who sees them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction

from accounts import selectors as accounts_selectors
from accounts import services as accounts_services
from accounts.actors import Actor
from accounts.models import Organisation
from accounts.permissions import Role
from common.errors import Forbidden, InvalidInput
from lists import selectors, services
from lists.list_settings import ListSettings
from lists.models import List
from lists.selectors import ListNotFound


@pytest.fixture
def restricted(organisation: Organisation, image_list: List) -> Actor:
    """A program that may reach one list only."""
    new = accounts_services.issue_credential(
        organisation_id=organisation.pk, name="One list", role=Role.MANAGER, is_restricted=True
    )
    services.grant_lists(credential_id=new.credential.pk, lists=[image_list])
    return accounts_selectors.actor_for_credential(new.credential)


def test_a_foreign_list_answers_as_one_that_never_existed(
    image_list: List, stranger: Actor
) -> None:
    with pytest.raises(ListNotFound) as foreign:
        selectors.list_for(stranger, image_list.public_id)
    with pytest.raises(ListNotFound) as unknown:
        selectors.list_for(stranger, "ili_neverexisted")

    assert foreign.value.message == unknown.value.message
    assert foreign.value.context == unknown.value.context


@pytest.mark.parametrize("public_id", ["", "\x00", "ili_\x00", "é" * 5000, "' OR 1=1 --"])
def test_odd_ids_are_unknown_ids(admin: Actor, public_id: str) -> None:
    with pytest.raises(ListNotFound):
        selectors.list_for(admin, public_id)


def test_viewers_and_analysts_do_not_keep_lists(
    make_actor: Callable[..., Actor], image_list: List
) -> None:
    for role in (Role.VIEWER, Role.ANALYST):
        actor = make_actor(role)
        with pytest.raises(Forbidden):
            services.create_list(by=actor, settings=ListSettings(name="x"))
        with pytest.raises(Forbidden):
            services.change_list(by=actor, image_list=image_list, settings=ListSettings(name="x"))
        with pytest.raises(Forbidden):
            services.remove_list(by=actor, image_list=image_list)


def test_a_restricted_credential_reaches_its_lists_only(
    admin: Actor, restricted: Actor, image_list: List
) -> None:
    other = services.create_list(by=admin, settings=ListSettings(name="Other"))

    assert list(selectors.lists_for(restricted)) == [image_list]
    with pytest.raises(ListNotFound):
        selectors.list_for(restricted, other.public_id)


def test_a_restricted_credential_reaches_the_list_that_it_made(restricted: Actor) -> None:
    made = services.create_list(by=restricted, settings=ListSettings(name="Mine"))

    assert selectors.list_for(restricted, made.public_id) == made


def test_the_default_list_is_made_once(admin: Actor) -> None:
    assert services.default_list(by=admin) == services.default_list(by=admin)


def test_the_default_list_of_a_restricted_credential_is_its_only_one(
    restricted: Actor, image_list: List
) -> None:
    assert services.default_list(by=restricted) == image_list


def test_a_restricted_credential_with_two_lists_has_to_name_one(restricted: Actor) -> None:
    services.create_list(by=restricted, settings=ListSettings(name="Second"))

    with pytest.raises(InvalidInput):
        services.default_list(by=restricted)


@pytest.mark.parametrize(
    "wrong",
    [
        ListSettings(name="  "),
        ListSettings(name="x" * 201),
        ListSettings(name="a\x00b"),
        ListSettings(name="a\ud800b"),
        ListSettings(description="x" * 2001),
        ListSettings(suggestion_threshold=0),
        ListSettings(suggestion_threshold=0.7),
        ListSettings(duplicate_threshold=1),
        ListSettings(duplicate_threshold=float("nan")),
        ListSettings(auto_confirmed_kinds=("mirrored",)),
        ListSettings(snapshot_retention_days=0),
        ListSettings(item_retention_days=-1),
        ListSettings(snapshot_retention_days=10**9),
    ],
)
def test_settings_out_of_range_are_refused_and_change_nothing(
    admin: Actor, image_list: List, wrong: ListSettings
) -> None:
    before = List.objects.filter(pk=image_list.pk).values().get()

    with pytest.raises(InvalidInput):
        services.change_list(by=admin, image_list=image_list, settings=wrong)

    assert List.objects.filter(pk=image_list.pk).values().get() == before


def test_changing_one_setting_leaves_what_another_changed_meanwhile(
    admin: Actor, image_list: List
) -> None:
    stale = List.objects.get(pk=image_list.pk)
    services.change_list(by=admin, image_list=image_list, settings=ListSettings(name="Renamed"))

    services.change_list(by=admin, image_list=stale, settings=ListSettings(description="New"))

    changed = List.objects.get(pk=image_list.pk)
    assert (changed.name, changed.description) == ("Renamed", "New")


def test_a_list_that_was_removed_meanwhile_is_not_brought_back_by_a_change(
    admin: Actor, image_list: List
) -> None:
    services.remove_list(by=admin, image_list=image_list)

    with pytest.raises(ListNotFound):
        services.change_list(by=admin, image_list=image_list, settings=ListSettings(name="x"))


def test_the_database_itself_refuses_thresholds_out_of_order(image_list: List) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        List.objects.filter(pk=image_list.pk).update(suggestion_threshold=0.9)


def test_a_removed_list_is_gone_for_everybody(admin: Actor, image_list: List) -> None:
    services.remove_list(by=admin, image_list=image_list)

    with pytest.raises(ListNotFound):
        selectors.list_for(admin, image_list.public_id)
