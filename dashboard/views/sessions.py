"""Where somebody is signed in, and ending that."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts import selectors, sessions
from accounts.http import actor_of, page, user_of


@page
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Show the person's sessions, this one among them."""
    context = {
        "sessions": sessions.sessions_of(user_of(request)),
        "own_id": sessions.id_of(request.session),
    }
    return render(request, "settings/sessions.html", context)


@page
@require_POST
def end(request: HttpRequest, session_id: str) -> HttpResponse:
    """End one of them."""
    sessions.end(user=user_of(request), public_id=session_id)
    messages.success(request, _("The session was ended."), extra_tags="session_ended")
    return redirect("dashboard:sessions")


@page
@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    """End all but this one."""
    ended = sessions.end_others(user=user_of(request), but=sessions.id_of(request.session))
    _say(request, ended)
    return redirect("dashboard:sessions")


@page
@require_POST
def end_all_of(request: HttpRequest, member_id: str) -> HttpResponse:
    """End all sessions of somebody in the team."""
    actor = actor_of(request)
    membership = selectors.member_for(actor, member_id)
    _say(request, sessions.end_all_of(by=actor, membership=membership))
    return redirect("dashboard:team")


def _say(request: HttpRequest, ended: int) -> None:
    text = ngettext("%(n)d session was ended.", "%(n)d sessions were ended.", ended)
    messages.success(request, text % {"n": ended}, extra_tags="sessions_ended")
