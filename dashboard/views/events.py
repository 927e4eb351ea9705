"""Events as code: one of each type, and programs that receive them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.http import actor_of, page
from accounts.permissions import Permission
from dashboard import event_samples, receivers
from webhooks.kinds import EventType


@page
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Show an event of the chosen type as JSON, and receivers to copy."""
    actor_of(request).require(Permission.CHANGE_CREDENTIALS)
    asked = request.GET.get("type", "")
    chosen = EventType(asked) if asked in EventType.values else EventType.MATCH_CONFIRMED
    context = {
        "types": EventType.choices,
        "chosen": chosen,
        "sample": event_samples.sample(chosen),
        "receivers": receivers.receivers(request.build_absolute_uri("/").rstrip("/")),
    }
    return render(request, "webhooks/events.html", context)
