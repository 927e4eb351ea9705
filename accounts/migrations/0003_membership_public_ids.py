from __future__ import annotations

import functools

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

import common.ids


def give_ids(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    # One by one: a default in the column would give every row the same id.
    memberships = apps.get_model("accounts", "Membership").objects.using(
        schema_editor.connection.alias
    )
    for key in memberships.filter(public_id=None).values_list("pk", flat=True):
        memberships.filter(pk=key).update(public_id=common.ids.new_id("mem"))


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_sign_in_attempts"),
    ]

    operations = [
        migrations.AddField(
            model_name="membership",
            name="public_id",
            field=models.CharField(editable=False, max_length=32, null=True),
        ),
        migrations.RunPython(give_ids, migrations.RunPython.noop, elidable=True),
        migrations.AlterField(
            model_name="membership",
            name="public_id",
            field=models.CharField(
                default=functools.partial(common.ids.new_id, *("mem",)),
                editable=False,
                max_length=32,
                unique=True,
            ),
        ),
    ]
