from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("lists", "0023_find_hashes"),
    ]

    operations = [
        migrations.AddField(
            model_name="list",
            name="samples_below",
            field=models.BooleanField(
                db_default=False, default=False, verbose_name="audit what is below the threshold"
            ),
        ),
    ]
