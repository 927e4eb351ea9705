"""Have the background look at the pairs that wait, for what follows from decisions made before."""

from __future__ import annotations

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def ask(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Enqueue one job for each organisation that has decided anything."""
    decided = apps.get_model("review", "MatchCandidate").objects.filter(
        state__in=["confirmed", "dissociated"]
    )
    owners = decided.values_list("image_list__organisation", flat=True).order_by().distinct()
    jobs = apps.get_model("jobs", "Job").objects
    for owner in owners:
        jobs.create(
            kind="review.derive_pairs",
            payload={"organisation_id": owner, "after": 0},
            owner=owner,
            unique_key=str(owner),
        )


def nothing(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Leave what was derived: it is a decision like others."""


class Migration(migrations.Migration):
    dependencies = [("review", "0015_find_what_follows"), ("jobs", "0005_indexes")]

    operations = [migrations.RunPython(ask, nothing)]
