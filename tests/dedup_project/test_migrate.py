"""Servers that start together migrate one after the other."""

from __future__ import annotations

import threading

import pytest
from django.core.management import call_command
from django.db import connection

from dedup_project.management.commands.migrate import LOCK
from tests.threads import PATIENCE_S, run_threads, wait_until_a_lock_is_awaited


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_migrating_waits_for_another_process_that_migrates() -> None:
    is_held = threading.Event()
    order = []

    def first() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
            is_held.set()
            wait_until_a_lock_is_awaited()
            order.append("first")
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])

    def second() -> None:
        assert is_held.wait(PATIENCE_S)
        call_command("migrate", verbosity=0, interactive=False)
        order.append("second")
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('lock_timeout')")
            assert cursor.fetchone() == ("10s",), "Requests wait no longer than before."

    run_threads(first, second)

    assert order == ["first", "second"]
