"""How long what waits will take somebody, by how long their own decisions took."""

from __future__ import annotations

import datetime as dt
import itertools
import math

from accounts.actors import Actor
from review.models import Act, Decision

_DECISIONS = (Act.CONFIRM, Act.CONFIRM_IMAGE, Act.DISSOCIATE, Act.UNSURE)
_LATEST = 200
# Fewer tell nothing.
_FEWEST = 10
# Whoever decided nothing for so long did something else.
_PAUSE = dt.timedelta(minutes=2)


def minutes_for(actor: Actor, count: int) -> int | None:
    """Return about how many minutes the person takes for so many pairs, at least 1.

    None while they have decided too little to tell. Pairs that were decided at once count each, so
    whoever settles many by one key is as quick as they are.
    """
    seconds = _seconds_each(actor)
    return None if seconds is None else max(1, math.ceil(count * seconds / 60))


def _seconds_each(actor: Actor) -> float | None:
    """Return how long the latest decisions of a person took on average, without the pauses."""
    own = Decision.objects.filter(user=actor.user_id or 0, act__in=_DECISIONS).order_by("-pk")
    moments = list(own.values_list("created_at", flat=True)[:_LATEST])
    gaps = [later - earlier for later, earlier in itertools.pairwise(moments)]
    worked = [max(gap, dt.timedelta()) for gap in gaps if gap <= _PAUSE]
    if len(worked) < _FEWEST:
        return None
    return sum(worked, dt.timedelta()).total_seconds() / len(worked)
