"""The page of a picture that came in: all its candidates on one screen, decided one by one."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_GET, require_POST

from accounts import wording as accounts_wording
from accounts.http import actor_of, page, wants_fragment
from accounts.permissions import Permission
from common.errors import InvalidInput
from review.golden import selectors as golden_selectors
from review.golden import services as golden_services
from review.golden import serving
from review.pages import golden_words
from review.pages.asked import asked_queue, in_queue, queue_context
from review.pages.candidates import shown_picture
from review.pages.keys import (
    DETAILS,
    DIM,
    EXPOSURE,
    LOOKS,
    NEEDS_YOU,
    NOTICE,
    PICTURE_FIXED_KEYS,
    PICTURE_KEYS,
    PICTURE_LOOKS,
    VIEWS,
    ZOOM,
)
from review.pages.pair_forms import (
    DECISIONS,
    MARKS,
    NOT_UNDERSTOOD,
    REASONS,
    AheadForm,
    MarkForm,
    undo_keys,
)
from review.pairs import selectors as pairs_selectors
from review.pairs import services as pairs_services
from review.pairs.invariants import ClusterConflict
from review.pairs.transitions import DecidedMeanwhile, NothingToUndo, OverruledMeanwhile
from review.queue import claims, pictures

if TYPE_CHECKING:
    from review.models import MatchCandidate

# Those of the layer that compares are changed on the same sheet.
_ALL_KEYS = [
    *PICTURE_KEYS.values(),
    *NOTICE.values(),
    NEEDS_YOU,
    *VIEWS.values(),
    *ZOOM.values(),
    *LOOKS.values(),
    DIM,
    DETAILS,
    EXPOSURE,
]


@page
@require_GET
def show(request: HttpRequest, match_id: str) -> HttpResponse:
    """Show the picture that came in when a pair was found, with all its candidates."""
    return _picture_page(request, golden_selectors.pair_or_question(actor_of(request), match_id))


@page
@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """Hand out the first picture none of whose pairs somebody else looks at."""
    return _next_page(request, behind=None)


@page
@require_GET
def following(request: HttpRequest, match_id: str) -> HttpResponse:
    """Hand out what follows a picture: to a script several at once, to be looked at later."""
    behind, is_question = golden_selectors.place_of(actor_of(request), match_id)
    return _next_page(request, behind=behind, mixes=not is_question)


@page
@require_POST
def mark(request: HttpRequest, match_id: str) -> HttpResponse:
    """Decide the pair of one candidate without a script, and come back to the picture."""
    by = actor_of(request)
    named_by = golden_selectors.pair_or_question(by, match_id)
    form = MarkForm(request.POST)
    if not form.is_valid():
        raise InvalidInput(str(NOT_UNDERSTOOD))
    if named_by.is_stand_in:
        return _answered(request, named_by, form)
    pair = pairs_selectors.pair_for(by, form.cleaned_data["pair"])
    try:
        pairs_services.decide(by=by, pair=pair, act=form.cleaned_data["act"], details=form.details)
    except (DecidedMeanwhile, ClusterConflict) as error:
        messages.warning(request, accounts_wording.said(error), extra_tags=error.code)
        if isinstance(error, ClusterConflict) and error.choice_page:
            return redirect(error.choice_page, pair.public_id)
    queue = asked_queue(request).queue
    left = pictures.incoming_of(by, named_by, queue).waiting
    if any(queue.only_unsure or not each.is_unsure for each in left):
        return redirect(in_queue(request, "review:picture", match_id))
    return _next_page(request, behind=named_by)


def _answered(request: HttpRequest, stand_in: MatchCandidate, form: MarkForm) -> HttpResponse:
    """Keep what was answered of a golden pair, tell the truth if due, and go on."""
    by, act = actor_of(request), form.cleaned_data["act"]
    answer = golden_services.answer(by=by, stand_in=stand_in, act=act, details=form.details)
    told = golden_words.told_sentence(answer)
    if told:
        messages.info(request, told, extra_tags="golden")
    behind, _ = golden_selectors.place_of(by, stand_in.public_id)
    return _next_page(request, behind=behind, mixes=False)


@page
@require_POST
def undo(request: HttpRequest) -> HttpResponse:
    """Take the person's latest decision back and show its picture, with the marks that are left.

    A script names the decision it means: what was overruled meanwhile must not undo another.
    """
    by = actor_of(request)
    try:
        key, of_key = undo_keys(request)
        asked = golden_services.undo_last(by=by, key=key, of_key=of_key)
        pair = asked or pairs_services.undo_last(by=by, key=key, of_key=of_key)
    except (NothingToUndo, OverruledMeanwhile, ClusterConflict) as error:
        if wants_fragment(request):
            said = accounts_wording.said(error)
            return JsonResponse({"message": said}, status=HTTPStatus.CONFLICT)
        messages.info(request, accounts_wording.said(error), extra_tags=error.code)
        return redirect(in_queue(request, "review:queue"))
    named_by = asked or _picture_with(request, pairs_selectors.pair_for(by, pair.public_id))
    if wants_fragment(request):
        return _picture_page(request, named_by)
    return redirect(in_queue(request, "review:picture", named_by.public_id))


def _picture_with(request: HttpRequest, pair: MatchCandidate) -> MatchCandidate:
    """Return what names the picture that was asked for, if the pair is one of its pairs."""
    asked = request.POST.get("picture", "")
    named = pairs_selectors.pairs_named(actor_of(request), [asked]).get(asked)
    if named is None or named.image_list_id != pair.image_list_id:
        return pair
    return named if named.query_image_id in {pair.image_low_id, pair.image_high_id} else pair


def _picture_page(request: HttpRequest, named_by: MatchCandidate) -> HttpResponse:
    context = {
        **_context(request, named_by),
        **_queue_context(request),
        "all_keys": _ALL_KEYS,
        "fixed_keys": PICTURE_FIXED_KEYS,
        "notice_keys": NOTICE,
        "reasons_by_act": REASONS,
        "needs_key": NEEDS_YOU,
        "views": VIEWS,
        "zoom": ZOOM,
        "pair_looks": LOOKS,
        "dim": DIM,
    }
    template = "review/_picture.html" if wants_fragment(request) else "review/picture.html"
    return render(request, template, context)


def _context(request: HttpRequest, named_by: MatchCandidate) -> dict[str, Any]:
    queue = asked_queue(request).queue
    shown = shown_picture(pictures.incoming_of(actor_of(request), named_by, queue))
    return {
        "pair": named_by,
        "picture": shown,
        "keys": PICTURE_KEYS,
        "acts": DECISIONS,
        "marks": MARKS,
        "looks": PICTURE_LOOKS,
    }


def _queue_context(request: HttpRequest) -> dict[str, Any]:
    context = queue_context(request)
    waiting = context["to_review"]
    left = pictures.count_in(actor_of(request), asked_queue(request).queue, pairs=waiting)
    return {**context, "pictures_left": left}


def _next_page(
    request: HttpRequest, behind: MatchCandidate | None, *, mixes: bool = True
) -> HttpResponse:
    handed_out = _hand_out(request, behind, mixes=mixes)
    if wants_fragment(request):
        return _fragments(request, handed_out)
    if not handed_out:
        return redirect(in_queue(request, "review:queue"))
    return redirect(in_queue(request, "review:picture", handed_out[0].public_id))


def _hand_out(
    request: HttpRequest, behind: MatchCandidate | None, *, mixes: bool
) -> list[MatchCandidate]:
    """Claim the next pictures; with `mixes`, golden pairs may be among them."""
    by, queue = actor_of(request), asked_queue(request).queue
    if not by.may(Permission.DECIDE_MATCHES):
        return pictures.next_to_look_at(by, queue=queue, behind=behind)
    form = AheadForm(request.GET)
    # Without a script the next page shows it, and what was shown before is left.
    is_on_screen = not wants_fragment(request)
    if is_on_screen and behind is not None:
        left = pictures.incoming_of(by, behind, queue).waiting
        claims.release(by=by, match_ids=[pair.public_id for pair in left])
    taken = pictures.take_next(
        by=by,
        queue=queue,
        behind=behind,
        held=form.held,
        count=form.wanted_count,
        is_on_screen=is_on_screen,
    )
    if not mixes:
        return taken
    return serving.mixed(by=by, queue=queue, pairs=taken, behind=behind, held=form.held)


def _fragments(request: HttpRequest, handed_out: list[MatchCandidate]) -> HttpResponse:
    queue = _queue_context(request)
    if not handed_out:
        return render(request, "review/_picture_done.html", {"keys": PICTURE_KEYS, **queue})
    contexts = ({**_context(request, pair), **queue} for pair in _as_shown(request, handed_out))
    articles = (render_to_string("review/_picture.html", each, request) for each in contexts)
    return HttpResponse("".join(articles))


def _as_shown(request: HttpRequest, handed_out: list[MatchCandidate]) -> list[MatchCandidate]:
    """Return pairs with all that a page shows of them."""
    named = pairs_selectors.pairs_named(actor_of(request), [p.public_id for p in handed_out])
    # What stands for a golden pair has all of it already.
    shown = [pair if pair.is_stand_in else named.get(pair.public_id) for pair in handed_out]
    return [pair for pair in shown if pair is not None]
