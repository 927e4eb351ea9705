"""The pages of review: one pair, and what is decided there."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts import wording as accounts_wording
from accounts.http import actor_of, page, wants_fragment
from accounts.permissions import Permission
from common import ids
from common.errors import InvalidInput
from matching.evidence import IDENTICAL_KINDS
from review.clusters import selectors as clusters_selectors
from review.golden import selectors as golden_selectors
from review.golden import services as golden_services
from review.golden import serving
from review.pages import evidence, golden_words, overlay, pair_words, shown_claims
from review.pages.asked import asked_queue, in_queue, queue_context, to_review
from review.pages.keys import (
    ALL_KEYS,
    DETAILS,
    DIM,
    EXPOSURE,
    KEYS,
    LOOKS,
    NEEDS_YOU,
    NOTICE,
    PAIR_FIXED_KEYS,
    VIEWS,
    ZOOM,
)
from review.pages.pair_forms import (
    DECISIONS,
    NOT_UNDERSTOOD,
    REASONS,
    AheadForm,
    DecisionForm,
    ExplanationForm,
    reasons_for,
    undo_keys,
)
from review.pairs import following as pairs_following
from review.pairs import selectors as pairs_selectors
from review.pairs import services as pairs_services
from review.pairs import texts as pairs_texts
from review.pairs import wording
from review.pairs.following import Outlook
from review.pairs.invariants import ClusterConflict, is_kept_together
from review.pairs.transitions import (
    DecidedMeanwhile,
    NothingToUndo,
    OverruledMeanwhile,
    TextsDiffer,
    would_change,
)
from review.queue import claims
from review.queue import selectors as queue_selectors

if TYPE_CHECKING:
    from review.models import Act, MatchCandidate
    from review.pairs.records import Details
    from review.pairs.selectors import Copies, ShownPair


@page
@require_GET
def show(request: HttpRequest, match_id: str) -> HttpResponse:
    """Show two pictures beside each other, to decide."""
    pair = golden_selectors.pair_or_question(actor_of(request), match_id)
    return _pair_page(request, pair)


@page
@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """Hand out the first pair to review that nobody else looks at."""
    return _next_page(request, behind=None)


@page
@require_GET
def following(request: HttpRequest, match_id: str) -> HttpResponse:
    """Hand out what follows a pair: to a script several at once, to be looked at later."""
    behind, is_question = golden_selectors.place_of(actor_of(request), match_id)
    return _next_page(request, behind=behind, mixes=not is_question)


@page
@require_POST
def decide(request: HttpRequest, match_id: str) -> HttpResponse:
    """Decide a pair, unless somebody else did meanwhile; of a golden one it is an answer."""
    pair = golden_selectors.pair_or_question(actor_of(request), match_id)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        raise InvalidInput(str(NOT_UNDERSTOOD))
    act = form.cleaned_data["act"]
    if pair.is_stand_in:
        return _answered(request, pair, act, form.details)
    try:
        pairs_services.decide(
            by=actor_of(request),
            pair=pair,
            act=act,
            details=form.details,
        )
    except (DecidedMeanwhile, ClusterConflict, TextsDiffer) as error:
        return _present_state(request, match_id, error, wanted=act)
    follows = pairs_following.counts_of([pair]).get(pair.pk, 0)
    if wants_fragment(request):
        key = form.details.key
        is_own = not key or pairs_selectors.decision_under(actor_of(request), key) is not None
        return _taken(request, pair, act, follows=follows, is_own=is_own)
    if follows:
        messages.info(request, wording.follow_sentence(follows), extra_tags="follows")
    if _picture_id(request):
        return redirect(_picture_address(request, pair.public_id))
    return _next_page(request, behind=pair)


def _answered(
    request: HttpRequest, stand_in: MatchCandidate, act: Act, details: Details
) -> HttpResponse:
    """Keep an answer about a golden pair, say so like a decision, and tell the truth if due."""
    by = actor_of(request)
    answer = golden_services.answer(by=by, stand_in=stand_in, act=act, details=details)
    told = golden_words.told_sentence(answer)
    if wants_fragment(request):
        return _taken(request, stand_in, act, told=told)
    if told:
        messages.info(request, told, extra_tags="golden")
    if _picture_id(request):
        return redirect(_picture_address(request, stand_in.public_id))
    behind, _ = golden_selectors.place_of(by, stand_in.public_id)
    return _next_page(request, behind=behind, mixes=False)


@page
@require_POST
def renew_claims(request: HttpRequest) -> HttpResponse:
    """Keep the pairs that a script has on the screen or ahead; say which are still the person's."""
    form = AheadForm(request.POST)
    by = actor_of(request)
    held = claims.renew(by=by, match_ids=form.held, shown_id=form.shown)
    # Nobody else is ever handed a question.
    lost = set(form.held) - set(held)
    held += [each.public_id for each in golden_selectors.questions_named(by, lost)]
    return JsonResponse({"held": held})


@page
@require_POST
def release_claims(request: HttpRequest) -> HttpResponse:
    """Give up the pairs that a script had on the screen or ahead."""
    form = AheadForm(request.POST)
    claims.release(by=actor_of(request), match_ids=form.held, is_leaving=form.is_leaving)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


@page
@require_POST
def explain(request: HttpRequest, match_id: str) -> HttpResponse:
    """Keep why a pair was decided so."""
    pair = golden_selectors.pair_or_question(actor_of(request), match_id)
    form = ExplanationForm(request.POST)
    if not form.is_valid():
        raise InvalidInput(str(NOT_UNDERSTOOD))
    by = actor_of(request)
    of_key = form.cleaned_data["of"]
    if pair.is_stand_in:
        golden_services.explain(by=by, stand_in=pair, details=form.details)
    else:
        pairs_services.explain(by=by, pair=pair, details=form.details, of_key=of_key)
    if wants_fragment(request):
        return _taken(request, pair, "explain")
    return redirect(in_queue(request, "review:pair", match_id))


@page
@require_POST
def undo(request: HttpRequest) -> HttpResponse:
    """Take the person's latest decision back and show its pair."""
    try:
        by, key, of_key = actor_of(request), *undo_keys(request)
        asked = golden_services.undo_last(by=by, key=key, of_key=of_key)
        pair = asked or pairs_services.undo_last(by=by, key=key, of_key=of_key)
    except (NothingToUndo, OverruledMeanwhile, ClusterConflict) as error:
        if wants_fragment(request):
            return JsonResponse(
                {"message": accounts_wording.said(error)}, status=HTTPStatus.CONFLICT
            )
        messages.info(request, accounts_wording.said(error), extra_tags=error.code)
        return redirect(_back(request))
    if wants_fragment(request):
        return _pair_page(
            request, asked or pairs_selectors.pair_for(actor_of(request), pair.public_id)
        )
    messages.success(request, _("Decision undone."), extra_tags="undone")
    return redirect(in_queue(request, "review:pair", pair.public_id))


def _pair_page(request: HttpRequest, pair: MatchCandidate) -> HttpResponse:
    (shown,) = pairs_selectors.with_sides([pair])
    (context,) = _pair_contexts(request, [_from_its_picture(request, shown)])
    context |= {
        **queue_context(request),
        "all_keys": ALL_KEYS,
        "fixed_keys": PAIR_FIXED_KEYS,
        "notice_keys": NOTICE,
        "reasons_by_act": REASONS,
        "needs_key": NEEDS_YOU,
        "views": VIEWS,
        "zoom": ZOOM,
        "looks": LOOKS,
        "dim": DIM,
        "picture_id": _picture_id(request),
        "picture_address": _picture_address(request, pair.public_id),
    }
    template = "review/_pair.html" if wants_fragment(request) else "review/pair.html"
    return render(request, template, context)


def _from_its_picture(request: HttpRequest, shown: ShownPair) -> ShownPair:
    """Return a pair with that picture as A from whose page it was opened."""
    named = _picture_id(request)
    of_page = pairs_selectors.pairs_named(actor_of(request), [named]).get(named) if named else None
    return shown.beginning_with(of_page.query_image_id) if of_page else shown


def _pair_contexts(request: HttpRequest, shown_pairs: list[ShownPair]) -> list[dict[str, Any]]:
    copies = pairs_selectors.confirmed_copies(shown_pairs)
    outlook = pairs_following.outlook_of([each.pair for each in shown_pairs if not _is_edge(each)])
    texts = pairs_texts.texts_of([shown.pair for shown in shown_pairs])
    contexts = []
    for shown in shown_pairs:
        words = pair_words.words_of(shown, texts.get(shown.pair.pk))
        context = _pair_context(request, shown, copies[shown.pair.pk], outlook)
        contexts.append({**context, "words": words, "rows": evidence.rows_of(shown, words)})
    return contexts


def _pair_context(
    request: HttpRequest, shown: ShownPair, copies: Copies, outlook: Outlook
) -> dict[str, Any]:
    pair = shown.pair
    acts = _acts(pair)
    follows = outlook.would_follow(pair) if pair.is_open else 0
    is_kept = is_kept_together(pair) if _is_edge(shown) else outlook.keeps_together(pair)
    return {
        # The cluster of a golden pair tells its truth.
        "cluster": None
        if pair.is_stand_in
        else clusters_selectors.beside(actor_of(request), shown),
        "pair": pair,
        "shown": shown,
        "differences": wording.differences_of(shown),
        "consequences": wording.consequences_of(pair, copies, follows) if "confirm" in acts else [],
        "follows": follows,
        "history": list(pairs_selectors.history_of(pair)),
        "claims": shown_claims.beside(shown.query.item, shown.item.item),
        "overlay": overlay.overlay_of(shown),
        "identical_kinds": IDENTICAL_KINDS,
        "keys": KEYS,
        "exposure": EXPOSURE,
        "details_key": DETAILS,
        "acts": acts,
        "is_kept_together": is_kept,
        "reasons": reasons_for(pair),
    }


def _is_edge(shown: ShownPair) -> bool:
    return pairs_following.say_of(shown.pair) == pairs_following.Say.SAME


def _acts(pair: MatchCandidate) -> list[Act]:
    return [act for act in DECISIONS if would_change(pair, act)]


def _next_page(
    request: HttpRequest, behind: MatchCandidate | None, *, mixes: bool = True
) -> HttpResponse:
    handed_out = _hand_out(request, behind, mixes=mixes)
    if wants_fragment(request):
        return _fragments(request, handed_out)
    if not handed_out:
        return redirect(in_queue(request, "review:queue"))
    return redirect(in_queue(request, "review:pair", handed_out[0].public_id))


def _hand_out(
    request: HttpRequest, behind: MatchCandidate | None, *, mixes: bool
) -> list[MatchCandidate]:
    """Claim the next pairs; with `mixes`, golden ones may be among them."""
    by, queue = actor_of(request), asked_queue(request).queue
    if not by.may(Permission.DECIDE_MATCHES):
        pair = queue_selectors.next_suggested(by, queue=queue, behind=behind)
        return [pair] if pair else []
    form = AheadForm(request.GET)
    # Without a script the next page shows it, and what was shown before is left.
    is_on_screen = not wants_fragment(request)
    if is_on_screen and behind is not None:
        claims.release(by=by, match_ids=[behind.public_id])
    taken = claims.take_next(
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


def _fragments(request: HttpRequest, pairs: list[MatchCandidate]) -> HttpResponse:
    queue = queue_context(request)
    if not pairs:
        return render(request, "review/_done.html", {"keys": KEYS, **queue})
    contexts = _pair_contexts(request, pairs_selectors.with_sides(pairs))
    articles = [_article(request, {**context, **queue}) for context in contexts]
    return HttpResponse("".join(articles))


def _article(request: HttpRequest, context: dict[str, Any]) -> str:
    return render_to_string("review/_pair.html", context, request)


def _taken(
    request: HttpRequest,
    pair: MatchCandidate,
    act: str,
    *,
    follows: int = 0,
    is_own: bool = True,
    told: str = "",
) -> HttpResponse:
    """Answer a script; sent again, the same is answered but for the counts, which go on.

    What a colleague has decided alike before is nobody's own decision. `told` says of a golden pair
    whether the answer was right.
    """
    said = wording.follow_sentence(follows) if follows else ""
    answer = {"match": pair.public_id, "act": act, "follows": follows, "message": said}
    response = JsonResponse({**answer, "is_own": is_own} | ({"told": told} if told else {}))
    response["X-To-Review"] = str(to_review(request))
    return response


def _present_state(
    request: HttpRequest,
    match_id: str,
    error: DecidedMeanwhile | ClusterConflict | TextsDiffer,
    *,
    wanted: str,
) -> HttpResponse:
    """Tell a script of the refusal beside the page; without one the pair is shown as it is now."""
    if not wants_fragment(request):
        messages.warning(request, accounts_wording.said(error), extra_tags=error.code)
        return redirect(_after_refusal(request, match_id, error))
    pair = pairs_selectors.pair_for(actor_of(request), match_id)
    conflict: dict[str, Any] = {"code": error.code, "message": accounts_wording.said(error)}
    if isinstance(error, ClusterConflict):
        # The pair is as it was seen, and asking again changes nothing.
        conflict |= {"against": error.pair, "choice_page": error.choice_page}
    else:
        conflict |= {"decision": pairs_selectors.history_of(pair).first(), "wanted": wanted}
    (shown,) = pairs_selectors.with_sides([pair])
    context = {
        **queue_context(request),
        "pair": pair,
        "shown": shown,
        "conflict": conflict,
        "acts": _acts(pair),
        "keys": KEYS,
    }
    response = render(request, "review/_refusal.html", context, status=HTTPStatus.CONFLICT)
    response["X-To-Review"] = str(context["to_review"])
    return response


def _after_refusal(
    request: HttpRequest, match_id: str, error: DecidedMeanwhile | ClusterConflict | TextsDiffer
) -> str:
    """Return the page where the person settles what was refused, else that of the pair."""
    if isinstance(error, ClusterConflict) and error.choice_page:
        return reverse(error.choice_page, args=[match_id])
    return in_queue(request, "review:pair", match_id)


def _picture_id(request: HttpRequest) -> str:
    """Return what names the picture from whose page this pair was opened, empty for none."""
    named = request.POST.get("picture", "") or request.GET.get("picture", "")
    return named if ids.is_id(named) else ""


def _picture_address(request: HttpRequest, match_id: str) -> str:
    """Return where the page of that picture goes on with this pair, empty for none."""
    named = _picture_id(request)
    return f"{in_queue(request, 'review:picture', named)}#{match_id}" if named else ""


def _back(request: HttpRequest) -> str:
    """Return the pair that the person was looking at, else the queue."""
    match_id = request.POST.get("match", "")
    if ids.is_id(match_id):
        return in_queue(request, "review:pair", match_id)
    return in_queue(request, "review:queue")
