from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_membership_public_ids"),
    ]

    operations = [
        migrations.CreateModel(
            name="RequestCount",
            fields=[
                (
                    "credential",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="accounts.apicredential",
                    ),
                ),
                ("starts_at", models.DateTimeField()),
                ("used", models.PositiveBigIntegerField()),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.AddField(
            model_name="organisation",
            name="quota_per_day",
            field=models.PositiveIntegerField(
                blank=True,
                help_text="Empty: as the installation is set. 0: no limit.",
                null=True,
                verbose_name="pictures per day",
            ),
        ),
        migrations.AddField(
            model_name="organisation",
            name="quota_per_month",
            field=models.PositiveIntegerField(
                blank=True,
                help_text="Empty: as the installation is set. 0: no limit.",
                null=True,
                verbose_name="pictures per month",
            ),
        ),
        migrations.AddField(
            model_name="organisation",
            name="rate_limit_per_minute",
            field=models.PositiveIntegerField(
                blank=True,
                help_text="Empty: as the installation is set. 0: no limit.",
                null=True,
                verbose_name="requests per minute",
            ),
        ),
        migrations.CreateModel(
            name="PictureCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "period",
                    models.CharField(
                        choices=[("minute", "Minute"), ("day", "Day"), ("month", "Month")],
                        max_length=8,
                        verbose_name="period",
                    ),
                ),
                ("starts_at", models.DateTimeField(verbose_name="since")),
                ("used", models.PositiveBigIntegerField(verbose_name="used")),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
            ],
            options={
                "verbose_name": "use of a quota",
                "verbose_name_plural": "use of quotas",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "period"), name="accounts_picturecount_one_each"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("period__in", ["day", "month"])),
                        name="accounts_picturecount_period_known",
                    ),
                ],
            },
        ),
    ]
