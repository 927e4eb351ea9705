"""What clients say that pictures really show."""

from __future__ import annotations

import functools

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import common.ids


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_membership_public_ids"),
        ("review", "0002_decisions_append_only"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Feedback",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    models.CharField(
                        default=functools.partial(common.ids.new_id, "fdb"),
                        editable=False,
                        max_length=32,
                        unique=True,
                    ),
                ),
                ("model", models.CharField(max_length=64)),
                ("class_name", models.CharField(max_length=64)),
                ("sha256", models.CharField(max_length=64)),
                ("name", models.CharField(blank=True, default="", max_length=255)),
                ("url", models.TextField(blank=True, default="")),
                (
                    "surface",
                    models.CharField(
                        choices=[("browser", "Browser"), ("api", "API"), ("system", "System")],
                        max_length=16,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "credential",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.apicredential",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="feedback",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["organisation", "-id"], name="review_feedback_newest")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("model", ""), _negated=True),
                            models.Q(("class_name", ""), _negated=True),
                        ),
                        name="review_feedback_says_something",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("user__isnull", True), ("credential__isnull", True), _connector="OR"
                        ),
                        name="review_feedback_one_actor",
                    ),
                ],
            },
        ),
    ]
