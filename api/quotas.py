"""What a request takes of its caller's limits: counted before the work, told in the answer."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field

from django.http import HttpRequest
from rest_framework.request import Request

from accounts import at_work, quotas
from accounts.quotas import Allowance, LimitReached, TakenPictures
from api.authentication import actor_of

_ENVIRON_KEY = "lookalike.quotas"


@dataclass(slots=True)
class _Tally:
    """What one request has taken, and what its caller may know of it."""

    request: Allowance | None = None
    refused: Allowance | None = None
    pictures: list[TakenPictures] = field(default_factory=list)
    picture_count: int = 0
    place: ExitStack | None = None

    @property
    def allowances(self) -> list[Allowance]:
        """Return the limits that the request met, as they are now."""
        met = [self.request, self.refused, *(each.allowance for each in self.pictures)]
        return [allowance for allowance in met if allowance is not None]


def take_request(request: Request) -> None:
    """Count the request; raise TooManyRequests."""
    tally = _tally(request)
    try:
        tally.request = quotas.take_request(by=actor_of(request))
    except LimitReached as error:
        tally.refused = error.allowance
        raise


def take_place(request: Request) -> None:
    """Begin long work, until the request ends; raise TooManyAtWork or ServerBusy."""
    tally = _tally(request)
    if tally.place is None:
        with ExitStack() as place:
            place.enter_context(at_work.place(actor_of(request).organisation_id))
            tally.place = place.pop_all()


def leave_place(request: HttpRequest | Request) -> None:
    """End the request's long work, if it did any."""
    tally = _tally(request)
    if tally.place is not None:
        tally.place.close()
        tally.place = None


def take(request: Request, *, pictures: int = 1) -> None:
    """Count pictures before any work is done for them; raise NoPicturesLeft, with none counted.

    If the request fails later, they are given back. Raise as `take_place` does, which this begins
    with.
    """
    take_place(request)
    tally = _tally(request)
    try:
        taken = quotas.take_pictures(by=actor_of(request), count=pictures)
    except LimitReached as error:
        tally.refused = error.allowance
        raise
    tally.pictures = taken
    tally.picture_count += pictures


def give_back(request: Request, *, pictures: int | None = None) -> None:
    """Give back pictures that failed: all that the request took, or some of many."""
    tally = _tally(request)
    count = tally.picture_count if pictures is None else min(pictures, tally.picture_count)
    if count and tally.pictures:
        tally.pictures = quotas.give_back(taken=tally.pictures, count=count)
    tally.picture_count -= count


def headers_of(request: HttpRequest | Request) -> dict[str, str]:
    """Return the limit that the caller meets first, nothing for callers without limits.

    The names and their meaning: draft-ietf-httpapi-ratelimit-headers-07.
    """
    allowances = _tally(request).allowances
    if not allowances:
        return {}
    nearest = min(allowances, key=lambda each: (each.remaining, -each.resets_in_s))
    return {
        "RateLimit-Limit": str(nearest.limit),
        "RateLimit-Remaining": str(nearest.remaining),
        "RateLimit-Reset": str(nearest.resets_in_s),
    }


def _tally(request: HttpRequest | Request) -> _Tally:
    tally: _Tally = request.META.setdefault(_ENVIRON_KEY, _Tally())
    return tally
