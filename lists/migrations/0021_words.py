"""The words under which items and the texts in pictures are found."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0012_callback_secrets"),
        ("lists", "0020_workbench_indexes"),
    ]

    operations = [
        migrations.CreateModel(
            name="ImageWord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("word", models.BinaryField()),
                (
                    "image",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="lists.image",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "indexes": [
                    models.Index(
                        fields=["organisation", "word", "-image"], name="lists_imageword_found"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("image", "word"), name="lists_imageword_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="ItemWord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "Whole"), (2, "Name"), (3, "Claim")]
                    ),
                ),
                ("word", models.BinaryField()),
                (
                    "item",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="words",
                        to="lists.item",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "indexes": [
                    models.Index(
                        fields=["organisation", "kind", "word", "-item"],
                        name="lists_itemword_found",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("item", "kind", "word"), name="lists_itemword_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", [1, 2, 3])),
                        name="lists_itemword_kind_known",
                    ),
                ],
            },
        ),
    ]
