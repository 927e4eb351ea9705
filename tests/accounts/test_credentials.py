"""API credentials: shown once, stored hashed, compared in constant time, revocable."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
import time_machine
from django.conf import settings
from django.utils import timezone

from accounts import selectors, services
from accounts.actors import Actor
from accounts.models import ApiCredential, Membership, Organisation, User
from accounts.permissions import Role
from accounts.services import NewCredential
from common.errors import Forbidden, InvalidInput, NotFound, Unauthenticated


def test_the_pair_and_the_token_open_the_same_credential(credential: NewCredential) -> None:
    pair = services.sign_in_credential(
        api_user=credential.credential.api_user, api_secret=credential.api_secret
    )

    assert services.sign_in_token(token=credential.token) == pair == credential.credential


def test_the_secret_is_nowhere_in_the_row(credential: NewCredential) -> None:
    row = ApiCredential.objects.filter(pk=credential.credential.pk).values().get()

    assert credential.api_secret not in repr(row)


def test_a_token_is_shorter_than_70_characters(credential: NewCredential) -> None:
    assert len(credential.token) < 70


@pytest.mark.parametrize(
    ("api_user", "api_secret"),
    [
        ("{user}", ""),
        ("{user}", "wrong"),
        ("{user}", "{secret}x"),
        ("nobody", "{secret}"),
        ("", ""),
        ("\x00", "{secret}"),
        ("{user}", "\udcff"),
        ("é" * 1000, "{secret}"),
    ],
)
def test_any_other_pair_is_refused_in_the_same_words(
    credential: NewCredential, api_user: str, api_secret: str
) -> None:
    known = {"user": credential.credential.api_user, "secret": credential.api_secret}

    with pytest.raises(Unauthenticated) as refusal:
        services.sign_in_credential(
            api_user=api_user.format(**known), api_secret=api_secret.format(**known)
        )

    assert refusal.value.message == "Incorrect API user or API secret"


def test_a_revoked_credential_opens_nothing(credential: NewCredential, admin: Actor) -> None:
    services.revoke_credential(by=admin, credential=credential.credential)

    with pytest.raises(Unauthenticated):
        services.sign_in_token(token=credential.token)


def test_the_last_use_is_remembered_to_the_minute(credential: NewCredential) -> None:
    start = timezone.now()
    with time_machine.travel(start, tick=False):
        services.sign_in_token(token=credential.token)
    with time_machine.travel(start + dt.timedelta(seconds=59), tick=False):
        services.sign_in_token(token=credential.token)

    credential.credential.refresh_from_db()
    assert credential.credential.last_used_at == start


def test_only_admins_see_and_make_credentials(make_actor: Callable[..., Actor]) -> None:
    for role in (Role.VIEWER, Role.ANALYST, Role.MANAGER):
        with pytest.raises(Forbidden):
            selectors.credentials_for(make_actor(role))
        with pytest.raises(Forbidden):
            services.create_credential(
                by=make_actor(role), name="x", role=Role.VIEWER, is_restricted=False
            )


def test_a_stranger_does_not_reach_a_credential(credential: NewCredential, stranger: Actor) -> None:
    with pytest.raises(NotFound) as foreign:
        selectors.credential_for(stranger, credential.credential.public_id)
    with pytest.raises(NotFound) as unknown:
        selectors.credential_for(stranger, "key_unknown")

    assert foreign.value.message == unknown.value.message


def test_a_person_of_one_organisation_is_not_moved_to_another(
    organisation: Organisation, stranger_organisation: Organisation
) -> None:
    services.ensure_member(
        organisation=organisation, email="asha@example.org", password="x" * 12, role=Role.ADMIN
    )

    with pytest.raises(InvalidInput):
        services.ensure_member(
            organisation=stranger_organisation,
            email="Asha@Example.org",
            password=None,
            role=Role.ADMIN,
        )


def test_a_person_who_was_removed_can_be_brought_back_by_an_operator(
    organisation: Organisation,
) -> None:
    user = services.ensure_member(
        organisation=organisation, email="asha@example.org", password="x" * 12, role=Role.ADMIN
    )
    Membership.objects.filter(user=user).delete()
    User.objects.filter(pk=user.pk).update(is_active=False)

    back = services.ensure_member(
        organisation=organisation, email="asha@example.org", password="y" * 12, role=Role.VIEWER
    )

    assert back.is_active
    assert back.membership.role == Role.VIEWER


def test_the_product_keeps_passwords_with_argon2() -> None:
    assert "Argon2" in settings_of_the_product()["PASSWORD_HASHERS"][0]


def settings_of_the_product() -> dict[str, list[str]]:
    """Return the product's own values of what the tests' settings shorten."""
    from_product = __import__("dedup_project.settings", fromlist=["PASSWORD_HASHERS"])
    assert settings.PASSWORD_HASHERS != from_product.PASSWORD_HASHERS
    return vars(from_product)
