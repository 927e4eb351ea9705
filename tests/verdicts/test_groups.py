"""Two groups that each have a verdict: they are not joined before it is said which one stays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from accounts.actors import Actor
from common.errors import InvalidInput
from lists.models import Item
from review.clusters import selectors as clusters_selectors
from review.clusters.selectors import ImageCluster
from review.models import MatchCandidate, State
from review.pairs import invariants
from review.pairs import services as pairs_services
from review.pairs.transitions import auto_confirm
from tests.verdicts.conftest import FALSE
from tests.verdicts.told import Told
from verdicts import merging, planning, reach, services, submitting
from verdicts.errors import NothingToPublish, TwoVerdicts, VerdictChanged, VerdictIncomplete
from verdicts.models import Submission, Verdict
from verdicts.values import VerdictContent
from webhooks.models import Event

Pairs = dict[str, MatchCandidate]
Ask = Callable[..., Submission]
Publish = Callable[..., Verdict]

pytestmark = pytest.mark.django_db

TRUE = replace(FALSE, rating="True")


@pytest.fixture
def two(ask: Ask, publish: Publish, told: Told) -> tuple[Verdict, Verdict]:
    """Verdicts about A and B that ann and bob were told of."""
    ask("A", "ann")
    ask("B", "bob")
    verdicts = publish("A"), publish("B", TRUE)
    assert len(told()) == 2
    return verdicts


def group(by: Actor, letter: str) -> ImageCluster:
    return clusters_selectors.cluster_of(by, Item.objects.get(custom_id=letter))


def public_id(letter: str) -> str:
    return Item.objects.get(custom_id=letter).public_id


def test_confirming_is_refused_and_names_both_verdicts(
    admin: Actor, pairs: Pairs, two: tuple[Verdict, Verdict]
) -> None:
    with pytest.raises(TwoVerdicts) as refused:
        pairs_services.confirm(by=admin, pair=pairs["AB"])

    assert set(refused.value.verdicts) == set(two)
    assert MatchCandidate.objects.get(pk=pairs["AB"].pk).state == State.SUGGESTED
    services.retract(by=admin, verdict=two[1])
    pairs_services.confirm(by=admin, pair=pairs["AB"])


def test_a_draft_is_not_published_where_the_group_has_another_verdict_by_now(
    admin: Actor, pairs: Pairs, publish: Publish
) -> None:
    draft = services.write_draft(by=admin, cluster=group(admin, "B"), content=TRUE)
    published = publish("A")
    pairs_services.confirm(by=admin, pair=pairs["AB"])

    with pytest.raises(TwoVerdicts) as refused:
        services.publish(by=admin, verdict=draft)

    assert refused.value.verdicts == (draft, published)


def test_what_the_policy_would_confirm_waits_for_a_person(
    pairs: Pairs, two: tuple[Verdict, Verdict]
) -> None:
    assert len(two) == 2
    invariants.take_turn(pairs["AB"].image_list.organisation_id)
    assert auto_confirm(MatchCandidate.objects.select_for_update().get(pk=pairs["AB"].pk)) == []


def test_of_two_the_one_that_stays_is_told_as_a_correction(
    admin: Actor, two: tuple[Verdict, Verdict], told: Told
) -> None:
    kept, other = two
    with pytest.raises(InvalidInput):
        merging.merge(by=admin, cluster=group(admin, "A"), name=public_id("B"), keep="ver_none")

    merging.merge(by=admin, cluster=group(admin, "A"), name=public_id("B"), keep=kept.public_id)

    assert told()[2:] == [("bob", "correction", 1)]
    other.refresh_from_db()
    assert (other.state, other.replaced_by) == ("replaced", kept)
    with pytest.raises(NothingToPublish):
        services.publish(by=admin, verdict=other)


def test_who_leaves_the_one_that_stayed_is_told_once_that_it_does_not_hold(
    admin: Actor, pairs: Pairs, two: tuple[Verdict, Verdict], told: Told
) -> None:
    merging.merge(by=admin, cluster=group(admin, "A"), name=public_id("B"), keep=two[0].public_id)
    told()

    pairs_services.dissociate(by=admin, pair=pairs["AB"])

    assert told()[3:] == [("bob", "retraction", 1)]


def test_who_never_came_to_the_one_that_stayed_is_told_that_theirs_does_not_hold(
    admin: Actor, pairs: Pairs, two: tuple[Verdict, Verdict], told: Told
) -> None:
    merging.merge(by=admin, cluster=group(admin, "A"), name=public_id("B"), keep=two[0].public_id)
    pairs_services.dissociate(by=admin, pair=pairs["AB"])

    assert told()[2:] == [("bob", "retraction", 2)]


def test_a_choice_that_is_undone_before_anybody_was_told_tells_nobody(
    admin: Actor, pairs: Pairs, two: tuple[Verdict, Verdict], told: Told
) -> None:
    before = told()
    kept, other = two
    merging.confirm(by=admin, pair=pairs["AB"], keep=kept.public_id)

    pairs_services.undo(by=admin, pair=pairs["AB"])

    other.refresh_from_db()
    assert (other.state, other.replaced_by, other.number) == ("published", None, 3)
    assert other.versions.get(number=3).content == other.versions.get(number=1).content
    assert told() == before
    of_verdicts = Event.objects.filter(type__startswith="verdict.")
    assert set(of_verdicts.values_list("type", flat=True)) == {"verdict.published"}


def test_a_choice_that_is_undone_brings_both_verdicts_back_and_corrects_who_was_told(
    admin: Actor, pairs: Pairs, ask: Ask, two: tuple[Verdict, Verdict], told: Told
) -> None:
    kept, other = two
    told()
    merging.confirm(by=admin, pair=pairs["AB"], keep=kept.public_id)
    told()
    ask("B", "cem")
    before = told()

    pairs_services.undo(by=admin, pair=pairs["AB"])
    assert reach.two_verdicts(invariants.sides_of(pairs["AB"])) is not None
    undone = told()
    merging.confirm(by=admin, pair=pairs["AB"], keep=kept.public_id)
    again = told()

    # What they were told of the one that was kept is corrected by their own, and not taken back.
    assert sorted(undone[len(before) :]) == [("bob", "correction", 3), ("cem", "correction", 3)]
    assert sorted(again[len(undone) :]) == [("bob", "correction", 1), ("cem", "correction", 1)]
    restored = other.versions.get(act="restore")
    assert (restored.user_id, restored.surface) == (admin.user_id, admin.surface)


def test_a_verdict_that_gave_way_stays_where_another_one_took_its_place(
    admin: Actor, pairs: Pairs, publish: Publish, two: tuple[Verdict, Verdict]
) -> None:
    kept, other = two
    merging.confirm(by=admin, pair=pairs["AB"], keep=kept.public_id)
    pairs_services.confirm(by=admin, pair=pairs["BC"])
    pairs_services.confirm(by=admin, pair=pairs["AC"])

    # The other two still connect them.
    pairs_services.undo(by=admin, pair=pairs["AB"])

    other.refresh_from_db()
    assert other.state == "replaced"


def test_a_verdict_is_reused_in_one_step(
    admin: Actor, publish: Publish, ask: Ask, told: Told
) -> None:
    verdict = publish("A")
    ask("C", "cem")

    version = services.reuse(by=admin, cluster=group(admin, "C"), verdict=verdict)

    assert version.content == FALSE
    assert told() == [("cem", "verdict", 1)]


def test_the_preview_counts_who_will_be_told(
    admin: Actor, pairs: Pairs, publish: Publish, ask: Ask, told: Told
) -> None:
    ask("A", "ann", language="pt")
    verdict = publish("A")
    told()
    ask("B", "bob", language="hi")
    pairs_services.confirm(by=admin, pair=pairs["AB"])

    update = planning.audience_if_published(verdict)
    assert (update.verdicts, update.corrections, update.retractions) == (1, 1, 0)
    assert update.languages == {"pt": 1, "hi": 1}
    away = planning.audience_if_retracted(verdict)
    assert (away.verdicts, away.corrections, away.retractions) == (0, 0, 1)


def test_an_answer_that_told_it_leaves_nothing_to_be_told(
    publish: Publish, ask: Ask, told: Told
) -> None:
    publish("A")
    told()
    first = submitting.answer_at_once(submission=ask("A", "ann"))

    assert first is not None
    assert first.version.rating == "False"
    assert told() == []


def test_a_version_that_may_still_be_taken_back_is_not_answered(publish: Publish, ask: Ask) -> None:
    publish("A")

    assert submitting.answer_at_once(submission=ask("A", "ann")) is None


def test_a_verdict_says_something_and_nothing_twice(
    admin: Actor, pairs: Pairs, publish: Publish
) -> None:
    verdict = publish("A")
    with pytest.raises(NothingToPublish):
        publish("A")
    with pytest.raises(VerdictChanged):
        services.write_draft(by=admin, cluster=group(admin, "A"), content=TRUE, expected_number=0)
    services.write_draft(by=admin, cluster=group(admin, "A"), content=VerdictContent(rating="x"))
    with pytest.raises(VerdictIncomplete):
        services.publish(by=admin, verdict=verdict)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("url", "javascript:alert(1)"),
        ("url", "https://"),
        ("language", "in English"),
        ("title", "x" * 201),
        ("summary", "\x00"),
    ],
)
def test_what_a_verdict_cannot_say_names_the_field(
    admin: Actor, pairs: Pairs, name: str, text: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        services.write_draft(
            by=admin, cluster=group(admin, "A"), content=replace(FALSE, **{name: text})
        )

    assert refused.value.field == name
