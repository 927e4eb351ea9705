"""Reads of pairs: one, its sides, its history, and which pictures may be seen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.actors import Actor
from accounts.permissions import Permission
from common.errors import InvalidInput, NotFound
from common.sentences import Sentence
from lists import selectors as lists_selectors
from lists.models import Image, Item, List
from lists.pages import Page, page_of
from matching.evidence import Kind
from review.models import Act, Decision, MatchCandidate, State
from review.pairs import exchange
from review.scopes import Scope

_BEST_FIRST = ("-score", "-pk")
STATES = tuple(State.values)
UNDOABLE = (Act.CONFIRM, Act.CONFIRM_IMAGE, Act.DISSOCIATE, Act.UNSURE, Act.AUTO_CONFIRM)

# What a decision follows from, and who decided that; for `select_related` of decisions.
CAUSE = (
    "follows_from__candidate__image_list",
    "follows_from__user",
    "follows_from__credential",
    "follows_from__rule_run__version__rule",
)
# Who decided; for `select_related` of decisions.
DECIDER = ("user", "credential", "rule_run__version__rule")


class MatchNotFound(NotFound):
    """No such match within the actor's reach."""

    code = "match_not_found"


class ImageNotFound(NotFound):
    """No such picture within the actor's reach, or its files were deleted."""

    code = "image_not_found"


@dataclass(frozen=True, slots=True)
class Side:
    """One picture of a pair: its image and, if it is one, its item in the pair's list."""

    image: Image
    item: Item | None


@dataclass(frozen=True, slots=True)
class ShownPair:
    """A pair with both its sides: `query`, the picture submitted, is A, `item`, the listed one, B.

    Once exchanged the listed picture is A, and what was measured is said that way about.
    """

    pair: MatchCandidate
    query: Side
    item: Side
    is_exchanged: bool = False

    @property
    def kind(self) -> str:
        """Return what A is to B."""
        return exchange.kind(self.pair.kind) if self.is_exchanged else self.pair.kind

    @property
    def evidence(self) -> Mapping[str, Any]:
        """Return what was measured, to be put into words; see `exchange.evidence`."""
        stored: Mapping[str, Any] = self.pair.evidence
        return exchange.evidence(stored) if self.is_exchanged else stored

    def exchanged(self) -> ShownPair:
        """Return the pair with A and B exchanged."""
        return ShownPair(self.pair, self.item, self.query, not self.is_exchanged)

    def beginning_with(self, image_id: int) -> ShownPair:
        """Return the pair with the picture of this row id as A, if it is one of the two."""
        return self.exchanged() if self.item.image.pk == image_id else self

    @property
    def linked_item(self) -> Item | None:
        """Return the item whose page is that of the pair's cluster; None where both are gone."""
        items = (self.item.item, self.query.item)
        return next((item for item in items if item and item.removed_at is None), None)

    @property
    def can_be_laid(self) -> bool:
        """Tell whether both pictures are there, so that one can be laid over the other."""
        return self.query.image.is_stored and self.item.image.is_stored


@dataclass(frozen=True, slots=True)
class Copies:
    """With how many other images of the list each picture of a pair is confirmed as the same."""

    of_query: int
    of_item: int


def pairs_for(actor: Actor) -> QuerySet[MatchCandidate]:
    """Return the pairs in the lists that the actor may reach."""
    actor.require(Permission.VIEW)
    return MatchCandidate.objects.filter(
        image_list__in=lists_selectors.lists_for(actor)
    ).select_related(
        "image_list", "image_low", "image_high", "claimed_by", "assigned_to", "blocked_by", *CAUSE
    )


def pair_for(actor: Actor, public_id: str) -> MatchCandidate:
    """Return one pair; raise MatchNotFound for an id that is unknown or somebody else's."""
    pair = pairs_for(actor).filter(public_id=lists_selectors.searchable(public_id)).first()
    if pair is None:
        raise match_not_found()
    return pair


def may_reach(actor: Actor, pair: MatchCandidate) -> bool:
    """Tell whether the actor may know of a pair of the own organisation that another one names."""
    return not actor.is_restricted or pairs_for(actor).filter(pk=pair.pk).exists()


def pairs_named(actor: Actor, public_ids: Collection[str]) -> dict[str, MatchCandidate]:
    """Return the pairs of these ids, by id, without those unknown or somebody else's."""
    sought = [lists_selectors.searchable(public_id) for public_id in public_ids]
    found = pairs_for(actor).filter(public_id__in=sought)
    return {pair.public_id: pair for pair in found}


def match_not_found() -> MatchNotFound:
    """Return the one answer for matches that are unknown or somebody else's."""
    return MatchNotFound(Sentence("There is no such match."))


def pair_at(actor: Actor, row_id: int) -> MatchCandidate:
    """Return the pair that a page ended with; raise MatchNotFound when it is out of reach now."""
    pair = pairs_for(actor).filter(pk=row_id).first()
    if pair is None:
        raise MatchNotFound(
            Sentence("The match that this page goes on after is gone. Start again.")
        )
    return pair


def state_named(name: str) -> State:
    """Return the state of that name; raise InvalidInput for any other text."""
    if name not in State.values:
        raise InvalidInput(f"state is one of {', '.join(State.values)}.", field="state")
    return State(name)


def kind_named(name: str) -> Kind:
    """Return the kind of match of that name; raise InvalidInput for any other text."""
    if name not in set(Kind):
        raise InvalidInput(f"kind is one of {', '.join(Kind)}.", field="kind")
    return Kind(name)


def best_first(pairs: QuerySet[MatchCandidate]) -> QuerySet[MatchCandidate]:
    """Return the pairs in the order of the queue."""
    return pairs.order_by(*_BEST_FIRST)


def best_page(
    pairs: QuerySet[MatchCandidate], *, after: MatchCandidate | None, size: int
) -> Page[MatchCandidate]:
    """Return the pairs that follow `after`, best score first; `next_after` is a row id."""
    if after is not None:
        behind = Q(score__lt=after.score) | Q(score=after.score, pk__lt=after.pk)
        pairs = pairs.filter(behind)
    return page_of(best_first(pairs), size=size)


def with_sides(pairs: Collection[MatchCandidate]) -> list[ShownPair]:
    """Return the pairs with their sides, in the same order, by one further query."""
    items = _items_by_list_and_image(pairs)
    shown = []
    for pair in pairs:
        images = (pair.image_low, pair.image_high)
        low_is_query = pair.query_image_id == pair.image_low_id
        query, listed = images if low_is_query else images[::-1]
        list_id = pair.image_list_id
        shown.append(
            ShownPair(
                pair=pair,
                query=Side(query, items.get((list_id, query.pk))),
                item=Side(listed, items.get((list_id, listed.pk))),
            )
        )
    return shown


def confirmed_copies(shown_pairs: Collection[ShownPair]) -> dict[int, Copies]:
    """Return, by row id of the pair, what is confirmed of each side besides; by one query.

    Pairs whose claims differ do not count: they are no reason to treat two images as one.
    """
    image_ids = {side.image.pk for shown in shown_pairs for side in (shown.query, shown.item)}
    rows = MatchCandidate.objects.filter(
        Q(image_low__in=image_ids) | Q(image_high__in=image_ids),
        image_list__in={shown.pair.image_list_id for shown in shown_pairs},
        state=State.CONFIRMED,
        scope=Scope.WHOLE,
    ).values_list("image_list_id", "image_low_id", "image_high_id")
    others: dict[tuple[int, int], set[int]] = defaultdict(set)
    for list_id, low_id, high_id in rows:
        others[list_id, low_id].add(high_id)
        others[list_id, high_id].add(low_id)
    return {shown.pair.pk: _copies_in(others, shown) for shown in shown_pairs}


def _copies_in(others: Mapping[tuple[int, int], set[int]], shown: ShownPair) -> Copies:
    list_id, query_id, item_id = (
        shown.pair.image_list_id,
        shown.query.image.pk,
        shown.item.image.pk,
    )
    return Copies(
        of_query=len(others.get((list_id, query_id), set()) - {item_id}),
        of_item=len(others.get((list_id, item_id), set()) - {query_id}),
    )


def history_of(pair: MatchCandidate) -> QuerySet[Decision]:
    """Return what was done with a pair, latest first."""
    return pair.decisions.select_related(
        *DECIDER, "undoes__follows_from__candidate", *CAUSE
    ).order_by("-pk")


def dissociations_of(pair_ids: Collection[int]) -> dict[int, Decision]:
    """Return, by row id of the pair, who said of pairs that they are no match; by one query."""
    said = Decision.objects.filter(
        candidate__in=pair_ids, act=Act.DISSOCIATE, undone_by=None
    ).select_related(*DECIDER, "candidate")
    return {decision.candidate_id: decision for decision in said.order_by("pk")}


def undoable_decision(pair: MatchCandidate) -> Decision | None:
    """Return the latest decision about the pair that was not yet undone."""
    return pair.decisions.filter(act__in=UNDOABLE, undone_by=None).order_by("-pk").first()


def decision_under(actor: Actor, key: str) -> Decision | None:
    """Return what the actor did under this key, if anything; the empty key names none."""
    if not key:
        return None
    own = Decision.objects.filter(user=actor.user_id, credential=actor.credential_id)
    return own.filter(key=key).select_related("candidate").first()


def reachable_under(actor: Actor, key: str) -> Decision | None:
    """Return what the actor decided under this key about a pair that may still be reached."""
    own = Decision.objects.filter(user=actor.user_id, credential=actor.credential_id)
    reached = own.filter(candidate__image_list__in=lists_selectors.lists_for(actor))
    return reached.filter(act__in=UNDOABLE, key=key).select_related("candidate").first()


def own_standing_decision(actor: Actor, pair: MatchCandidate, *, key: str = "") -> Decision | None:
    """Return the actor's own decision about a pair that stands: under the key, or the latest."""
    own = pair.decisions.filter(
        act__in=UNDOABLE,
        undone_by=None,
        user=actor.user_id,
        credential=actor.credential_id,
    )
    return (own.filter(key=key) if key else own).order_by("-pk").first()


def last_decision_of(actor: Actor) -> Decision | None:
    """Return the person's latest decision that still stands and may still be reached.

    One that somebody has overruled since is passed over: undoing it would undo theirs.
    """
    if actor.user_id is None:
        return None
    standing = Decision.objects.filter(act__in=UNDOABLE, undone_by=None)
    overruling = standing.filter(candidate=OuterRef("candidate"), pk__gt=OuterRef("pk"))
    decisions = standing.filter(
        ~Exists(overruling),
        user_id=actor.user_id,
        candidate__image_list__in=lists_selectors.lists_for(actor),
    )
    return decisions.select_related("candidate").order_by("-pk").first()


def dissociated_images(image: Image | None, lists: Collection[List]) -> dict[int, frozenset[int]]:
    """Return, by list row id, the images that were dissociated from this one."""
    if image is None:
        return {}
    apart: dict[int, set[int]] = defaultdict(set)
    rows = MatchCandidate.objects.filter(
        Q(image_low=image) | Q(image_high=image),
        image_list__in=lists,
        state=State.DISSOCIATED,
    ).values_list("image_list_id", "image_low_id", "image_high_id")
    for list_id, low_id, high_id in rows:
        apart[list_id].add(high_id if low_id == image.pk else low_id)
    return {list_id: frozenset(image_ids) for list_id, image_ids in apart.items()}


def pairs_by_other_image(image: Image | None) -> dict[tuple[int, int], MatchCandidate]:
    """Return an image's pairs by (list row id, the other image's row id)."""
    if image is None:
        return {}
    pairs = MatchCandidate.objects.filter(Q(image_low=image) | Q(image_high=image))
    return {
        (
            pair.image_list_id,
            pair.image_high_id if pair.image_low_id == image.pk else pair.image_low_id,
        ): pair
        for pair in pairs
    }


def image_for(actor: Actor, sha256: str) -> Image:
    """Return a stored picture that is in a list or pair the actor may reach.

    Raise ImageNotFound for any other, also when its files were deleted.
    """
    image = pictures_to_show(actor, {sha256}).get(sha256)
    if image is None:
        raise ImageNotFound("There is no such picture.")
    return image


def pictures_to_show(actor: Actor, sha256s: Collection[str]) -> dict[str, Image]:
    """Return the stored pictures in a list or pair that the actor may reach, by SHA-256."""
    lists = lists_selectors.lists_for(actor)
    in_reach = Q(items__image_list__in=lists) | Q(
        pk__in=MatchCandidate.objects.filter(image_list__in=lists).values("query_image")
    )
    images = Image.objects.filter(
        in_reach, organisation_id=actor.organisation_id, sha256__in=sha256s, is_stored=True
    )
    return {image.sha256: image for image in images.distinct()}


def _items_by_list_and_image(
    pairs: Collection[MatchCandidate],
) -> dict[tuple[int, int], Item]:
    """Return the items of the pairs' images; a live one goes before one that was removed."""
    image_ids = {pair.image_low_id for pair in pairs} | {pair.image_high_id for pair in pairs}
    list_ids = {pair.image_list_id for pair in pairs}
    items = Item.objects.filter(image__in=image_ids, image_list__in=list_ids)
    by_age = sorted(items, key=lambda item: (item.removed_at is None, -item.pk))
    return {(item.image_list_id, item.image_id): item for item in by_age}
