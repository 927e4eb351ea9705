"""The pages of golden pairs, for who marks them."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.http import actor_of, page
from accounts.page_forms import accepted
from accounts.permissions import Permission
from lists.pages import row_id
from review.golden import selectors, services
from review.pages.golden_forms import GoldenForm
from review.pairs import selectors as pairs_selectors

_PER_PAGE = 40


@page
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Show the golden pairs, how they were answered, and which lists mix them in."""
    actor = actor_of(request)
    after = row_id(request.GET.get("after", ""))
    context = {
        "page": selectors.golden_page(actor, after=after, size=_PER_PAGE),
        "after": after,
        "mixing": selectors.lists_that_mix(actor),
    }
    return render(request, "golden/index.html", context)


@page
@require_http_methods(["GET", "HEAD", "POST"])
def mark(request: HttpRequest, match_id: str) -> HttpResponse:
    """Mark a decided pair as golden, or change what is said of it."""
    actor = actor_of(request)
    actor.require(Permission.CHANGE_LISTS)
    pair = pairs_selectors.pair_for(actor, match_id)
    golden = selectors.golden_of(pair)
    initial = {
        "truth": golden.truth if golden else selectors.truth_of(pair),
        "reason": golden.reason if golden else "",
    }
    form = GoldenForm(request.POST if request.method == "POST" else None, initial=initial)
    if accepted(form, lambda: services.mark(by=actor, pair=pair, **form.cleaned_data)):
        messages.success(request, _("Golden pair saved."), extra_tags="golden_marked")
        return redirect("review:golden")
    (shown,) = pairs_selectors.with_sides([pair])
    context = {"pair": pair, "shown": shown, "golden": golden, "form": form}
    return render(request, "golden/mark.html", context)


@page
@require_POST
def retire(request: HttpRequest, match_id: str) -> HttpResponse:
    """Ask nobody about a golden pair any more."""
    actor = actor_of(request)
    actor.require(Permission.CHANGE_LISTS)
    golden = selectors.golden_of(pairs_selectors.pair_for(actor, match_id))
    if golden is not None:
        services.retire(by=actor, golden=golden)
        messages.success(request, _("Golden no more."), extra_tags="golden_retired")
    return redirect("review:golden")
