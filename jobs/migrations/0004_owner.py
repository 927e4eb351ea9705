"""Let the owners of jobs take turns."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """Jobs that wait already are nobody's: they are served like one more owner."""

    dependencies = [
        ("jobs", "0003_operations"),
    ]

    operations = [
        migrations.AddField(
            model_name="job",
            name="owner",
            field=models.BigIntegerField(db_default=0, default=0, verbose_name="organisation"),
        ),
    ]
