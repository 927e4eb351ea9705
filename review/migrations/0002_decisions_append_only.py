"""Let the database itself refuse any change of a decision that was made."""

from __future__ import annotations

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

FORWARDS = {
    "postgresql": (
        """
        CREATE FUNCTION review_decision_refuse_update() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'decisions are append-only' USING ERRCODE = '23514'; END $$
        """,
        """
        CREATE TRIGGER review_decision_append_only BEFORE UPDATE ON review_decision
        FOR EACH ROW EXECUTE FUNCTION review_decision_refuse_update()
        """,
    ),
    "sqlite": (
        """
        CREATE TRIGGER review_decision_append_only BEFORE UPDATE ON review_decision
        BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END
        """,
    ),
}
BACKWARDS = {
    "postgresql": (
        "DROP TRIGGER review_decision_append_only ON review_decision",
        "DROP FUNCTION review_decision_refuse_update()",
    ),
    "sqlite": ("DROP TRIGGER review_decision_append_only",),
}


def refuse_updates(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Create the trigger."""
    for statement in FORWARDS[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def allow_updates(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Drop the trigger."""
    for statement in BACKWARDS[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    """Append-only decisions."""

    dependencies = [("review", "0001_initial")]

    operations = [migrations.RunPython(refuse_updates, allow_updates)]
