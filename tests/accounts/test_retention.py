"""What of accounts goes when its time is over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client
from pytest_django import Settings

from accounts import audit, retention
from accounts.audit import SERVER, AuditAct
from accounts.models import AuditEntry, User, UserSession
from accounts.permissions import Role

NOW = dt.datetime(2026, 3, 10, 15, 30, tzinfo=dt.UTC)


def recorded(days_ago: float) -> int:
    """Record something then; return its row id."""
    with time_machine.travel(NOW - dt.timedelta(days=days_ago), tick=False):
        audit.record(act=AuditAct.ORGANISATION_CHANGED, about=SERVER)
    return AuditEntry.objects.latest("pk").pk


def test_entries_go_when_they_are_old_and_that_is_recorded(db: None, settings: Settings) -> None:
    settings.AUDIT_DAYS = 10
    recorded(30)
    kept = recorded(10.2)  # of the first day that is kept

    for _ in range(2):
        retention.delete_expired(now=NOW)

    (left, purged) = AuditEntry.objects.order_by("pk")
    assert left.pk == kept
    assert (purged.act, purged.organisation) == (AuditAct.AUDIT_PURGED, None)
    assert purged.details == {"entries": 1, "before": "2026-02-28"}


def test_many_entries_go_a_few_at_a_time(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "_DELETED_AT_ONCE", 2)
    for _ in range(5):
        recorded(30)

    assert retention.delete_entries(before=NOW) == 5

    entries = AuditEntry.objects.order_by("pk")
    assert [each.details["entries"] for each in entries] == [2, 2, 1]


def test_sessions_that_are_over_are_deleted(make_user: Callable[..., User]) -> None:
    Client().force_login(make_user(Role.VIEWER))
    Session.objects.update(expire_date=NOW - dt.timedelta(days=1))
    Client().force_login(make_user(Role.ADMIN))

    with time_machine.travel(NOW, tick=False):
        retention.delete_expired(now=NOW)

    assert Session.objects.count() == UserSession.objects.count() == 1
