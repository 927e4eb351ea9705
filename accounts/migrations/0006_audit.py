"""The audit, of which the database itself refuses to change an entry."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

TABLE = "accounts_auditentry"
MESSAGE = "the audit is append-only"
FORWARDS = {
    "postgresql": (
        f"""
        CREATE FUNCTION {TABLE}_refuse_update() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = '23514'; END $$
        """,
        f"""
        CREATE TRIGGER {TABLE}_append_only BEFORE UPDATE ON {TABLE}
        FOR EACH ROW EXECUTE FUNCTION {TABLE}_refuse_update()
        """,
    ),
    "sqlite": (
        f"""
        CREATE TRIGGER {TABLE}_append_only BEFORE UPDATE ON {TABLE}
        BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END
        """,
    ),
}
BACKWARDS = {
    "postgresql": (
        f"DROP TRIGGER {TABLE}_append_only ON {TABLE}",
        f"DROP FUNCTION {TABLE}_refuse_update()",
    ),
    "sqlite": (f"DROP TRIGGER {TABLE}_append_only",),
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
    """The audit."""

    dependencies = [
        ("accounts", "0005_user_language"),
    ]

    operations = [
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("act", models.CharField(max_length=40, verbose_name="act")),
                ("user_id", models.BigIntegerField(null=True)),
                ("credential_id", models.BigIntegerField(null=True)),
                ("who", models.CharField(max_length=254, verbose_name="who")),
                (
                    "surface",
                    models.CharField(
                        choices=[("browser", "Browser"), ("api", "API"), ("system", "System")],
                        max_length=16,
                    ),
                ),
                ("subject_kind", models.CharField(max_length=16)),
                ("subject_id", models.CharField(max_length=64)),
                ("subject_label", models.CharField(max_length=254)),
                ("details", models.JSONField(default=dict)),
                ("address", models.CharField(max_length=64, verbose_name="address")),
                ("request_id", models.CharField(max_length=64)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
            ],
            options={
                "verbose_name": "audit entry",
                "verbose_name_plural": "audit",
                "default_permissions": ("view",),
                "indexes": [
                    models.Index(fields=["organisation", "-id"], name="accounts_auditentry_newest"),
                    models.Index(
                        fields=["organisation", "user_id", "-id"], name="accounts_auditentry_person"
                    ),
                    models.Index(
                        fields=["organisation", "act", "-id"], name="accounts_auditentry_act"
                    ),
                    models.Index(
                        fields=["organisation", "subject_id", "-id"],
                        name="accounts_auditentry_subject",
                    ),
                    models.Index(fields=["created_at"], name="accounts_auditentry_age"),
                ],
            },
        ),
        migrations.RunPython(refuse_updates, allow_updates),
    ]
