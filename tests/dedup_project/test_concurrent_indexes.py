"""Indexes that migrations add to tables in use."""

from __future__ import annotations

import pytest
from django.db import connection, models
from django.db.migrations.loader import MigrationLoader
from django.test.utils import CaptureQueriesContext

from accounts.concurrent_indexes import AddIndexConcurrently


@pytest.mark.django_db(transaction=True)
def test_an_index_is_added_and_taken_away_again_without_a_lock_where_that_can_be() -> None:
    before = MigrationLoader(connection).project_state()
    after = before.clone()
    index = models.Index(fields=["name"], name="lists_item_of_this_test")
    operation = AddIndexConcurrently("item", index)
    operation.state_forwards("lists", after)

    with CaptureQueriesContext(
        connection,
    ) as queries:
        with connection.schema_editor(atomic=False) as editor:
            operation.database_forwards("lists", editor, before, after)
        with connection.schema_editor(atomic=False) as editor:
            operation.database_backwards("lists", editor, after, before)

    created, dropped = (each["sql"] for each in queries if "INDEX" in each["sql"])
    is_concurrent = connection.vendor == "postgresql"
    assert ("CONCURRENTLY" in created, "CONCURRENTLY" in dropped) == (is_concurrent,) * 2
