"""Note what was done about verdicts before deeds were kept."""

from __future__ import annotations

from itertools import islice

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

_AT_ONCE = 1000


def note_versions(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Note a deed for each version that is there."""
    versions = apps.get_model("verdicts", "VerdictVersion").objects.using(
        schema_editor.connection.alias
    )
    deeds = apps.get_model("verdicts", "VerdictDeed").objects.using(schema_editor.connection.alias)
    rows = versions.select_related("verdict").order_by("created_at", "pk").iterator(_AT_ONCE)
    while some := list(islice(rows, _AT_ONCE)):
        deeds.bulk_create(
            deeds.model(
                organisation_id=each.verdict.organisation_id,
                act=each.act,
                verdict_id=each.verdict_id,
                subject=each.verdict.public_id,
                number=each.number,
                image_list_id=each.verdict.image_list_id,
                user_id=each.user_id,
                credential_id=each.credential_id,
                surface=each.surface,
                created_at=each.created_at,
            )
            for each in some
        )


def nothing(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """The versions stay, and the table goes."""


class Migration(migrations.Migration):
    dependencies = [("verdicts", "0002_deeds")]

    operations = [migrations.RunPython(note_versions, nothing)]
