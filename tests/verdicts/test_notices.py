"""Who submitted a picture is told of its verdict once, and again when it changes or falls."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pytest
import time_machine
from django.db.models.signals import post_init
from django.utils import timezone

from accounts.actors import Actor
from jobs import services as jobs_services
from jobs.models import Job
from lists import services as lists_services
from lists.list_settings import ListSettings
from lists.models import List
from review.models import MatchCandidate, PairText
from review.pairs import services as pairs_services
from review.scopes import Scope
from tests.verdicts.conftest import FALSE, GRACE
from tests.verdicts.told import Told
from verdicts import services, stirring, submitting
from verdicts.models import Notice, Submission, Verdict, VerdictVersion
from webhooks import publishing
from webhooks.models import Delivery, Webhook

Pairs = dict[str, MatchCandidate]
Ask = Callable[..., Submission]
Publish = Callable[..., Verdict]

pytestmark = pytest.mark.django_db


def test_who_submitted_a_copy_is_told_once(
    admin: Actor, pairs: Pairs, ask: Ask, publish: Publish, told: Told
) -> None:
    ask("A", "ann")
    ask("A", "ann")
    ask("B", "bob")
    ask("C", "cem")
    pairs_services.confirm(by=admin, pair=pairs["AB"])

    publish("A")

    assert told.now() == []
    assert told() == [("ann", "verdict", 1), ("bob", "verdict", 1)]
    pairs_services.confirm(by=admin, pair=pairs["CD"])
    assert len(told()) == 2


def test_who_submits_later_is_told_at_once(ask: Ask, publish: Publish, told: Told) -> None:
    publish("A")
    assert told() == []

    ask("A", "ann")

    assert told.now() == [("ann", "verdict", 1)]


def test_a_suggested_match_tells_nobody(ask: Ask, publish: Publish, told: Told) -> None:
    ask("B", "bob")

    publish("A")

    assert told() == []


def test_an_update_corrects_and_a_retraction_takes_back(
    admin: Actor, ask: Ask, publish: Publish, told: Told
) -> None:
    ask("A", "ann")
    verdict = publish("A")
    told()

    publish("A", replace(FALSE, rating="Misleading"))
    assert told()[1:] == [("ann", "correction", 2)]

    services.retract(by=admin, verdict=verdict)
    assert told()[2:] == [("ann", "retraction", 3)]


def test_dissociated_after_it_was_told_yields_one_retraction(
    admin: Actor, pairs: Pairs, ask: Ask, publish: Publish, told: Told
) -> None:
    ask("A", "ann")
    ask("B", "bob")
    pairs_services.confirm(by=admin, pair=pairs["AB"])
    publish("A")
    assert len(told()) == 2

    pairs_services.dissociate(by=admin, pair=pairs["AB"])

    assert told()[2:] == [("bob", "retraction", 1)]
    assert len(told()) == 3
    pairs_services.confirm(by=admin, pair=pairs["AB"])
    assert told()[3:] == [("bob", "verdict", 1)]


def test_undone_within_the_grace_period_nobody_is_told(
    admin: Actor, pairs: Pairs, ask: Ask, publish: Publish, told: Told
) -> None:
    ask("B", "bob")
    publish("A")
    told()

    pairs_services.confirm(by=admin, pair=pairs["AB"])
    told.now()
    assert Notice.objects.get().audience == "bob"
    pairs_services.undo(by=admin, pair=pairs["AB"])

    assert told() == []


def test_who_asks_before_a_confirmation_is_settled_waits_as_long_as_everybody(
    admin: Actor, pairs: Pairs, ask: Ask, publish: Publish, told: Told
) -> None:
    publish("A")
    told()
    pairs_services.confirm(by=admin, pair=pairs["AB"])

    assert submitting.answer_at_once(submission=ask("B", "bob")) is None
    assert told.now() == []
    pairs_services.undo(by=admin, pair=pairs["AB"])

    assert told() == []


def test_published_and_retracted_within_the_grace_period_nobody_is_told(
    admin: Actor, ask: Ask, publish: Publish, told: Told
) -> None:
    ask("A", "ann")

    services.retract(by=admin, verdict=publish("A"))

    assert told() == []


def test_the_same_image_with_a_different_claim_carries_no_verdict(
    admin: Actor, pairs: Pairs, ask: Ask, publish: Publish, told: Told
) -> None:
    ask("B", "bob")
    pairs_services.confirm(by=admin, pair=pairs["AB"], scope=Scope.IMAGE_ONLY)

    publish("A")

    assert told() == []


@pytest.mark.parametrize(
    "state",
    [PairText.DIFFERS, PairText.UNREAD, PairText.WAITING, PairText.ONE_SIDED, PairText.UNSURE],
)
def test_texts_that_differ_or_are_unread_carry_no_verdict(
    admin: Actor, pairs: Pairs, ask: Ask, publish: Publish, told: Told, state: PairText
) -> None:
    ask("B", "bob")
    pairs_services.confirm(by=admin, pair=pairs["AB"])
    MatchCandidate.objects.filter(pk=pairs["AB"].pk).update(text_state=state)

    publish("A")

    assert told() == []


def test_a_kind_that_the_list_lets_carry_nothing_carries_no_verdict(
    admin: Actor, image_list: List, pairs: Pairs, ask: Ask, publish: Publish, told: Told
) -> None:
    ask("B", "bob")
    pairs_services.confirm(by=admin, pair=pairs["AB"])
    settings = ListSettings(verdict_kinds=("pixels",))
    lists_services.change_list(by=admin, image_list=image_list, settings=settings)

    publish("A")

    assert told() == []


def test_what_changed_while_a_list_was_away_is_told_when_it_is_back(
    admin: Actor, image_list: List, ask: Ask, publish: Publish, told: Told
) -> None:
    """The picture has no pair by which anything else could notice."""
    ask("A", "ann")
    verdict = publish("A")
    assert len(told()) == 1
    pairs_services.remove_list(by=admin, image_list=image_list)
    services.retract(by=admin, verdict=verdict)
    assert len(told()) == 1

    image_list.refresh_from_db()
    pairs_services.restore_list(by=admin, image_list=image_list)

    assert told()[1:] == [("ann", "retraction", 2)]


def test_nobody_is_told_of_what_was_planned_when_their_list_left(
    admin: Actor, image_list: List, ask: Ask, publish: Publish, told: Told
) -> None:
    ask("A", "ann")
    publish("A")
    assert told.now() == []

    pairs_services.remove_list(by=admin, image_list=image_list)

    assert told() == []
    image_list.refresh_from_db()
    pairs_services.restore_list(by=admin, image_list=image_list)
    assert told() == [("ann", "verdict", 1)]


def test_who_is_answered_is_looked_up_alone_however_many_are_told(
    ask: Ask, publish: Publish, told: Told
) -> None:
    for number in range(5):
        ask("A", f"person-{number}")
    publish("A")
    assert len(told()) == 5
    late = ask("A", "ann")
    loaded: list[str] = []

    def note(instance: Notice | Submission, **_: object) -> None:
        loaded.append(instance.audience)

    for model in (Notice, Submission):
        post_init.connect(note, sender=model)
    try:
        assert submitting.answer_at_once(submission=late) is not None
    finally:
        for model in (Notice, Submission):
            post_init.disconnect(note, sender=model)

    assert set(loaded) == {"ann"}


def test_what_is_to_be_told_is_planned_before_a_backlog_is_posted(
    admin: Actor, ask: Ask, publish: Publish
) -> None:
    """Where one job of an organisation runs at a time, people would wait for a slow receiver."""
    webhook = Webhook(organisation_id=admin.organisation_id, url="https://receiver.example.org/")
    webhook.save()
    publishing.send_later(webhook=webhook)
    ask("A", "ann")
    publish("A")

    kinds = list(Job.objects.order_by("-priority").values_list("kind", flat=True))

    assert kinds.index(stirring.SETTLE) < kinds.index(publishing.SEND)


def test_a_clock_that_is_set_back_holds_nothing_up_and_tells_nothing_twice(
    admin: Actor, ask: Ask, publish: Publish, told: Told
) -> None:
    webhook = Webhook.objects.create(
        organisation_id=admin.organisation_id, url="https://127.0.0.1:9/"
    )
    ask("A", "ann")
    publish("A")
    assert told.now() == []
    before = timezone.now() - dt.timedelta(hours=1)

    with time_machine.travel(before, tick=True):
        jobs_services.bring_back(now=timezone.now())
        assert Notice.objects.get().due_at <= timezone.now() + GRACE
        assert VerdictVersion.objects.get().announce_at <= timezone.now() + GRACE
    with time_machine.travel(before + GRACE + dt.timedelta(seconds=5), tick=True):
        assert told.now() == [("ann", "verdict", 1)]
        Delivery.objects.update(
            attempts=1, attempted_at=timezone.now(), due_at=timezone.now() + dt.timedelta(hours=1)
        )
        Webhook.objects.update(resumes_at=timezone.now() + dt.timedelta(hours=1))
    with time_machine.travel(before - dt.timedelta(hours=1), tick=True):
        jobs_services.bring_back(now=timezone.now())
        assert not Delivery.objects.filter(due_at__gt=timezone.now()).exists()
        webhook.refresh_from_db()
        assert webhook.resumes_at is None
    assert told() == [("ann", "verdict", 1)]
