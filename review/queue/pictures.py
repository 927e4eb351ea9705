"""Review by picture: one that came in, with all the pairs of it, is one thing to settle.

A picture is the one of a pair that was submitted when the pair was found; its candidates are the
other pictures of all pairs that have it on either side, in one list. It stands in a queue where the
best of its own pairs does, and leaves it with the last of them. A picture is handed out whole: as
long as somebody else looks at one of its pairs it goes to nobody else. Nothing is decided by
picture: each mark is the decision of one pair.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db import transaction
from django.db.models import Case, Q, QuerySet, Value, When

from accounts.actors import Actor
from accounts.permissions import Permission
from lists import selectors as lists_selectors
from lists.models import Image, List
from review.models import MatchCandidate, State
from review.pairs.selectors import pairs_for
from review.pairs.tallies import WAITING
from review.queue import claims, ordering, selectors
from review.queue.counting import MOST_COUNTED
from review.queue.filters import Queue, narrowed

# What is beyond it comes when these are settled.
MOST_CANDIDATES = 24
_LOOKED_AT_ONCE = 20
# A condition names each of them in every branch of the queue.
_MOST_PASSED = 50

# The row ids of a list and of a picture.
Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class IncomingPicture:
    """A picture that came in and its pairs, the highest score first; `named_by` is one of them."""

    named_by: MatchCandidate
    pairs: tuple[MatchCandidate, ...]

    @property
    def image(self) -> Image:
        """Return the picture."""
        pair = self.named_by
        return pair.image_low if pair.query_image_id == pair.image_low_id else pair.image_high

    @property
    def waiting(self) -> list[MatchCandidate]:
        """Return the pairs that can be decided."""
        return [pair for pair in self.pairs if pair.is_open and pair.blocked_by_id is None]


def incoming_of(actor: Actor, pair: MatchCandidate, queue: Queue) -> IncomingPicture:
    """Return the picture that a pair names, with those of its pairs that belong to the queue.

    Where there are many, those that wait go before those that are blocked or decided. What is
    assigned to colleagues waits for them, unless it is asked for. What stands for a golden pair is
    its picture's only one.
    """
    if pair.is_stand_in:
        return IncomingPicture(pair, (pair,))
    lists = lists_selectors.lists_for(actor)
    own = narrowed(pairs_for(actor).filter(_touching(_place_of(pair))), queue, lists)
    own = own.exclude(state=State.SUPERSEDED).filter(~WAITING | _handed_to(actor, queue))
    rank = Case(
        When(WAITING, then=Value(0)), When(state=State.SUGGESTED, then=Value(1)), default=Value(2)
    )
    first = list(own.order_by(rank, "-score", "pk")[:MOST_CANDIDATES])
    shown = {each.pk: each for each in [pair, *first]}
    return IncomingPicture(
        pair, tuple(sorted(shown.values(), key=lambda each: (-each.score, each.pk)))
    )


@transaction.atomic
def take_next(
    *,
    by: Actor,
    queue: Queue,
    behind: MatchCandidate | None = None,
    held: Collection[str] = (),
    count: int = 1,
    is_on_screen: bool = False,
) -> list[MatchCandidate]:
    """Claim the pairs of the next pictures, and return the best pair of each, which names it.

    `held` are public ids of pairs that name pictures that the person has on the screen or ahead.
    """
    by.require(Permission.DECIDE_MATCHES)
    taken: list[MatchCandidate] = []
    for pair in _pictures_after(by, queue, behind=behind, held=held):
        pairs = _lock_all(by, queue, pair)
        if pairs:
            claims.claim(pairs=pairs, by=by)
            taken.append(pair)
        if len(taken) == count:
            break
    if is_on_screen and taken:
        claims.put_on_screen(pair=taken[0], by=by)
    return taken


def next_to_look_at(
    actor: Actor, *, queue: Queue, behind: MatchCandidate | None
) -> list[MatchCandidate]:
    """Return what names the next picture for somebody who decides nothing, if there is one."""
    return list(_pictures_after(actor, queue, behind=behind, held=()))[:1]


def count_in(actor: Actor, queue: Queue, *, pairs: int) -> int | None:
    """Return how many pictures wait, given how many pairs do; None when there are too many."""
    if pairs >= MOST_COUNTED:
        return None
    lists = lists_selectors.lists_for(actor)
    waiting = narrowed(MatchCandidate.objects.filter(WAITING, image_list__in=lists), queue, lists)
    return waiting.order_by().values("image_list", "query_image").distinct().count()


def _pictures_after(
    actor: Actor, queue: Queue, *, behind: MatchCandidate | None, held: Collection[str]
) -> Iterator[MatchCandidate]:
    """Yield the best pair of each picture in the queue's order, from `behind` on and around."""
    lists = selectors.lists_of(actor, queue)
    mine = _handed_to(actor, queue)
    done = set(_places_of(actor, held))
    if behind is not None:
        done.add(_place_of(behind))
    for after in [behind, None] if behind is not None else [None]:
        for pair in _best_of_pictures(lists, queue, after=after, also=mine):
            if _place_of(pair) not in done:
                done.add(_place_of(pair))
                yield pair


def _best_of_pictures(
    lists: Sequence[List],
    queue: Queue,
    *,
    after: MatchCandidate | None,
    also: Q,
) -> Iterator[MatchCandidate]:
    seen: set[Place] = set()
    crowded: deque[Place] = deque(maxlen=_MOST_PASSED)
    while True:
        # The other pairs of a picture with thousands are passed at once.
        others = also & WAITING & ~_of_places(crowded)
        offered = ordering.first_after(lists, queue, after=after, size=_LOOKED_AT_ONCE, also=others)
        for pair in offered:
            place = _place_of(pair)
            if place in seen and place not in crowded:
                crowded.append(place)
            elif place not in seen and _is_best(pair, queue, also):
                yield pair
            seen.add(place)
        if len(offered) < _LOOKED_AT_ONCE:
            return
        after = offered[-1]


def _is_best(pair: MatchCandidate, queue: Queue, also: Q) -> bool:
    """Tell whether a pair is the first of its picture: otherwise that has its turn elsewhere."""
    own = Q(query_image=pair.query_image_id) & WAITING & also
    first = ordering.first_after([pair.image_list], queue, after=None, size=1, also=own)
    return [each.pk for each in first] == [pair.pk]


def _lock_all(by: Actor, queue: Queue, pair: MatchCandidate) -> list[MatchCandidate]:
    """Lock the pairs of a picture that wait; return none when somebody else looks at one."""
    mine = _handed_to(by, queue)
    waiting = MatchCandidate.objects.filter(_touching(_place_of(pair)), WAITING, mine)
    waiting = narrowed(waiting, queue, [pair.image_list])
    first = waiting.order_by("-score", "pk").values_list("pk", flat=True)[:MOST_CANDIDATES]
    # What names the picture is shown, however many score higher.
    ids = {pair.pk, *first}
    free = MatchCandidate.objects.filter(WAITING, claims.free_for(by), pk__in=ids)
    pairs = claims.lock_first(free.defer("evidence").order_by("pk"), len(ids))
    return pairs if len(pairs) == len(ids) else []


def _handed_to(actor: Actor, queue: Queue) -> Q:
    return claims.not_of_colleagues(actor) if queue.assigned_to is None else Q()


def _places_of(actor: Actor, match_ids: Collection[str]) -> QuerySet[MatchCandidate, Place]:
    named = pairs_for(actor).filter(public_id__in=list(match_ids)[: claims.MAX_AT_ONCE])
    return named.values_list("image_list_id", "query_image_id")


def _place_of(pair: MatchCandidate) -> Place:
    return pair.image_list_id, pair.query_image_id


def _of_places(places: Collection[Place]) -> Q:
    """Return which pairs came in with the pictures."""
    images: dict[int, list[int]] = defaultdict(list)
    for list_id, image_id in places:
        images[list_id].append(image_id)
    return reduce(
        or_,
        (Q(image_list=each, query_image__in=sorted(ids)) for each, ids in images.items()),
        Q(pk__in=[]),
    )


def _touching(place: Place) -> Q:
    list_id, image_id = place
    return Q(image_list=list_id) & (Q(image_low=image_id) | Q(image_high=image_id))
