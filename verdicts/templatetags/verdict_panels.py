"""What pages below show of verdicts: a cluster's panel, and a line beside a pair or a picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import template
from django.http import HttpRequest
from django.template.context import RequestContext

from accounts.http import actor_of, once_per_request
from lists.models import Item
from review.clusters.selectors import ImageCluster
from verdicts import overviews
from verdicts.pages.shown import shown_verdict

register = template.Library()


@register.inclusion_tag("verdicts/_panel.html", takes_context=True)
def verdict_panel(context: RequestContext, cluster: ImageCluster) -> dict[str, Any]:
    """Show a cluster's verdict, how many ask about it, and what can be done."""
    actor = actor_of(context["request"])
    return {
        "shell": context["shell"],
        "shown": shown_verdict(actor, cluster),
        "is_any_published": _is_any_published(context["request"]),
    }


@register.inclusion_tag("verdicts/_line.html", takes_context=True)
def verdict_line(context: RequestContext, *image_ids: int) -> dict[str, Any]:
    """Say in a line what is published about the clusters of a pair or of a picture.

    Costs one query for each page where nothing is published, and two more where something is.
    """
    request = context["request"]
    if not _is_any_published(request):
        return {"versions": []}
    return {"versions": overviews.latest_about(actor_of(request), image_ids)}


@register.filter
def item_of(items: Mapping[int, Sequence[Item]], image_id: int) -> Item | None:
    """Return the item that stands for a picture, None for one that is in no list within reach."""
    return next(iter(items.get(image_id, ())), None)


@once_per_request
def _is_any_published(request: HttpRequest) -> bool:
    return overviews.is_any_published(actor_of(request))
