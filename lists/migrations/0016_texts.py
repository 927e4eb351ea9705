"""The texts of images, and which lists have them read."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Lists that are there keep confirming as they do; new ones compare texts first."""

    dependencies = [("lists", "0015_learned_descriptors")]

    operations = [
        migrations.CreateModel(
            name="ImageText",
            fields=[
                (
                    "image",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="text",
                        serialize=False,
                        to="lists.image",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("read", "Read"),
                            ("none", "No text"),
                            ("failed", "Could not be read"),
                        ],
                        max_length=8,
                    ),
                ),
                ("reader", models.CharField(blank=True, default="", max_length=64)),
                ("frames", models.JSONField(default=list)),
                ("folded", models.TextField(blank=True, default="")),
                ("read_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["read", "none", "failed"])),
                        name="lists_imagetext_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state", "read"), ("folded", ""), _connector="OR"),
                        name="lists_imagetext_only_read_has_words",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="list",
            name="reads_text",
            field=models.BooleanField(
                db_default=False, default=False, verbose_name="read the text in pictures"
            ),
        ),
        migrations.AlterField(
            model_name="list",
            name="reads_text",
            field=models.BooleanField(
                db_default=True, default=True, verbose_name="read the text in pictures"
            ),
        ),
    ]
