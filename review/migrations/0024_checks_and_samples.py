from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("lists", "0024_audits"),
        ("review", "0023_tallies"),
    ]

    operations = [
        migrations.AddField(
            model_name="matchcandidate",
            name="is_sample",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.CreateModel(
            name="CheckCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("part", models.PositiveSmallIntegerField()),
                ("checks", models.PositiveBigIntegerField()),
                ("matches", models.PositiveBigIntegerField()),
                ("duplicates", models.PositiveBigIntegerField()),
                (
                    "image_list",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="lists.list",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("image_list", "day", "part"), name="review_checkcount_once_per_part"
                    )
                ],
            },
        ),
    ]
