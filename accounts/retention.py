"""What of accounts is deleted when its time is over: sessions, and entries of the audit."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import transaction

from accounts import audit
from accounts.audit import SERVER, AuditAct
from accounts.models import AuditEntry

_DELETED_AT_ONCE = 1000


def delete_expired(*, now: dt.datetime) -> None:
    """Delete sessions that are over, and entries older than AUDIT_DAYS.

    Where there are none, as mostly, nothing is locked.
    """
    if Session.objects.filter(expire_date__lt=now).exists():
        SessionStore.clear_expired()
    today = now.astimezone(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    delete_entries(before=today - dt.timedelta(days=settings.AUDIT_DAYS))


def delete_entries(*, before: dt.datetime) -> int:
    """Delete the entries of the audit from before then, and record it; return how many.

    What is deleted and that it was are written together, a few entries at a time.
    """
    old = AuditEntry.objects.filter(created_at__lt=before).order_by("created_at")
    deleted = 0
    while pks := list(old.values_list("pk", flat=True)[:_DELETED_AT_ONCE]):
        deleted += _delete(pks, before)
        if len(pks) < _DELETED_AT_ONCE:
            break
    return deleted


@transaction.atomic
def _delete(pks: list[int], before: dt.datetime) -> int:
    count, _ = AuditEntry.objects.filter(pk__in=pks).delete()
    if count:
        audit.record(
            act=AuditAct.AUDIT_PURGED,
            about=SERVER,
            details={"entries": count, "before": before.date().isoformat()},
        )
    return count
