"""Writes of what operators are told happened last: workers, purges, our own faults."""

from __future__ import annotations

import datetime as dt
import os
import socket

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from jobs.models import LastSeen, SeenKind

# Of each kind; an error is a place in the code, a worker a process.
MAX_ROWS = 50
_MAX_NAME_LENGTH = 200


def note(*, kind: SeenKind, name: str, request_id: str = "") -> None:
    """Note that this was seen now; of a kind only the newest are kept."""
    now = timezone.now()
    named = LastSeen.objects.filter(kind=kind, name=name[:_MAX_NAME_LENGTH])
    with transaction.atomic():
        if named.update(at=now, request_id=request_id, count=F("count") + 1):
            return
        row = LastSeen(kind=kind, name=name[:_MAX_NAME_LENGTH], at=now, request_id=request_id)
        LastSeen.objects.bulk_create([row], ignore_conflicts=True)
        _keep_newest(kind)


def note_worker() -> None:
    """Note that the worker of this process lives."""
    note(kind=SeenKind.WORKER, name=f"{socket.gethostname()}:{os.getpid()}")


def forget_workers(*, not_since: dt.datetime) -> None:
    """Forget workers that were not seen since then."""
    missed = LastSeen.objects.filter(kind=SeenKind.WORKER, at__lt=not_since)
    # Mostly there are none, and nothing is locked.
    if missed.exists():
        missed.delete()


def _keep_newest(kind: SeenKind) -> None:
    ours = LastSeen.objects.filter(kind=kind).order_by("-at", "-pk")
    LastSeen.objects.filter(pk__in=list(ours.values_list("pk", flat=True)[MAX_ROWS:])).delete()
