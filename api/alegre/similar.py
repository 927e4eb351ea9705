"""The search itself, the same at once and in the background."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from accounts.actors import Actor
from api.alegre import scores
from api.alegre.answers import URL_KEY, SimilarImage
from api.alegre.asked import SimilarSearch
from intake.sources import RawImage
from lists import selectors
from lists.selectors import ItemNotFound
from review.pairs import services as pairs_services
from review.submissions import services as submissions_services
from review.submissions.values import MAX_LIMIT, MatchedItem, NewSubmission, Outcome

if TYPE_CHECKING:
    from lists.models import Item, List


def find(*, by: Actor, asked: SimilarSearch, image_list: List, raw: RawImage) -> list[SimilarImage]:
    """Return the images like a picture, most similar first, and keep it for later searches.

    Under a doc_id there is one picture, the latest; it never answers itself, so that asking twice
    is answered twice alike.
    """
    outcome = submissions_services.submit(by=by, submission=_submission(asked, image_list, raw))
    if outcome.item is not None and asked.doc_id:
        _remove_earlier(by, outcome.item)
    return _rows(outcome, asked)


def forget(*, by: Actor, image_list: List, doc_id: str) -> bool:
    """Take what the doc_id names out of the list; tell whether there was anything."""
    try:
        items = selectors.items_named(image_list, public_id=None, custom_id=doc_id)
        pairs_services.remove_items(by=by, items=items)
    except ItemNotFound:
        return False
    return True


def _submission(asked: SimilarSearch, image_list: List, raw: RawImage) -> NewSubmission:
    return NewSubmission(
        raw=raw,
        check_lists=[image_list],
        add_to=image_list if asked.is_kept else None,
        custom_id=asked.doc_id,
        min_score=asked.min_score,
        limit=min(asked.limit + 1, MAX_LIMIT),  # the image itself may be among them
        context={**asked.context, URL_KEY: asked.url},
        context_any_of=asked.conditions,
    )


def _remove_earlier(by: Actor, item: Item) -> None:
    """Let go of other pictures under the same doc_id.

    Only of older ones: of two that come at the same time the later stays.
    """
    for earlier in selectors.earlier_namesakes(item):
        with suppress(ItemNotFound):  # somebody else was faster
            pairs_services.remove_item(by=by, item=earlier)


def _rows(outcome: Outcome, asked: SimilarSearch) -> list[SimilarImage]:
    found = [match for each in outcome.by_list for match in each.matches if _counts(match, asked)]
    found = found[: asked.limit]
    bits = selectors.pdq_bits([match.item.image_id for match in found])
    return [SimilarImage(match, bits.get(match.item.image_id)) for match in found]


def _counts(match: MatchedItem, asked: SimilarSearch) -> bool:
    if asked.doc_id and match.item.custom_id == asked.doc_id:
        return False
    return asked.threshold is None or scores.from_score(match.score) >= asked.threshold
