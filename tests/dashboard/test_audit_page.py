"""The audit's page and table: who sees what of it, how it is narrowed, and what it leaves."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable, Iterable

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts import audit, selectors, services
from accounts.actors import Actor
from accounts.audit import SERVER, AuditAct, Subject, SubjectKind
from accounts.models import AuditEntry, User
from accounts.permissions import Role
from accounts.services import NewCredential
from dashboard.views import audit as audit_view
from lists import services as lists_services
from lists.list_settings import ListSettings
from tests import hooks

PAGE = "/settings/audit/"


@pytest.fixture
def browser(make_user: Callable[..., User], admin: Actor) -> Client:
    """The browser of an admin, whose organisation has done nothing but to begin."""
    client = Client()
    client.force_login(make_user(Role.ADMIN))
    return client


def shown(browser: Client, query: str = "") -> list[str]:
    """Return the acts on a page, the newest first."""
    return hooks.values(browser.get(PAGE + query), "act")


def exported(browser: Client, query: str = "") -> list[dict[str, str]]:
    answer = browser.get(f"{PAGE}export/{query}")
    parts: Iterable[bytes] = answer.streaming_content  # type: ignore[attr-defined]
    return list(csv.DictReader(io.StringIO(b"".join(parts).decode("utf-8-sig"))))


def test_what_was_done_is_shown_newest_first(browser: Client, admin: Actor) -> None:
    lists_services.create_list(by=admin, settings=ListSettings(name="Fakes"))

    assert shown(browser)[:2] == [AuditAct.LIST_CREATED, AuditAct.SIGNED_IN]


def test_an_act_of_a_newer_version_is_shown_by_its_code(browser: Client, admin: Actor) -> None:
    AuditEntry.objects.create(organisation_id=admin.organisation_id, act="moon.landed")

    assert shown(browser)[0] == "moon.landed"
    assert "moon.landed" in browser.get(PAGE).content.decode()


def test_it_is_narrowed_by_who_what_kind_id_and_day(
    browser: Client, admin: Actor, credential: NewCredential
) -> None:
    program = selectors.actor_for_credential(credential.credential)
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False):
        image_list = lists_services.create_list(by=program, settings=ListSettings(name="Fakes"))
        lists_services.remove_list(by=admin, image_list=image_list)
    key = credential.credential.public_id

    both = [AuditAct.LIST_REMOVED, AuditAct.LIST_CREATED]
    assert shown(browser, f"?id={image_list.public_id}") == both
    assert shown(browser, "?kind=list") == both
    assert shown(browser, "?what=list.removed") == both[:1]
    assert shown(browser, f"?who={key}") == both[1:]
    assert shown(browser, f"?who=person-{admin.user_id}&kind=list") == both[:1]
    assert shown(browser, "?since=2026-03-01&until=2026-03-01") == both
    assert shown(browser, "?until=2026-02-28") == []
    assert AuditAct.CREDENTIAL_CREATED in shown(browser, "?who=system")


@pytest.mark.parametrize("query", ["?who=nobody", "?id=%00", "?since=yesterday", "?kind=moon"])
def test_a_filter_that_makes_no_sense_is_named_and_exports_nothing(
    browser: Client, query: str
) -> None:
    assert hooks.mistakes(browser.get(PAGE + query))
    assert browser.get(f"{PAGE}export/{query}").status_code == 400


def test_organisations_never_see_each_others_entries_nor_the_servers(
    browser: Client, stranger: Actor
) -> None:
    audit.record(by=stranger, act=AuditAct.LIST_ERASED, about=SERVER)
    audit.record(act=AuditAct.AUDIT_PURGED, about=SERVER)

    assert not {AuditAct.LIST_ERASED, AuditAct.AUDIT_PURGED} & set(shown(browser))
    assert not {AuditAct.LIST_ERASED, AuditAct.AUDIT_PURGED} & {
        each["act"] for each in exported(browser)
    }


def test_who_left_can_still_be_asked_for(
    browser: Client, admin: Actor, make_user: Callable[..., User]
) -> None:
    manager = make_user(Role.MANAGER)
    by = selectors.actor_for_user(manager)
    lists_services.create_list(by=by, settings=ListSettings(name="Fakes"))
    services.remove_member(by=admin, membership=manager.membership)

    assert shown(browser, f"?who=person-{manager.pk}") == [AuditAct.LIST_CREATED]


def test_the_page_goes_on_where_it_ended_and_asks_as_much_for_many_rows_as_for_few(
    browser: Client,
    admin: Actor,
    monkeypatch: pytest.MonkeyPatch,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    monkeypatch.setattr(audit_view, "ENTRIES_PER_PAGE", 5)
    about = [Subject(SubjectKind.ITEM, f"med_{number}") for number in range(7)]
    audit.record_each(by=admin, act=AuditAct.ITEM_REMOVED, about=about)

    # Session, person, membership, people, credentials, entries, and the rail's count of pairs.
    with django_assert_num_queries(7):
        first = browser.get(PAGE)
    after = AuditEntry.objects.get(subject_id="med_2").pk
    second = browser.get(f"{PAGE}?after={after}")

    seen = hooks.values(first, "subject"), hooks.values(second, "subject")[:2]
    assert seen == (["med_6", "med_5", "med_4", "med_3", "med_2"], ["med_1", "med_0"])


def test_the_export_holds_what_the_filter_leaves_and_is_itself_recorded(
    browser: Client, admin: Actor
) -> None:
    moment = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
    with time_machine.travel(moment, tick=False):
        image_list = lists_services.create_list(by=admin, settings=ListSettings(name="=cmd()"))

    (row,) = exported(browser, "?kind=list")

    assert row == {
        "when": "2026-03-01T12:00:00+00:00",
        "who": User.objects.get(pk=admin.user_id or 0).email,
        "surface": "browser",
        "act": "list.created",
        "kind": "list",
        "id": image_list.public_id,
        "name": "'=cmd()",
        "details": "",
        "address": "",
        "request_id": "",
    }
    entry = AuditEntry.objects.latest("pk")
    assert (entry.act, entry.details) == (AuditAct.EXPORT_DOWNLOADED, {"filter": "kind=list"})


def test_what_operators_do_is_recorded_for_operators_alone(
    browser: Client, admin: Actor, make_user: Callable[..., User]
) -> None:
    operator = make_user(Role.MANAGER)  # of the organisation as well
    User.objects.filter(pk=operator.pk).update(is_superuser=True, is_staff=True)
    client = Client()
    client.force_login(operator)

    client.post(
        f"/admin/accounts/organisation/{admin.organisation_id}/change/", {"name": "Renamed"}
    )

    entry = AuditEntry.objects.latest("pk")
    assert (entry.act, entry.user_id, entry.organisation_id) == (
        AuditAct.OPERATOR_CHANGE,
        operator.pk,
        None,
    )
    assert entry.details == {
        "what": "changed",
        "table": "accounts.organisation",
        "row": str(admin.organisation_id),
    }
    assert AuditAct.OPERATOR_CHANGE not in shown(browser)


def test_superusers_see_the_whole_servers_entries_and_change_none(admin: Actor) -> None:
    audit.record(act=AuditAct.AUDIT_PURGED, about=SERVER)
    operator = Client()
    operator.force_login(User.objects.create_superuser("root@example.org", "secret"))
    entry = AuditEntry.objects.get(act=AuditAct.AUDIT_PURGED)

    page = operator.get("/admin/accounts/auditentry/").content.decode()

    assert "audit.purged" in page
    assert "person.added" in page
    address = f"/admin/accounts/auditentry/{entry.pk}/change/"
    assert operator.get(address).status_code == 200
    assert operator.post(address, {"act": "sign_out"}).status_code == 403
    removal = f"/admin/accounts/auditentry/{entry.pk}/delete/"
    assert operator.post(removal, {"post": "yes"}).status_code == 403
