"""Credentials for some lists: made with their grants, or not at all."""

from __future__ import annotations

import pytest

from accounts import selectors as accounts_selectors
from accounts.actors import Actor
from accounts.models import ApiCredential
from accounts.permissions import Role
from lists import credentials, selectors, services
from lists.list_settings import ListSettings
from lists.models import List
from lists.selectors import ListNotFound


def test_a_credential_for_some_lists_reaches_no_other(admin: Actor, image_list: List) -> None:
    services.create_list(by=admin, settings=ListSettings(name="Other"))

    new = credentials.create_credential(
        by=admin, name="CMS", role=Role.ANALYST, list_ids=[image_list.public_id]
    )

    program = accounts_selectors.actor_for_credential(new.credential)
    assert list(selectors.lists_for(program)) == [image_list]


def test_a_credential_for_no_list_in_particular_reaches_them_all(
    admin: Actor, image_list: List
) -> None:
    new = credentials.create_credential(by=admin, name="CMS", role=Role.ANALYST, list_ids=[])

    program = accounts_selectors.actor_for_credential(new.credential)
    services.create_list(by=admin, settings=ListSettings(name="Later"))
    assert selectors.lists_for(program).count() == 2


def test_a_list_out_of_reach_makes_no_credential(
    admin: Actor, stranger: Actor, image_list: List
) -> None:
    theirs = services.create_list(by=stranger, settings=ListSettings(name="Theirs"))

    with pytest.raises(ListNotFound):
        credentials.create_credential(
            by=admin,
            name="CMS",
            role=Role.ANALYST,
            list_ids=[image_list.public_id, theirs.public_id],
        )

    assert not ApiCredential.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_credential_is_not_left_without_its_grants(
    admin: Actor, image_list: List, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that reaches nothing would be shown as made."""

    def fail(**_: object) -> None:
        raise RuntimeError("The database went away.")

    monkeypatch.setattr(services, "grant_lists", fail)
    with pytest.raises(RuntimeError):
        credentials.create_credential(
            by=admin, name="CMS", role=Role.ANALYST, list_ids=[image_list.public_id]
        )

    assert not ApiCredential.objects.exists()
