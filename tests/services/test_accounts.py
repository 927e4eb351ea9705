"""Each service of accounts once, in no transaction but its own."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from pyotp import TOTP

from accounts import (
    audit,
    callback_secrets,
    invitations,
    openid,
    passwords,
    quotas,
    refused_credentials,
    retention,
    second_factor,
    selectors,
    services,
    sessions,
    sign_in,
    sign_in_rules,
)
from accounts.actors import Actor
from accounts.audit import SERVER, AuditAct
from accounts.limits import ApiLimits
from accounts.models import (
    ApiCredential,
    AuditEntry,
    CallbackSecret,
    Invitation,
    Membership,
    OpenIdIdentity,
    Organisation,
    PictureCount,
    RecoveryCode,
    RequestCount,
    SecondFactor,
    SignInAttempt,
    User,
    UserSession,
)
from accounts.permissions import Role
from accounts.services import NewCredential
from tests import team
from tests.team import NewMember

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def lena(admin: Actor) -> NewMember:
    """A second admin."""
    return team.add_member(by=admin, email="lena@example.org", role=Role.ADMIN)


@pytest.fixture
def program(credential: NewCredential) -> Actor:
    """A program that may use a little."""
    actor = selectors.actor_for_credential(credential.credential)
    return replace(actor, limits=ApiLimits(rate_limit_per_minute=5, quota_per_day=5))


def member(new: NewMember) -> Membership:
    """Return the membership as it is stored."""
    return Membership.objects.select_related("user").get(pk=new.membership.pk)


def test_an_organisation_is_made(db: None) -> None:
    services.ensure_organisation(name="Factcheckers")

    assert Organisation.objects.get().name == "Factcheckers"


def test_a_member_is_ensured(organisation: Organisation) -> None:
    user = services.ensure_member(
        organisation=organisation, email="ana@example.org", password=None, role=Role.ANALYST
    )

    assert Membership.objects.get(user=user).role == Role.ANALYST


def test_somebody_is_invited_and_joins(admin: Actor) -> None:
    new = invitations.invite(by=admin, email="ana@example.org", role=Role.ANALYST)
    assert Invitation.objects.get().email == "ana@example.org"

    user = invitations.accept(token=new.token, name="Ana", password="a first password")

    assert Membership.objects.get(user=user).role == Role.ANALYST
    assert not Invitation.objects.exists()


def test_somebody_joins_by_openid_connect(admin: Actor) -> None:
    invitations.invite(by=admin, email="ana@example.org", role=Role.ANALYST)
    claims = openid.Claims("https://id.example", "ana", "ana@example.org", is_verified=True)

    openid.sign_in(claims=claims)

    assert OpenIdIdentity.objects.get().user.email == "ana@example.org"
    assert AuditEntry.objects.latest("pk").act == AuditAct.IDENTITY_LINKED


def test_an_invited_person_joins_without_a_password(admin: Actor) -> None:
    new = invitations.invite(by=admin, email="ana@example.org", role=Role.ANALYST)

    user = invitations.join(invitation=new.invitation, name="Ana", password=None)

    assert not User.objects.get(pk=user.pk).has_usable_password()


def test_an_invitation_is_withdrawn(admin: Actor) -> None:
    new = invitations.invite(by=admin, email="ana@example.org", role=Role.ANALYST)

    invitations.withdraw(by=admin, invitation=new.invitation)

    assert not Invitation.objects.exists()


def test_a_role_is_changed(admin: Actor, lena: NewMember) -> None:
    services.change_role(by=admin, membership=lena.membership, role=Role.VIEWER)

    assert member(lena).role == Role.VIEWER


def test_a_language_is_chosen(lena: NewMember) -> None:
    services.choose_language(user=lena.membership.user, language="fr")

    assert member(lena).user.language == "fr"


def test_a_password_is_reset(admin: Actor, lena: NewMember) -> None:
    token = services.reset_password(by=admin, membership=lena.membership)
    assert not member(lena).user.has_usable_password()

    passwords.choose(token=token, password="another horse battery")

    assert member(lena).user.check_password("another horse battery")


def test_a_link_to_another_password_is_recorded(lena: NewMember) -> None:
    asked = passwords.link_for(email=lena.membership.user.email.upper())

    assert asked is not None
    assert passwords.opened(asked.token) == lena.membership.user
    assert AuditEntry.objects.latest("pk").act == AuditAct.PASSWORD_LINK_MADE


def test_a_password_is_chosen(lena: NewMember) -> None:
    services.choose_password(user=lena.membership.user, password="another horse battery")

    assert member(lena).user.check_password("another horse battery")


def test_a_member_is_removed(admin: Actor, lena: NewMember) -> None:
    services.remove_member(by=admin, membership=lena.membership)

    assert not Membership.objects.filter(pk=lena.membership.pk).exists()
    assert not User.objects.get(pk=lena.membership.user_id).is_active


def test_a_second_factor_is_set_up_used_renewed_and_turned_off(lena: NewMember) -> None:
    user = lena.membership.user
    secret = second_factor.new_secret()

    (first, *_) = second_factor.turn_on(user=user, secret=secret, code=TOTP(secret).now())
    second_factor.use_code(user=user, code=first)
    assert RecoveryCode.objects.count() == second_factor.RECOVERY_CODES - 1
    second_factor.renew_codes(user=user)
    assert RecoveryCode.objects.count() == second_factor.RECOVERY_CODES
    second_factor.turn_off(user=user)
    assert not SecondFactor.objects.exists()


def test_a_second_factor_is_required_and_reset(
    organisation: Organisation, admin: Actor, lena: NewMember
) -> None:
    secret = second_factor.new_secret()
    second_factor.turn_on(user=lena.membership.user, secret=secret, code=TOTP(secret).now())
    by = selectors.actor_for_user(lena.membership.user)

    sign_in_rules.change_rules(by=by, second_factor=True, openid=False)
    organisation.refresh_from_db()
    assert organisation.requires_second_factor
    second_factor.reset(by=admin, membership=lena.membership)
    assert not SecondFactor.objects.exists()


def test_a_password_is_checked(lena: NewMember) -> None:
    with pytest.raises(sign_in.WrongPassword):
        sign_in.check_password(user=lena.membership.user, password="wrong")


def test_a_credential_is_created_and_revoked(admin: Actor) -> None:
    new = services.create_credential(by=admin, name="CMS", role=Role.VIEWER, is_restricted=False)
    services.revoke_credential(by=admin, credential=new.credential)

    kept = ApiCredential.objects.get()
    assert (kept.created_by_id, kept.revoked_at is None) == (admin.user_id, False)


def test_a_credential_that_is_refused_is_recorded(
    organisation: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refused_credentials, "_recorded_at_s", {})
    new = services.issue_credential(organisation_id=organisation.pk, name="CMS", role=Role.VIEWER)

    refused_credentials.record(api_user=new.credential.api_user)

    entry = AuditEntry.objects.get(act=AuditAct.CREDENTIAL_REFUSED)
    assert (entry.organisation_id, entry.subject_label) == (organisation.pk, "CMS")


@pytest.mark.parametrize("way", ["pair", "token"])
def test_a_credential_signs_in(organisation: Organisation, way: str) -> None:
    new = services.issue_credential(organisation_id=organisation.pk, name="CMS", role=Role.VIEWER)

    if way == "pair":
        services.sign_in_credential(api_user=new.credential.api_user, api_secret=new.api_secret)
    else:
        services.sign_in_token(token=new.token)

    assert ApiCredential.objects.get().last_used_at is not None


def test_requests_and_pictures_are_counted_and_given_back(program: Actor) -> None:
    quotas.take_request(by=program)
    taken = quotas.take_pictures(by=program, count=3)
    quotas.give_back(taken=taken, count=1)

    assert (RequestCount.objects.get().used, PictureCount.objects.get().used) == (1, 2)


def test_attempts_to_sign_in_are_counted_and_forgotten(db: None) -> None:
    email, address = "ana@example.org", "192.0.2.1"

    sign_in.begin_attempt(email=email, address=address)
    assert SignInAttempt.objects.count() == 4, "Of the account, of the address, and of both."
    sign_in.forget_attempts(email=email, address=address)
    sign_in.take_back(attempts=sign_in.begin_attempt(email=email, address=address))
    assert SignInAttempt.objects.count() == 0


def test_acts_are_recorded(admin: Actor) -> None:
    audit.record(by=admin, act=AuditAct.EXPORT_DOWNLOADED, about=SERVER)
    audit.record_each(by=admin, act=AuditAct.ITEM_REMOVED, about=[SERVER, SERVER])
    sign_in.record(act=AuditAct.SIGN_IN_FAILED, email="nobody@example.org")

    kept = list(AuditEntry.objects.order_by("pk").values_list("act", flat=True))
    assert kept[-4:] == [
        AuditAct.EXPORT_DOWNLOADED,
        AuditAct.ITEM_REMOVED,
        AuditAct.ITEM_REMOVED,
        AuditAct.SIGN_IN_FAILED,
    ]


def test_sessions_are_noted_kept_and_ended(admin: Actor, lena: NewMember) -> None:
    user = lena.membership.user
    browsers = [Client() for _ in range(4)]
    for browser in browsers:
        browser.force_login(user)
    kept = [browser.session for browser in browsers]

    sessions.begin(session=kept[0], user_agent="")
    sessions.keep_alive(session=kept[0], user_agent="")
    assert UserSession.objects.count() == 4
    sessions.end(user=user, public_id=sessions.id_of(kept[1]))
    assert UserSession.objects.count() == 3
    sessions.end_others(user=user, but=sessions.id_of(kept[0]))
    assert UserSession.objects.get().public_id == sessions.id_of(kept[0])
    sessions.end_all_of(by=admin, membership=lena.membership)
    assert UserSession.objects.count() == Session.objects.count() == 0


def test_a_callback_secret_is_made_and_made_anew(admin: Actor) -> None:
    for _ in range(2):
        callback_secrets.make_callback_secret(by=admin)

    assert CallbackSecret.objects.filter(ends_at=None).count() == 1
    assert CallbackSecret.objects.count() == 2


def test_what_is_over_is_deleted(admin: Actor) -> None:
    later = timezone.now() + dt.timedelta(days=1000)

    retention.delete_expired(now=later)
    assert AuditEntry.objects.get().act == AuditAct.AUDIT_PURGED
    assert retention.delete_entries(before=later) == 1
