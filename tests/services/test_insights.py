"""The services of statistics, with no transaction of the test around them."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import Organisation
from insights import services
from insights.models import FoundCount, Progress, QueueAge
from jobs import keeper
from jobs.models import Job
from lists.models import List
from tests import bare_pairs, working

pytestmark = pytest.mark.django_db(transaction=True)


def asked_for() -> list[dict[str, Any]]:
    return list(Job.objects.filter(kind=services.COUNT).values_list("payload", flat=True))


def test_counting_is_asked_for_once_and_done_in_the_background(
    organisation: Organisation, image_list: List
) -> None:
    Organisation.objects.create(name="Without lists")
    bare_pairs.make(3, image_list)

    services.count_later(organisation_id=organisation.pk)
    services.count_all_later()
    keeper._clean()
    assert asked_for() == [{"organisation_id": organisation.pk}]
    working.run_all()

    assert FoundCount.objects.get().count == 3
    assert QueueAge.objects.get().waiting == 3


def test_what_is_new_is_added_and_everything_can_be_counted_anew(
    organisation: Organisation, image_list: List
) -> None:
    bare_pairs.make(2, image_list)
    services.count(organisation_id=organisation.pk)
    FoundCount.objects.update(count=7)
    services.count(organisation_id=organisation.pk)
    assert FoundCount.objects.get().count == 7

    services.recount(organisation_id=organisation.pk)

    assert FoundCount.objects.get().count == 2
    assert Progress.objects.get().pair_id > 0


def test_counts_go_with_their_list(organisation: Organisation, image_list: List) -> None:
    bare_pairs.make(2, image_list)
    services.count(organisation_id=organisation.pk)

    services.erase_with_list(list_id=image_list.pk)

    assert not FoundCount.objects.exists()
    assert not QueueAge.objects.exists()
