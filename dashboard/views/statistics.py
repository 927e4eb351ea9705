"""Statistics: how much is asked, found and decided, how fast and how rightly."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.http import actor_of, page
from accounts.permissions import Permission
from common.errors import InvalidInput
from dashboard import exports, figures
from dashboard.figures import Figure
from dashboard.forms import StatisticsForm
from insights import selectors
from insights.selectors import DayWindow
from lists import selectors as lists_selectors


@page
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Show all figures of some lists and days; to analysts, those of their own work."""
    actor = actor_of(request)
    actor.require(Permission.DECIDE_MATCHES)
    form = _form(request)
    context = {
        "form": form,
        "figures": _figures(request, form),
        "counted_at": selectors.counted_at(actor.organisation_id),
        "is_own": not actor.may(Permission.VIEW_STATISTICS),
    }
    return render(request, "statistics/index.html", context)


@page
@require_GET
def export(request: HttpRequest) -> HttpResponseBase:
    """Send the table of one figure."""
    actor = actor_of(request)
    actor.require(Permission.DECIDE_MATCHES)
    code = request.GET.get("figure", "")
    found = {figure.code: figure for figure in _figures(request, _form(request))}
    if code not in found:
        raise Http404
    name = f"statistics-{code}.csv"
    return exports.download(request, by=actor, name=name, rows=exports.figure_csv(found[code]))


def _form(request: HttpRequest) -> StatisticsForm:
    lists = lists_selectors.lists_for(actor_of(request)).order_by("name")
    form = StatisticsForm(request.GET, lists=[(each.public_id, each.name) for each in lists])
    if not form.is_valid():
        raise InvalidInput(_("This filter cannot be understood. Choose again on the page."))
    return form


def _figures(request: HttpRequest, form: StatisticsForm) -> list[Figure]:
    actor = actor_of(request)
    chosen = form.cleaned_data["list"]
    lists = lists_selectors.lists_for(actor)
    if chosen:
        lists = lists.filter(public_id=chosen)
    days = int(form.cleaned_data["days"] or 30)
    window = DayWindow(list(lists.values_list("pk", flat=True)), days)
    sees_all = actor.may(Permission.VIEW_STATISTICS)
    return figures.figures_of(window, user_id=None if sees_all else actor.user_id)
