"""Servers that start together migrate one after the other."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.db import connection

from dedup_project.management.commands import migrate
from dedup_project.management.commands.migrate import LOCK
from tests.threads import PATIENCE_S, run_threads


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_migrating_waits_for_another_process_that_migrates(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    is_held, was_refused = threading.Event(), threading.Event()
    is_free = threading.Event()

    def paused(_: float) -> None:
        was_refused.set()
        assert is_free.wait(PATIENCE_S)

    monkeypatch.setattr(migrate, "time", SimpleNamespace(sleep=paused))
    order = []

    def first() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
            is_held.set()
            assert was_refused.wait(PATIENCE_S)
            order.append("first")
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
            is_free.set()

    def second() -> None:
        assert is_held.wait(PATIENCE_S)
        call_command("migrate", verbosity=0, interactive=False)
        order.append("second")

    run_threads(first, second)

    assert order == ["first", "second"]
