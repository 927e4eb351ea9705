"""Limits count in the database: never more than is allowed, in any number of threads."""

from __future__ import annotations

import datetime as dt
import threading
from contextlib import suppress

import pytest
import time_machine
from pytest_django import DjangoAssertNumQueries, Settings

from accounts import quotas, selectors, services
from accounts.actors import Actor
from accounts.models import ApiCredential, Organisation, PictureCount, RequestCount
from accounts.permissions import Role
from accounts.quotas import NoPicturesLeft, TooManyRequests
from accounts.services import NewCredential
from accounts.windows import Period
from tests.threads import run_threads

pytestmark = pytest.mark.django_db

NOON = dt.datetime(2026, 11, 21, 12, 0, 30, tzinfo=dt.UTC)


def asking(credential: NewCredential) -> Actor:
    """Return the program as the API sees it at its next request."""
    return selectors.actor_for_credential(services.sign_in_token(token=credential.token))


def requests_that_pass(actor: Actor, tries: int) -> int:
    """Return how many of some requests are let through."""
    passed = 0
    for _ in range(tries):
        try:
            quotas.take_request(by=actor)
        except TooManyRequests:
            continue
        passed += 1
    return passed


def used(organisation: Organisation) -> dict[str, int]:
    """Return what is counted of each period."""
    counts = PictureCount.objects.filter(organisation=organisation)
    return dict(counts.values_list("period", "used"))


@pytest.mark.parametrize(
    ("period", "moment", "starts_at", "ends_at"),
    [
        (Period.MINUTE, "2026-12-31T23:59:59Z", "2026-12-31T23:59:00Z", "2027-01-01T00:00:00Z"),
        (Period.DAY, "2024-02-28T00:00:00Z", "2024-02-28T00:00:00Z", "2024-02-29T00:00:00Z"),
        (Period.DAY, "2026-11-21T00:30:00+01:00", "2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z"),
        (Period.MONTH, "2024-02-29T12:00:00Z", "2024-02-01T00:00:00Z", "2024-03-01T00:00:00Z"),
        (Period.MONTH, "2026-12-31T12:00:00Z", "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z"),
    ],
)
def test_windows_begin_on_the_full_minute_day_and_month(
    period: Period, moment: str, starts_at: str, ends_at: str
) -> None:
    window = period.window(dt.datetime.fromisoformat(moment))

    assert window.starts_at == dt.datetime.fromisoformat(starts_at)
    assert window.ends_at == dt.datetime.fromisoformat(ends_at)


def test_without_limits_nothing_is_asked_of_the_database(
    credential: NewCredential, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    actor = asking(credential)

    with django_assert_num_queries(0):
        assert quotas.take_request(by=actor) is None
        assert quotas.take_pictures(by=actor, count=1) == []


def test_an_organisation_s_own_limits_go_before_the_installation_s(
    credential: NewCredential, organisation: Organisation, settings: Settings
) -> None:
    settings.RATE_LIMIT_PER_MINUTE, settings.QUOTA_PER_DAY, settings.QUOTA_PER_MONTH = 10, 20, 30
    Organisation.objects.filter(pk=organisation.pk).update(rate_limit_per_minute=0, quota_per_day=5)

    limits = asking(credential).limits

    assert limits.rate_limit_per_minute == 0
    assert limits.quota_per_day == 5
    assert limits.quota_per_month == 30


def test_requests_are_counted_by_credential_and_start_anew_each_minute(
    credential: NewCredential, organisation: Organisation, settings: Settings
) -> None:
    settings.RATE_LIMIT_PER_MINUTE = 3
    colleague = asking(
        services.issue_credential(organisation_id=organisation.pk, name="Bot", role=Role.VIEWER)
    )
    actor = asking(credential)

    with time_machine.travel(NOON, tick=False) as clock:
        assert requests_that_pass(actor, 5) == 3
        assert requests_that_pass(colleague, 5) == 3
        with pytest.raises(TooManyRequests) as refusal:
            quotas.take_request(by=actor)
        clock.shift(refusal.value.retry_after_s)
        assert requests_that_pass(actor, 5) == 3

    assert refusal.value.retry_after_s == 30
    assert RequestCount.objects.count() == 2


def test_a_clock_that_is_behind_does_not_start_a_minute_again(
    credential: NewCredential, settings: Settings
) -> None:
    settings.RATE_LIMIT_PER_MINUTE = 2
    actor = asking(credential)
    with time_machine.travel(NOON, tick=False):
        assert requests_that_pass(actor, 1) == 1

    with time_machine.travel(NOON - dt.timedelta(minutes=1), tick=False):
        assert requests_that_pass(actor, 5) == 1


def test_a_clock_that_jumped_ahead_and_back_leaves_no_window_of_the_future(
    credential: NewCredential, organisation: Organisation, settings: Settings
) -> None:
    settings.RATE_LIMIT_PER_MINUTE, settings.QUOTA_PER_DAY = 2, 3
    actor = asking(credential)
    with time_machine.travel(NOON + dt.timedelta(days=1), tick=False):
        assert requests_that_pass(actor, 3) == 2
        quotas.take_pictures(by=actor, count=3)

    with time_machine.travel(NOON, tick=False) as clock:
        before = quotas.usage_for(actor).pictures_per_day
        assert requests_that_pass(actor, 3) == 2
        quotas.take_pictures(by=actor, count=3)
        with pytest.raises(NoPicturesLeft):
            quotas.take_pictures(by=actor, count=1)
        clock.shift(dt.timedelta(days=1))
        quotas.take_pictures(by=actor, count=1)

    assert before is not None
    assert before.used == 0
    assert used(organisation) == {"day": 1}


def test_pictures_are_counted_for_the_organisation_in_days_and_months(
    credential: NewCredential,
    stranger_credential: NewCredential,
    organisation: Organisation,
    settings: Settings,
) -> None:
    settings.QUOTA_PER_DAY, settings.QUOTA_PER_MONTH = 3, 5
    actor, stranger = asking(credential), asking(stranger_credential)

    with time_machine.travel(NOON, tick=False) as clock:
        quotas.take_pictures(by=actor, count=3)
        with pytest.raises(NoPicturesLeft, match="3 pictures a day and has 0 left") as today:
            quotas.take_pictures(by=actor, count=1)
        quotas.take_pictures(by=stranger, count=3)
        clock.shift(today.value.retry_after_s)
        quotas.take_pictures(by=actor, count=2)
        with pytest.raises(NoPicturesLeft, match="5 pictures a month") as this_month:
            quotas.take_pictures(by=actor, count=1)

    assert today.value.retry_after_s == 11 * 3600 + 59 * 60 + 30
    assert this_month.value.allowance.resets_at == dt.datetime(2026, 12, 1, tzinfo=dt.UTC)
    assert used(organisation) == {"day": 2, "month": 5}


def test_several_pictures_are_taken_all_or_none(
    credential: NewCredential, organisation: Organisation, settings: Settings
) -> None:
    settings.QUOTA_PER_DAY, settings.QUOTA_PER_MONTH = 4, 100
    actor = asking(credential)

    with pytest.raises(NoPicturesLeft, match="has 4 left"):
        quotas.take_pictures(by=actor, count=5)
    quotas.take_pictures(by=actor, count=3)
    with pytest.raises(NoPicturesLeft, match="has 1 left"):
        quotas.take_pictures(by=actor, count=2)

    assert used(organisation) == {"day": 3, "month": 3}


def test_what_is_given_back_can_be_used_again_in_the_same_window_only(
    credential: NewCredential, organisation: Organisation, settings: Settings
) -> None:
    settings.QUOTA_PER_DAY, settings.QUOTA_PER_MONTH = 2, 10
    actor = asking(credential)

    with time_machine.travel(NOON, tick=False) as clock:
        taken = quotas.take_pictures(by=actor, count=2)
        quotas.give_back(taken=taken, count=1)
        assert used(organisation) == {"day": 1, "month": 1}
        clock.shift(dt.timedelta(days=1))
        quotas.take_pictures(by=actor, count=2)
        quotas.give_back(taken=taken, count=1)

    assert used(organisation) == {"day": 2, "month": 2}


@pytest.mark.django_db(transaction=True)
def test_threads_together_never_use_more_than_the_limits(
    credential: NewCredential, organisation: Organisation, settings: Settings
) -> None:
    settings.RATE_LIMIT_PER_MINUTE, settings.QUOTA_PER_DAY, settings.QUOTA_PER_MONTH = 20, 13, 50
    actor = asking(credential)
    passed: list[int] = []
    kept: list[int] = []
    together = threading.Barrier(6)

    def keep_one_of_two() -> None:
        quotas.give_back(taken=quotas.take_pictures(by=actor, count=2), count=1)
        kept.append(1)

    def ask() -> None:
        together.wait()
        passed.append(requests_that_pass(actor, 8))
        for _ in range(5):
            with suppress(NoPicturesLeft):
                keep_one_of_two()

    # The clock stands still: a run over the end of a minute would begin the next window.
    with time_machine.travel(NOON, tick=False):
        run_threads(*[ask] * 6)
        while len(kept) < 12:
            keep_one_of_two()
        # There is one left, and this needs two for a moment.
        with pytest.raises(NoPicturesLeft, match="has 1 left"):
            keep_one_of_two()

    assert sum(passed) == 20
    assert len(kept) == 12
    assert used(organisation) == {"day": 12, "month": 12}


def test_usage_tells_what_is_counted_and_nothing_of_what_is_not(
    credential: NewCredential, organisation: Organisation, settings: Settings
) -> None:
    settings.RATE_LIMIT_PER_MINUTE, settings.QUOTA_PER_MONTH = 10, 30
    actor = asking(credential)

    with time_machine.travel(NOON, tick=False) as clock:
        quotas.take_request(by=actor)
        quotas.take_pictures(by=actor, count=4)
        usage = quotas.usage_for(actor)
        clock.shift(dt.timedelta(days=20))
        later = quotas.usage_for(actor)

    assert usage.requests_per_minute is not None
    assert (usage.requests_per_minute.limit, usage.requests_per_minute.used) == (10, 1)
    assert usage.pictures_per_day is None
    assert usage.pictures_per_month is not None
    assert (usage.pictures_per_month.used, usage.pictures_per_month.remaining) == (4, 26)
    assert later.pictures_per_month is not None
    assert later.pictures_per_month.used == 0


def test_what_a_credential_used_goes_with_it(credential: NewCredential, settings: Settings) -> None:
    settings.RATE_LIMIT_PER_MINUTE = 1
    quotas.take_request(by=asking(credential))

    ApiCredential.objects.all().delete()

    assert not RequestCount.objects.exists()
