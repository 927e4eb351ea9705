"""Keep that set-up is over."""

from __future__ import annotations

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.db.models import Q


def close_where_people_are(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Close set-up for good where there are accounts already."""
    people = apps.get_model("accounts", "User").objects.using(schema_editor.connection.alias)
    if people.exists():
        set_up = apps.get_model("accounts", "SetUp").objects.using(schema_editor.connection.alias)
        set_up.create()


class Migration(migrations.Migration):
    """A table of one row."""

    dependencies = [
        ("accounts", "0012_callback_secrets"),
    ]

    operations = [
        migrations.CreateModel(
            name="SetUp",
            fields=[
                (
                    "id",
                    models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False),
                ),
                ("closed_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(condition=Q(("id", 1)), name="accounts_setup_only_one")
                ],
            },
        ),
        migrations.RunPython(close_where_people_are, migrations.RunPython.noop),
    ]
