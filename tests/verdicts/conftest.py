"""Pictures that show the same, who asked about them, and what they are told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from accounts.actors import Actor
from jobs import services as jobs_services
from jobs.clock import ClockWatch
from lists.models import Item, List
from review.clusters import selectors as clusters_selectors
from review.models import MatchCandidate
from tests import bare_pairs
from tests.verdicts.asking import asking
from tests.verdicts.told import Told
from verdicts import services
from verdicts.models import Submission, Verdict
from verdicts.values import VerdictContent

GRACE = dt.timedelta(seconds=60)
FALSE = VerdictContent(rating="False", title="The shark is not in the street", language="en")


@pytest.fixture(autouse=True)
def own_watch(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what watches the clock for other tests not see that time is let pass here."""
    monkeypatch.setattr(jobs_services, "_clock", ClockWatch(0.0))


@pytest.fixture
def pairs(image_list: List) -> dict[str, MatchCandidate]:
    """Every pair of the items A, B, C and D."""
    return bare_pairs.among("ABCD", image_list)


@pytest.fixture
def told() -> Told:
    """What people were told so far, and time that passes."""
    return Told()


@pytest.fixture
def ask(admin: Actor, pairs: dict[str, MatchCandidate]) -> Callable[..., Submission]:
    """Ask about an item on behalf of somebody."""
    assert pairs
    return asking(admin)


@pytest.fixture
def publish(admin: Actor, pairs: dict[str, MatchCandidate]) -> Callable[..., Verdict]:
    """Publish a verdict about the group of an item."""

    def write(letter: str, content: VerdictContent = FALSE) -> Verdict:
        cluster = clusters_selectors.cluster_of(admin, Item.objects.get(custom_id=letter))
        verdict = services.write_draft(by=admin, cluster=cluster, content=content)
        services.publish(by=admin, verdict=verdict)
        verdict.refresh_from_db()
        return verdict

    return write
