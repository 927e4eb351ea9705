"""How many frames of an animation were looked at."""

from __future__ import annotations

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.db.models import Count, F, Max

# As it was when the pictures were looked at.
_MAX_DISTINCT_FRAMES = 50


def read_from_fingerprints(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Say all of them, but of animations whose kept frames are as many as there may be."""
    images = apps.get_model("lists", "Image").objects
    kept = (
        apps.get_model("lists", "ImageFingerprint")
        .objects.filter(image__frames__gt=_MAX_DISTINCT_FRAMES)
        .values("image_id")
        .annotate(count=Count("frame", distinct=True), last=Max("frame"))
        .filter(count__gte=_MAX_DISTINCT_FRAMES)
    )
    seen = {each["image_id"]: each["last"] + 1 for each in kept}
    # Each row once: PostgreSQL refuses to add a constraint after a second update of a row that has
    # a foreign key ("pending trigger events").
    images.filter(frames__gt=1).exclude(pk__in=seen).update(frames_seen=F("frames"))
    for image_id, frames_seen in seen.items():
        images.filter(pk=image_id).update(frames_seen=frames_seen)


class Migration(migrations.Migration):
    """Frames that were looked at."""

    dependencies = [("lists", "0007_item_deeds")]

    operations = [
        migrations.AddField(
            model_name="image",
            name="frames_seen",
            field=models.PositiveSmallIntegerField(default=1),
        ),
        migrations.RunPython(read_from_fingerprints, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="image",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("frames_seen__gte", 1), ("frames_seen__lte", models.F("frames"))
                ),
                name="lists_image_frames_seen_range",
            ),
        ),
    ]
