"""Receipts of erasures, which the database itself keeps from being changed."""

from __future__ import annotations

import functools

import django.db.models.deletion
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

import common.ids

TABLES = ("review_erasure", "review_erasurestep")
FORWARDS = {
    "postgresql": (
        """
        CREATE FUNCTION review_erasure_refuse_change() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'receipts are append-only' USING ERRCODE = '23514'; END $$
        """,
        *(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION review_erasure_refuse_change()"
            for table in TABLES
        ),
    ),
    "sqlite": tuple(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE ON {table} "
        "BEGIN SELECT RAISE(ABORT, 'receipts are append-only'); END"
        for table in TABLES
    ),
}


def refuse_changes(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Create the triggers."""
    for statement in FORWARDS[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def allow_changes(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Drop what is left when the tables go with their triggers."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION review_erasure_refuse_change() CASCADE")


class Migration(migrations.Migration):
    """Receipts of erasures."""

    dependencies = [
        ("review", "0010_on_screen"),
    ]

    operations = [
        migrations.CreateModel(
            name="Erasure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    models.CharField(
                        default=functools.partial(common.ids.new_id, *("era",)),
                        editable=False,
                        max_length=32,
                        unique=True,
                    ),
                ),
                ("organisation_row", models.BigIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("item", "Image"),
                            ("list", "List"),
                            ("organisation", "Organisation"),
                        ],
                        max_length=16,
                    ),
                ),
                ("subject", models.CharField(max_length=32)),
                ("by", models.CharField(max_length=254)),
                ("reason", models.CharField(max_length=1000)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["organisation_row", "-id"], name="review_erasure_newest")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["item", "list", "organisation"])),
                        name="review_erasure_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="review_erasure_has_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ErasureStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("counts", models.JSONField()),
                ("sha256s", models.JSONField()),
                ("is_last", models.BooleanField()),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "erasure",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="steps",
                        to="review.erasure",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_last", True)),
                        fields=("erasure",),
                        name="review_erasurestep_ends_once",
                    )
                ],
            },
        ),
        migrations.RunPython(refuse_changes, allow_changes),
    ]
