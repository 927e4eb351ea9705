"""Rules at work: proposing pairs, and deciding them by the one way to decide many.

Whatever is decided is looked at in the turn of the organisation, in which everything changes that a
pair rests on: its state, its texts, the rules themselves. So a person, two workers and another rule
may all be about the same pair, and it is decided once, as it is by then.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from itertools import islice
from typing import Final

from django.db import transaction
from django.db.models import F, Max, QuerySet
from django.utils import timezone

from accounts.actors import Surface
from lists import transactions
from review import bulk
from review.automation import arriving, criteria, selectors, watching
from review.automation.criteria import criteria_of
from review.bulk import BulkOutcome, SeenPair
from review.models import (
    Act,
    MatchCandidate,
    RuleMode,
    RuleProposal,
    RuleRun,
    RuleVersion,
)
from review.pairs import invariants
from review.pairs.tallies import WAITING

# In one turn, so that people who decide meanwhile wait for less than a second.
_AT_ONCE = 25
# Of one walk over what waits; the next job goes on.
_WALKED_AT_ONCE = 500
MOST_IN_A_RUN: Final = bulk.MAX_AT_ONCE
_AFTER_LEASE = timedelta(seconds=1)


def try_pairs(*, organisation_id: int, pair_ids: Collection[int]) -> None:
    """Let the rules that are at work decide or propose those of the pairs that fit.

    What is on somebody's screen is looked at again when their lease has ended.
    """
    remaining = iter(sorted(pair_ids))
    while some := list(islice(remaining, _AT_ONCE)):
        _try_some(organisation_id, some)


def try_waiting(*, version_id: int, after: int) -> None:
    """Let a version look at the pairs that wait behind a row id, and leave the rest for later."""
    version = RuleVersion.objects.select_related("rule").filter(pk=version_id).first()
    if version is None or version.pk not in _at_work(version.rule.organisation_id):
        return
    waiting = MatchCandidate.objects.filter(
        WAITING, image_list__organisation=version.rule.organisation_id, pk__gt=after
    )
    fitting = criteria.narrowed(criteria_of(version), waiting).order_by("pk")
    ids = list(fitting.values_list("pk", flat=True)[:_WALKED_AT_ONCE])
    try_pairs(organisation_id=version.rule.organisation_id, pair_ids=ids)
    if len(ids) == _WALKED_AT_ONCE:
        arriving.try_waiting_later(version=version, after=ids[-1])


@transactions.tried_again
@transaction.atomic
def _try_some(organisation_id: int, pair_ids: Sequence[int]) -> None:
    invariants.take_turn(organisation_id)
    versions = [
        each
        for each in selectors.versions_at_work(organisation_id)
        if not watching.stop_where_needed(each)
    ]
    if not versions:
        return
    _try_leased_later(organisation_id, pair_ids)
    pairs = selectors.free(MatchCandidate.objects.filter(pk__in=pair_ids))
    for version, found in _shared_out(versions, pairs).items():
        if version.rule.mode == RuleMode.ALONE:
            decide(version=version, run=_open_run(version), pairs=found)
        else:
            _propose(version, found)


def decide(*, version: RuleVersion, run: RuleRun, pairs: Sequence[MatchCandidate]) -> BulkOutcome:
    """Decide pairs as a rule, in the caller's turn; what another decision forbids is left."""
    organisation_id = version.rule.organisation_id
    by = selectors.actor_of_run(run, organisation_id=organisation_id)
    seen = [SeenPair(pair.public_id, pair.version) for pair in pairs]
    outcome = bulk.decide(by=by, seen=seen, act=Act(version.act), key=run.public_id)
    count = outcome.done_count
    RuleRun.objects.filter(pk=run.pk).update(decided_count=F("decided_count") + count)
    return outcome


def _open_run(version: RuleVersion) -> RuleRun:
    """Return where decisions of today go that nobody accepts; one run is undone by one click."""
    today = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    own = RuleRun.objects.filter(
        version=version, key="", undone_at=None, created_at__gte=today
    ).order_by("-pk")
    latest = own.first()
    if latest is not None and latest.decided_count + _AT_ONCE <= MOST_IN_A_RUN:
        return latest
    return RuleRun.objects.create(version=version, surface=Surface.SYSTEM)


def _shared_out(
    versions: Sequence[RuleVersion], pairs: QuerySet[MatchCandidate]
) -> Mapping[RuleVersion, list[MatchCandidate]]:
    """Return which version has a say about which of the pairs.

    Where two say the contrary neither has; what one decides by itself no other one does.
    """
    found = {each: criteria.fitting(criteria_of(each), pairs) for each in versions}
    acts: dict[int, set[str]] = {}
    for version, own in found.items():
        for pair in own:
            acts.setdefault(pair.pk, set()).add(version.act)
    taken: set[int] = set()
    shared: dict[RuleVersion, list[MatchCandidate]] = {}
    for version in sorted(versions, key=lambda each: each.rule.mode != RuleMode.ALONE):
        own = [each for each in found[version] if len(acts[each.pk]) == 1 and each.pk not in taken]
        if own:
            shared[version] = own
            taken |= {each.pk for each in own}
    return shared


def _propose(version: RuleVersion, pairs: Sequence[MatchCandidate]) -> None:
    RuleProposal.objects.bulk_create(
        [RuleProposal(version=version, pair=pair) for pair in pairs], ignore_conflicts=True
    )


def _try_leased_later(organisation_id: int, pair_ids: Sequence[int]) -> None:
    leased = MatchCandidate.objects.filter(
        WAITING, pk__in=pair_ids, claimed_until__gt=timezone.now()
    )
    until = leased.aggregate(until=Max("claimed_until"))["until"]
    if until is not None:
        ids = list(leased.values_list("pk", flat=True))
        arriving.try_later(organisation_id=organisation_id, pair_ids=ids, at=until + _AFTER_LEASE)


def _at_work(organisation_id: int) -> set[int]:
    return {each.pk for each in selectors.versions_at_work(organisation_id)}
