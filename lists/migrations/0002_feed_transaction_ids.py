"""Give every row of the change feed the id of its writing transaction, on PostgreSQL."""

from __future__ import annotations

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

FORWARDS = (
    "ALTER TABLE lists_itemchange ADD COLUMN xid xid8 NOT NULL DEFAULT pg_current_xact_id()",
    # The feed asks for transactions from the oldest one that its last look could not see.
    "CREATE INDEX lists_itemchange_by_transaction ON lists_itemchange (xid)",
)
BACKWARDS = ("ALTER TABLE lists_itemchange DROP COLUMN xid",)


def add_transaction_ids(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Add the column; SQLite needs none, its row numbers are in commit order."""
    _run(schema_editor, FORWARDS)


def drop_transaction_ids(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take the column away again."""
    _run(schema_editor, BACKWARDS)


def _run(schema_editor: BaseDatabaseSchemaEditor, statements: tuple[str, ...]) -> None:
    if schema_editor.connection.vendor == "postgresql":
        for statement in statements:
            schema_editor.execute(statement)


class Migration(migrations.Migration):
    """The change feed's transaction ids."""

    dependencies = [("lists", "0001_initial")]

    operations = [migrations.RunPython(add_transaction_ids, drop_transaction_ids)]
