"""Find items by what their contexts contain, on PostgreSQL."""

from __future__ import annotations

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

_CREATE = """
    CREATE INDEX lists_item_live_by_context
    ON lists_item USING gin (context jsonb_path_ops) WHERE removed_at IS NULL
"""
_DROP = "DROP INDEX lists_item_live_by_context"


def create(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Create the index.

    Not concurrently: that would wait for a second `migrate`, which waits for the lock of this one.
    """
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(_CREATE)


def drop(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Drop it again."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(_DROP)


class Migration(migrations.Migration):
    """SQLite has no such index: there a bounded number of items is looked through."""

    dependencies = [
        ("lists", "0011_keeping_limits"),
    ]

    operations = [migrations.RunPython(create, drop)]
