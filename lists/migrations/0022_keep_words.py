"""Have the background keep the words of the items and texts that are there already."""

from __future__ import annotations

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def ask(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Enqueue one job for each organisation that has images."""
    owners = apps.get_model("accounts", "Organisation").objects.exclude(images=None)
    jobs = apps.get_model("jobs", "Job").objects
    for owner in owners.order_by("pk").values_list("pk", flat=True).distinct():
        jobs.create(
            kind="lists.keep_words",
            payload={"organisation_id": owner, "after_item_id": 0, "after_image_id": 0},
            owner=owner,
            unique_key=str(owner),
        )


def nothing(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Leave the words: they go with their tables."""


class Migration(migrations.Migration):
    dependencies = [("lists", "0021_words"), ("jobs", "0005_indexes")]

    operations = [migrations.RunPython(ask, nothing)]
