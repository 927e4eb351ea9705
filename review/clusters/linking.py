"""Pairs that somebody names because no search found them; their score is measured all the same."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet

from accounts.actors import Actor
from accounts.permissions import Permission
from common.errors import Conflict, InvalidInput
from common.sentences import Sentence
from intake.examine import Want
from lists import image_pool, search
from lists.models import Image, Item
from lists.originals import FileNotKept, original_of
from lists.search import ItemMatch, Query
from lists.selectors import ItemNotFound
from review.models import MatchCandidate, State
from review.submissions import pairing

# Below this nothing was found that both pictures show, and the kind of match means nothing.
_LEAST_SCORE = 0.05


class CannotCompare(Conflict):
    """The two pictures cannot be compared now."""

    code = "cannot_compare"


class NothingAlike(Conflict):
    """The comparison found nothing that both pictures show."""

    code = "nothing_alike"


@dataclass(frozen=True, slots=True)
class Link:
    """A pair, and whether it is there only now."""

    pair: MatchCandidate
    is_new: bool


def link(*, by: Actor, query_item: Item, item: Item) -> Link:
    """Compare two items of a list and keep the pair for a decision; a known pair stays as it is.

    Raise NothingAlike when there is no score to give it, CannotCompare when a picture is gone or
    was not looked at in full depth yet, ItemNotFound when somebody removes the second meanwhile.
    """
    by.require(Permission.DECIDE_MATCHES)
    if query_item.image_list_id != item.image_list_id:
        raise InvalidInput(Sentence("Both items have to be in one list."), field="item_b")
    if query_item.image_id == item.image_id:
        raise InvalidInput(
            Sentence("The two items are one image: that is no pair."), field="item_b"
        )
    known = _pairs(query_item, item).exclude(state=State.SUPERSEDED).first()
    if known is not None:
        return Link(known, is_new=False)
    match = _measured(query_item, item)
    with transaction.atomic():
        pairing.take_turn(query_item.image.organisation_id, [match])
        image = Image.objects.select_for_update().get(pk=query_item.image_id)
        suggested = pairing.suggest(image, [match], by=by)
    pair = suggested.get((item.image_list_id, item.image_id))
    if pair is None:
        raise ItemNotFound("There is no such image in this list.", field="item_b")
    return Link(pair, is_new=True)


def _measured(query_item: Item, item: Item) -> ItemMatch:
    try:
        content = original_of(query_item.image).data
    except FileNotKept:
        raise CannotCompare(
            Sentence("The picture item_a has been deleted. Add it again.")
        ) from None
    organisation_id = query_item.image.organisation_id
    query = Query(
        organisation_id=organisation_id,
        sha256=query_item.image.sha256,
        examination=image_pool.current().examine(
            content, Want.PIXELS | Want.FEATURES, owner=organisation_id
        ),
    )
    match = search.compare(query, item)
    if match is None:
        raise CannotCompare(
            Sentence("The picture item_b is not looked at in full yet. Try again shortly.")
        )
    if match.score < _LEAST_SCORE:
        raise NothingAlike(
            Sentence("The comparison finds nothing that both pictures show: no pair is made.")
        )
    return match


def _pairs(query_item: Item, item: Item) -> QuerySet[MatchCandidate]:
    low_id, high_id = sorted((query_item.image_id, item.image_id))
    return MatchCandidate.objects.filter(
        image_list=query_item.image_list_id, image_low=low_id, image_high=high_id
    ).select_related("image_list", "image_low", "image_high")
