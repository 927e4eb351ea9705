"""Texts as evidence: what a pair's two pictures say, compared once both were read.

The same picture with another claim is a perfect copy to every fingerprint. So a pair whose texts
differ is of a kind of its own, and none confirms itself before its texts were compared. What people
decided stays as it is; it only learns what its texts are to each other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from django.db import transaction
from django.db.models import Q, QuerySet

from lists import text_reading, transactions
from lists import texts as lists_texts
from lists.models import ImageText, TextReadState
from matching.evidence import IDENTICAL_KINDS, Evidence, Kind
from moderation.text.compare import (
    DifferingWord,
    TextComparison,
    TextState,
    compare,
    places_to_reread,
)
from moderation.text.read_words import TextSide
from moderation.text.regions import SharedRegion, shared_region
from moderation.types import Line, Reading
from review.models import MatchCandidate, PairText, State
from review.pairs import events, following, invariants, policy
from review.pairs.transitions import auto_confirm

# Where the evidence keeps what was found; the words are kept with the images alone.
_KEY = "text"
STATES = tuple(PairText.values)
REASONS: Final = frozenset({"text_added", "text_removed", "same_text", "other_text"})
_COMPARED = frozenset(PairText) - {PairText.WAITING, PairText.UNREAD}
# The pictures are the same as wholes, so their texts tell whether they say the same.
_WHOLE_KINDS = frozenset({Kind.NEAR, Kind.EDITED})


@dataclass(frozen=True, slots=True)
class PairTexts:
    """What the pictures of a pair say: of each the lines in the region that both show.

    There are no lines where nothing was compared, and none any more where a file was purged.
    """

    state: PairText
    similarity: float | None = None
    query: tuple[Line, ...] = ()
    item: tuple[Line, ...] = ()
    differing: tuple[DifferingWord, ...] = ()

    def differing_in(self, side: TextSide, line: int) -> list[DifferingWord]:
        """Return the words of a line that the other side has not, in its order."""
        return [each for each in self.differing if (each.side, each.line) == (side, line)]


def texts_of(pairs: Collection[MatchCandidate]) -> dict[int, PairTexts]:
    """Return the texts of pairs, by row id, without those that nobody asked for; by one query."""
    compared = [pair for pair in pairs if pair.text_state in _COMPARED]
    texts = lists_texts.texts_of({side for pair in compared for side in _sides(pair)})
    return {
        pair.pk: _shown(pair, _compared(pair, texts) if pair in compared else None)
        for pair in pairs
        if pair.text_state
    }


def compare_waiting(*, image_id: int) -> None:
    """Compare the pairs of an image that wait for texts, those of which both were read."""
    pairs = MatchCandidate.objects.filter(
        Q(image_low=image_id) | Q(image_high=image_id), text_state=PairText.WAITING
    )
    for pair_id in list(pairs.order_by("pk").values_list("pk", flat=True)):
        compare_pair(pair_id=pair_id)


def uncompared_pairs(list_id: int) -> QuerySet[MatchCandidate]:
    """Return the pairs of a list whose texts were never compared, the oldest first."""
    pairs = MatchCandidate.objects.filter(image_list=list_id)
    return (
        pairs.filter(text_state__in=["", PairText.WAITING])
        .exclude(kind__in=IDENTICAL_KINDS)
        .order_by("pk")
    )


def compare_pair(*, pair_id: int) -> PairText | None:
    """Compare the texts of a pair and keep what follows; None while one was not read yet.

    What only one of the pictures seems to say is first looked for in the other one again.

    A pair that waited for it is confirmed if that is the list's policy and its texts agree, or if
    it follows from other decisions. One that followed and says something else waits again. Raise
    Unavailable when the reader is not there just now.
    """
    _reread(pair_id)
    return _compare_pair(pair_id)


def _reread(pair_id: int) -> None:
    """Read both pictures of a pair again where only the other one was read."""
    pair = MatchCandidate.objects.filter(pk=pair_id).first()
    if pair is None or not lists_texts.is_available():
        return
    texts = lists_texts.texts_of(_sides(pair))
    seen = _readings(pair, texts)
    if seen is None:
        return
    query, item, region = seen
    places = places_to_reread(query, item, region)
    for image_id, reading, quads in zip(_sides(pair), (query, item), places, strict=True):
        if quads:
            text_reading.reread(texts[image_id].image, frame=reading.frame, quads=quads)


@transactions.tried_again
@transaction.atomic
def _compare_pair(pair_id: int) -> PairText | None:
    seen = MatchCandidate.objects.select_related("image_list").filter(pk=pair_id).first()
    if seen is None:
        return None
    invariants.take_turn(seen.image_list.organisation_id)
    pair = (
        MatchCandidate.objects.select_for_update(of=("self",))
        .select_related("image_list", "image_low", "image_high")
        .get(pk=pair_id)
    )
    texts = lists_texts.texts_of(_sides(pair))
    sides = (pair.image_low, pair.image_high)
    if any(image.is_stored and image.pk not in texts for image in sides):
        return None
    was_waiting = pair.text_state == PairText.WAITING
    compared = _compared(pair, texts)
    if pair.is_derived and _text_state(compared) not in policy.SAME_TEXTS:
        following.take_back([pair])
    _take_in(pair, compared)
    events.tell_compared(pair)
    changes = auto_confirm(pair) if was_waiting and _may_confirm(pair) else []
    following.settle(changes, also=[pair.pk])
    following.tell_changed([pair])
    following.tell_arrived([pair])
    return PairText(pair.text_state)


def _take_in(pair: MatchCandidate, found: TextComparison | None) -> None:
    """Write what was found into a locked pair."""
    pair.text_state = _text_state(found)
    if found is not None:
        pair.evidence = {
            **pair.evidence,
            _KEY: {"similarity": found.similarity},
            "reasons": [
                *_reasons(found),
                *(each for each in pair.evidence["reasons"] if each["code"] not in REASONS),
            ],
        }
        if pair.state not in {State.CONFIRMED, State.DISSOCIATED}:
            kind = _kind(Kind(pair.kind), found.state)
            # A person who decides it has to have seen that it is of another kind.
            pair.version += kind != pair.kind
            pair.kind = kind
    pair.save(update_fields=["text_state", "evidence", "kind", "version"])


def _text_state(found: TextComparison | None) -> PairText:
    return PairText(found.state.value) if found else PairText.UNREAD


def _kind(kind: Kind, state: TextState) -> Kind:
    if kind not in _WHOLE_KINDS:
        return kind
    if state == TextState.DIFFERS:
        return Kind.OTHER_TEXT
    return Kind.EDITED if state == TextState.ONE_SIDED else kind


def _reasons(found: TextComparison) -> Iterator[dict[str, Any]]:
    if found.state == TextState.DIFFERS:
        yield {"code": "other_text", "params": {"words": len(found.differing)}}
    elif found.state == TextState.ONE_SIDED:
        yield {"code": "text_added" if found.query else "text_removed", "params": {}}
    elif found.state == TextState.AGREES:
        yield {"code": "same_text", "params": {}}


def _may_confirm(pair: MatchCandidate) -> bool:
    """Tell whether the policy confirms a locked pair that nobody has done anything with."""
    is_untouched = pair.state == State.SUGGESTED and not pair.is_unsure
    return (
        is_untouched
        and pair.text_state in policy.SAME_TEXTS
        and pair.image_list.removed_at is None
        and policy.confirms(pair.score, pair.kind, pair.image_list)
        and not pair.decisions.exists()
    )


def _shown(pair: MatchCandidate, found: TextComparison | None) -> PairTexts:
    state = PairText(pair.text_state)
    similarity = pair.evidence.get(_KEY, {}).get("similarity")
    if found is None:
        return PairTexts(state, similarity)
    return PairTexts(state, similarity, found.query, found.item, found.differing)


def _compared(pair: MatchCandidate, texts: Mapping[int, ImageText]) -> TextComparison | None:
    """Compare what was read; None unless both pictures were.

    Of an animation only frames that look different were read, which new words alone do not make.
    So animations never agree, nor have they no text.
    """
    seen = _readings(pair, texts)
    if seen is None:
        return None
    found = compare(*seen)
    is_moving = max(texts[side].image.frames for side in _sides(pair)) > 1
    if is_moving and PairText(found.state) in policy.SAME_TEXTS:
        return replace(found, state=TextState.UNSURE)
    return found


def _readings(
    pair: MatchCandidate, texts: Mapping[int, ImageText]
) -> tuple[Reading, Reading, SharedRegion] | None:
    """Return what query and item say, and the region of both; None unless both were read."""
    query, item = (texts.get(side) for side in _sides(pair))
    if query is None or item is None or TextReadState.FAILED in {query.state, item.state}:
        return None
    evidence = Evidence.from_json(pair.evidence)
    sizes = [(text.image.width, text.image.height) for text in (query, item)]
    return (
        lists_texts.reading_of(query, evidence.query_frame),
        lists_texts.reading_of(item, evidence.item_frame),
        shared_region(evidence.alignment, evidence.orientation, *sizes),
    )


def _sides(pair: MatchCandidate) -> tuple[int, int]:
    """Return the row ids of the query's image and of the item's."""
    return pair.query_image_id, pair.item_image_id
