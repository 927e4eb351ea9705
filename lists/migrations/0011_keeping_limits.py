"""Count what organisations keep, and let it be limited."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """What is kept already is counted at the first look."""

    dependencies = [
        ("accounts", "0011_keeping_limits"),
        ("lists", "0010_feed_marks"),
    ]

    operations = [
        migrations.CreateModel(
            name="KeptCount",
            fields=[
                (
                    "organisation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="kept_count",
                        serialize=False,
                        to="accounts.organisation",
                    ),
                ),
                ("size_bytes", models.PositiveBigIntegerField(default=0)),
                ("items", models.PositiveBigIntegerField(default=0)),
                ("snapshot_bytes", models.PositiveBigIntegerField(default=0)),
                ("counted_at", models.DateTimeField()),
            ],
            options={
                "default_permissions": (),
            },
        ),
    ]
