"""The pages of a cluster: its copies, what waits beside them, splitting and joining."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import wording as accounts_wording
from accounts.http import actor_of, page
from accounts.permissions import Permission
from common.errors import InvalidInput, LookalikeError
from lists.pages import row_id
from review import bulk
from review.clusters import joining
from review.clusters import selectors as clusters_selectors
from review.clusters import services as clusters_services
from review.pages import cluster_previews
from review.pages.cluster_forms import ACTS, DEFAULT_SCORE, PairsForm, PreviewForm
from review.pages.keys import ALL_KEYS, CLUSTER_KEYS, KEYS
from review.pages.pair_views import NOT_UNDERSTOOD
from review.pairs import selectors as pairs_selectors

if TYPE_CHECKING:
    from review.clusters.selectors import Cluster

MEMBERS_PER_PAGE = 60
SUGGESTIONS_PER_PAGE = 60
SPLITS_SHOWN = 8


@page
@require_GET
def cluster(request: HttpRequest, item_id: str) -> HttpResponse:
    """Show an item's cluster: the reference, the copies, and pairs to review with any of them."""
    actor, shown = actor_of(request), _cluster(request, item_id)
    after = row_id(request.GET.get("after", ""))
    edges = clusters_selectors.edges_of(actor, shown)
    members = clusters_selectors.members_page(
        actor,
        shown,
        threads=clusters_selectors.threads_of(shown, edges),
        after=after,
        size=MEMBERS_PER_PAGE,
    )
    suggested = clusters_selectors.suggested_with(actor, shown)
    context = {
        "cluster": shown,
        "reference_items": clusters_selectors.items_by_image(actor, [shown.reference.pk]),
        "members": members,
        "after": after,
        "suggestions": cluster_previews.suggestions(shown, suggested[:SUGGESTIONS_PER_PAGE]),
        "suggestion_count": suggested.count(),
        "splits": cluster_previews.places_to_split(actor, edges, count=SPLITS_SHOWN),
        "default_score": DEFAULT_SCORE,
        "cluster_keys": CLUSTER_KEYS,
        **_keys(),
    }
    return render(request, "review/cluster.html", context)


@page
@require_GET
def preview(request: HttpRequest, item_id: str) -> HttpResponse:
    """Show which pairs would be decided together, each of them to be left out."""
    actor_of(request).require(Permission.DECIDE_MATCHES)
    shown = _cluster(request, item_id)
    form = PreviewForm(request.GET)
    if not form.is_valid():
        return redirect("review:cluster", item_id)
    act = form.cleaned_data["act"]
    if form.match_id:
        sheet = cluster_previews.of_pair(
            shown, pairs_selectors.candidate_for(actor_of(request), form.match_id), act=act
        )
    else:
        score = form.cleaned_data["score"]
        sheet = cluster_previews.of_score(
            actor_of(request), shown, act=act, score=DEFAULT_SCORE if score is None else score
        )
    context = {"cluster": shown, "sheet": sheet, **_keys()}
    return render(request, "review/cluster_preview.html", context)


@page
@require_POST
def decide(request: HttpRequest, item_id: str) -> HttpResponse:
    """Decide the chosen pairs, and say which of them could not be decided and why."""
    actor_of(request).require(Permission.DECIDE_MATCHES)
    shown = _cluster(request, item_id)
    form = _pairs_form(request)
    act, versions = form.cleaned_data["act"], form.cleaned_data["pair"]
    if act not in ACTS:
        raise InvalidInput(str(NOT_UNDERSTOOD))
    if not versions:
        messages.info(request, _("Select at least one pair."))
        return redirect("review:cluster", item_id)
    decided = bulk.decide_many(
        by=actor_of(request), match_ids=list(versions), act=act, versions=versions
    )
    outcome = cluster_previews.outcome_of(actor_of(request), decided, act=act)
    return _outcome_page(request, shown, outcome)


@page
@require_POST
def undo(request: HttpRequest, item_id: str) -> HttpResponse:
    """Take back what was decided together."""
    actor_of(request).require(Permission.DECIDE_MATCHES)
    shown = _cluster(request, item_id)
    form = _pairs_form(request)
    versions = form.cleaned_data["pair"]
    if form.cleaned_data["together"]:
        count = len(clusters_services.undo_split(by=actor_of(request), versions=versions))
    else:
        undone = bulk.undo_many(by=actor_of(request), versions=versions)
        outcome = cluster_previews.outcome_of(actor_of(request), undone, act=None)
        if outcome.failures:
            return _outcome_page(request, shown, outcome)
        count = len(outcome.decided)
    text = ngettext("%(n)s decision undone.", "%(n)s decisions undone.", count) % {"n": count}
    messages.success(request, text)
    return redirect("review:cluster", item_id)


@page
@require_POST
def reference(request: HttpRequest, item_id: str) -> HttpResponse:
    """Make one of the copies the original."""
    actor_of(request).require(Permission.DECIDE_MATCHES)
    shown = _cluster(request, item_id)
    image = clusters_selectors.member_image(shown, request.POST.get("image", ""))
    clusters_services.choose_reference(by=actor_of(request), image=image)
    messages.success(request, _("This picture is the original now."))
    return redirect("review:cluster", item_id)


@page
@require_POST
def link(request: HttpRequest, item_id: str) -> HttpResponse:
    """Name a further copy by its id: compare it, and preview what confirming would join."""
    actor_of(request).require(Permission.DECIDE_MATCHES)
    shown = _cluster(request, item_id)
    try:
        named = joining.link(
            by=actor_of(request), cluster=shown, name=request.POST.get("item", "").strip()
        )
    except LookalikeError as error:
        messages.error(request, accounts_wording.said(error))
        return redirect("review:cluster", item_id)
    candidate = named.candidate
    if named.is_told_apart:
        messages.warning(
            request, _("These two were told apart. Undo that here first, then they can be joined.")
        )
        return redirect("review:pair", candidate.public_id)
    if named.is_confirmed:
        messages.info(request, _("These two are confirmed already."))
        return redirect("review:cluster", item_id)
    sheet = cluster_previews.of_pair(shown, candidate, act=ACTS[0])
    context = {"cluster": shown, "sheet": sheet, **_keys()}
    return render(request, "review/cluster_preview.html", context)


@page
@require_http_methods(["GET", "POST"])
def split(request: HttpRequest, item_id: str) -> HttpResponse:
    """Show what splitting at a pair or taking a copy out would part; part it."""
    actor_of(request).require(Permission.DECIDE_MATCHES)
    shown = _cluster(request, item_id)
    if request.method == "POST":
        return _split(request, shown)
    found = cluster_previews.split_asked(
        actor_of(request),
        shown,
        match_id=request.GET.get("pair", ""),
        sha256=request.GET.get("image", ""),
    )
    if found is None:
        messages.info(request, _("There is nothing to split here. Load the page again."))
        return redirect("review:cluster", item_id)
    return render(request, "review/cluster_split.html", {"cluster": shown, "split": found})


def _split(request: HttpRequest, shown: Cluster) -> HttpResponse:
    versions = _pairs_form(request).cleaned_data["pair"]
    parted = clusters_services.split(by=actor_of(request), versions=versions)
    outcome = cluster_previews.outcome_of_split(parted)
    return _outcome_page(request, shown, outcome)


def _outcome_page(
    request: HttpRequest, shown: Cluster, outcome: cluster_previews.Outcome
) -> HttpResponse:
    context = {"cluster": shown, "outcome": outcome, **_keys()}
    return render(request, "review/cluster_outcome.html", context)


def _cluster(request: HttpRequest, item_id: str) -> Cluster:
    actor = actor_of(request)
    return clusters_selectors.cluster_of(actor, clusters_selectors.item_for(actor, item_id))


def _pairs_form(request: HttpRequest) -> PairsForm:
    form = PairsForm(request.POST)
    if not form.is_valid():
        raise InvalidInput(str(NOT_UNDERSTOOD))
    return form


def _keys() -> dict[str, Any]:
    return {"keys": KEYS, "all_keys": ALL_KEYS}
