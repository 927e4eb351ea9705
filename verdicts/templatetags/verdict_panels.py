"""What pages below show of verdicts: a cluster's panel, and a line beside a pair or a picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import template
from django.http import HttpRequest
from django.template.context import RequestContext

from accounts.http import actor_of, once_per_request
from lists.models import Item
from review.clusters.selectors import ImageCluster
from review.models import MatchCandidate, State
from review.pairs import policy
from review.pairs.selectors import ShownPair
from review.scopes import Scope
from verdicts import merging, overviews, planning, reach
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


@dataclass(frozen=True, slots=True)
class VerdictOutlook:
    """What a match would mean for verdicts; all of it empty where nothing is published.

    `texts` say why none would pass: they are `unknown` and a person may say that they agree, or
    they `differ`. `is_choice` tells that both clusters have a verdict.
    """

    texts: str = ""
    is_kind_carrying: bool = True
    is_choice: bool = False

    @property
    def obstacle(self) -> str:
        """Return what keeps a verdict from passing, the most certain first."""
        return f"texts_{self.texts}" if self.texts else "kind"


@register.simple_tag(takes_context=True)
def verdict_outlook(context: RequestContext, pair: MatchCandidate) -> VerdictOutlook:
    """Return what a match of a pair would mean for verdicts."""
    is_told_apart = pair.state == State.DISSOCIATED or pair.confirmed_scope == Scope.IMAGE_ONLY
    if is_told_apart or not _is_any_published(context["request"]):
        return VerdictOutlook()
    texts = ""
    if not policy.texts_carry(pair):
        texts = "differ" if policy.texts_stand_against(pair) else "unknown"
    is_choice = pair.is_open and merging.contenders(pair) is not None
    return VerdictOutlook(texts, pair.kind in pair.image_list.verdict_kinds, is_choice)


@register.inclusion_tag("verdicts/_split_audience.html", takes_context=True)
def split_audience(
    context: RequestContext, cluster: ImageCluster, shown_pairs: Sequence[ShownPair]
) -> dict[str, Any]:
    """Show who would be told if pairs of a cluster were not a match."""
    if not _is_any_published(context["request"]):
        return {"audience": None}
    verdicts = reach.verdicts_about(cluster.image_ids)
    pair_ids = [shown.pair.pk for shown in shown_pairs]
    return {"audience": planning.audience_if_split(verdicts, pair_ids=pair_ids)}


@register.filter
def item_of(items: Mapping[int, Sequence[Item]], image_id: int) -> Item | None:
    """Return the item that stands for a picture, None for one that is in no list within reach."""
    return next(iter(items.get(image_id, ())), None)


@once_per_request
def _is_any_published(request: HttpRequest) -> bool:
    return overviews.is_any_published(actor_of(request))
