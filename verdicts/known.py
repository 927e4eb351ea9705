"""What is said of pictures by now: the latest version that may be told of what covers them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.utils import timezone

from verdicts import reach, stirring
from verdicts.kinds import SAYING
from verdicts.models import Verdict, VerdictVersion


@dataclass(frozen=True, slots=True)
class KnownVerdict:
    """A published verdict that covers a picture, and the latest version that may be told."""

    verdict: Verdict
    version: VerdictVersion


def verdict_of(*, image_id: int) -> KnownVerdict | None:
    """Return the published verdict that covers a picture by what may be told already."""
    return verdicts_of(image_ids=[image_id]).get(image_id)


def verdicts_of(*, image_ids: Collection[int]) -> dict[int, KnownVerdict]:
    """Return, by picture of one organisation, what `verdict_of` does; five queries for most."""
    around = reach.around(image_ids)
    if not around.verdicts:
        return {}
    settled_by = stirring.settled_by(around.verdicts[0].organisation_id)
    verdicts = around.covering(image_ids, settled_by=settled_by)
    known = _known(verdicts.values())
    return {
        image_id: known[verdict.pk] for image_id, verdict in verdicts.items() if verdict.pk in known
    }


def _known(verdicts: Collection[Verdict]) -> dict[int, KnownVerdict]:
    """Return, by row id, the verdicts of which a version may be told, each with the latest."""
    versions = VerdictVersion.objects.filter(
        verdict__in={verdict.pk for verdict in verdicts}, announce_at__lte=timezone.now()
    )
    latest = {version.verdict_id: version for version in versions.order_by("number")}
    return {
        verdict.pk: KnownVerdict(verdict, latest[verdict.pk])
        for verdict in verdicts
        if verdict.pk in latest and latest[verdict.pk].act in SAYING
    }
