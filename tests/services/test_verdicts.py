"""Each service of verdicts once, in no transaction but its own."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from accounts.actors import Actor
from accounts.models import AuditEntry
from lists.models import Image, Item, List
from review.clusters import selectors as clusters_selectors
from review.clusters.selectors import ImageCluster
from review.models import MatchCandidate
from tests import bare_pairs
from verdicts import erasing, merging, planning, services, settling, stirring, submitting
from verdicts.models import Notice, Stirred, Submission, Verdict, VerdictSettings
from verdicts.values import Sent, VerdictContent
from webhooks import services as webhooks_services
from webhooks.models import Event, Webhook

pytestmark = pytest.mark.django_db(transaction=True)

FALSE = VerdictContent(rating="False", title="Not this one")
TRUE = VerdictContent(rating="True", title="This one")


@pytest.fixture
def pairs(image_list: List) -> dict[str, MatchCandidate]:
    """Every pair of the items A, B and C."""
    pairs = bare_pairs.among("ABC", image_list)
    Image.objects.update(is_stored=True)
    return pairs


@pytest.fixture
def group(admin: Actor, pairs: dict[str, MatchCandidate]) -> Callable[[str], ImageCluster]:
    """The group of an item."""
    assert pairs
    return lambda letter: clusters_selectors.cluster_of(admin, item(letter))


def item(letter: str) -> Item:
    return Item.objects.select_related("image", "image_list").get(custom_id=letter)


def published(by: Actor, group: ImageCluster, content: VerdictContent = FALSE) -> Verdict:
    verdict = services.write_draft(by=by, cluster=group, content=content)
    services.publish(by=by, verdict=verdict)
    return Verdict.objects.get(pk=verdict.pk)


def test_a_verdict_is_drafted_published_updated_and_retracted(
    admin: Actor, group: Callable[[str], ImageCluster]
) -> None:
    draft = services.write_draft(by=admin, cluster=group("A"), content=FALSE)
    assert (draft.state, draft.number) == ("draft", 0)
    services.discard_draft(by=admin, verdict=draft)
    assert not Verdict.objects.exists()

    verdict = published(admin, group("A"))
    services.write_draft(by=admin, cluster=group("A"), content=TRUE)
    services.publish(by=admin, verdict=verdict)
    services.retract(by=admin, verdict=verdict)

    versions = verdict.versions.order_by("number").values_list("act", "rating")
    assert list(versions) == [("publish", "False"), ("update", "True"), ("retract", "True")]
    entries = AuditEntry.objects.filter(subject_kind="verdict").order_by("pk")
    assert list(entries.values_list("act", flat=True)) == [
        "verdict.published", "verdict.updated", "verdict.retracted",
    ]  # fmt: skip


def test_a_verdict_is_reused_and_gives_way(
    admin: Actor, group: Callable[[str], ImageCluster]
) -> None:
    one = published(admin, group("A"))
    services.reuse(by=admin, cluster=group("B"), verdict=one)
    other = Verdict.objects.get(image=item("B").image_id)

    services.give_way(by=admin, verdict=other, to=one)

    other.refresh_from_db()
    assert (other.state, other.replaced_by) == ("replaced", one)


def test_groups_are_merged(admin: Actor, group: Callable[[str], ImageCluster]) -> None:
    one = published(admin, group("A"))
    published(admin, group("B"), TRUE)

    merging.merge(by=admin, cluster=group("A"), name=item("B").public_id, keep=one.public_id)

    assert group("A").size == 2


def test_a_submission_is_kept_told_and_forgotten(
    admin: Actor, group: Callable[[str], ImageCluster]
) -> None:
    services.set_grace(by=admin, grace_s=0)
    assert VerdictSettings.objects.get().grace_s == 0
    verdict = published(admin, group("A"))
    submission = submitting.record_submission(by=admin, item=item("A"), sent=Sent(recipient="ann"))
    assert submitting.answer_at_once(submission=submission) is not None
    submitting.record_submission(by=admin, item=item("A"), sent=Sent(recipient="bob"))

    settling.settle(organisation_id=admin.organisation_id)

    states = Notice.objects.order_by("audience").values_list("audience", "state")
    assert list(states) == [("ann", "answered"), ("bob", "sent")]
    assert not Stirred.objects.exists()
    assert Event.objects.filter(type="verdict.published", subject=verdict.public_id).exists()
    assert services.forget_recipient(by=admin, recipient="bob") == 1
    assert erasing.erase_submissions(Submission.objects.all()) == 1
    assert not Notice.objects.exists()


def test_what_is_stirred_is_planned(admin: Actor, group: Callable[[str], ImageCluster]) -> None:
    verdict = published(admin, group("A"))
    submitting.record_submission(by=admin, item=item("A"), sent=Sent(recipient="ann"))
    due_at = verdict.versions.get().announce_at

    stirring.stir(
        organisation_id=admin.organisation_id, image_ids=[verdict.image_id], due_at=due_at
    )
    stirring.settle_later(organisation_id=admin.organisation_id)
    planning.plan(verdict, due_at=due_at)

    assert Notice.objects.get().due_at == due_at


def test_a_callback_is_kept_once(admin: Actor) -> None:
    for _ in range(2):
        webhooks_services.keep_callback(
            organisation_id=admin.organisation_id, url="https://example.org/told"
        )
    submitting.checked_sent(by=admin, sent=Sent(callback_url="https://example.org/told"))

    assert Webhook.objects.get().is_callback
