"""One item: its picture, what is known of it, its pairs and what was decided about them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from accounts.http import actor_of, page
from lists import selectors
from review.pages import shown_claims
from review.pairs import activity, relations
from review.pairs import selectors as pairs_selectors
from review.pairs.activity import Wanted

PAIRS_PER_PAGE = 20
DEEDS_SHOWN = 20


@page
@require_GET
def index(request: HttpRequest, media_id: str) -> HttpResponse:
    """Show an item, also one that has left its list."""
    actor = actor_of(request)
    item = selectors.item_ever_in_reach(actor, media_id)
    after = request.GET.get("after", "")
    related = relations.relations_page(
        actor,
        item,
        after=pairs_selectors.pair_for(actor, after) if after else None,
        size=PAIRS_PER_PAGE,
    )
    context = {
        "item": item,
        "claim": shown_claims.claim_of(item),
        "lines": shown_claims.lines_read([item.image]).get(item.image_id, ()),
        "fingerprints": selectors.fingerprints_of(item.image),
        "relations": related,
        "after": after,
        "goes_on": related.rows[-1].pair.public_id if related.next_after else "",
        "deeds": activity.deeds_page(actor, Wanted(item=item), after=None, size=DEEDS_SHOWN),
        "item_deeds": selectors.deeds_of(item),
        "undo_query": f"?{urlencode({'item': item.public_id})}",
    }
    return render(request, "items/index.html", context)
