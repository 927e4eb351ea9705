"""Activity: who decided what and when, taking a decision back, and the table of it all."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts import wording
from accounts.http import actor_of, page
from common.errors import InvalidInput
from dashboard import exports
from dashboard.filters import ActivityFilter
from dashboard.forms import UndoForm
from lists import selectors as lists_selectors
from review.pairs import activity as pairs_activity
from review.pairs import selectors as pairs_selectors
from review.pairs import services as pairs_services
from review.pairs.transitions import DecidedMeanwhile, FollowsFromAnother, NothingToUndo
from verdicts import activity
from verdicts.activity import HistoryPlace

DEEDS_PER_PAGE = 40


@page
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Show what was decided, and done about verdicts, newest first."""
    return _page(request)


@page
@require_GET
def export(request: HttpRequest) -> HttpResponseBase:
    """Send what the filter leaves as a table, the newest first."""
    chosen = _filter(request)
    if chosen.errors:
        raise InvalidInput(_("This filter cannot be understood. Choose again on the page."))
    done = activity.rows(actor_of(request), chosen.wanted, limit=exports.MAX_ROWS)
    rows = exports.activity_csv(done)
    return exports.download(request, by=actor_of(request), name="activity.csv", rows=rows)


@page
@require_POST
def undo(request: HttpRequest, match_id: str) -> HttpResponse:
    """Take the latest decision about a pair back, unless somebody has decided since."""
    pair = pairs_selectors.pair_for(actor_of(request), match_id)
    form = UndoForm(request.POST)
    if not form.is_valid():
        raise InvalidInput(_("This decision cannot be understood. Load the page again."))
    try:
        undone = pairs_services.undo(
            by=actor_of(request),
            pair=pair,
            expected_version=form.cleaned_data["version"],
        )
    except (DecidedMeanwhile, FollowsFromAnother, NothingToUndo) as error:
        messages.warning(request, wording.said(error), extra_tags=error.code)
        return _page(request, status=HTTPStatus.CONFLICT)
    text = _("Decision undone. The pair is “%(state)s” again.")
    messages.success(request, text % {"state": undone.get_state_display()}, extra_tags="undone")
    address = reverse("dashboard:activity")
    return redirect(f"{address}?{request.GET.urlencode()}" if request.GET else address)


def _page(request: HttpRequest, status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
    chosen = _filter(request)
    after = request.GET.get("after", "")
    place = HistoryPlace.of(after)
    deeds = activity.rows_page(actor_of(request), chosen.wanted, after=place, size=DEEDS_PER_PAGE)
    context = {
        "chosen": chosen,
        "page": deeds,
        "after": after,
        "max_exported": exports.MAX_ROWS,
        "undo_query": f"?{request.GET.urlencode()}" if request.GET else "",
    }
    return render(request, "activity/index.html", context, status=status)


def _filter(request: HttpRequest) -> ActivityFilter:
    actor = actor_of(request)
    return ActivityFilter(
        request.GET,
        people=activity.people(actor),
        credentials=activity.credentials(actor),
        rules=pairs_activity.rules(actor),
        lists=lists_selectors.lists_for(actor).order_by("name"),
        find_item=partial(lists_selectors.item_ever_in_reach, actor),
    )
