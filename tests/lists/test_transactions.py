"""Transactions that cross are tried again, once, and only as a whole."""

from __future__ import annotations

import threading
from collections.abc import Callable

import psycopg2.errors
import pytest
from django.db import OperationalError, connection, transaction

from accounts.models import Organisation
from lists import transactions
from tests.threads import run_threads

pytestmark = pytest.mark.django_db(transaction=True)


def failing(times: int, error: Callable[[], Exception]) -> Callable[[], int]:
    """Return a function that fails so many times, and then tells how often it was called."""
    calls = 0

    @transactions.tried_again
    def act() -> int:
        nonlocal calls
        calls += 1
        if calls <= times:
            raise OperationalError from error()
        return calls

    return act


def crossed() -> Exception:
    """Return what psycopg2 raises; only the server can set its code."""

    class Crossed(psycopg2.errors.DeadlockDetected):
        pgcode = "40P01"

    return Crossed()


@pytest.mark.postgres
def test_two_transactions_that_lock_in_the_other_order_both_get_through(
    organisation: Organisation, stranger_organisation: Organisation
) -> None:
    both_hold_one = threading.Barrier(2)
    attempts = []

    def renamed(first: Organisation, second: Organisation) -> None:
        is_first = True

        @transactions.tried_again
        @transaction.atomic
        def act() -> None:
            nonlocal is_first
            attempts.append(first.pk)
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL deadlock_timeout = '10ms'")
            for each in (first, second):
                Organisation.objects.filter(pk=each.pk).update(name=f"{first.pk} of {each.pk}")
                if is_first:
                    is_first = False
                    both_hold_one.wait(30)

        act()

    run_threads(
        lambda: renamed(organisation, stranger_organisation),
        lambda: renamed(stranger_organisation, organisation),
    )

    assert len(attempts) == 3


def test_a_second_crossing_is_not_tried_again() -> None:
    with pytest.raises(OperationalError):
        failing(2, crossed)()
    assert failing(1, crossed)() == 2


def test_another_outage_is_not_tried_again() -> None:
    with pytest.raises(OperationalError):
        failing(1, psycopg2.OperationalError)()


def test_within_a_callers_transaction_nothing_is_tried_again() -> None:
    with pytest.raises(OperationalError), transaction.atomic():
        failing(1, crossed)()


@pytest.mark.postgres
def test_the_index_may_take_longer_than_a_request(monkeypatch: pytest.MonkeyPatch) -> None:
    of_web = "-c statement_timeout=5s"
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "options", of_web)
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = '5s'")
        with transactions.in_any_time():
            cursor.execute("SHOW statement_timeout")
            assert cursor.fetchone() == ("0",)


@pytest.mark.postgres
def test_a_read_that_waits_less_for_locks_leaves_the_connection_as_it_was() -> None:
    def lock_timeout() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SHOW lock_timeout")
            return str(cursor.fetchone()[0])

    with transactions.waiting_at_most(1.5):
        assert lock_timeout() == "1500ms"
    assert lock_timeout() == "10s"
