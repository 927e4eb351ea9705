"""API credentials: who has one, a new one, and closing one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import callback_secrets, quotas, selectors, services
from accounts.http import actor_of, page
from accounts.page_forms import accepted
from accounts.permissions import Role
from dashboard import snippets
from dashboard.forms import NewCredentialForm
from lists import credentials as lists_credentials
from lists import room
from lists import selectors as lists_selectors


@page
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """Show the credentials; create one and show its secret, this once."""
    actor = actor_of(request)
    credentials = selectors.credentials_for(actor)
    choices = [(each.public_id, each.name) for each in lists_selectors.lists_for(actor)]
    form = NewCredentialForm(
        request.POST if request.method == "POST" else None, list_choices=choices
    )
    new = accepted(
        form,
        lambda: lists_credentials.create_credential(
            by=actor,
            name=form.cleaned_data["name"],
            role=Role(form.cleaned_data["role"]),
            list_ids=form.cleaned_data["lists"],
        ),
    )
    if new:
        form = NewCredentialForm(list_choices=choices)
    return _shown(request, {"credentials": credentials, "form": form, "new": new})


@page
@require_POST
def callback_secret(request: HttpRequest) -> HttpResponse:
    """Make a new secret that callbacks are signed with, and show it, this once."""
    actor = actor_of(request)
    made = callback_secrets.make_callback_secret(by=actor)
    choices = [(each.public_id, each.name) for each in lists_selectors.lists_for(actor)]
    form = NewCredentialForm(list_choices=choices)
    credentials = selectors.credentials_for(actor)
    return _shown(request, {"credentials": credentials, "form": form, "callback_secret": made})


def _shown(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    actor = actor_of(request)
    new = context.get("new")
    address = request.build_absolute_uri("/").rstrip("/")
    snippet = snippets.show_lists(address, new.token) if new else None
    context |= {
        "snippet": snippet,
        "usage": quotas.usage_for(actor),
        "storage_use": room.storage_use_of(actor.organisation_id),
        "newest_callback_secret": callback_secrets.newest_of(by=actor),
    }
    response = render(request, "settings/api.html", context)
    add_never_cache_headers(response)
    return response


@page
@require_POST
def revoke(request: HttpRequest, credential_id: str) -> HttpResponse:
    """Close a credential for good."""
    credential = selectors.credential_for(actor_of(request), credential_id)
    services.revoke_credential(by=actor_of(request), credential=credential)
    text = _("“%(name)s” was revoked. Programs that use it are refused from now on.")
    messages.success(request, text % {"name": credential.name}, extra_tags="revoked")
    return redirect("dashboard:api-credentials")
