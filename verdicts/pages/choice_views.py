"""Choosing a verdict that is there: for another cluster, or for two that become one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import wording
from accounts.http import actor_of, page
from accounts.permissions import Permission
from common.errors import Conflict, LookalikeError
from review.pairs import selectors as pairs_selectors
from verdicts import merging, overviews, planning, selectors, services
from verdicts.pages import shown
from verdicts.pages.forms import ConflictForm, ReuseFilter

if TYPE_CHECKING:
    from accounts.actors import Actor
    from review.pairs.selectors import ShownPair
    from verdicts.pages.shown import ClusterVerdict
    from verdicts.values import Audience

_MOST_FOUND = 30


@page
@require_http_methods(["GET", "HEAD", "POST"])
def reuse(request: HttpRequest, item_id: str) -> HttpResponse:
    """Look for a published verdict, preview it for a cluster, and publish it about that too."""
    actor = actor_of(request)
    actor.require(Permission.PUBLISH_VERDICTS)
    now = shown.shown_verdict(actor, shown.cluster_asked(request, item_id))
    if request.method == "POST":
        return _reuse(request, now)
    asked = ReuseFilter(request.GET)
    wanted = asked.wanted
    context = {"shown": now, "asked": asked, "grace_s": selectors.grace_s_of(actor)}
    if wanted["verdict"]:
        chosen = selectors.verdict_for(actor, wanted["verdict"])
        context |= {"chosen": chosen, "content": overviews.content_of(chosen)}
        context["audience"] = _audience(actor, now)
    else:
        found = overviews.published_like(actor, wanted["q"], size=_MOST_FOUND)
        context["found"] = [each for each in found if each.verdict != now.verdict]
    return render(request, "verdicts/reuse.html", context)


@page
@require_http_methods(["GET", "HEAD", "POST"])
def conflict(request: HttpRequest, match_id: str) -> HttpResponse:
    """Show the verdicts of two clusters that a pair would join; keep one, or keep them apart."""
    actor = actor_of(request)
    actor.require(Permission.DECIDE_MATCHES)
    pair = pairs_selectors.pair_for(actor, match_id)
    (sides,) = pairs_selectors.with_sides([pair])
    if request.method == "POST":
        return _settle(request, sides)
    contenders = merging.contenders(pair)
    if contenders is None:
        return redirect("review:pair", match_id)
    seen = (sides.query, sides.item)
    if pair.query_image_id != pair.image_low_id:
        seen = seen[::-1]
    context = {"pair": pair, "contenders": list(zip(seen, contenders, strict=True))}
    return render(request, "verdicts/conflict.html", context)


def _reuse(request: HttpRequest, now: ClusterVerdict) -> HttpResponse:
    actor, item_id = actor_of(request), now.cluster.item.public_id
    verdict = selectors.verdict_for(actor, request.POST.get("verdict", ""))
    try:
        version = services.reuse(by=actor, cluster=now.cluster, verdict=verdict)
    except LookalikeError as error:
        messages.warning(request, wording.said(error), extra_tags=error.code)
        return redirect("verdicts:reuse", item_id)
    messages.success(request, shown.published(version), extra_tags="published")
    return redirect("review:cluster", item_id)


def _audience(actor: Actor, now: ClusterVerdict) -> Audience:
    if now.verdict is not None:
        return planning.audience_if_published(now.verdict)
    return planning.audience_of_new(
        organisation_id=actor.organisation_id, image_id=now.cluster.reference.pk
    )


def _settle(request: HttpRequest, sides: ShownPair) -> HttpResponse:
    pair, form = sides.pair, ConflictForm(request.POST)
    if not form.is_valid():
        return redirect("verdicts:conflict", pair.public_id)
    keep = form.cleaned_data["keep"]
    try:
        if keep:
            merging.confirm(by=actor_of(request), pair=pair, keep=keep)
        else:
            merging.keep_apart(
                by=actor_of(request), pair=pair, expected_version=form.cleaned_data["version"]
            )
    except Conflict as error:
        messages.warning(request, wording.said(error), extra_tags=error.code)
        return redirect("review:pair", pair.public_id)
    text = _("Matched. The chosen verdict stays.") if keep else _("Marked as different claim.")
    messages.success(request, text, extra_tags="kept" if keep else "kept_apart")
    item = sides.item.item or sides.query.item
    return redirect("review:cluster", item.public_id) if item else redirect("review:queue")
