"""Records sign-ins and sign-outs, in whichever way they happen: Django and others announce them."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.contrib.auth.signals import (
    user_logged_in,
    user_logged_out,
    user_login_failed,
)
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.http import HttpRequest

from accounts import audit, sessions, sign_in
from accounts.audit import AuditAct, Subject, SubjectKind
from accounts.models import User
from common import metrics

_WORDS = {ADDITION: "added", CHANGE: "changed", DELETION: "deleted"}


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


@receiver(post_save, sender=LogEntry)
def record_operator(instance: LogEntry, **_: object) -> None:
    """Record what a superuser did in Django's admin, which keeps a log but shows it to few."""
    kind = instance.content_type
    audit.record(
        by=instance.user,
        act=AuditAct.OPERATOR_CHANGE,
        about=Subject(SubjectKind.SERVER, label=instance.object_repr),
        details={
            "what": _WORDS.get(instance.action_flag, ""),
            "table": f"{kind.app_label}.{kind.model}" if kind else "",
            "row": str(instance.object_id),
        },
    )
