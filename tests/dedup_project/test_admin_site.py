"""Django's admin: superusers only."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from accounts.permissions import Role

pytestmark = pytest.mark.django_db

PAGES = [
    "/admin/",
    "/admin/accounts/user/",
    "/admin/accounts/organisation/",
    "/admin/accounts/apicredential/",
    "/admin/accounts/picturecount/",
    "/admin/lists/list/",
    "/admin/lists/item/",
    "/admin/lists/image/",
    "/admin/review/matchcandidate/",
    "/admin/review/decision/",
    "/admin/jobs/job/",
]


@pytest.fixture
def superuser(db: None) -> User:
    """An operator of the whole installation."""
    return User.objects.create_superuser("root@example.org", "a long password")


@pytest.mark.parametrize("page", PAGES)
def test_superusers_see_every_page(superuser: User, page: str) -> None:
    client = Client()
    client.force_login(superuser)

    assert client.get(page).status_code == 200


@pytest.mark.parametrize("page", PAGES)
def test_admins_of_an_organisation_find_nothing_there(
    make_user: Callable[..., User], page: str
) -> None:
    user = make_user(Role.ADMIN)
    user.is_staff = True
    user.save()
    client = Client()
    client.force_login(user)

    answer = client.get(page, follow=True)

    assert answer.status_code == 404


def test_strangers_are_sent_to_the_one_sign_in_page(superuser: User) -> None:
    answer = Client().get("/admin/", follow=True)

    assert answer.redirect_chain[-1][0].startswith("/login/?next=")


def test_nobody_deletes_behind_the_change_feed(superuser: User) -> None:
    client = Client()
    client.force_login(superuser)

    for model in ("accounts/organisation", "lists/list", "lists/item", "lists/image"):
        assert client.get(f"/admin/{model}/1/delete/").status_code in {302, 403}
