"""The audit of API credentials that did not open: with a wrong secret, or revoked before."""

from __future__ import annotations

import threading
import time

from accounts import audit
from accounts.actors import Actor, Surface
from accounts.audit import AuditAct
from accounts.models import ApiCredential
from accounts.permissions import Role

# An entry at most, of each credential and in each process: however often somebody tries.
_EVERY_S = 60.0

_lock = threading.Lock()
_recorded_at_s: dict[int, float] = {}  # by the row id of a credential


def record(*, api_user: str) -> None:
    """Record that an API user was refused, if there is one of that name; now and then only."""
    # What cannot be an api_user is not worth a query.
    if not (api_user.isascii() and api_user.isalnum()):
        return
    known = ApiCredential.objects.filter(api_user=api_user).first()
    if known is None or not _is_due(known.pk):
        return
    # Nobody knows who it was, but by which door.
    stranger = Actor(known.organisation_id, Role.VIEWER, Surface.API)
    audit.record(
        by=stranger,
        act=AuditAct.CREDENTIAL_REFUSED,
        about=audit.credential(known),
        details={"revoked": known.revoked_at is not None},
    )


def _is_due(credential_id: int) -> bool:
    now_s = time.monotonic()
    with _lock:
        if now_s - _recorded_at_s.get(credential_id, -_EVERY_S) < _EVERY_S:
            return False
        _recorded_at_s[credential_id] = now_s
        return True
