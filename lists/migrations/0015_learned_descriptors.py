"""Descriptors by a learned model, of images in lists of full depth."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """A table of its own: most installations have no such model."""

    dependencies = [("lists", "0014_transparency")]

    operations = [
        migrations.CreateModel(
            name="ImageVector",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("model", models.CharField(max_length=200)),
                ("vector", models.BinaryField()),
                (
                    "image",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="vectors",
                        to="lists.image",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("image", "model"), name="lists_imagevector_once_per_model"
                    )
                ],
            },
        ),
    ]
