"""The pages of the queue: what waits, what to do with many pairs at once, views that are kept."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts import selectors as accounts_selectors
from accounts.http import actor_of, page
from accounts.permissions import Permission
from common.errors import InvalidInput
from review import bulk
from review.automation import selectors as automation_selectors
from review.pages import bulk_pages
from review.pages.asked import asked_filter, asked_queue, query_of
from review.pages.bulk_forms import ASSIGN, value_of
from review.pages.bulk_pages import BulkPlace, Sheet, SheetPair, UndoOffer
from review.pages.keys import KEY_CONTEXT
from review.pages.queue_forms import (
    FORM_ID,
    ME,
    NOBODY,
    OTHER_CLAIM,
    FilterChip,
    QueueFilter,
    ViewForm,
)
from review.pairs import selectors as pairs_selectors
from review.pairs import wording
from review.pairs.transitions import would_change
from review.queue import counting, kept_views, ordering
from review.queue import selectors as queue_selectors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accounts.actors import Actor
    from accounts.models import Membership
    from review.bulk import BulkOutcome
    from review.models import MatchCandidate

PAIRS_PER_PAGE = 40


@page
@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """Show the pairs of a view, a page at a time."""
    actor = actor_of(request)
    chosen = asked_filter(request)
    after = request.GET.get("after", "")
    pairs = ordering.first_after(
        chosen.lists,
        chosen.queue,
        after=pairs_selectors.pair_for(actor, after) if after else None,
        size=PAIRS_PER_PAGE + 1,
    )
    counts = counting.queue_counts(actor, chosen.queue)
    on_page = pairs[:PAIRS_PER_PAGE]
    context = {
        "chosen": chosen,
        "filter_form": FORM_ID,
        "queue_query": query_of(chosen.parameters),
        "queue_parameters": chosen.parameters,
        "shown_pairs": pairs_selectors.with_sides(on_page),
        "others": queue_selectors.others_waiting(on_page),
        "after": after,
        "goes_on": pairs[PAIRS_PER_PAGE - 1].public_id if len(pairs) > PAIRS_PER_PAGE else "",
        "counts": counts,
        "proposed": automation_selectors.waiting_proposals(actor.organisation_id),
        "has_to_undo": pairs_selectors.last_decision_of(actor) is not None,
        "most_selected": min(counts.shown, bulk.MAX_AT_ONCE),
        **_views_and_chips(actor, chosen, counts),
        "view_form": ViewForm(),
        "selection_acts": bulk.ACTS if actor.may(Permission.DECIDE_MATCHES) else (),
        **KEY_CONTEXT,
    }
    return render(request, "review/queue.html", context)


@page
@require_GET
def counts(request: HttpRequest) -> HttpResponse:
    """Tell a script what waits and what the person did today."""
    response = JsonResponse(asdict(counting.live_counts(actor_of(request))))
    response["Cache-Control"] = "no-store"
    return response


@page
@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """Show what is about to be done with which pairs; nothing is done yet."""
    actor = actor_of(request)
    actor.require(Permission.DECIDE_MATCHES)
    form = bulk_pages.selected(request).cleaned_data
    gone_count = 0
    if form["all"]:
        pairs = bulk.matching(by=actor, queue=asked_queue(request).queue)
    else:
        wanted = dict.fromkeys(each.match_id for each in form["pair"])
        known = pairs_selectors.pairs_named(actor, wanted)
        pairs = [known[match_id] for match_id in wanted if match_id in known]
        gone_count = len(wanted) - len(pairs)
    if not pairs:
        messages.warning(request, str(bulk_pages.NOTHING_SELECTED), extra_tags="nothing_selected")
        return redirect(_queue_address(request))
    sheet = _sheet(request, pairs, form["act"], form["to"], gone_count)
    return bulk_pages.preview_page(request, _place(request), sheet)


@page
@require_POST
def apply(request: HttpRequest) -> HttpResponse:
    """Do with the pairs what the preview showed, and say which of them were left as they are."""
    actor, form = actor_of(request), bulk_pages.asked(request).cleaned_data
    act, key, seen = form["act"], form["key"], form["pair"]
    if not seen:
        raise InvalidInput(str(bulk_pages.NOTHING_SELECTED))
    if act == ASSIGN:
        ids = [each.match_id for each in seen]
        receiver = _receiver(request, form["to"])
        outcome = bulk.assign(by=actor, match_ids=ids, to=receiver)
        to = receiver.public_id if receiver else NOBODY
        undo = UndoOffer(act, key, _values_before(request, outcome), to=to)
    else:
        outcome = bulk.decide(by=actor, seen=seen, act=act, key=key)
        undo = UndoOffer(act, key, [value_of(each) for each in outcome.done])
    return bulk_pages.outcome_page(request, _place(request), outcome, undo=undo)


@page
@require_POST
def take_back(request: HttpRequest) -> HttpResponse:
    """Undo a whole selection, but for pairs that were decided again since."""
    if request.POST.get("act") == ASSIGN:
        outcome = _assigned_back(request)
    else:
        form = bulk_pages.asked(request).cleaned_data
        ids = [each.match_id for each in form["pair"]]
        outcome = bulk.undo(by=actor_of(request), match_ids=ids, key=form["key"])
    return bulk_pages.undone_page(request, _place(request), outcome)


@page
@require_POST
def save_view(request: HttpRequest) -> HttpResponse:
    """Keep the view that is shown under a name."""
    form = ViewForm(request.POST)
    if not form.is_valid():
        raise InvalidInput(_("A view needs a name of at most 60 characters."))
    asked = asked_queue(request)
    view = kept_views.keep(
        by=actor_of(request),
        name=form.cleaned_data["name"],
        query=urlencode(asked.parameters),
        is_shared=form.cleaned_data["shared"],
    )
    text = _("View “%(name)s” saved.") % {"name": view.name}
    messages.success(request, text, extra_tags="view_kept")
    return redirect(_queue_address(request))


@page
@require_POST
def remove_view(request: HttpRequest, view_id: str) -> HttpResponse:
    """Forget a view."""
    kept_views.remove(by=actor_of(request), public_id=view_id)
    messages.success(request, _("View removed."), extra_tags="view_removed")
    return redirect(_queue_address(request))


def _sheet(
    request: HttpRequest, pairs: Sequence[MatchCandidate], act: str, to: str, gone_count: int
) -> Sheet:
    remarks, warnings = [], []
    if act == ASSIGN:
        receiver = _receiver(request, to)
        remarks.append(
            _("They will be for %(name)s.") % {"name": wording.person_name(receiver.user)}
            if receiver
            else _("They will be unassigned.")
        )
    if gone_count:
        gone = ngettext(
            "%(n)s selected pair is gone.", "%(n)s selected pairs are gone.", gone_count
        )
        warnings.append(gone % {"n": gone_count})
    sheet_pairs = [
        SheetPair(shown, is_chosen=_is_to_change(shown.pair, act))
        for shown in pairs_selectors.with_sides(pairs)
    ]
    return Sheet(act, sheet_pairs, remarks=remarks, warnings=warnings, to=to)


def _is_to_change(pair: MatchCandidate, act: str) -> bool:
    return pair.is_open and (act == ASSIGN or would_change(pair, act))


def _place(request: HttpRequest) -> BulkPlace:
    queue = asked_queue(request)
    address = _queue_address(request)
    return BulkPlace(
        address=address,
        label=_("Back to the queue"),
        apply=reverse("review:selection-apply"),
        undo=reverse("review:selection-undo"),
        preview=reverse("review:selection"),
        crumbs=[(_("Review"), address)],
        queue_query=queue.query,
        queue_parameters=queue.parameters,
    )


def _receiver(request: HttpRequest, to: str) -> Membership | None:
    actor = actor_of(request)
    if to == NOBODY:
        return None
    if to != ME:
        return accounts_selectors.colleague_of(actor, to)
    people = accounts_selectors.colleagues_of(actor)
    own = next((each for each in people if each.user_id == actor.user_id), None)
    if own is None:
        raise InvalidInput(str(bulk_pages.NOT_UNDERSTOOD))
    return own


def _values_before(request: HttpRequest, outcome: BulkOutcome) -> list[str]:
    """Return the assigned pairs, each with the person that it was assigned to before."""
    people = {
        each.user_id: each.public_id for each in accounts_selectors.colleagues_of(actor_of(request))
    }
    before = outcome.assignees_before.items()
    return [f"{match_id}:{people.get(user_id or 0, NOBODY)}" for match_id, user_id in before]


def _assigned_back(request: HttpRequest) -> BulkOutcome:
    asked = bulk_pages.given_back(request).cleaned_data
    return bulk.assign_back(
        by=actor_of(request),
        given_to=_somebody(asked["to"]),
        before={match_id: _somebody(person) for match_id, person in asked["pair"]},
    )


def _somebody(person: str) -> str | None:
    return None if person == NOBODY else person


def _queue_address(request: HttpRequest) -> str:
    return f"{reverse('review:queue')}{asked_queue(request).query}"


def _views_and_chips(
    actor: Actor, chosen: QueueFilter, counts: counting.QueueCounts
) -> dict[str, Any]:
    """Return the views, and the filters in use where no view's name says what they are."""
    # In another order it is the same view.
    in_order = {name: value for name, value in chosen.parameters.items() if name != "order"}
    shown = {query_of(chosen.parameters), query_of(in_order)}
    built_in_views = _built_in_views(counts, shown)
    saved_views = list(kept_views.views_for(actor))
    named = {view["query"] for view in built_in_views}
    named |= {f"?{view.query}" for view in saved_views}
    return {
        "built_in_views": built_in_views,
        "saved_views": saved_views,
        "chips": [] if shown & named else [_chip(each) for each in chosen.chips],
    }


def _chip(chip: FilterChip) -> dict[str, str]:
    """Return a filter in use as a link that leaves it out."""
    return {
        "field": chip.field,
        "label": chip.label,
        "value": chip.value,
        "query": query_of(chip.without),
    }


def _built_in_views(counts: counting.QueueCounts, shown: set[str]) -> list[dict[str, Any]]:
    """Return the views that everybody has: name, address, count, and whether it is shown.

    `shown` is the end of the address, as it is and without an order.
    """
    views: Sequence[tuple[str, dict[str, str], int, str]] = [
        (_("To review"), {}, counts.live.to_review, "to_review"),
        (_("Assigned to me"), {"assignee": ME}, counts.live.mine, "mine"),
        (
            _("High score"),
            {"order": "score", "score_from": str(counting.HIGH_SCORE)},
            counts.high_score,
            "",
        ),
        (_("Second look"), {"unsure": "1"}, counts.second_look, ""),
        (_("Different claim"), {"state": OTHER_CLAIM}, counts.other_claim, ""),
    ]
    return [
        {
            "name": name,
            "query": query_of(parameters),
            "count": count,
            "live": live,
            "is_shown": query_of(parameters) in shown,
        }
        for name, parameters, count, live in views
    ]
