"""What is chosen where two groups have verdicts, in no transaction but its own."""

from __future__ import annotations

import pytest
from django.utils import timezone

from accounts.actors import Actor
from lists.models import Item, List
from review.clusters import selectors as clusters_selectors
from review.models import MatchCandidate, State
from review.pairs import services as pairs_services
from review.scopes import Scope
from tests import bare_pairs
from verdicts import merging, planning, retelling, services, settling, submitting
from verdicts.kinds import VerdictState
from verdicts.models import Notice, Verdict, VerdictDeed, VerdictVersion
from verdicts.values import Sent, VerdictContent
from webhooks.models import Delivery, Webhook

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def pair(admin: Actor, image_list: List) -> MatchCandidate:
    """A pair of two pictures that each have a published verdict."""
    (pair,) = bare_pairs.among("AB", image_list).values()
    for letter in "AB":
        cluster = clusters_selectors.cluster_of(admin, Item.objects.get(custom_id=letter))
        content = VerdictContent(rating=letter, title=letter)
        services.publish(
            by=admin, verdict=services.write_draft(by=admin, cluster=cluster, content=content)
        )
    return pair


def test_one_verdict_is_kept(admin: Actor, pair: MatchCandidate) -> None:
    contenders = merging.contenders(pair)
    assert contenders is not None
    kept = contenders[0].verdict

    confirmed = merging.confirm(by=admin, pair=pair, keep=kept.public_id)

    assert (confirmed.state, confirmed.scope) == (State.CONFIRMED, Scope.WHOLE)
    assert Verdict.objects.get(state=VerdictState.REPLACED).replaced_by == kept
    assert merging.contenders(pair) is None

    pairs_services.undo(by=admin, pair=pair)

    assert Verdict.objects.filter(state=VerdictState.PUBLISHED).count() == 2
    assert VerdictDeed.objects.filter(act="restore").count() == 1
    assert merging.contenders(pair) is not None


def test_a_notice_is_sent_again(admin: Actor, pair: MatchCandidate) -> None:
    Webhook.objects.create(
        organisation_id=admin.organisation_id, url="https://127.0.0.1:9/", is_enabled=True
    )
    services.set_grace(by=admin, grace_s=0)
    item = Item.objects.get(image=pair.image_low)
    submitting.record_submission(by=admin, item=item, sent=Sent(recipient="ann"))
    settling.settle(organisation_id=admin.organisation_id)
    VerdictVersion.objects.update(announce_at=timezone.now())
    Notice.objects.update(due_at=timezone.now())
    settling.settle(organisation_id=admin.organisation_id)
    notice = Notice.objects.get()

    assert retelling.send_again(by=admin, notice=notice) == 1

    assert Delivery.objects.get(event__public_id=notice.event_id).state == "waiting"


def test_both_are_kept_apart(admin: Actor, pair: MatchCandidate) -> None:
    apart = merging.keep_apart(by=admin, pair=pair, expected_version=pair.version)

    assert (apart.state, apart.scope) == (State.CONFIRMED, Scope.IMAGE_ONLY)
    assert Verdict.objects.filter(state=VerdictState.PUBLISHED).count() == 2


def test_who_would_be_told_of_a_first_verdict_is_counted_and_not_told(
    admin: Actor, pair: MatchCandidate
) -> None:
    item = Item.objects.get(custom_id="A")
    submitting.record_submission(by=admin, item=item, sent=Sent(recipient="ann", language="en"))

    audience = planning.audience_of_new(
        organisation_id=admin.organisation_id, image_id=item.image_id
    )

    assert (audience.verdicts, audience.total, audience.languages) == (1, 1, {"en": 1})
    assert not Notice.objects.exists()
