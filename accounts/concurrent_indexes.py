"""Indexes on tables that are written meanwhile, for migrations of every app."""

from __future__ import annotations

from django.contrib.postgres import operations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import AddIndex
from django.db.migrations.state import ProjectState


class AddIndexConcurrently(operations.AddIndexConcurrently):
    """Adds an index without a lock on PostgreSQL, and as usual on SQLite.

    Its migration has `atomic = False` and does nothing else. When it is interrupted, an index
    without use is left: drop it, and migrate again.
    """

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Create the index."""
        forwards = _operation_of(schema_editor).database_forwards
        forwards(self, app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Drop the index."""
        backwards = _operation_of(schema_editor).database_backwards
        backwards(self, app_label, schema_editor, from_state, to_state)


def _operation_of(schema_editor: BaseDatabaseSchemaEditor) -> type[AddIndex]:
    is_concurrent = schema_editor.connection.vendor == "postgresql"
    return operations.AddIndexConcurrently if is_concurrent else AddIndex
