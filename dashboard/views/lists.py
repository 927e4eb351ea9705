"""Lists: all of them, one of them, its settings and how to reach it by program."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.http import actor_of, page, wants_fragment
from accounts.page_forms import accepted
from accounts.permissions import Permission
from dashboard import snippets, threshold_trial
from dashboard.forms import ListSettingsForm, NewListForm, ThresholdsForm
from dashboard.shell import shell_of
from lists import browsing, selectors, services
from lists.pages import row_id
from review.pairs import services as pairs_services

if TYPE_CHECKING:
    from lists.models import List

LISTS_PER_PAGE = 60
_COVER_PICTURES = 4


@page
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """Show all lists; create one."""
    form = NewListForm(request.POST or None)
    made = accepted(
        form, lambda: services.create_list(by=actor_of(request), settings=form.settings())
    )
    if made:
        return redirect("dashboard:list", made.public_id)
    after = row_id(request.GET.get("after", ""))
    lists_page = selectors.lists_page(actor_of(request), after=after, size=LISTS_PER_PAGE)
    rows = lists_page.rows
    covers = selectors.newest_items(rows, each=_COVER_PICTURES)
    counts = shell_of(request).counts_by_list
    cards = [
        {"list": row, "cover": covers[row.pk], "to_review": counts.get(row.pk, 0)} for row in rows
    ]
    context = {"cards": cards, "form": form, "page": lists_page, "after": after}
    return render(request, "lists/index.html", context)


@page
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest, list_id: str) -> HttpResponse:
    """Show and change a list's settings; thresholds that are tried change nothing."""
    image_list = _list_to_change(request, list_id)
    is_trial = "try" in request.POST
    sent = request.POST if request.method == "POST" and not is_trial else None
    form = ListSettingsForm(sent, initial=vars(image_list))
    change = partial(services.change_list, by=actor_of(request), image_list=image_list)
    if accepted(form, lambda: change(settings=form.settings())):
        messages.success(request, _("Settings saved."), extra_tags="settings_saved")
        return redirect("dashboard:list-settings", list_id)
    tried = ThresholdsForm(request.POST if is_trial else None)
    return _settings_page(request, image_list, form, tried)


@page
@require_POST
def thresholds(request: HttpRequest, list_id: str) -> HttpResponse:
    """Set the two thresholds that were tried."""
    image_list = _list_to_change(request, list_id)
    tried = ThresholdsForm(request.POST)
    change = partial(services.change_list, by=actor_of(request), image_list=image_list)
    if accepted(tried, lambda: change(settings=tried.settings())):
        messages.success(request, _("Settings saved."), extra_tags="settings_saved")
        return redirect("dashboard:list-settings", list_id)
    form = ListSettingsForm(initial=vars(image_list))
    return _settings_page(request, image_list, form, tried)


def _list_to_change(request: HttpRequest, list_id: str) -> List:
    actor_of(request).require(Permission.CHANGE_LISTS)
    return selectors.list_for(actor_of(request), list_id)


def _settings_page(
    request: HttpRequest, image_list: List, form: ListSettingsForm, tried: ThresholdsForm
) -> HttpResponse:
    trial = threshold_trial.trial_of(image_list, tried)
    context = {"form": form, "tried": tried if tried.is_bound else trial.form, "trial": trial}
    if wants_fragment(request):
        return render(request, "lists/_thresholds.html", {**context, "list": image_list})
    frame = frame_of(request, image_list, tab="settings")
    return render(request, "lists/settings.html", frame | context)


@page
@require_GET
def api(request: HttpRequest, list_id: str) -> HttpResponse:
    """Show how programs reach this list."""
    image_list = selectors.list_for(actor_of(request), list_id)
    address = request.build_absolute_uri("/").rstrip("/")
    context = frame_of(request, image_list, tab="api") | {
        "check_snippet": snippets.check_image(address, list_id),
        "add_snippet": snippets.add_image(address, list_id),
        "dialect_snippet": snippets.check_image_in_dialect(address, list_id),
    }
    return render(request, "lists/api.html", context)


@page
@require_POST
def remove(request: HttpRequest, list_id: str) -> HttpResponse:
    """Remove a list whose name was typed once more."""
    image_list = selectors.list_for(actor_of(request), list_id)
    if request.POST.get("name", "").strip() != image_list.name:
        messages.error(
            request,
            _("The name does not match. The list was not removed."),
            extra_tags="wrong_name",
        )
        return redirect("dashboard:list-settings", list_id)
    pairs_services.remove_list(by=actor_of(request), image_list=image_list)
    text = _("The list “%(name)s” was removed.") % {"name": image_list.name}
    messages.success(request, text, extra_tags="list_removed")
    return redirect("dashboard:lists")


def frame_of(request: HttpRequest, image_list: List, *, tab: str) -> dict[str, Any]:
    """Return what every page of a list shows around its tab."""
    return {
        "list": image_list,
        "tab": tab,
        "item_count": browsing.item_count(image_list),
        "to_review": shell_of(request).counts_by_list.get(image_list.pk, 0),
    }
