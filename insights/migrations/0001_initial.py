from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0012_callback_secrets"),
        ("lists", "0024_audits"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Progress",
            fields=[
                (
                    "organisation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="accounts.organisation",
                    ),
                ),
                ("pair_id", models.BigIntegerField(default=0)),
                ("decision_id", models.BigIntegerField(default=0)),
                ("counted_at", models.DateTimeField()),
                ("recounted_at", models.DateTimeField()),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="AgreementCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                (
                    "first_said",
                    models.CharField(
                        choices=[
                            ("match", "Match"),
                            ("claim", "Different claim"),
                            ("none", "Not a match"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "second_said",
                    models.CharField(
                        choices=[
                            ("match", "Match"),
                            ("claim", "Different claim"),
                            ("none", "Not a match"),
                        ],
                        max_length=8,
                    ),
                ),
                ("count", models.BigIntegerField()),
                (
                    "first",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "image_list",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="lists.list",
                    ),
                ),
                (
                    "second",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "abstract": False,
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        fields=(
                            "image_list",
                            "day",
                            "first",
                            "second",
                            "first_said",
                            "second_said",
                        ),
                        name="insights_agreementcount_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FoundCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("kind", models.CharField(max_length=16)),
                ("hundredths", models.SmallIntegerField()),
                ("is_sample", models.BooleanField()),
                ("count", models.BigIntegerField()),
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
                "abstract": False,
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("image_list", "day", "kind", "hundredths", "is_sample"),
                        name="insights_foundcount_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("hundredths__gte", 0), ("hundredths__lte", 99)),
                        name="insights_foundcount_score_range",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OutcomeCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("kind", models.CharField(max_length=16)),
                ("hundredths", models.SmallIntegerField()),
                ("is_sample", models.BooleanField()),
                ("is_match", models.BooleanField()),
                ("count", models.BigIntegerField()),
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
                "abstract": False,
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("image_list", "day", "kind", "hundredths", "is_sample", "is_match"),
                        name="insights_outcomecount_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("hundredths__gte", 0), ("hundredths__lte", 99)),
                        name="insights_outcomecount_score_range",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="QueueAge",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("waiting", models.PositiveBigIntegerField()),
                ("p50_s", models.PositiveBigIntegerField()),
                ("p90_s", models.PositiveBigIntegerField()),
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
                "abstract": False,
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("image_list", "day"), name="insights_queueage_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="WorkCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("seconds", models.SmallIntegerField()),
                ("count", models.BigIntegerField()),
                (
                    "image_list",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="lists.list",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "abstract": False,
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("image_list", "day", "user", "seconds"),
                        name="insights_workcount_once",
                    )
                ],
            },
        ),
    ]
