"""The pages of the queue: what waits, what to do with many pairs at once, views that are kept."""

from __future__ import annotations

import secrets
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from accounts import selectors as accounts_selectors
from accounts.http import actor_of, page
from accounts.permissions import Permission
from common.errors import InvalidInput
from review import bulk
from review.bulk import Seen
from review.pages.asked import asked_filter, asked_queue, query_of
from review.pages.queue_forms import (
    ASSIGN,
    ME,
    NOBODY,
    OTHER_CLAIM,
    SELECTION_ACTS,
    SelectionForm,
    ViewForm,
)
from review.pairs import selectors as pairs_selectors
from review.pairs.transitions import would_change
from review.queue import counting, kept_views, ordering

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accounts.models import Membership
    from review.bulk import Selected
    from review.models import MatchCandidate

PAIRS_PER_PAGE = 40
_NOT_UNDERSTOOD = gettext_lazy("This selection cannot be understood. Load the page again.")
_NOTHING_SELECTED = gettext_lazy("Select at least one pair.")


@page
@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """Show the pairs of a view, a page at a time."""
    actor = actor_of(request)
    chosen = asked_filter(request)
    after = request.GET.get("after", "")
    candidates = ordering.first_after(
        chosen.lists,
        chosen.queue,
        after=pairs_selectors.candidate_for(actor, after) if after else None,
        size=PAIRS_PER_PAGE + 1,
    )
    counts = counting.queue_counts(actor, chosen.queue)
    query = query_of(chosen.parameters)
    context = {
        "chosen": chosen,
        "queue_query": query,
        "queue_parameters": chosen.parameters,
        "pairs": pairs_selectors.pairs_of(candidates[:PAIRS_PER_PAGE]),
        "after": after,
        "goes_on": candidates[PAIRS_PER_PAGE - 1].public_id
        if len(candidates) > PAIRS_PER_PAGE
        else "",
        "counts": counts,
        "has_to_undo": pairs_selectors.last_decision_of(actor) is not None,
        "most_selected": min(counts.shown, bulk.MAX_SELECTED),
        "built_in_views": _built_in_views(counts, query),
        "saved_views": list(kept_views.views_for(actor)),
        "view_form": ViewForm(),
        "selection_acts": SELECTION_ACTS if actor.may(Permission.DECIDE_MATCHES) else (),
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
    form = _selection(request)
    if form.cleaned_data["all"]:
        candidates, gone_count = bulk.matching(by=actor, queue=asked_queue(request).queue), 0
    else:
        wanted = dict.fromkeys(match_id for match_id, _version in _pairs(request))
        known = pairs_selectors.candidates_named(actor, wanted)
        candidates = [known[match_id] for match_id in wanted if match_id in known]
        gone_count = len(wanted) - len(candidates)
    if not candidates:
        messages.warning(request, str(_NOTHING_SELECTED))
        return redirect(_queue_address(request))
    act, to = form.cleaned_data["act"], form.cleaned_data["to"]
    context = {
        **_about(request, form),
        "receiver": _receiver(request, to) if act == ASSIGN else None,
        "pairs": pairs_selectors.pairs_of(candidates),
        "changing": {each.public_id for each in candidates if _is_to_change(each, act)},
        "gone_count": gone_count,
        "key": secrets.token_urlsafe(16),
    }
    return render(request, "review/selection.html", context)


@page
@require_POST
def apply(request: HttpRequest) -> HttpResponse:
    """Do with the pairs what the preview showed, and tell which of them were left as they are."""
    actor, form = actor_of(request), _selection(request)
    act, key = form.cleaned_data["act"], form.cleaned_data["key"]
    seen = [Seen(match_id, _version(text)) for match_id, text in _pairs(request)]
    if not seen:
        raise InvalidInput(str(_NOTHING_SELECTED))
    if act == ASSIGN:
        ids = [each.match_id for each in seen]
        receiver = _receiver(request, form.cleaned_data["to"])
        selected = bulk.assign(by=actor, match_ids=ids, to=receiver)
    else:
        selected = bulk.decide(by=actor, seen=seen, act=act, key=key)
    undoable = _undoable(request, selected, act)
    about = {**_about(request, form), "key": key, "undoable": undoable}
    return _result(request, selected, about)


@page
@require_POST
def take_back(request: HttpRequest) -> HttpResponse:
    """Undo a whole selection, but for pairs that were decided again since."""
    actor, form = actor_of(request), _selection(request)
    if form.cleaned_data["act"] == ASSIGN:
        selected = _assigned_back(request)
    else:
        ids = [match_id for match_id, _whose in _pairs(request)]
        selected = bulk.undo(by=actor, match_ids=ids, key=form.cleaned_data["key"])
    return _result(request, selected, {**_about(request, form), "is_undone": True})


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
    messages.success(request, _("The view “%(name)s” is kept.") % {"name": view.name})
    return redirect(_queue_address(request))


@page
@require_POST
def remove_view(request: HttpRequest, view_id: str) -> HttpResponse:
    """Forget a view."""
    kept_views.remove(by=actor_of(request), public_id=view_id)
    messages.success(request, _("The view is removed."))
    return redirect(_queue_address(request))


def _selection(request: HttpRequest) -> SelectionForm:
    form = SelectionForm(request.POST)
    if not form.is_valid():
        raise InvalidInput(str(_NOT_UNDERSTOOD))
    return form


def _pairs(request: HttpRequest) -> list[tuple[str, str]]:
    """Return the selected pairs, each written as its id, a colon and one thing more about it."""
    written = [text.partition(":") for text in request.POST.getlist("pair")]
    return [(match_id, more) for match_id, _colon, more in written]


def _version(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise InvalidInput(str(_NOT_UNDERSTOOD))
    return int(text)


def _is_to_change(candidate: MatchCandidate, act: str) -> bool:
    return candidate.is_open and (act == ASSIGN or would_change(candidate, act))


def _about(request: HttpRequest, form: SelectionForm) -> dict[str, Any]:
    """Return what pages say about an act."""
    act = form.cleaned_data["act"]
    to = form.cleaned_data["to"]
    return {
        "act": act,
        "to": to,
        "queue_query": asked_queue(request).query,
        "queue_parameters": asked_queue(request).parameters,
    }


def _receiver(request: HttpRequest, to: str) -> Membership | None:
    actor = actor_of(request)
    if to == NOBODY:
        return None
    if to != ME:
        return accounts_selectors.colleague_of(actor, to)
    people = accounts_selectors.colleagues_of(actor)
    own = next((each for each in people if each.user_id == actor.user_id), None)
    if own is None:
        raise InvalidInput(str(_NOT_UNDERSTOOD))
    return own


def _undoable(request: HttpRequest, selected: Selected, act: str) -> list[str]:
    """Return the changed pairs as a form has them, those assigned with whose they were before."""
    if act != ASSIGN:
        return [f"{each.public_id}:{each.version}" for each in selected.done]
    people = {
        each.user_id: each.public_id for each in accounts_selectors.colleagues_of(actor_of(request))
    }
    before = selected.before.items()
    return [f"{match_id}:{people.get(whose or 0, NOBODY)}" for match_id, whose in before]


def _assigned_back(request: HttpRequest) -> Selected:
    by_person: dict[str, list[str]] = {}
    for match_id, whose in _pairs(request):
        by_person.setdefault(whose, []).append(match_id)
    groups = [(_receiver(request, whose), ids) for whose, ids in by_person.items()]
    return bulk.assign_back(by=actor_of(request), groups=groups)


def _result(request: HttpRequest, selected: Selected, about: dict[str, Any]) -> HttpResponse:
    left = [each.candidate for each in selected.left if each.candidate]
    context = {
        **about,
        "selected": selected,
        "left_pairs": {pair.candidate.pk: pair for pair in pairs_selectors.pairs_of(left)},
    }
    return render(request, "review/selected.html", context)


def _queue_address(request: HttpRequest) -> str:
    return f"{reverse('review:queue')}{asked_queue(request).query}"


def _built_in_views(counts: counting.QueueCounts, query: str) -> list[dict[str, Any]]:
    """Return the views that everybody has: name, address, count, and whether it is shown."""
    views: Sequence[tuple[str, dict[str, str], int, str]] = [
        (_("All"), {}, counts.live.to_review, "to_review"),
        (_("My claims"), {"assignee": ME}, counts.live.mine, "mine"),
        (
            _("High score"),
            {"order": "score", "score_from": str(counting.HIGH_SCORE)},
            counts.high_score,
            "",
        ),
        (_("Second look"), {"unsure": "1"}, counts.second_look, ""),
        (_("Same image, other claim"), {"state": OTHER_CLAIM}, counts.other_claim, ""),
    ]
    return [
        {
            "name": name,
            "query": query_of(parameters),
            "count": count,
            "live": live,
            "is_shown": query_of(parameters) == query,
        }
        for name, parameters, count, live in views
    ]
