"""Writes about clusters: which picture is the reference, and cutting one in two.

Pairs are decided by `pairs.services`; what a decision may not do to a cluster is refused by
`pairs.rules`.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from accounts.actors import Actor
from accounts.permissions import Permission
from common.errors import InvalidInput
from common.sentences import Sentence
from lists import selectors as lists_selectors
from lists.models import Image
from review.models import MatchCandidate, ReferenceChoice
from review.pairs import selectors as pairs_selectors
from review.pairs import transitions
from review.pairs.services import MAX_DECIDED_AT_ONCE
from review.pairs.transitions import Details


def choose_reference(*, by: Actor, image: Image) -> ReferenceChoice:
    """Name a picture the original of whatever cluster it is in, now and later."""
    by.require(Permission.DECIDE_MATCHES)
    return ReferenceChoice.objects.create(
        image=image, user_id=by.user_id, credential_id=by.credential_id, surface=by.surface
    )


@transaction.atomic
def split(*, by: Actor, versions: Mapping[str, int]) -> list[MatchCandidate]:
    """Dissociate the confirmed pairs that link two parts of a cluster: all of them, or none.

    `versions` are those that were seen, by id. Raise MatchNotFound for an id out of reach,
    DecidedMeanwhile when one has changed, StillTogether when other pairs link the parts too.
    """
    candidates = _known(by, versions)
    return transitions.dissociate_together(
        candidates, by=by, versions=_by_row(candidates, versions), details=Details()
    )


@transaction.atomic
def undo_split(*, by: Actor, versions: Mapping[str, int]) -> list[MatchCandidate]:
    """Put together again what a split has parted: all its pairs, or none.

    `versions` are those that the split led to, by id. Raise as `split` does, and ToldApart when
    what was decided since keeps the parts from each other.
    """
    candidates = _known(by, versions)
    return transitions.undo_together(candidates, by=by, versions=_by_row(candidates, versions))


def _known(by: Actor, versions: Mapping[str, int]) -> list[MatchCandidate]:
    by.require(Permission.DECIDE_MATCHES)
    if not 0 < len(versions) <= MAX_DECIDED_AT_ONCE:
        raise InvalidInput(
            Sentence("A split takes 1 to %(most)s pairs.", most=MAX_DECIDED_AT_ONCE), field="pair"
        )
    ids = [lists_selectors.searchable(match_id) for match_id in versions]
    candidates = list(pairs_selectors.candidates_for(by).filter(public_id__in=ids))
    if len(candidates) != len(versions):
        raise pairs_selectors.match_not_found()
    return candidates


def _by_row(candidates: list[MatchCandidate], versions: Mapping[str, int]) -> dict[int, int]:
    return {each.pk: versions[each.public_id] for each in candidates}
