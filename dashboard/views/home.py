"""The first page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from accounts.http import actor_of, page
from dashboard.landing import Landing
from dashboard.shell import shell_of


@page
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Show what the person's role lands on."""
    if shell_of(request).operates:
        return redirect("operations")
    return render(request, "home/index.html", {"landing": Landing(actor_of(request))})
