"""What goes into the one entrance of every check and add, and what comes out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from intake.examine import Sighting
from intake.sources import RawImage
from lists import contexts
from lists.depths import Depth
from lists.models import Item, List
from matching.evidence import Comparison, Kind
from matching.properties import Properties
from review.models import MatchCandidate, State

DEFAULT_LIMIT = 20
MAX_LIMIT = 100


@dataclass(frozen=True, slots=True)
class NewSubmission:
    """A picture, the lists to check it against, and the list to add it to, if any.

    `min_score` None asks for each list's suggestion threshold, `depth` None for each list's depth.
    Pairs for people to look at are those from each list's suggestion threshold on, or from
    `pair_score` where that is given.
    `context` is kept with the item that is added; with a `context_filter` only items whose context
    contains it are answered, with `context_any_of` those that have one of the values for each key,
    both of the best MAX_LIMIT. `with_dissociated` answers also dissociated pairs, marked by
    its state. `with_properties` measures what the picture looks like. Whoever adds very many and
    has the list deepened in the end says that the background need not compare each (`is_deepened`).
    """

    raw: RawImage
    check_lists: Sequence[List] = ()
    add_to: List | None = None
    custom_id: str = ""
    min_score: float | None = None
    limit: int = DEFAULT_LIMIT
    depth: Depth | None = None
    pair_score: float | None = None
    context: Mapping[str, Any] | None = None
    context_filter: Mapping[str, Any] | None = None
    context_any_of: Mapping[str, Sequence[Any]] | None = None
    with_dissociated: bool = False
    with_properties: bool = False
    is_deepened: bool = True

    @property
    def searched_lists(self) -> list[List]:
        """Return the lists to search: those asked for, and the one that the picture joins."""
        lists = list(self.check_lists)
        if self.add_to is not None and self.add_to not in lists:
            lists.append(self.add_to)
        return lists

    @property
    def asks_for_context(self) -> bool:
        """Tell whether only some items are answered."""
        return bool(self.context_filter or self.context_any_of)

    def accepts(self, item: Item) -> bool:
        """Tell whether the item's context is one that was asked for."""
        return contexts.contains(item.context, self.context_filter or {}) and contexts.has_any_of(
            item.context, self.context_any_of or {}
        )


@dataclass(frozen=True, slots=True)
class MatchedItem:
    """An item that the picture matches; `pair` is empty when the bytes are the same."""

    item: Item
    comparison: Comparison
    pair: MatchCandidate | None

    @property
    def score(self) -> float:
        """Return the score, 0..1."""
        return self.comparison.score

    @property
    def kind(self) -> Kind:
        """Return the kind; that the pictures say other things is known of the pair alone."""
        if self.pair is not None and self.pair.kind == Kind.OTHER_TEXT:
            return Kind.OTHER_TEXT
        return self.comparison.kind

    @property
    def state(self) -> State | None:
        """Return the state of the pair; None when the bytes are the same."""
        return State(self.pair.state) if self.pair else None


@dataclass(frozen=True, slots=True)
class ListMatches:
    """One list's matches, best first."""

    image_list: List
    matches: Sequence[MatchedItem] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a submission; `item` is where the picture was added, now or before.

    `depth` is how thoroughly it was compared; `is_deepened_later` tells that the background will
    compare the new item in full.
    """

    raw: RawImage
    sighting: Sighting
    item: Item | None
    by_list: Sequence[ListMatches] = field(default_factory=tuple)
    depth: Depth = Depth.FAST
    is_deepened_later: bool = False
    is_new_item: bool = False
    properties: Properties | None = None

    @property
    def has_detail(self) -> bool:
        """Tell whether more than an identical picture could be found at all."""
        return bool(self.sighting.views)
