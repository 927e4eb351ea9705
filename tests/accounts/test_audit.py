"""The audit: what is recorded of whom, by whom, and that nobody changes it."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.test import Client

from accounts import audit, invitations, origins, services, sign_in
from accounts.actors import Actor
from accounts.audit import SERVER, AuditAct
from accounts.models import AuditEntry, Membership, Organisation, User
from accounts.origins import Origin
from accounts.permissions import Role
from common.origins import within
from tests import team
from tests.conftest import PASSWORD

WRONG = "a wrong password"


@pytest.fixture
def ana(make_user: Callable[..., User]) -> User:
    """An analyst."""
    return make_user(Role.ANALYST)


def acts(**about: object) -> list[str]:
    """Return the acts that were recorded, the oldest first."""
    return list(AuditEntry.objects.filter(**about).order_by("pk").values_list("act", flat=True))


def newest() -> AuditEntry:
    return AuditEntry.objects.latest("pk")


def sign_in_with(password: str, email: str, address: str = "192.0.2.7") -> int:
    form = {"username": email, "password": password}
    return Client().post("/login/", form, REMOTE_ADDR=address).status_code


def test_no_entry_is_ever_changed(admin: Actor) -> None:
    audit.record(by=admin, act=AuditAct.LIST_REMOVED, about=SERVER)

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEntry.objects.update(act=AuditAct.SIGNED_OUT)

    assert newest().act == AuditAct.LIST_REMOVED


def test_what_is_taken_back_was_never_done(admin: Actor) -> None:
    before = AuditEntry.objects.count()

    with transaction.atomic():
        services.create_credential(by=admin, name="CMS", role=Role.VIEWER, is_restricted=False)
        transaction.set_rollback(True)

    assert AuditEntry.objects.count() == before


def test_an_entry_tells_who_was_asked_for_from_where(admin: Actor) -> None:
    with within("req_1"), origins.asked_by(Origin(address="192.0.2.7")):
        invited = invitations.invite(by=admin, email="lena@example.org", role=Role.VIEWER)

    entry = newest()
    assert (entry.act, entry.organisation_id) == (AuditAct.PERSON_INVITED, admin.organisation_id)
    assert (entry.user_id, entry.who) == (
        admin.user_id,
        audit.name_of(by=admin),
    )
    assert entry.subject_id == invited.invitation.public_id
    assert entry.subject_label == "lena@example.org"
    assert (entry.details, entry.address, entry.request_id) == (
        {"role": "viewer"},
        "192.0.2.7",
        "req_1",
    )


def test_an_invitation_leaves_a_trace_of_both_sides(admin: Actor) -> None:
    withdrawn = invitations.invite(by=admin, email="omar@example.org", role=Role.VIEWER)
    invitations.withdraw(by=admin, invitation=withdrawn.invitation)
    lena = team.add_member(by=admin, email="lena@example.org", role=Role.VIEWER).membership

    assert acts(user_id=admin.user_id)[-3:] == [
        AuditAct.PERSON_INVITED,
        AuditAct.INVITATION_WITHDRAWN,
        AuditAct.PERSON_INVITED,
    ]
    assert acts(user_id=lena.user_id) == [AuditAct.PERSON_ADDED]


def test_what_a_command_does_is_known_by_its_name(db: None) -> None:
    with origins.asked_by(Origin(command="create_credentials")):
        organisation = services.ensure_organisation(name="Factcheckers")

    entry = newest()
    assert (entry.act, entry.who) == (AuditAct.ORGANISATION_CREATED, "create_credentials")
    assert (entry.surface, entry.organisation_id) == ("system", organisation.pk)


def test_each_change_of_the_team_is_recorded_once(admin: Actor, ana: User) -> None:
    member = Membership.objects.get(user=ana)

    services.change_role(by=admin, membership=member, role=Role.VIEWER)
    services.reset_password(by=admin, membership=member)
    services.remove_member(by=admin, membership=member)

    assert acts(subject_id=member.public_id) == [
        AuditAct.PERSON_ADDED,
        AuditAct.ROLE_CHANGED,
        AuditAct.PASSWORD_RESET,
        AuditAct.PERSON_REMOVED,
    ]
    changed = AuditEntry.objects.get(act=AuditAct.ROLE_CHANGED)
    assert changed.details == {"role": ["analyst", "viewer"]}


def test_what_a_command_changes_of_a_person_is_recorded_and_nothing_else(
    organisation: Organisation, ana: User
) -> None:
    for password, role in ((PASSWORD, Role.ANALYST), ("another horse battery", Role.MANAGER)):
        services.ensure_member(
            organisation=organisation, email=ana.email, password=password, role=role
        )

    assert acts(subject_label=ana.email) == [
        AuditAct.PERSON_ADDED,
        AuditAct.ROLE_CHANGED,
        AuditAct.PASSWORD_RESET,
    ]


def test_a_credential_is_recorded_without_its_secret(admin: Actor) -> None:
    new = services.create_credential(by=admin, name="CMS", role=Role.VIEWER, is_restricted=False)
    services.revoke_credential(by=admin, credential=new.credential)
    services.revoke_credential(by=admin, credential=new.credential)

    entries = AuditEntry.objects.filter(subject_id=new.credential.public_id).order_by("pk")
    assert [each.act for each in entries] == ["credential.created", "credential.revoked"]
    kept = str(list(entries.values()))
    assert new.api_secret not in kept
    assert new.credential.secret_sha256 not in kept


def test_signing_in_and_out_and_a_new_password_are_recorded(ana: User) -> None:
    browser = Client()
    form = {"username": ana.email, "password": PASSWORD}
    with within("req_1"):
        browser.post("/login/", form, REMOTE_ADDR="192.0.2.7")
    new = "another horse battery"
    form = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    browser.post("/settings/password/", form)
    browser.post("/logout/")

    assert acts(user_id=ana.pk) == [
        AuditAct.SIGNED_IN,
        AuditAct.PASSWORD_CHANGED,
        AuditAct.SIGNED_OUT,
    ]
    entry = AuditEntry.objects.get(act=AuditAct.SIGNED_IN)
    assert (entry.address, entry.request_id) == ("192.0.2.7", "req_1")


def test_a_wrong_password_is_recorded_with_its_account(ana: User) -> None:
    sign_in_with(WRONG, ana.email.upper())

    entry = newest()
    assert (entry.act, entry.subject_label) == (AuditAct.SIGN_IN_FAILED, ana.email)
    assert entry.organisation_id == ana.membership.organisation_id
    assert (entry.user_id, entry.who, entry.address) == (None, "", "192.0.2.7")


def test_an_account_that_does_not_exist_leaves_no_address_of_mail(ana: User) -> None:
    for _ in range(2):
        sign_in_with(WRONG, "somebody@example.org")
    sign_in_with(WRONG, "another@example.org")

    failures = AuditEntry.objects.filter(act=AuditAct.SIGN_IN_FAILED).order_by("pk")
    aliases = [each.details["unknown_account"] for each in failures]
    assert aliases[0] == aliases[1] != aliases[2]
    assert not failures.exclude(organisation=None).exists()
    assert "example.org" not in str(list(failures.values()))


def test_attempts_that_are_refused_leave_one_entry_in_a_while(ana: User) -> None:
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False) as clock:
        for _ in range(sign_in.MAX_FAILURES + 20):
            sign_in_with(WRONG, ana.email)
        first = acts(subject_label=ana.email, user_id=None, act__startswith="sign_in")
        clock.shift(sign_in.FAILURE_PERIOD)
        for _ in range(sign_in.MAX_FAILURES + 20):
            sign_in_with(WRONG, ana.email)

    failed = [AuditAct.SIGN_IN_FAILED] * sign_in.MAX_FAILURES
    assert first == [*failed, AuditAct.SIGN_IN_REFUSED]
    assert acts(user_id=None, act__startswith="sign_in") == first * 2


@pytest.mark.django_db(transaction=True)
def test_an_act_is_a_line_of_the_log_without_an_address_of_mail(
    admin: Actor, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="accounts.audit")

    with origins.asked_by(Origin(address="192.0.2.7")):
        new = team.add_member(by=admin, email="lena@example.org", role=Role.VIEWER)

    (line,) = [each for each in caplog.messages if each.startswith("person.added")]
    assert new.membership.public_id in line
    assert "@" not in line
