"""The audit of what is never shown: pairs below the threshold, drawn by lot and marked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from accounts.actors import Actor
from accounts.models import User
from accounts.permissions import Role
from lists import services as lists_services
from lists.list_settings import ListSettings
from lists.models import List
from review.automation import selectors as rules_selectors
from review.models import CheckCount, MatchCandidate
from review.submissions import sampling
from review.submissions import services as submissions_services
from review.submissions.values import NewSubmission, Outcome
from tests import bare_pairs
from tests.conftest import raw_image
from webhooks.kinds import EventType
from webhooks.models import Event

pytestmark = pytest.mark.django_db

# Above what a small copy scores, so that it is below the threshold as others are.
HIGH = ListSettings(suggestion_threshold=0.9995, duplicate_threshold=0.9999)


def check(by: Actor, image_list: List, photo: bytes) -> Outcome:
    return submissions_services.submit(
        by=by, submission=NewSubmission(raw=raw_image(photo), check_lists=[image_list])
    )


@pytest.fixture
def audited(admin: Actor, image_list: List, coffee: bytes) -> List:
    """A list with one picture, that a copy of it matches too little, and that audits."""
    submissions_services.submit(
        by=admin, submission=NewSubmission(raw=raw_image(coffee), add_to=image_list)
    )
    audits = ListSettings(samples_below=True)
    lists_services.change_list(by=admin, image_list=image_list, settings=HIGH)
    return lists_services.change_list(by=admin, image_list=image_list, settings=audits)


def test_a_pair_below_the_threshold_is_put_up_for_review_where_it_is_drawn(
    admin: Actor, audited: List, coffee_copy: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sampling, "SHARE", 1)

    outcome = check(admin, audited, coffee_copy)
    check(admin, audited, coffee_copy)

    pair = MatchCandidate.objects.get()
    assert (pair.is_sample, pair.state) == (True, "suggested")
    assert pair.score < audited.suggestion_threshold
    # Who asked is told of no match, now or by an event.
    assert outcome.by_list[0].matches == []
    assert not Event.objects.filter(type=EventType.MATCH_SUGGESTED).exists()


def test_reviewers_are_told_that_it_is_a_sample(
    admin: Actor,
    audited: List,
    coffee_copy: bytes,
    monkeypatch: pytest.MonkeyPatch,
    make_user: Callable[..., User],
) -> None:
    signed_in = Client()
    signed_in.force_login(make_user(Role.ADMIN))
    monkeypatch.setattr(sampling, "SHARE", 1)
    check(admin, audited, coffee_copy)
    pair_id = MatchCandidate.objects.get().public_id

    for address in ("/review/?by=pairs", f"/review/pair/{pair_id}/", f"/review/picture/{pair_id}/"):
        assert "data-sample" in signed_in.get(address).content.decode(), address


def test_what_is_not_drawn_is_not_shown(
    admin: Actor, audited: List, coffee_copy: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sampling, "SHARE", 0)

    check(admin, audited, coffee_copy)

    assert not MatchCandidate.objects.exists()


def test_a_list_audits_nothing_unless_it_is_told_to(
    admin: Actor, audited: List, coffee_copy: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sampling, "SHARE", 1)
    settings = ListSettings(samples_below=False)
    image_list = lists_services.change_list(by=admin, image_list=audited, settings=settings)

    check(admin, image_list, coffee_copy)

    assert List._meta.get_field("samples_below").default is False
    assert not MatchCandidate.objects.exists()


def test_no_rule_decides_what_was_drawn_for_people(image_list: List) -> None:
    drawn, found = bare_pairs.make(2, image_list)
    MatchCandidate.objects.filter(pk=drawn.pk).update(is_sample=True)

    assert list(rules_selectors.free(MatchCandidate.objects.all())) == [found]


def test_what_is_asked_is_counted_by_list_and_day(
    admin: Actor, audited: List, coffee: bytes, coffee_copy: bytes
) -> None:
    CheckCount.objects.all().delete()
    for photo in (coffee, coffee_copy, coffee_copy):
        check(admin, audited, photo)

    rows = CheckCount.objects.values_list("image_list", "day", "checks", "matches", "duplicates")
    assert {row[:2] for row in rows} == {(audited.pk, timezone.now().astimezone(dt.UTC).date())}
    assert [sum(column) for column in zip(*(row[2:] for row in rows), strict=True)] == [3, 1, 1]
