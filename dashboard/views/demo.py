"""The demo: its page, and the buttons that load and remove it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.http import actor_of, page, wants_fragment
from accounts.permissions import Permission
from demo import selectors, services


@page
@never_cache
@require_GET
def progress(request: HttpRequest) -> HttpResponse:
    """Show how the demo stands; a script asks for that part alone."""
    actor = actor_of(request)
    actor.require(Permission.CHANGE_LISTS)
    template = "home/_demo.html" if wants_fragment(request) else "home/demo.html"
    return render(request, template, {"demo": selectors.standing(actor)})


@page
@require_POST
def load(request: HttpRequest) -> HttpResponse:
    """Have the demo loaded, and go to where its progress is seen."""
    services.load_later(by=actor_of(request))
    return redirect("dashboard:demo")


@page
@require_POST
def remove(request: HttpRequest) -> HttpResponse:
    """Have the demo removed with all that came of it."""
    services.remove(by=actor_of(request))
    return redirect("dashboard:demo")
