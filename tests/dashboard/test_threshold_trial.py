"""The trial of thresholds: what others would do to a list, from what people decided there."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.actors import Actor
from accounts.models import User
from accounts.permissions import Role
from insights import services, thresholds
from insights.estimates import Share
from lists import services as lists_services
from lists.list_settings import ListSettings
from lists.models import List
from review.models import Act, MatchCandidate
from review.pairs import services as pairs_services
from tests import bare_pairs, hooks

pytestmark = pytest.mark.django_db


@pytest.fixture
def record(admin: Actor, image_list: List) -> List:
    """A list that reviews from 0.30: pairs at 0.35, 0.55 and 0.75, and audited ones below."""
    settings = ListSettings(suggestion_threshold=0.3, duplicate_threshold=0.5)
    lists_services.change_list(by=admin, image_list=image_list, settings=settings)
    pairs = bare_pairs.make(12, image_list)
    scores = [0.35] * 3 + [0.55] * 4 + [0.75] * 2 + [0.25] * 2 + [0.1]
    for pair, score in zip(pairs, scores, strict=True):
        MatchCandidate.objects.filter(pk=pair.pk).update(score=score, is_sample=score < 0.3)
    right = {0, 3, 4, 5, 7, 8, 9}
    for number, pair in enumerate(MatchCandidate.objects.order_by("pk")):
        act = Act.CONFIRM if number in right else Act.DISSOCIATE
        pairs_services.decide(by=admin, pair=pair, act=act)
    services.count(organisation_id=admin.organisation_id)
    return image_list


def test_what_lies_above_a_threshold_is_what_people_decided_there(record: List) -> None:
    known = thresholds.record_of(List.objects.get(pk=record.pk))

    assert known.decisions == 9
    assert known.between(0.5, 1).right == Share(5, 6)
    assert known.between(0.6, 1).right == Share(2, 2)
    assert known.between(0.3, 0.5).right == Share(1, 3)
    # All of it on one day.
    assert known.between(0.5, 1).a_week == 6 * 7


def test_below_the_threshold_each_audited_pair_stands_for_a_hundred(record: List) -> None:
    known = thresholds.record_of(List.objects.get(pk=record.pk))

    assert known.audited_between(0, 0.3) == Share(1, 3)
    assert known.between(0.2, 0.5).a_week == (3 + 2 * 100) * 7
    # Nothing was drawn there.
    assert known.between(0.27, 0.5).a_week is None


def test_thresholds_are_tried_without_being_set_and_then_applied(
    record: List, make_user: Callable[..., User]
) -> None:
    client = Client()
    client.force_login(make_user(Role.MANAGER))
    address = f"/lists/{record.public_id}/settings/"
    tried = {"duplicate_threshold": "0.6", "suggestion_threshold": "0.4"}

    page = client.post(address, {**tried, "try": "1"})

    assert hooks.values(page, "decisions") == ["9"]
    assert 'value="0.6"' in page.content.decode()
    assert List.objects.get(pk=record.pk).duplicate_threshold == 0.5
    client.post(f"/lists/{record.public_id}/thresholds/", tried)
    changed = List.objects.get(pk=record.pk)
    assert (changed.suggestion_threshold, changed.duplicate_threshold) == (0.4, 0.6)


def test_a_slider_counts_without_a_script_where_it_alone_was_moved(
    record: List, manager: Client
) -> None:
    shown = {
        "try": "1",
        "duplicate_threshold": "0.5",
        "duplicate_threshold_slid": "0.5",
        "duplicate_threshold_shown": "0.5",
        "suggestion_threshold": "0.3",
        "suggestion_threshold_slid": "0.3",
        "suggestion_threshold_shown": "0.3",
    }
    address = f"/lists/{record.public_id}/settings/"

    slid = manager.post(address, {**shown, "duplicate_threshold_slid": "0.62"})
    typed = manager.post(
        address, {**shown, "duplicate_threshold": "0.71", "duplicate_threshold_slid": "0.62"}
    )

    assert slid.context["tried"].cleaned_data["duplicate_threshold"] == 0.62
    assert typed.context["tried"].cleaned_data["duplicate_threshold"] == 0.71


def test_a_script_is_told_what_thresholds_would_do_and_nothing_else(
    record: List, manager: Client
) -> None:
    tried = {"try": "1", "duplicate_threshold": "0.6", "suggestion_threshold": "0.4"}
    address = f"/lists/{record.public_id}/settings/"

    part = manager.post(address, tried, headers={"X-Fragment": "1"})
    crossed = manager.post(
        address, {**tried, "suggestion_threshold": "0.7"}, headers={"X-Fragment": "1"}
    )

    assert b"<html" not in part.content
    assert hooks.values(part, "live") == ["chart", "duplicates", "review", "problem", "audit"]
    drawn = part.content.decode()
    # 0.35 would not come up, 0.55 would for review, 0.75 counts; and the audit stands apart.
    for style, count in (("col is-out", 2), ("col is-duplicate", 1)):
        assert drawn.count(f'class="{style}"') == count
    assert hooks.mistakes(crossed) == [("__all__", "thresholds_crossed")]


def test_thresholds_that_contradict_each_other_are_not_applied(
    record: List, make_user: Callable[..., User]
) -> None:
    client = Client()
    client.force_login(make_user(Role.MANAGER))
    wrong = {"duplicate_threshold": "0.2", "suggestion_threshold": "0.4"}

    answer = client.post(f"/lists/{record.public_id}/thresholds/", wrong)

    assert answer.status_code == 200
    assert hooks.values(answer, "mistake")
    assert List.objects.get(pk=record.pk).duplicate_threshold == 0.5
