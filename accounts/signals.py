"""Records sign-ins and sign-outs, in whichever way they happen: Django and others announce them."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib.auth.signals import (
    user_logged_in,
    user_logged_out,
    user_login_failed,
)
from django.dispatch import receiver
from django.http import HttpRequest

from accounts import audit, sessions, sign_in
from accounts.audit import AuditAct
from accounts.models import User
from common import metrics


@receiver(user_logged_in)
def record_sign_in(request: HttpRequest, user: User, **_: object) -> None:
    """Record who has signed in, and note the session."""
    user_agent = request.headers.get("User-Agent", "")
    sessions.begin(session=request.session, user_agent=user_agent)
    sessions.note_sign_in(request, user.email)
    audit.record(by=user, act=AuditAct.SIGNED_IN, about=audit.person(user))


@receiver(user_logged_out)
def record_sign_out(user: User | None, **_: object) -> None:
    """Record who has signed out; a session may have had nobody."""
    if user is not None:
        audit.record(by=user, act=AuditAct.SIGNED_OUT, about=audit.person(user))


@receiver(user_login_failed)
def record_failure(credentials: Mapping[str, object], **_: object) -> None:
    """Record whose password was tried in vain; the limits bound how often that happens."""
    metrics.SIGN_INS_REFUSED.labels("password").inc()
    sign_in.record(act=AuditAct.SIGN_IN_FAILED, email=str(credentials.get("username", "")))
