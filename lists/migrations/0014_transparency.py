"""How transparent parts of a picture were seen; empty until `refingerprint` looked again."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """A column that is empty for all rows of before."""

    dependencies = [("lists", "0013_truncated_images")]

    operations = [
        migrations.AddField(
            model_name="image",
            name="transparency_version",
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
    ]
