"""Find removed items and, on PostgreSQL, items by what their contexts contain."""

from __future__ import annotations

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from accounts.concurrent_indexes import AddIndexConcurrently

_CREATE = """
    CREATE INDEX CONCURRENTLY lists_item_live_by_context
    ON lists_item USING gin (context jsonb_path_ops) WHERE removed_at IS NULL
"""
_DROP = "DROP INDEX CONCURRENTLY lists_item_live_by_context"


def create(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Create the index of contexts; on SQLite a bounded number of items is looked through."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(_CREATE)


def drop(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Drop it again."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(_DROP)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("lists", "0011_keeping_limits"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="item",
            index=models.Index(
                condition=models.Q(("purged_at__isnull", True), ("removed_at__isnull", False)),
                fields=["image_list", "removed_at"],
                name="lists_item_removed",
            ),
        ),
        migrations.RunPython(create, drop),
    ]
