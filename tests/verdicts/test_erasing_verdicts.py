"""What is erased takes along what was asked about it; a verdict stays with the other copies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from accounts.actors import Actor
from lists.models import Item, List
from review.life import organisations
from review.life import services as life_services
from review.models import MatchCandidate
from review.pairs import services as pairs_services
from tests import working
from tests.verdicts.conftest import FALSE
from tests.verdicts.told import Told
from verdicts import services
from verdicts.models import Notice, Submission, Verdict
from webhooks.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def verdict(
    admin: Actor,
    pairs: dict[str, MatchCandidate],
    ask: Callable[..., Submission],
    publish: Callable[..., Verdict],
    told: Told,
) -> Verdict:
    """A verdict about A, which B shows too; ann and bob were told."""
    ask("A", "ann")
    ask("B", "bob")
    pairs_services.confirm(by=admin, pair=pairs["AB"])
    verdict = publish("A")
    assert len(told()) == 2
    return verdict


def item(letter: str) -> Item:
    return Item.objects.select_related("image_list").get(custom_id=letter)


def test_the_picture_that_a_verdict_is_about_leaves_it_to_a_copy(
    admin: Actor, verdict: Verdict, told: Told
) -> None:
    erasure = life_services.erase_item(by=admin, item=item("A"), reason="Asked for.")

    verdict.refresh_from_db()
    assert verdict.image_id == item("B").image_id
    assert erasure.steps.get().counts["submissions"] == 1
    assert not Submission.objects.filter(recipient="ann").exists()
    assert not Event.objects.filter(data__recipient="ann").exists()
    assert told() == [("bob", "verdict", 1)]


def test_a_verdict_goes_with_the_last_picture_that_it_covers(
    admin: Actor, verdict: Verdict
) -> None:
    for letter in "AB":
        life_services.erase_item(by=admin, item=item(letter), reason="Asked for.")

    assert not Verdict.objects.filter(pk=verdict.pk).exists()
    assert not Notice.objects.exists()
    assert not Event.objects.filter(type__startswith="notice.").exists()


def test_a_list_takes_what_was_asked_through_it_along(
    admin: Actor, image_list: List, verdict: Verdict
) -> None:
    assert verdict.is_published
    life_services.erase_list(by=admin, image_list=image_list, reason="Asked for.")
    working.run_all()

    assert not Submission.objects.exists()
    assert not Verdict.objects.exists()
    assert not List.objects.exists()


def test_who_sent_another_copy_too_is_not_told_again_when_one_is_erased(
    admin: Actor, verdict: Verdict, ask: Callable[..., Submission], told: Told
) -> None:
    """They were told by what they sent first, which goes; that they were told stays."""
    ask("B", "ann")
    assert len(told()) == 2

    life_services.erase_item(by=admin, item=item("A"), reason="Asked for.")

    assert told() == [("bob", "verdict", 1)]
    assert Notice.objects.get(audience="ann").submission.image_id == item("B").image_id
    services.retract(by=admin, verdict=verdict)
    assert told()[1:] == [("ann", "retraction", 2), ("bob", "retraction", 2)]


def test_who_sent_another_copy_too_is_told_when_one_is_erased_in_the_grace_period(
    admin: Actor,
    pairs: dict[str, MatchCandidate],
    ask: Callable[..., Submission],
    publish: Callable[..., Verdict],
    told: Told,
) -> None:
    ask("A", "ann")
    ask("B", "ann")
    pairs_services.confirm(by=admin, pair=pairs["AB"])
    publish("A")
    assert told.now() == []

    life_services.erase_item(by=admin, item=item("A"), reason="Asked for.")

    assert told() == [("ann", "verdict", 1)]


def test_what_is_on_its_way_about_another_copy_is_not_lost_with_one(
    admin: Actor,
    pairs: dict[str, MatchCandidate],
    ask: Callable[..., Submission],
    publish: Callable[..., Verdict],
    told: Told,
) -> None:
    """What they were told of the first copy and of the second arrives in one order."""
    first = ask("B", "ann")
    ask("A", "ann")
    pairs_services.confirm(by=admin, pair=pairs["AB"])
    publish("A")
    pairs_services.confirm(by=admin, pair=pairs["AC"])
    assert told() == [("ann", "verdict", 1)]
    pairs_services.dissociate(by=admin, pair=pairs["AB"])
    publish("A", replace(FALSE, rating="Misleading"))
    assert told()[1:] == [("ann", "correction", 2)]
    correction = Notice.objects.get(kind="correction")
    assert (correction.subject, correction.submission.image_id) == (
        first.public_id,
        item("A").image_id,
    )

    life_services.erase_item(by=admin, item=item("B"), reason="Asked for.")

    assert told() == [("ann", "correction", 2)]


def test_an_organisation_takes_everything_along(admin: Actor, verdict: Verdict) -> None:
    organisations.erase_organisation(
        organisation=verdict.organisation, by="operator", reason="Asked for."
    )

    assert not Submission.objects.exists()
    assert not Verdict.objects.exists()


def test_a_recipient_is_forgotten(admin: Actor, verdict: Verdict, told: Told) -> None:
    assert services.forget_recipient(by=admin, recipient="ann") == 1

    services.retract(by=admin, verdict=verdict)

    assert told() == [("bob", "verdict", 1), ("bob", "retraction", 2)]
    assert services.forget_recipient(by=admin, recipient="") == 0
