"""The trigger that refuses changes of decisions, for migrations that alter their table."""

from __future__ import annotations

from importlib import import_module

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def renew(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Create the trigger again on SQLite, which builds a new table for every change of one."""
    if schema_editor.connection.vendor == "sqlite":
        first = import_module("review.migrations.0002_decisions_append_only")
        schema_editor.execute("DROP TRIGGER IF EXISTS review_decision_append_only")
        first.refuse_updates(apps, schema_editor)


def nothing(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Leave the trigger alone."""
