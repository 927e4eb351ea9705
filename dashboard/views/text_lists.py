"""Text lists: all of them, one of them, its settings."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import wording
from accounts.http import actor_of, page
from accounts.page_forms import accepted
from accounts.permissions import Permission
from common.errors import Conflict
from dashboard.text_list_forms import GrantsForm, NewTextListForm, taken
from lists.pages import newest_page, row_id
from text_lists import selectors, services
from text_lists.putting import MAX_ENTRIES

if TYPE_CHECKING:
    from text_lists.models import TextList

LISTS_PER_PAGE = 60


@page
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """Show all text lists, and those that can be taken back; create one."""
    actor = actor_of(request)
    form = NewTextListForm(request.POST if request.method == "POST" else None)
    made = taken(form, lambda: services.create_list(by=actor, settings=form.settings()))
    if made:
        return redirect("dashboard:text-list", made.public_id)
    after = row_id(request.GET.get("after", ""))
    found = newest_page(selectors.overview_for(actor), after=after, size=LISTS_PER_PAGE)
    context: dict[str, Any] = {"page": found, "after": after, "form": form}
    if actor.may(Permission.CHANGE_LISTS) and after is None:
        removed = list(selectors.removed_lists(actor, now=timezone.now())[:LISTS_PER_PAGE])
        just = request.GET.get("removed", "")
        context["removed"] = removed
        context["just_removed"] = next((each for each in removed if each.public_id == just), None)
    return render(request, "text_lists/index.html", context)


@page
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest, list_id: str) -> HttpResponse:
    """Show and change what can be set of a text list."""
    actor = actor_of(request)
    actor.require(Permission.CHANGE_LISTS)
    text_list = selectors.list_for(actor, list_id)
    form = NewTextListForm(
        request.POST if request.method == "POST" else None, initial=vars(text_list)
    )
    changed = accepted(
        form,
        lambda: services.change_list(by=actor, text_list=text_list, settings=form.settings()),
    )
    if changed:
        messages.success(request, _("Settings saved."), extra_tags="settings_saved")
        return redirect("dashboard:text-list-settings", list_id)
    context = frame_of(text_list, tab="settings") | {"form": form}
    if actor.may(Permission.CHANGE_CREDENTIALS):
        context["grants"] = _grants_form(request, text_list)
    return render(request, "text_lists/settings.html", context)


@page
@require_POST
def grant(request: HttpRequest, list_id: str) -> HttpResponse:
    """Say which API keys that are restricted to lists may reach the text list."""
    actor = actor_of(request)
    actor.require(Permission.CHANGE_CREDENTIALS)
    text_list = selectors.list_for(actor, list_id)
    form = _grants_form(request, text_list)
    if form.is_valid():
        services.grant_list(by=actor, text_list=text_list, credential_ids=form.cleaned_data["keys"])
        messages.success(request, _("Saved."), extra_tags="grants_saved")
    else:
        messages.error(
            request, _("An API key was closed meanwhile. Choose again."), extra_tags="key_closed"
        )
    return redirect("dashboard:text-list-settings", list_id)


@page
@require_POST
def remove(request: HttpRequest, list_id: str) -> HttpResponse:
    """Take a text list out of service, and offer to take that back."""
    text_list = selectors.list_for(actor_of(request), list_id)
    services.remove_list(by=actor_of(request), text_list=text_list)
    return redirect(f"{reverse('dashboard:text-lists')}?removed={list_id}")


@page
@require_POST
def restore(request: HttpRequest, list_id: str) -> HttpResponse:
    """Take the removal of a text list back."""
    actor = actor_of(request)
    actor.require(Permission.CHANGE_LISTS)
    removed = selectors.removed_list_for(actor, list_id)
    try:
        restored = services.restore_list(by=actor, text_list=removed)
    except Conflict as error:
        messages.error(request, wording.said(error), extra_tags=error.code)
        return redirect("dashboard:text-lists")
    text = _("The list “%(name)s” is back.") % {"name": restored.name}
    messages.success(request, text, extra_tags="list_restored")
    return redirect("dashboard:text-list", restored.public_id)


def frame_of(text_list: TextList, *, tab: str) -> dict[str, Any]:
    """Return what every page of a text list shows around its tab."""
    return {
        "list": text_list,
        "tab": tab,
        "entry_count": selectors.entry_count(text_list),
        "max_entries": MAX_ENTRIES,
    }


def moment_of(text: str) -> dt.datetime | None:
    """Return the moment of a text in ISO 8601 with its zone; None for any other."""
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _grants_form(request: HttpRequest, text_list: TextList) -> GrantsForm:
    keys = selectors.restricted_credentials(actor_of(request))
    is_grant = request.method == "POST" and request.path.endswith("/keys/")
    return GrantsForm(
        request.POST if is_grant else None,
        key_choices=[(each.public_id, each.name) for each in keys],
        granted=selectors.granted_ids(text_list),
    )
