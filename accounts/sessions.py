"""The sessions of people: which there are, keeping them alive while in use, and ending them.

Django's sessions hold everything; a row beside each says whose it is, from where, and when it was
last used. It goes with its session, however that ends. The session itself keeps when it began and
was last seen, so that a request in between asks nothing more.
"""

from __future__ import annotations

import datetime as dt
from contextlib import suppress

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase, UpdateError
from django.contrib.sessions.models import Session
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts import audit, devices, origins, selectors
from accounts.actors import Actor
from accounts.audit import AuditAct
from accounts.models import Membership, User, UserSession
from accounts.permissions import Permission
from common.errors import NotFound
from common.ids import new_id

# How exactly it is known when a session was last used, and how often that is written.
SEEN_RESOLUTION = dt.timedelta(minutes=10)
_SIGNED_IN = "accounts.sessions.signed_in"
_ID, _BEGUN, _SEEN, _NOTED = "own_id", "begun_at", "seen_at", "noted_key"


class SessionNotFound(NotFound):
    """No such session of the person."""

    code = "session_not_found"


def id_of(session: SessionBase) -> str:
    """Return the public id of a session, empty for strangers."""
    return str(session.get(_ID, ""))


def note_sign_in(request: HttpRequest, email: str) -> None:
    """Keep with the request that it has signed somebody in."""
    vars(request)[_SIGNED_IN] = email


def just_signed_in(request: HttpRequest) -> str:
    """Return the address of mail of whom the request has signed in, empty for nobody."""
    return str(vars(request).get(_SIGNED_IN, ""))


def sessions_of(user: User) -> QuerySet[UserSession]:
    """Return a person's live sessions, the last used first."""
    live = UserSession.objects.filter(user=user, session__expire_date__gt=timezone.now())
    return live.order_by("-last_seen_at", "-pk")


def begin(*, session: SessionBase, user_agent: str) -> None:
    """Note that somebody has just signed in, also if the session was theirs before."""
    for name in (_ID, _BEGUN, _SEEN):
        session.pop(name, None)
    keep_alive(session=session, user_agent=user_agent)


def keep_alive(*, session: SessionBase, user_agent: str) -> None:
    """Note that a session is in use, if it is somebody's, so that its idle time begins anew.

    A session that is older than SESSION_DAYS ends instead, however much it is used.
    """
    now = timezone.now()
    if SESSION_KEY not in session:
        return
    begun_at = _moment(session.get(_BEGUN)) or now
    if now - begun_at >= dt.timedelta(days=settings.SESSION_DAYS):
        session.flush()
        return
    seen_at = _moment(session.get(_SEEN))
    is_noted = session.get(_NOTED) == session.session_key
    if is_noted and seen_at is not None and now - seen_at < SEEN_RESOLUTION:
        return
    session.update(
        {
            _ID: session.get(_ID) or new_id("ses"),
            _BEGUN: begun_at.timestamp(),
            _SEEN: now.timestamp(),
        }
    )
    # When another request has just ended it, Django refuses this one.
    with suppress(UpdateError, IntegrityError):
        _note(session, user_agent, begun_at=begun_at, now=now)


@transaction.atomic
def end(*, user: User, public_id: str) -> None:
    """End one of a person's sessions; raise SessionNotFound for any other id."""
    ended = _end(UserSession.objects.filter(user=user, public_id=public_id))
    if not ended:
        raise SessionNotFound("There is no such session of yours.")
    _record(user, user, ended)


@transaction.atomic
def end_others(*, user: User, but: str) -> int:
    """End all sessions of a person but one; return how many."""
    ended = _end(UserSession.objects.filter(user=user).exclude(public_id=but))
    if ended:
        _record(user, user, ended)
    return ended


@transaction.atomic
def end_all_of(*, by: Actor, membership: Membership) -> int:
    """End all sessions of somebody in the actor's organisation; return how many."""
    by.require(Permission.CHANGE_TEAM)
    member = selectors.member_for(by, membership.public_id)
    ended = _end(UserSession.objects.filter(user=member.user))
    if ended:
        _record(by, member.user, ended)
    return ended


def _note(
    session: SessionBase, user_agent: str, *, begun_at: dt.datetime, now: dt.datetime
) -> None:
    """Write the row beside a session, which has to be there first."""
    session.save()
    session[_NOTED] = session.session_key
    UserSession.objects.update_or_create(
        session_id=session.session_key,
        defaults={
            "public_id": session[_ID],
            "user_id": session[SESSION_KEY],
            "browser": devices.browser_of(user_agent),
            "system": devices.system_of(user_agent),
            "address": origins.current().address,
            "begun_at": begun_at,
            "last_seen_at": now,
        },
    )


def _end(rows: QuerySet[UserSession]) -> int:
    keys = list(rows.values_list("session_id", flat=True))
    Session.objects.filter(pk__in=keys).delete()
    return len(keys)


def _record(by: Actor | User, of: User, ended: int) -> None:
    audit.record(
        by=by, act=AuditAct.SESSION_ENDED, about=audit.person(of), details={"sessions": ended}
    )


def _moment(timestamp: float | None) -> dt.datetime | None:
    return None if timestamp is None else dt.datetime.fromtimestamp(timestamp, dt.UTC)
