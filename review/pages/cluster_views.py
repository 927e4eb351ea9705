"""The pages of a cluster: its copies, what waits beside them, splitting and joining."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
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
from review.pages import bulk_pages, cluster_previews, shown_claims
from review.pages.bulk_forms import value_of
from review.pages.bulk_pages import BulkPlace, UndoOffer
from review.pages.cluster_forms import ACTS, DEFAULT_SCORE, SPLIT_ACT, PreviewForm
from review.pages.keys import CLUSTER_KEYS, KEY_CONTEXT
from review.pairs import selectors as pairs_selectors

if TYPE_CHECKING:
    from review.clusters.selectors import ImageCluster

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
    suggestions = cluster_previews.suggestions(shown, suggested[:SUGGESTIONS_PER_PAGE])
    pictures = [shown.reference, *(member.image for member in members.rows)]
    pictures += [suggestion.other.image for suggestion in suggestions]
    context = {
        "cluster": shown,
        "reference_items": clusters_selectors.items_by_image(actor, [shown.reference.pk]),
        "members": members,
        "after": after,
        "beside_cluster": cluster_previews.beside(suggestions),
        "inside_cluster": [each for each in suggestions if each.is_inside],
        "shown_count": len(suggestions),
        "lines": shown_claims.lines_read(pictures),
        "suggestion_count": suggested.count(),
        "splits": cluster_previews.places_to_split(actor, edges, count=SPLITS_SHOWN),
        "default_score": DEFAULT_SCORE,
        "cluster_keys": CLUSTER_KEYS,
        "key": bulk_pages.new_key(),
        **KEY_CONTEXT,
    }
    return render(request, "review/cluster.html", context)


@page
@require_GET
def preview(request: HttpRequest, item_id: str) -> HttpResponse:
    """Show which pairs would be decided together, each of them to be left out."""
    actor = actor_of(request)
    actor.require(Permission.DECIDE_MATCHES)
    shown = _cluster(request, item_id)
    form = PreviewForm(request.GET)
    if not form.is_valid():
        return redirect("review:cluster", item_id)
    act = form.cleaned_data["act"]
    if form.match_id:
        pair = pairs_selectors.pair_for(actor, form.match_id)
        sheet = cluster_previews.of_pair(shown, pair, act=act)
    else:
        score = form.cleaned_data["score"]
        sheet = cluster_previews.of_score(
            actor, shown, act=act, score=DEFAULT_SCORE if score is None else score
        )
    return bulk_pages.preview_page(request, _place(shown), sheet)


@page
@require_POST
def decide(request: HttpRequest, item_id: str) -> HttpResponse:
    """Decide the chosen pairs, and say which of them could not be decided and why."""
    actor_of(request).require(Permission.DECIDE_MATCHES)
    place = _place(_cluster(request, item_id))
    form = bulk_pages.asked(request).cleaned_data
    if form["act"] not in ACTS:
        raise InvalidInput(str(bulk_pages.NOT_UNDERSTOOD))
    if not form["pair"]:
        messages.info(request, str(bulk_pages.NOTHING_SELECTED), extra_tags="nothing_selected")
        return redirect(place.address)
    outcome = bulk.decide(by=actor_of(request), seen=form["pair"], act=form["act"], key=form["key"])
    undo_form = UndoOffer(form["act"], form["key"], [value_of(each) for each in outcome.done])
    return bulk_pages.outcome_page(request, place, outcome, undo=undo_form)


@page
@require_POST
def undo(request: HttpRequest, item_id: str) -> HttpResponse:
    """Take back what was decided together."""
    actor_of(request).require(Permission.DECIDE_MATCHES)
    place = _place(_cluster(request, item_id))
    form = bulk_pages.asked(request).cleaned_data
    match_ids = [each.match_id for each in form["pair"]]
    outcome = bulk.undo(by=actor_of(request), match_ids=match_ids, key=form["key"])
    return bulk_pages.undone_page(request, place, outcome)


@page
@require_POST
def reference(request: HttpRequest, item_id: str) -> HttpResponse:
    """Make one of the copies the original."""
    actor_of(request).require(Permission.DECIDE_MATCHES)
    shown = _cluster(request, item_id)
    image = clusters_selectors.member_image(shown, request.POST.get("image", ""))
    clusters_services.choose_reference(by=actor_of(request), image=image)
    messages.success(request, _("This picture is the original now."), extra_tags="reference_chosen")
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
        messages.error(request, accounts_wording.said(error), extra_tags=error.code)
        return redirect("review:cluster", item_id)
    pair = named.pair
    if named.is_told_apart:
        messages.warning(
            request,
            _("These two are “not a match”. Undo that here first, then they can be joined."),
            extra_tags="told_apart",
        )
        return redirect("review:pair", pair.public_id)
    if named.is_confirmed:
        messages.info(request, _("These two are a match already."), extra_tags="confirmed_already")
        return redirect("review:cluster", item_id)
    sheet = cluster_previews.of_pair(shown, pair, act=ACTS[0])
    return bulk_pages.preview_page(request, _place(shown), sheet)


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
        return _nothing_to_split(request, item_id)
    try:
        bulk.check_split(len(found.shown_pairs))
    except InvalidInput as error:
        messages.warning(request, accounts_wording.said(error), extra_tags="too_much_to_split")
        return redirect("review:cluster", item_id)
    context = {
        "place": _place(shown),
        "cluster": shown,
        "split": found,
        "key": bulk_pages.new_key(),
    }
    return render(request, "review/cluster_split.html", context)


def _split(request: HttpRequest, shown: ImageCluster) -> HttpResponse:
    form = bulk_pages.asked(request).cleaned_data
    outcome = bulk.split(by=actor_of(request), seen=form["pair"], key=form["key"])
    if not outcome.done and not any(each.error for each in outcome.left):
        return _nothing_to_split(request, shown.item.public_id)
    undo_form = UndoOffer(SPLIT_ACT, form["key"], [value_of(each) for each in outcome.done])
    headline = _("The cluster is split") if outcome.done else ""
    return bulk_pages.outcome_page(
        request, _place(shown), outcome, undo=undo_form, headline=headline
    )


def _nothing_to_split(request: HttpRequest, item_id: str) -> HttpResponse:
    text = _("There is nothing to split here. Load the page again.")
    messages.info(request, text, extra_tags="nothing_to_split")
    return redirect("review:cluster", item_id)


def _place(shown: ImageCluster) -> BulkPlace:
    item_id = shown.item.public_id
    address = reverse("review:cluster", args=[item_id])
    return BulkPlace(
        address=address,
        label=_("Back to the cluster"),
        apply=reverse("review:cluster-decide", args=[item_id]),
        undo=reverse("review:cluster-undo", args=[item_id]),
        crumbs=[(_("Review"), reverse("review:queue")), (_("Cluster"), address)],
    )


def _cluster(request: HttpRequest, item_id: str) -> ImageCluster:
    actor = actor_of(request)
    return clusters_selectors.cluster_of(actor, clusters_selectors.item_for(actor, item_id))
